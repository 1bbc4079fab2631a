//! Annotated functions may stand anywhere: without a prelude, beside anything, under any lint. Each of them is
//! also called.

#[path = "../hygiene/hostile_names.rs"]
mod hostile_names;
#[path = "../hygiene/hostile_types.rs"]
mod hostile_types;
#[path = "../hygiene/no_prelude.rs"]
mod no_prelude;
#[path = "../hygiene/strict.rs"]
mod strict;

use std::time::Duration;

use mcp_server::{
    __private::{ApprovalLevel, Rate, Registered, ToolDescriptor, inventory},
    McpServer,
};
use mcp_tests::wire::Draft;
use serde_json::{Value, json};

/// Rules that the server can't enforce yet keep it from starting; here the functions are what matters.
const GUARDED: [&str; 2] = ["hostile_types.count", "no_prelude.guarded"];

async fn call(tool: &str, arguments: Value) -> Value {
    let server = McpServer::new("hygiene").state("!".to_owned());
    let server = GUARDED.into_iter().fold(server, McpServer::without);
    let router = server.build().unwrap().router();
    let result = Draft::call(tool, arguments).send(&router).await.result();
    match &result["structuredContent"] {
        Value::Null => result["content"][0]["text"].clone(),
        value => value.clone(),
    }
}

#[tokio::test]
async fn without_a_prelude() {
    assert_eq!(call("no_prelude.add", json!({"b": 2})).await, 3);
    assert_eq!(call("no_prelude.shout", json!({"text": "a"})).await, "A!");
}

#[tokio::test]
async fn beside_anything() {
    assert_eq!(call("hostile_types.add", json!({"a": 1})).await, 1);
    assert_eq!(call("hostile_names.invocation", json!({"call": 1, "output": 2, "tag": 3})).await, 6);
    assert_eq!(call("hostile_names.call", json!({"generator": 1, "value": 2, "error": 3})).await, 6);
    let arguments = json!({"__invocation": 1, "__value": 2, "__0": 3});
    assert_eq!(call("hostile_names.output", arguments).await, 6);
    assert_eq!(call("hostile_names.start", json!({"running": 1, "blocking": 2, "name": 3})).await, 7);
    assert_eq!(call("match", json!({"type": 1, "fn": 2, "self": 3})).await, 6);
}

#[tokio::test]
async fn under_any_lint() {
    strict::outer();
    assert_eq!(call("strict.old", json!({"text": "a"})).await, "a");
    assert_eq!(call("strict.new", json!({"text": "a"})).await, "a!Anonymous");
    assert_eq!(call("strict.nothing", json!({})).await, Value::Null);
    assert_eq!(call("strict.inner", json!({"count": 5})).await, 5);
}

fn tool(name: &str) -> &'static ToolDescriptor {
    let registered = inventory::iter::<Registered>.into_iter();
    let mut named = registered.filter_map(|registered| match registered {
        Registered::Tool(descriptor, _) => Some(*descriptor),
        _ => None,
    });
    named.find(|tool| tool.card.name == name).unwrap()
}

#[test]
fn every_key_is_carried() {
    let tool = tool("no_prelude.guarded");
    let card = tool.card;
    assert_eq!(
        (card.title, card.icon, card.meta),
        (Some("Guarded"), Some("data:image/png;base64,"), Some("{}"))
    );
    assert_eq!(card.description, "Everything is said of it.");
    let hints = tool.hints;
    assert_eq!((hints.read_only, hints.destructive), (None, Some(true)));
    assert_eq!((hints.idempotent, hints.open_world), (Some(false), Some(true)));
    let rules = tool.rules;
    assert_eq!((rules.scopes, rules.public, rules.task), (&["a", "b"][..], false, true));
    assert_eq!(rules.timeout, Some(Duration::from_millis(500)));
    assert_eq!(rules.rate, Some(Rate { calls: 10, per: Duration::from_mins(1) }));
    assert_eq!(rules.concurrency, Some(4));
    let approval = rules.approval.unwrap();
    assert_eq!((approval.level, approval.when), (ApprovalLevel::SecondPerson, Some("always")));
    assert_eq!(approval.ttl, Some(Duration::from_mins(10)));
    assert_eq!(approval.remember, Some(Duration::from_hours(1)));
    assert_eq!(approval.message, Some("{text} {{}}?"));
}
