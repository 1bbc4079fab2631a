//! Calls that go on after they were answered, where the revision has them.

use mcp_server::{FormSchema, prelude::*};
use mcp_tests::{
    client::{Client, Listening},
    wire::MODERN,
};
use serde_json::{Value, json};

/// Asks, as a task where it may be one.
#[mcp_tool(task)]
async fn job(ctx: Ctx) -> Result<String, ToolError> {
    let form = FormSchema::from_value(super::questions::form()).expect("a form");
    Ok(ctx.elicit_form("Fill this in.", form).await?.len().to_string())
}

/// Goes on until it is stopped.
#[mcp_tool(task)]
async fn endless() {
    std::future::pending::<()>().await;
}

/// Ends with an error of the protocol.
#[mcp_tool(task)]
async fn broken() -> Result<(), ToolError> {
    Err(ToolError::needs_client_capability(json!({ "experimental": {} })))
}

/// Is a task or nothing.
#[mcp_tool(task = "required")]
async fn only_a_task() -> &'static str {
    "done"
}

/// What becomes of a call that may be a task.
pub(crate) async fn seen(client: &Client) -> Value {
    if client.revision() != MODERN {
        let (_, said) = client.ask_through("tools/call", json!({ "name": "job" })).await;
        assert!(said.result()["content"].is_array());
        return json!({ "may": "answered in place", "must": in_place(client).await });
    }
    let task = begin(client, "job").await;
    let mut listening = listen(client, &task).await;
    let asking = until(&mut listening, "input_required").await;
    let answers = client.answers(&asking["inputRequests"]);
    let update = json!({ "taskId": task, "inputResponses": answers });
    assert_eq!(client.ask("tasks/update", update).await.result()["resultType"], "complete");
    let completed = until(&mut listening, "completed").await;
    assert_eq!(completed["result"]["content"][0]["text"], "4");
    drop(listening);
    for (tool, status) in [("endless", "cancelled"), ("broken", "failed"), ("only_a_task", "completed")] {
        let task = begin(client, tool).await;
        if status == "cancelled" {
            let cancel = json!({ "taskId": task });
            assert_eq!(client.ask("tasks/cancel", cancel).await.result()["resultType"], "complete");
        }
        until(&mut listen(client, &task).await, status).await;
        let got = client.ask("tasks/get", json!({ "taskId": task })).await.result();
        assert_eq!(got["status"], status, "{got}");
    }
    json!({ "may": "a task", "must": "a task", "told": "`notifications/tasks`, when it is listened to" })
}

/// What a client is told of a call that must be a task.
async fn in_place(client: &Client) -> String {
    let said = client.call("only_a_task").await;
    if let Some(code) = said.code() {
        return format!("error {code}");
    }
    assert_eq!(said.result()["isError"], true);
    "a tool error".to_owned()
}

/// Begins a task, and gives its id.
async fn begin(client: &Client, tool: &str) -> Value {
    let mut created = client.call(tool).await.result();
    assert_eq!(created["resultType"], "task", "{created}");
    created["taskId"].take()
}

/// Listens to a task: from what it is now.
async fn listen<'c>(client: &'c Client, task: &Value) -> Listening<'c> {
    let mut listening = client.listen(json!({ "taskIds": [task] })).await;
    let first = listening.next().await.message;
    assert_eq!(first["params"]["notifications"], json!({ "taskIds": [task] }), "{first}");
    listening
}

/// The task, as soon as it has this status.
async fn until(listening: &mut Listening<'_>, status: &str) -> Value {
    loop {
        let heard = listening.next().await.message;
        assert_eq!(heard["method"], "notifications/tasks", "{heard}");
        if heard["params"]["status"] == status {
            return heard["params"].clone();
        }
    }
}
