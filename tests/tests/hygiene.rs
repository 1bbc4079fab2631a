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

use std::{borrow::Cow, time::Duration};

use mcp_server::{
    __private::{ApprovalLevel, Rate, Registered, TaskRule, ToolDescriptor, inventory},
    McpServer, StateKeys,
};
use mcp_tests::wire::Draft;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// Rules that the server can't enforce yet keep it from starting; here the functions are what matters.
const GUARDED: [&str; 2] = ["hostile_types.count", "no_prelude.guarded"];

// What `schemars` derives needs a prelude.
macro_rules! schemas {
    ($($type:ty: $schema:tt)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

schemas! {
    no_prelude::Asked: {
        "type": "object",
        "properties": {
            "all": { "type": "array", "items": { "enum": ["Small", "Large"] } },
            "size": { "enum": ["Small", "Large"] },
        },
    }
    no_prelude::Size: { "enum": ["Small", "Large"] }
}

async fn ask(method: &str, params: Value) -> Value {
    send(&Draft::modern(method, params)).await
}

/// What a tool comes to for a user who answers each message so. Everything is asked at once.
async fn answered(tool: &str, arguments: Value, answers: Value) -> Value {
    let mut params = json!({ "name": tool, "arguments": arguments });
    let call = |params: &Value| {
        Draft::modern("tools/call", params.clone()).meta("clientCapabilities", json!({ "elicitation": {} }))
    };
    let asked = send(&call(&params)).await;
    let requests = asked["inputRequests"].as_object().unwrap();
    assert_eq!(requests.len(), answers.as_object().unwrap().len());
    for (key, request) in requests {
        params["inputResponses"][key] = match &answers[request["params"]["message"].as_str().unwrap()] {
            Value::Null => json!({ "action": "decline" }),
            content => json!({ "action": "accept", "content": content }),
        };
    }
    if let Some(state) = asked.get("requestState") {
        params["requestState"] = state.clone();
    }
    send(&call(&params)).await["structuredContent"].clone()
}

async fn send(draft: &Draft) -> Value {
    let server = McpServer::new("hygiene").state("!".to_owned()).state_keys(StateKeys::new([7; 32]));
    let server = GUARDED.into_iter().fold(server, McpServer::without);
    let server = server.tools(hostile_names::Object(1)).tools(hostile_types::Shared(2));
    let server =
        server.tools(no_prelude::Whole { part: "part".to_owned() }).tools(strict::Methods { number: 7 });
    draft.send(&server.build().unwrap().router()).await.result()
}

async fn read(uri: &str) -> Value {
    ask("resources/read", json!({ "uri": uri })).await["contents"][0]["text"].clone()
}

async fn get(prompt: &str, arguments: Value) -> Value {
    let result = ask("prompts/get", json!({ "name": prompt, "arguments": arguments })).await;
    result["messages"][0]["content"]["text"].clone()
}

async fn complete(of: (&str, &str), argument: &str) -> Value {
    let (kind, key) = of;
    let member = if kind == "ref/prompt" { "name" } else { "uri" };
    let argument = json!({ "name": argument, "value": "a" });
    let params = json!({ "ref": { "type": kind, member: key }, "argument": argument });
    ask("completion/complete", params).await["completion"]["values"][0].clone()
}

async fn call(tool: &str, arguments: Value) -> Value {
    let result = ask("tools/call", json!({ "name": tool, "arguments": arguments })).await;
    match &result["structuredContent"] {
        Value::Null => result["content"][0]["text"].clone(),
        value => value.clone(),
    }
}

#[tokio::test]
async fn without_a_prelude() {
    assert_eq!(call("no_prelude.add", json!({"b": 2})).await, 3);
    assert_eq!(call("no_prelude.shout", json!({"text": "a"})).await, "A!");
    assert_eq!(call("no_prelude.part", json!({})).await, "part");
    let answers = json!({ "Which?": { "all": ["Small", "Large"], "size": "Small" }, "How large?": { "answer": "Large" } });
    assert_eq!(answered("no_prelude.asking", json!({}), answers).await, 2);
    assert_eq!(read("no-prelude://text?upper=true").await, "TEXT!");
    assert_eq!(get("no_prelude.ask", json!({"what": "a"})).await, "a");
    assert_eq!(get("no_prelude.part", json!({})).await, "part");
    assert_eq!(complete(("ref/prompt", "no_prelude.ask"), "what").await, "a");
    assert_eq!(complete(("ref/resource", "no-prelude://text{?upper}"), "upper").await, "a");
}

#[tokio::test]
async fn beside_anything() {
    assert_eq!(call("hostile_types.add", json!({"a": 1})).await, 1);
    assert_eq!(call("hostile_names.invocation", json!({"call": 1, "output": 2, "tag": 3})).await, 6);
    assert_eq!(call("hostile_names.call", json!({"generator": 1, "value": 2, "error": 3})).await, 6);
    let arguments = json!({"__invocation": 1, "__value": 2, "__0": 3});
    assert_eq!(call("hostile_names.output", arguments).await, 6);
    assert_eq!(call("hostile_names.start", json!({"running": 1, "blocking": 2, "name": 3})).await, 7);
    let answers =
        json!({ "Which?": { "__form": 2, "is_single": [] }, "What?": null, "How?": { "answer": "" } });
    assert_eq!(answered("hostile_names.asked", json!({"__0": 1}), answers).await, 4);
    assert_eq!(call("match", json!({"type": 1, "fn": 2, "self": 3})).await, 6);
    assert_eq!(call("hostile_names.provide", json!({"__object": 1, "__offers": 2, "__shared": 3})).await, 7);
    assert_eq!(call("hostile_names.type", json!({"self_": 1, "offers": 2})).await, 4);
    assert_eq!(read("hostile-names://1/2").await, "6");
    assert_eq!(get("hostile_names.typed", json!({"__typed": "a", "value": "b"})).await, "ab");
    assert_eq!(complete(("ref/prompt", "hostile_names.typed"), "__typed").await, "a");
    assert_eq!(complete(("ref/prompt", "hostile_names.typed"), "value").await, "a");
    let uri = "hostile-names://{output}/{call}{?__0}";
    assert_eq!(complete(("ref/resource", uri), "call").await, "a1");
    assert_eq!(call("hostile_types.double", json!({"by": 2})).await, 4);
    assert_eq!(read("hostile-types://twice/3").await, "6");
    assert_eq!(read("hostile-types://3").await, "3");
    assert_eq!(get("hostile_types.ask", json!({"what": "a"})).await, "a");
    assert_eq!(complete(("ref/prompt", "hostile_types.ask"), "what").await, "a");
    assert_eq!(complete(("ref/resource", "hostile-types://{place}"), "place").await, "a");
}

#[tokio::test]
async fn under_any_lint() {
    strict::outer();
    assert_eq!(call("strict.old", json!({"text": "a"})).await, "a");
    assert_eq!(call("strict.new", json!({"text": "a"})).await, "a!Anonymous");
    assert_eq!(call("strict.nothing", json!({})).await, Value::Null);
    assert_eq!(call("strict.inner", json!({"count": 5})).await, 5);
    assert_eq!(call("strict.number", json!({})).await, 7);
    assert_eq!(read("strict://a").await, "a");
    assert_eq!(read("strict://number").await, "7");
    assert_eq!(get("strict.ask", json!({"what": "a"})).await, "a");
    assert_eq!(complete(("ref/prompt", "strict.ask"), "what").await, "a!");
    assert_eq!(complete(("ref/resource", "strict://{name}{?short}"), "name").await, "a");
}

#[tokio::test]
async fn what_is_asked_is_no_argument() {
    let listed = ask("tools/list", json!({})).await;
    let tools = listed["tools"].as_array().unwrap();
    let properties = |name: &str| {
        let tool = tools.iter().find(|tool| tool["name"] == name).unwrap();
        tool["inputSchema"]["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert!(properties("no_prelude.asking").is_empty());
    assert_eq!(properties("hostile_names.asked"), ["__0"]);
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
    assert_eq!((rules.scopes, rules.start, rules.task), (&["a", "b"][..], true, TaskRule::May));
    assert_eq!((rules.public, rules.authenticated), (false, false));
    assert_eq!(rules.timeout, Some(Duration::from_millis(500)));
    assert_eq!(rules.rate, Some(Rate { calls: 10, per: Duration::from_mins(1) }));
    assert_eq!(rules.concurrency, Some(4));
    let approval = rules.approval.unwrap();
    assert_eq!((approval.level, approval.when), (ApprovalLevel::SecondPerson, Some("always")));
    assert_eq!(approval.ttl, Some(Duration::from_mins(10)));
    assert_eq!(approval.remember, Some(Duration::from_hours(1)));
    assert_eq!(approval.message, Some("{text} {{}}?"));
}
