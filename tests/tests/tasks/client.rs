//! A client that knows tasks, and takes no message that its specification doesn't know.

use axum::Router;
use mcp_server::Server;
use mcp_tests::{
    specification::Specification,
    wire::{Draft, MODERN, Stream},
};
use serde_json::{Value, json};
use tokio::task::yield_now;

/// How often others are let go on before something is taken not to come.
const MOST_TURNS: usize = 2_000;

/// Lets everything happen that is about to.
pub(super) async fn settle() {
    for _ in 0..20 {
        yield_now().await;
    }
}

/// What stands in every result's `_meta`.
pub(super) fn meta() -> Value {
    json!({ "io.modelcontextprotocol/serverInfo": { "name": "tasks", "version": "0.0.0" } })
}

/// The capabilities of a client that knows tasks and can fill forms in.
pub(super) fn capabilities() -> Value {
    json!({ "elicitation": { "form": {} }, "extensions": { "io.modelcontextprotocol/tasks": {} } })
}

/// A client. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Client {
    router: Router,
}

impl Client {
    pub(super) fn new(server: &Server) -> Self {
        Self { router: server.router() }
    }

    pub(super) fn router(&self) -> &Router {
        &self.router
    }

    /// A request that declares everything that the client can.
    pub(super) fn request(method: &str, params: Value) -> Draft {
        Draft::modern(method, params).meta("clientCapabilities", capabilities())
    }

    /// The response to a request.
    pub(super) async fn send(&self, draft: &Draft) -> Value {
        let response = draft.send(&self.router).await.json();
        let method = draft.body["method"].as_str().unwrap();
        Specification::of(MODERN).check(method, &response);
        response
    }

    /// The response to a request that is right in every way.
    pub(super) async fn ask(&self, method: &str, params: Value) -> Value {
        self.send(&Self::request(method, params)).await
    }

    /// The result of calling a tool.
    pub(super) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let response = self.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await;
        result(response)
    }

    /// Calls a tool, and gives the id of the task that the call becomes.
    pub(super) async fn create(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await;
        assert_eq!(result["resultType"], json!("task"), "{result}");
        result["taskId"].as_str().unwrap().to_owned()
    }

    /// A task, as it is now.
    pub(super) async fn get(&self, id: &str) -> Value {
        result(self.ask("tasks/get", json!({ "taskId": id })).await)
    }

    /// Gives a task answers, which are taken or not.
    pub(super) async fn update(&self, id: &str, responses: Value) {
        let params = json!({ "taskId": id, "inputResponses": responses });
        acknowledged(self.ask("tasks/update", params).await);
        settle().await;
    }

    /// Gives a task up.
    pub(super) async fn cancel(&self, id: &str) {
        acknowledged(self.ask("tasks/cancel", json!({ "taskId": id })).await);
    }

    /// The error that each of the methods gives for this id, which is the same.
    pub(super) async fn refusal(&self, id: &str) -> Value {
        let params = json!({ "taskId": id, "inputResponses": {} });
        let mut errors = Vec::new();
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            errors.push(self.ask(method, params.clone()).await["error"].clone());
        }
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        errors.swap_remove(0)
    }

    /// A task, as soon as this is so.
    pub(super) async fn when(&self, id: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut task = self.get(id).await;
        for _ in 0..MOST_TURNS {
            if holds(&task) {
                return task;
            }
            yield_now().await;
            task = self.get(id).await;
        }
        panic!("it stays as it is: {task}")
    }

    /// A task, as soon as it is in this state.
    pub(super) async fn reaches(&self, id: &str, status: &str) -> Value {
        self.when(id, |task| task["status"] == status).await
    }

    /// The questions of a task, as soon as it has some. Their keys, and what the user is asked.
    pub(super) async fn questions(&self, id: &str) -> Vec<(String, String)> {
        asked(&self.reaches(id, "input_required").await)
    }

    /// Listens to these tasks.
    pub(super) async fn listen(&self, ids: &[&str]) -> Listening {
        let params = json!({ "notifications": { "taskIds": ids } });
        let draft = Self::request("subscriptions/listen", params);
        let mut listening = Listening(draft.open(&self.router).await);
        let first = listening.next().await;
        assert_eq!(first["method"], json!("notifications/subscriptions/acknowledged"));
        assert_eq!(first["params"]["notifications"], json!({ "taskIds": ids }), "as it was asked for");
        listening
    }
}

/// The questions of a task that has some.
pub(super) fn asked(task: &Value) -> Vec<(String, String)> {
    let requests = task["inputRequests"].as_object().unwrap_or_else(|| panic!("{task}"));
    let message = |request: &Value| request["params"]["message"].as_str().unwrap().to_owned();
    requests.iter().map(|(key, request)| (key.clone(), message(request))).collect()
}

/// What a task says of itself, apart from which message says it.
pub(super) fn task(mut said: Value) -> Value {
    let members = said.as_object_mut().unwrap();
    members.remove("_meta");
    members.remove("resultType");
    said
}

/// The text of the result that a task has come to.
pub(super) fn text(task: &Value) -> &str {
    assert_eq!(task["status"], json!("completed"), "{task}");
    task["result"]["content"][0]["text"].as_str().unwrap()
}

fn result(mut response: Value) -> Value {
    assert_eq!(response.get("error"), None, "{response}");
    response["result"].take()
}

/// An acknowledgment says nothing.
fn acknowledged(response: Value) {
    assert_eq!(result(response), json!({ "resultType": "complete", "_meta": meta() }));
}

/// Somebody who listens to tasks.
#[derive(Debug)]
pub(super) struct Listening(Stream);

impl Listening {
    /// The next message.
    pub(super) async fn next(&mut self) -> Value {
        let message = self.0.next().await.expect("a stream without an end").message();
        Specification::of(MODERN).check("subscriptions/listen", &message);
        assert_eq!(message["params"]["_meta"], json!({ "io.modelcontextprotocol/subscriptionId": 1 }));
        message
    }

    /// The task that the next message tells of.
    pub(super) async fn task(&mut self) -> Value {
        let mut message = self.next().await;
        assert_eq!(message["method"], json!("notifications/tasks"), "{message}");
        task(message["params"].take())
    }
}
