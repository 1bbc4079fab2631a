//! Method to answer.
//!
//! Takes a request whose revision, caller and declarations are known, gives an [`Answer`]: an outcome at once, a
//! call that runs, or a client that listens. Knows nothing of HTTP, of sessions, or of how a revision writes things
//! down.

mod completion;
mod function;
mod outcome;
mod permit;
mod prompts;
mod resources;
mod rounds;
mod running;
mod skills;
mod subscriptions;
mod tasks;
mod tools;
mod work;

use std::{borrow::Cow, sync::Arc, time::Duration};

pub(crate) use outcome::Outcome;
pub(crate) use permit::{needed, permit_all};
pub(crate) use running::Running;
pub(crate) use subscriptions::{Filter, Subscription, Told};
pub(crate) use tasks::{EXTENSION as TASKS, TaskDesk, TaskTimes};

use crate::{
    ask::Sealer,
    call::{Facts, Surroundings},
    catalog::{ArgumentLimits, Arguments, ItemLimits, Kind, Offer, Pages},
    error::ProtocolError,
    guard,
    protocol::{
        json::{Json, Object},
        tools::ToolResult,
        uri::CanonicalUri,
    },
    quota::Quota,
};

/// What the methods work on.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) surroundings: Arc<Surroundings>,
    /// The longest a call may take whose function says nothing else.
    pub(crate) timeout: Duration,
    /// The calls that run.
    pub(crate) calls: Quota,
    pub(crate) arguments: ArgumentLimits,
    /// Seals what a call of several rounds carries.
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) tasks: TaskDesk,
    /// Whether who lacks scopes is told so in the terms of HTTP, which some clients take for a broken server.
    pub(crate) challenges: bool,
    /// The subscriptions that are open.
    pub(crate) listeners: Quota,
}

impl Desk {
    /// Counts the call that a request is about to begin.
    fn begin(
        &self,
        request: &mut Request<'_>,
        item: Option<(&str, &ItemLimits)>,
    ) -> Result<(), ProtocolError> {
        let facts = &mut request.facts;
        facts.permit =
            Some(guard::begin(&self.calls, &facts.principal, item, self.surroundings.clock.now())?);
        Ok(())
    }

    /// Answers somebody who may not use what they ask for.
    fn refuse(&self, error: ProtocolError, request: &Request<'_>) -> Result<Answer, ProtocolError> {
        match error {
            ProtocolError::InsufficientScope { .. } if !self.challenges => {
                let text = error.to_string();
                if request.method != "tools/call" {
                    return Err(ProtocolError::Failed(text));
                }
                Ok(Answer::Done(Outcome::Tool { result: ToolResult::error(text), bare: false }))
            }
            error => Err(error),
        }
    }
}

/// A request that is understood.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: Cow<'a, str>,
    pub(crate) params: Object<'a>,
    pub(crate) facts: Facts,
}

/// What a method gives.
pub(crate) enum Answer {
    /// The outcome.
    Done(Outcome),
    /// A function that has to be driven to its outcome.
    Running(Running),
    /// A client that wants to hear of changes.
    Listening(Box<Subscription>),
}

/// Answers a request from what is offered now. Methods that only some revisions have, or that open a session, are
/// `era/`'s own.
pub(crate) fn answer(
    desk: &Desk,
    offer: &Arc<Offer>,
    mut request: Request<'_>,
) -> Result<Answer, ProtocolError> {
    let target = match permit::permit(offer, &request.facts.principal, (&request.method, &request.params)) {
        Ok(target) => target,
        Err(error) => return desk.refuse(error, &request),
    };
    request.facts.need = target.need(&request.facts.principal);
    match &*request.method {
        "tools/call" => tools::call(desk, offer, request),
        "server/discover" => Ok(Answer::Done(Outcome::Discover { offer: Arc::clone(offer) })),
        "tools/list" => list(offer, Kind::Tools, &request),
        "resources/list" => list(offer, Kind::Resources, &request),
        "resources/templates/list" => list(offer, Kind::Templates, &request),
        "resources/read" if offer.offers(Kind::Resources) => {
            resources::read(desk, target.resource(), request)
        }
        "prompts/list" => list(offer, Kind::Prompts, &request),
        "prompts/get" if offer.offers(Kind::Prompts) => prompts::get(desk, offer, request),
        "skills/list" => list(offer, Kind::Skills, &request),
        "skills/get" if offer.offers(Kind::Skills) => skills::get(offer, &request.params),
        "resources/directory/read" if offer.offers(Kind::Skills) => {
            skills::directory(offer, target.resource().is_some(), &request.params)
        }
        "completion/complete" if offer.has_completions() => completion::complete(desk, offer, request),
        "subscriptions/listen" => subscriptions::listen(desk, offer, &request),
        "tasks/get" | "tasks/update" | "tasks/cancel" if offer.has_tasks() => {
            tasks::answer(desk, offer, request)
        }
        _ => Err(unknown(&request)),
    }
}

fn unknown(request: &Request<'_>) -> ProtocolError {
    ProtocolError::MethodNotFound(request.method.as_ref().to_owned())
}

/// One page of a list.
fn list(offer: &Arc<Offer>, kind: Kind, request: &Request<'_>) -> Result<Answer, ProtocolError> {
    if !offer.offers(kind) {
        return Err(unknown(request));
    }
    let offer = guard::seen(offer, &request.facts.principal);
    let page = page(offer.pages(kind), &request.params)?;
    Ok(Answer::Done(Outcome::List { kind, page, offer }))
}

/// The page that a request's cursor names.
fn page(pages: &Pages, params: &Object<'_>) -> Result<usize, ProtocolError> {
    let page = match params.get("cursor") {
        None => Some(0),
        Some(cursor) => cursor.as_str().and_then(|cursor| pages.page(cursor)),
    };
    page.ok_or_else(|| ProtocolError::params("this cursor is not one of the list's; begin again without"))
}

/// A parameter that must be there and be a string.
fn required_text<'p>(params: &'p Object<'_>, name: &str) -> Result<&'p str, ProtocolError> {
    match params.get(name) {
        Some(Json::String(text)) => Ok(text),
        Some(other) => Err(ProtocolError::params(format!("`{name}` must be a string, not {}", other.kind()))),
        None => Err(ProtocolError::params(format!("`{name}` is missing"))),
    }
}

/// The parameter `uri`, in the spelling that is compared.
fn required_uri<'p>(params: &'p Object<'_>) -> Result<CanonicalUri<'p>, ProtocolError> {
    let uri = CanonicalUri::read(required_text(params, "uri")?);
    uri.map_err(|error| ProtocolError::params(format!("`uri`: {error}")))
}

/// A parameter that is an object, or isn't there.
fn object(params: &mut Object<'_>, name: &str) -> Result<Arguments, ProtocolError> {
    match params.take(name) {
        None => Ok(Arguments::new()),
        Some(Json::Object(object)) => Ok(object.into_map()),
        Some(other) => {
            Err(ProtocolError::params(format!("`{name}` must be an object, not {}", other.kind())))
        }
    }
}
