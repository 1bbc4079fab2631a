//! Arguments that cost more than they are long, and results that aren't what was published: what clients are told.

use std::sync::{Arc, Mutex};

use axum::Router;
use mcp_server::{Invocation, McpServer, Tool, ToolResult, prelude::*};
use mcp_tests::wire::{Draft, LEGACY, open_session};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "lowercase")]
#[allow(dead_code)]
enum Filter {
    And { filters: Vec<Filter> },
    Or { filters: Vec<Filter> },
    Eq { field: String, value: String },
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum Untagged {
    First { inner: Box<Untagged>, first: u8 },
    Second { inner: Box<Untagged> },
    Leaf(u8),
}

#[derive(Debug, Serialize, JsonSchema)]
struct Measured {
    metres: Vec<f64>,
}

/// Searches.
#[mcp_tool]
fn search(filter: Filter) -> String {
    let _ = filter;
    "found".to_owned()
}

/// Takes a value whose form nothing tells.
#[mcp_tool]
fn guess(value: Untagged) -> String {
    let _ = value;
    "guessed".to_owned()
}

/// Takes any value.
#[mcp_tool]
fn take(value: Value) -> String {
    let _ = value;
    "taken".to_owned()
}

/// Writes a prompt of lists.
#[mcp_prompt]
fn listed(value: Vec<Value>) -> String {
    let _ = value;
    "listed".to_owned()
}

/// A number without an end.
#[mcp_tool]
fn infinity() -> f64 {
    f64::INFINITY
}

/// A list of lengths, one of which is no number.
#[mcp_tool]
fn lengths(right: bool) -> Measured {
    Measured { metres: vec![0.5, if right { 1.5 } else { f64::NAN }] }
}

/// A name, if there is one.
#[mcp_tool]
fn find(name: Option<String>) -> Option<String> {
    name
}

/// What a schema says, and the function doesn't keep to.
fn by_hand() -> Tool {
    Tool::new("by_hand", "Says one thing and does another.", |mut call: Invocation| async move {
        Ok(match call.argument::<Option<Value>>("value")? {
            Some(value) => ToolResult::structured(&value)?,
            None => ToolResult::text("no value"),
        })
    })
    .input_schema(json!({"type": "object", "properties": {"value": true}}))
    .output_schema(json!({"type": "object", "properties": {"day": {"type": "string", "format": "date"}}}))
}

fn router() -> Router {
    McpServer::new("arguments").tool(by_hand()).build().expect("a server").router()
}

async fn call(router: &Router, tool: &str, arguments: Value) -> Value {
    Draft::call(tool, arguments).send(router).await.result()
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().expect("text")
}

fn and(depth: usize, leaf: Value) -> Value {
    (0..depth).fold(leaf, |inner, _| json!({"op": "and", "filters": [inner]}))
}

#[tokio::test]
async fn tr_11_what_is_wrong_deep_inside_is_told_by_its_path() {
    let router = router();
    let result = call(&router, "search", json!({"filter": and(20, json!({"op": "eq", "field": "a"}))})).await;
    assert_eq!(result["isError"], json!(true));
    let path = format!("`filter{}.value`: required, but missing.", ".filters[0]".repeat(20));
    assert!(text(&result).ends_with(&path), "{result}");
    let right = json!({"op": "eq", "field": "a", "value": "b"});
    assert_eq!(text(&call(&router, "search", json!({"filter": and(31, right)})).await), "found");
}

#[tokio::test]
async fn tr_11_arguments_are_nested_and_named_within_limits() {
    let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let servers = [(router(), 64, 256), (limited(), 5, 10)];
    for (router, depth, name) in servers {
        assert_eq!(text(&call(&router, "take", json!({"value": nested(depth)})).await), "taken");
        let result = call(&router, "take", json!({"value": nested(depth + 1)})).await;
        let told = format!("`value`: nested deeper than {depth} levels, the most that this server takes");
        assert!(result["isError"] == true && text(&result).contains(&told), "{result}");
        let named = |length: usize| json!({"value": {"x".repeat(length): 1}});
        assert_eq!(text(&call(&router, "take", named(name)).await), "taken");
        let result = call(&router, "take", named(name + 1)).await;
        let told = format!("a name of {} bytes, and {name} are the most", name + 1);
        assert!(result["isError"] == true && text(&result).contains(&told), "{result}");
    }
    let prompt = |depth: usize| {
        let params = json!({"name": "listed", "arguments": {"value": nested(depth).to_string()}});
        Draft::modern("prompts/get", params)
    };
    assert_eq!(prompt(64).send(&router()).await.result()["messages"][0]["content"]["text"], "listed");
    assert_eq!(prompt(65).send(&router()).await.code(), -32602);
}

fn limited() -> Router {
    let server = McpServer::new("limited").max_argument_depth(5).max_member_name(10);
    server.build().expect("a server").router()
}

#[tokio::test]
async fn tr_11_a_value_that_nothing_tells_apart_is_read_so_often_only() {
    let nested =
        |depth: usize| json!({"value": (0..depth).fold(json!(1), |inner, _| json!({"inner": inner}))});
    let router = router();
    assert_eq!(text(&call(&router, "guess", nested(8)).await), "guessed");
    let result = call(&router, "guess", nested(24)).await;
    let told = "`value`: nested too deeply for a value whose form no tag tells";
    assert!(result["isError"] == true && text(&result).contains(told), "{result}");
}

#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_result_that_breaks_its_schema_is_an_error_of_the_call_and_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let _logged = tracing::subscriber::set_default(subscriber);
    let router = router();
    for (tool, arguments, rule) in [
        ("infinity", json!({}), "value is not of type"),
        ("lengths", json!({"right": false}), "`metres[1]`: value is not of type"),
        ("by_hand", json!({"value": {"day": "tomorrow"}}), "`day`: value is not a"),
        ("by_hand", json!({}), "has no structured value"),
    ] {
        let result = call(&router, tool, arguments).await;
        assert_eq!(result["isError"], json!(true), "{result}");
        assert!(result.get("structuredContent").is_none(), "{result}");
        let told = text(&result);
        let reference = told.split("reference ").nth(1).expect("a reference").trim_end_matches('.');
        let line = log.text();
        let line = line.split("ERROR").find(|line| line.contains(reference)).expect("a line").to_owned();
        assert!(line.contains(tool) && line.contains(rule), "{line}");
        assert!(!line.contains("tomorrow"), "values are nothing for a log: {line}");
    }
    let right = call(&router, "lengths", json!({"right": true})).await;
    assert_eq!(right["structuredContent"], json!({"metres": [0.5, 1.5]}));
    let right = call(&router, "by_hand", json!({"value": {"day": "2026-07-28"}})).await;
    assert_eq!(right["structuredContent"], json!({"day": "2026-07-28"}));
}

#[tokio::test]
async fn none_is_a_member_of_an_object_in_every_revision() {
    let router = router();
    let check = |listed: &Value, none: &Value, some: &Value| {
        let tools = listed["tools"].as_array().expect("tools");
        let tool = tools.iter().find(|tool| tool["name"] == "find").expect("the tool");
        let schema = &tool["outputSchema"];
        assert_eq!((&schema["type"], &schema["required"]), (&json!("object"), &json!(["result"])));
        assert_eq!(schema["properties"]["result"]["type"], json!(["string", "null"]));
        assert_eq!(none["structuredContent"], json!({"result": null}));
        assert_eq!(some["structuredContent"], json!({"result": "a"}));
        assert_eq!(text(some), r#"{"result":"a"}"#);
    };
    let listed = Draft::modern("tools/list", json!({})).send(&router).await.result();
    let none = call(&router, "find", json!({})).await;
    check(&listed, &none, &call(&router, "find", json!({"name": "a"})).await);
    for revision in [LEGACY, "2025-06-18"] {
        let session = open_session(&router, revision).await;
        let send = async |method: &str, params: Value| {
            Draft::legacy(&session, method, params).of(revision).send(&router).await.result()
        };
        let listed = send("tools/list", json!({})).await;
        let none = send("tools/call", json!({"name": "find", "arguments": {}})).await;
        let some = send("tools/call", json!({"name": "find", "arguments": {"name": "a"}})).await;
        check(&listed, &none, &some);
    }
}
