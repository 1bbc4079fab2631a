//! What the guide to asking shows.

use std::sync::atomic::{AtomicU32, Ordering};

use mcp_server::prelude::*;
use mcp_tests::{
    sse::Stream,
    wire::{Draft, LEGACY},
};
use serde_json::{Value, json};

use super::{blocks, read, shows_only};

#[derive(Debug, Default)]
struct Tables(AtomicU32);

impl Tables {
    async fn hold(&self, _day: &str) -> Result<u32, ToolError> {
        Ok(self.0.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

/// Book a table.
#[mcp_tool]
async fn book(day: String, ctx: Ctx, tables: State<Tables>) -> Result<String, ToolError> {
    let table = ctx.step("hold", tables.hold(&day)).await?;
    let name: String = ctx.elicit("Under which name?").await?;
    Ok(format!("Table {table} on {day}, for {name}."))
}

/// What can be asked with a form.
mod guests {
    #![allow(dead_code)]

    use mcp_server::prelude::*;
    use schemars::JsonSchema;
    use serde::Deserialize;

    /// Who comes to dinner.
    #[derive(Form, Deserialize, JsonSchema)]
    struct Guest {
        #[schemars(length(min = 1))]
        name: String,
        seat: Seat,
        /// What must not be on the plate
        allergy: Option<String>,
    }

    #[derive(Form, Deserialize, JsonSchema)]
    enum Seat {
        Garden,
        Window,
    }
}

/// A message as the guide shows it.
fn plain(mut message: Value) -> Value {
    for part in ["params", "result"] {
        if let Some(part) = message.get_mut(part).and_then(Value::as_object_mut) {
            part.remove("_meta");
            if part.contains_key("requestState") {
                part["requestState"] = "(sealed)".into();
            }
        }
    }
    message
}

fn arguments() -> Value {
    json!({ "name": "book", "arguments": { "day": "Monday" } })
}

fn answer() -> Value {
    json!({ "action": "accept", "content": { "answer": "Ada" } })
}

#[test]
fn the_guide_shows_code_that_compiles() {
    shows_only("../docs/guide/asking.md", "tests/guide/asking.rs");
}

#[tokio::test]
async fn the_guide_shows_what_goes_over_the_wire() {
    let router =
        McpServer::new("tables").only(["book"]).state(Tables::default()).build().expect("a server").router();
    let mut messages = Vec::new();

    let capabilities = json!({ "elicitation": {} });
    let call = |params, id: u32| {
        Draft::modern("tools/call", params).meta("clientCapabilities", capabilities.clone()).id(id)
    };
    let first = call(arguments(), 1);
    let asked = first.send(&router).await.json();
    let mut params = arguments();
    let key =
        asked["result"]["inputRequests"].as_object().and_then(|asked| asked.keys().next()).expect("one");
    params["inputResponses"] = json!({ key.as_str(): answer() });
    params["requestState"] = asked["result"]["requestState"].clone();
    let again = call(params, 2);
    let booked = again.send(&router).await.json();
    messages.extend([first.body, asked, again.body, booked]);

    let opened = Draft::initialize(LEGACY)
        .body(|body| body["params"]["capabilities"] = capabilities.clone())
        .send(&router)
        .await;
    let session = opened.header("mcp-session-id");
    let first = Draft::legacy(session, "tools/call", arguments()).id(1);
    let mut stream = Stream::open(&router, &first).await;
    let question = stream.message().await;
    let response = json!({ "jsonrpc": "2.0", "id": question["id"], "result": answer() });
    let posted = Draft::legacy(session, "", json!({})).body(|body| *body = response.clone());
    assert_eq!(posted.send(&router).await.status, 202);
    let booked = stream.message().await;
    messages.extend([first.body, question, response, booked]);

    let messages: Vec<Value> = messages.into_iter().map(plain).collect();
    let shown = blocks(&read("../docs/guide/asking.md"), "json");
    let shown: Vec<Value> = shown.iter().map(|block| serde_json::from_str(block).expect("JSON")).collect();
    assert_eq!(shown, messages);
}
