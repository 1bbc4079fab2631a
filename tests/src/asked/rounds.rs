//! A modern client: a call that asks something ends, and is made again with the answers; or it becomes a task.

use axum::Router;
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use super::{Answers, Question, Told};
use crate::{lines::Lines, wire::Draft};

/// Where its requests go.
#[derive(Debug)]
pub(super) enum Road {
    Http(Router),
    Lines(Lines),
}

/// How often a request is made, or its task looked at, until something is wrong.
const MOST_TURNS: usize = 1_000;

#[derive(Debug)]
pub(super) struct Rounds {
    road: Road,
    capabilities: Value,
    ids: i64,
}

impl Rounds {
    pub(super) fn new(road: Road, capabilities: Value) -> Self {
        Self { road, capabilities, ids: 0 }
    }

    /// Makes a request, round by round.
    pub(super) async fn ask(&mut self, method: &str, params: Value, answers: Answers<'_>) -> Told {
        let mut told = Told::default();
        let mut round = params.clone();
        loop {
            told.turns += 1;
            assert!(told.turns < MOST_TURNS, "it has no end: {told:?}");
            told.response = self.exchange(method, round, None).await;
            let result = &told.response["result"];
            match result["resultType"].as_str() {
                Some("input_required") => {
                    round = params.clone();
                    if let Some(requests) = result.get("inputRequests") {
                        round["inputResponses"] = answered(requests, &mut told.questions, answers);
                    }
                    if let Some(state) = result.get("requestState") {
                        round["requestState"] = state.clone();
                    }
                }
                Some("task") => {
                    let id = result["taskId"].as_str().expect("an id").to_owned();
                    return self.watch(&id, told, answers).await;
                }
                _ => return told,
            }
        }
    }

    /// Looks at a task until it has ended.
    async fn watch(&mut self, id: &str, mut told: Told, answers: Answers<'_>) -> Told {
        let mut answered_before = Vec::new();
        loop {
            told.turns += 1;
            assert!(told.turns < MOST_TURNS, "it has no end: {told:?}");
            let response = self.exchange("tasks/get", json!({ "taskId": id }), Some(id)).await;
            let task = &response["result"];
            match task["status"].as_str() {
                Some("working") => {}
                Some("input_required") => {
                    let mut open = task["inputRequests"].clone();
                    // What was answered may still be shown.
                    let requests = open.as_object_mut().expect("questions");
                    requests.retain(|key, _| !answered_before.contains(key));
                    answered_before.extend(requests.keys().cloned());
                    let responses = answered(&open, &mut told.questions, answers);
                    let params = json!({ "taskId": id, "inputResponses": responses });
                    let updated = self.exchange("tasks/update", params, Some(id)).await;
                    assert_eq!(updated["result"]["resultType"], json!("complete"), "{updated}");
                }
                Some("completed") => {
                    told.response = json!({ "result": task["result"] });
                    return told;
                }
                Some("failed") => {
                    told.response = json!({ "error": task["error"] });
                    return told;
                }
                _ => panic!("{response}"),
            }
            let pause = task["pollIntervalMs"].as_u64().expect("how often to look");
            sleep(Duration::from_millis(pause)).await;
        }
    }

    /// Sends a request, and gives its response. `name`: what it is about, where its parameters don't say so.
    async fn exchange(&mut self, method: &str, params: Value, name: Option<&str>) -> Value {
        self.ids += 1;
        let mut draft =
            Draft::modern(method, params).meta("clientCapabilities", self.capabilities.clone()).id(self.ids);
        if let Some(name) = name {
            draft = draft.header("mcp-name", name);
        }
        let response = match &mut self.road {
            Road::Http(router) => {
                let reply = draft.send(router).await;
                let is_stream = reply.header("content-type") == "text/event-stream";
                if is_stream { reply.events().pop().expect("a response") } else { reply.json() }
            }
            Road::Lines(lines) => {
                lines.send(&draft.body).await;
                lines.next().await
            }
        };
        assert_eq!(response["id"], json!(self.ids), "{response}");
        response
    }
}

/// Answers exactly what is asked.
fn answered(requests: &Value, questions: &mut Vec<Question>, answers: Answers<'_>) -> Value {
    let requests = requests.as_object().expect("questions");
    let mut responses = json!({});
    for (key, request) in requests {
        let question = Question::read(key.as_str().into(), request);
        responses[key] = answers(&question);
        questions.push(question);
    }
    responses
}
