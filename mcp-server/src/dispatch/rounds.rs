//! A call of several rounds: what a request brings from the ones before it, and what the next has to bring.
//!
//! Source: [Multi round-trip requests](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr).

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Desk, Outcome, Request, work::Work};
use crate::{
    ask::{Context, SealError, Sealer, Unsealed},
    call::{Brought, Call, Given, Principal, Way},
    catalog::Arguments,
    error::ProtocolError,
    protocol::json::Json,
    telemetry,
};

/// What is needed to end a call with questions.
pub(super) struct Kept {
    sealer: Arc<Sealer>,
    /// What the next round must say again.
    arguments: Arguments,
}

/// Reads what a request brings from earlier rounds, and keeps what is needed for another one. `name` is what the method
/// works on; `may_ask`: whether its function could ask at all.
pub(super) fn begin(
    desk: &Desk,
    request: &mut Request<'_>,
    (name, arguments): (&str, &Arguments),
    may_ask: bool,
) -> Result<Option<Box<Kept>>, ProtocolError> {
    if request.facts.way != Way::Park {
        return Ok(None);
    }
    let responses = request.params.take("inputResponses");
    let state = request.params.take("requestState");
    if responses.is_some() || state.is_some() {
        let mut brought = match state {
            None => Brought::default(),
            Some(state) => {
                let principal = &request.facts.principal;
                let context = Context { principal, method: &request.method, name, arguments };
                open(&desk.sealer, &context, &state)?
            }
        };
        brought.responses = read_responses(responses)?;
        request.facts.brought = Some(Box::new(brought));
    }
    let keep = || Box::new(Kept { sealer: Arc::clone(&desk.sealer), arguments: arguments.clone() });
    Ok(may_ask.then(keep))
}

fn read_responses(responses: Option<Json<'_>>) -> Result<Map<String, Value>, ProtocolError> {
    match responses {
        None => Ok(Map::new()),
        Some(Json::Object(responses)) => Ok(responses.into_map()),
        Some(other) => {
            let kind = other.kind();
            Err(ProtocolError::params(format!("`inputResponses` must be an object, not {kind}")))
        }
    }
}

fn open(sealer: &Sealer, context: &Context<'_>, state: &Json<'_>) -> Result<Brought, ProtocolError> {
    let payload = sealer.open(context, state.as_str().unwrap_or_default())?;
    // It was sealed here: by this version, or by one that wrote it otherwise.
    let state: State = serde_json::from_slice(&payload).map_err(|_| Unsealed)?;
    Ok(state.into())
}

/// The outcome of a call that can't go on before its questions are answered.
pub(super) fn parked(call: &Call, work: &Work, kept: Option<&Kept>) -> Result<Outcome, ProtocolError> {
    let questions = call.questions();
    if questions.is_unmatched() {
        let (method, name) = work.target();
        telemetry::unmatched(method, name);
    }
    let carried = questions.carried();
    let state = match kept {
        _ if carried.is_empty() => None,
        Some(kept) => Some(seal(kept, call.principal(), work, carried)?),
        // What doesn't say that it asks can't.
        None => return Err(internal(work, "nothing was kept for another round")),
    };
    Ok(Outcome::InputRequired { questions: questions.open(), state })
}

fn seal(kept: &Kept, principal: &Principal, work: &Work, carried: Brought) -> Result<String, ProtocolError> {
    let (method, name) = work.target();
    let context = Context { principal, method, name, arguments: &kept.arguments };
    let payload =
        serde_json::to_vec(&State::from(carried)).map_err(|error| internal(work, &error.to_string()))?;
    kept.sealer.seal(&context, &payload).map_err(|error| match error {
        // Which is what the client answered, or what the function keeps.
        SealError::TooLarge { .. } => ProtocolError::Failed(error.to_string()),
        SealError::NoRandomness(_) => internal(work, &error.to_string()),
    })
}

fn internal(work: &Work, reason: &str) -> ProtocolError {
    let error: Box<dyn std::error::Error> = reason.into();
    ProtocolError::Internal { reference: telemetry::failure(work.name(), &*error) }
}

/// What travels in a `requestState`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    #[serde(skip_serializing_if = "HashMap::is_empty")]
    answers: HashMap<String, (String, Value)>,
    #[serde(skip_serializing_if = "HashMap::is_empty")]
    asked: HashMap<String, String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    steps: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<String>,
}

impl From<Brought> for State {
    fn from(brought: Brought) -> Self {
        let answers = brought.answers.into_iter();
        Self {
            answers: answers.map(|(key, given)| (key, (given.digest, given.result))).collect(),
            asked: brought.asked,
            steps: brought.steps,
            chain: brought.chain,
        }
    }
}

impl From<State> for Brought {
    fn from(state: State) -> Self {
        let answers = state.answers.into_iter();
        Self {
            has_state: true,
            responses: Map::new(),
            answers: answers.map(|(key, (digest, result))| (key, Given { digest, result })).collect(),
            asked: state.asked,
            steps: state.steps,
            chain: state.chain,
        }
    }
}
