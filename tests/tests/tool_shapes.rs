//! What the annotation makes of a function: its parameters by their traits, its result by its type, and the rest
//! in the description.

use std::{collections::BTreeMap, rc::Rc, sync::Arc};

use axum::Router;
use mcp_server::{
    __private::{Registered, inventory},
    Call, Content, FromCall, Image, McpServer, ToolOutput,
    prelude::*,
};
use mcp_tests::wire::Draft;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

struct Greeting(String);

type Greetings = State<Greeting>;
type Number = i64;
type Maybe = Option<String>;
type Fallible<T> = Result<T, ToolError>;

/// Something injected by the test.
struct Caller(String);

impl FromCall for Caller {
    fn from_call(call: &Call) -> Result<Self, ToolError> {
        match call.principal() {
            principal if principal.is_anonymous() => Ok(Self("nobody".to_owned())),
            _ => Err(ToolError::tell("only nobody may call")),
        }
    }
}

/// Where to look.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Place {
    /// A town
    town: String,
    #[serde(default)]
    near: Vec<Place>,
}

/// Takes what is injected and what is sent, by alias too.
#[mcp_tool]
fn greet(name: Maybe, greetings: Greetings, caller: Caller, _ctx: Ctx, times: Number) -> String {
    let name = name.unwrap_or(caller.0);
    vec![format!("{}, {name}!", greetings.0); usize::try_from(times).unwrap_or_default()].join(" ")
}

/// Carries every rule of an argument.
///
/// And has a second paragraph:
///   * indented
#[mcp_tool(name = "all.rules", title = "All rules", icon = "https://example.com/i.png", meta = r#"{"a": 1}"#)]
async fn all_rules(
    /// How many.
    ///
    /// At most ten.
    #[arg(min = 1, max = 10, default = 3, example = 4)]
    count: u8,
    #[arg(min_length = 1, max_length = 5, pattern = "^[a-z]+$", rename = "short-name", header = "Name")]
    r#type: String,
    #[arg(default = -0.5, min = -1)] shift: f64,
    #[arg(secret)] password: Option<String>,
    #[arg(default = ["a", "b"])] tags: Vec<String>,
    mut places: Option<Place>,
) -> Vec<Content> {
    if let Some(place) = &mut places {
        place.near.clear();
    }
    let all = (count, r#type, shift, password.is_some(), tags, places);
    vec![Content::text(serde_json::to_string(&all).unwrap())]
}

/// Gives a structured value back.
#[mcp_tool(read_only, idempotent, open_world = false)]
fn look(town: String) -> Place {
    Place { near: vec![Place { town: format!("{town}/2"), near: Vec::new() }], town }
}

/// Gives a number back.
#[mcp_tool]
fn number() -> Fallible<i64> {
    Ok(2)
}

/// Fails in each way.
#[mcp_tool]
fn fail(how: String) -> Fallible<String> {
    match how.as_str() {
        "told" => Err(ToolError::tell("not today")),
        "masked" => Err(std::io::Error::other("password is 1234"))?,
        _ => Ok(how),
    }
}

/// Fails with a text.
#[mcp_tool]
fn fail_text() -> Result<(), String> {
    Err("the database is at 10.0.0.1".to_owned())
}

/// Fails with a box.
#[mcp_tool]
fn fail_box() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Err("boxed".into())
}

struct Bad;

impl From<Bad> for ToolError {
    fn from(_: Bad) -> Self {
        Self::tell("said by its own conversion")
    }
}

/// Fails with something of the author's.
#[mcp_tool]
fn fail_own() -> Result<&'static str, Bad> {
    Err(Bad)
}

/// Gives nothing back.
#[mcp_tool]
fn nothing() {}

/// Gives an image back.
#[mcp_tool]
fn image() -> Image {
    Image::new(vec![1, 2, 3], "image/png")
}

struct Shout(Rc<str>);

impl ToolOutput for Shout {
    fn into_result(self) -> ToolResult {
        ToolResult::text(self.0.to_uppercase())
    }
}

/// Gives something of the author's back, which can't cross threads.
#[mcp_tool]
fn shout() -> Shout {
    Shout("hey".into())
}

/// The same, from a future.
#[mcp_tool]
async fn shout_later() -> Shout {
    tokio::task::yield_now().await;
    Shout("hey".into())
}

/// Runs where it may block.
#[mcp_tool(blocking)]
fn block(panics: bool, greetings: State<Greeting>) -> Result<BTreeMap<String, bool>, ToolError> {
    assert!(!panics, "as asked");
    let thread = std::thread::current();
    let elsewhere = thread.name().is_some_and(|name| name.starts_with("tokio"));
    Ok([(greetings.0.clone(), elsewhere)].into())
}

trait Store: Send + Sync {
    fn name(&self) -> &str;
}

struct Memory;

impl Store for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Fast,
    Safe,
}

/**
 * Has comments and rules in blocks,
 * and takes trait objects.
 */
#[mcp_tool]
#[allow(clippy::type_complexity)]
fn blocks(
    /** How to do it */
    #[arg(default = "safe")]
    #[arg(example = "fast")]
    mode: Mode,
    store: State<Arc<dyn Store>>,
    decorate: State<Box<dyn Fn(&str) -> String + Send + Sync>>,
) -> String {
    decorate(&format!("{mode:?} {}", store.name()))
}

mod elsewhere {
    use super::mcp_tool;

    macro_rules! tools {
        ($($name:ident: $ty:ty = $default:literal;)*) => {$(
            /// Made by a macro.
            #[mcp_tool]
            pub(super) async fn $name(#[arg(default = $default)] value: $ty) -> $ty {
                value
            }
        )*};
    }

    tools! {
        made_text: String = "none";
        made_number: i32 = 7;
    }
}

#[cfg(any())]
mod absent {
    /// Isn't compiled.
    #[mcp_server::mcp_tool]
    fn absent(missing: Missing) {}
}

/// Isn't compiled, and has its condition below the annotation.
#[mcp_tool]
#[cfg(any())]
fn absent_too(missing: Missing) {}

fn router() -> Router {
    let decorate: Box<dyn Fn(&str) -> String + Send + Sync> = Box::new(|text| format!("<{text}>"));
    let server = McpServer::new("shapes").state(Greeting("Hello".to_owned()));
    server.state::<Arc<dyn Store>>(Arc::new(Memory)).state(decorate).build().unwrap().router()
}

async fn definition(name: &str) -> Value {
    let list = Draft::modern("tools/list", json!({})).send(&router()).await.result();
    let tools = list["tools"].as_array().unwrap();
    tools.iter().find(|tool| tool["name"] == name).unwrap().clone()
}

async fn call(name: &str, arguments: Value) -> Value {
    let mut result = Draft::call(name, arguments).send(&router()).await.result();
    let result = result.as_object_mut().unwrap();
    result.remove("_meta");
    result.remove("resultType");
    Value::Object(result.clone())
}

fn text(text: &str) -> Value {
    json!({"content": [{"type": "text", "text": text}]})
}

#[tokio::test]
async fn a_parameter_is_what_its_traits_say() {
    let schema = &definition("greet").await["inputSchema"];
    assert_eq!(schema["required"], json!(["times"]));
    let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["name", "times"]);
    assert_eq!(call("greet", json!({"times": 2})).await, text("Hello, nobody! Hello, nobody!"));
    assert_eq!(call("greet", json!({"times": 1, "name": "Ada"})).await, text("Hello, Ada!"));
}

#[tokio::test]
async fn blocks_of_comments_and_rules_are_read_as_one() {
    let tool = definition("blocks").await;
    assert_eq!(tool["description"], "Has comments and rules in blocks,\nand takes trait objects.");
    let mode = &tool["inputSchema"]["properties"]["mode"];
    assert_eq!(
        (&mode["description"], &mode["default"], &mode["examples"]),
        (&json!("How to do it"), &json!("safe"), &json!(["fast"]))
    );
    assert_eq!(call("blocks", json!({})).await, text("<Safe memory>"));
}

#[tokio::test]
async fn an_annotated_function_is_an_ordinary_function() {
    assert_eq!(look("Ulm".to_owned()).near[0].town, "Ulm/2");
    assert_eq!(elsewhere::made_number(1).await, 1);
    assert!(number().is_ok());
}

#[tokio::test]
async fn everything_that_is_said_of_a_tool_is_listed() {
    let tool = definition("all.rules").await;
    assert_eq!(tool["title"], "All rules");
    assert_eq!(
        tool["description"],
        "Carries every rule of an argument.\n\nAnd has a second paragraph:\n  * indented"
    );
    assert_eq!(tool["icons"], json!([{"src": "https://example.com/i.png"}]));
    assert_eq!(tool["_meta"], json!({"a": 1}));
    assert_eq!(tool["annotations"], Value::Null);
    let hints = definition("look").await["annotations"].clone();
    assert_eq!(hints, json!({"readOnlyHint": true, "idempotentHint": true, "openWorldHint": false}));
}

#[tokio::test]
async fn everything_that_is_said_of_an_argument_is_in_its_schema() {
    let schema = definition("all.rules").await["inputSchema"].clone();
    let properties = &schema["properties"];
    assert_eq!(
        properties["count"],
        json!({"type": "integer", "format": "uint8", "description": "How many.\n\nAt most ten.",
            "minimum": 1, "maximum": 10, "default": 3, "examples": [4]})
    );
    assert_eq!(
        properties["short-name"],
        json!({"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^[a-z]+$", "x-mcp-header": "Name"})
    );
    assert_eq!(
        properties["shift"],
        json!({"type": "number", "format": "double", "default": -0.5, "minimum": -1})
    );
    assert_eq!(properties["password"], json!({"type": ["string", "null"], "writeOnly": true}));
    assert_eq!(
        properties["tags"],
        json!({"type": "array", "items": {"type": "string"}, "default": ["a", "b"]})
    );
    assert_eq!(schema["required"], json!(["short-name"]));
    assert!(schema["$defs"]["Place"].is_object(), "{schema}");
    let reply = Draft::call("all.rules", json!({"short-name": "ab"})).header("mcp-param-name", "ab");
    let reply = reply.send(&router()).await;
    assert_eq!(reply.text(), r#"[3,"ab",-0.5,false,["a","b"],null]"#);
}

#[tokio::test]
async fn a_value_is_structured_and_has_a_schema() {
    let schema = definition("look").await["outputSchema"].clone();
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["title"], Value::Null);
    assert_eq!(schema["properties"]["near"]["items"], json!({"$ref": "#"}));
    let value = json!({"town": "Ulm", "near": [{"town": "Ulm/2", "near": []}]});
    assert_eq!(call("look", json!({"town": "Ulm"})).await["structuredContent"], value);
    assert_eq!(definition("number").await["outputSchema"]["type"], "integer");
    assert_eq!(call("number", json!({})).await["structuredContent"], 2);
}

#[tokio::test]
async fn content_is_content() {
    for name in ["nothing", "greet", "image", "shout", "fail"] {
        assert_eq!(definition(name).await["outputSchema"], Value::Null, "{name}");
    }
    assert_eq!(call("nothing", json!({})).await, json!({"content": []}));
    assert_eq!(
        call("image", json!({})).await["content"],
        json!([{"type": "image", "data": "AQID", "mimeType": "image/png"}])
    );
    assert_eq!(call("shout", json!({})).await, text("HEY"));
    assert_eq!(call("shout_later", json!({})).await, text("HEY"));
}

#[tokio::test]
async fn an_error_is_told_or_masked() {
    let fail = async |name: &str, how: &str| {
        let arguments = if how.is_empty() { json!({}) } else { json!({"how": how}) };
        Draft::call(name, arguments).send(&router()).await.tool_error()
    };
    assert_eq!(fail("fail", "told").await, "not today");
    assert_eq!(fail("fail_own", "").await, "said by its own conversion");
    for (name, how) in [("fail", "masked"), ("fail_text", ""), ("fail_box", "")] {
        let told = fail(name, how).await;
        assert!(told.contains("reference"), "{told}");
        assert!(!told.contains("1234") && !told.contains("10.0.0.1") && !told.contains("boxed"), "{told}");
    }
    assert_eq!(call("fail", json!({"how": "not"})).await, text("not"));
}

#[tokio::test]
async fn a_blocking_function_runs_elsewhere_and_its_panic_is_its_own() {
    assert_eq!(call("block", json!({"panics": false})).await["structuredContent"], json!({"Hello": true}));
    assert_eq!(Draft::call("block", json!({"panics": true})).send(&router()).await.code(), -32603);
}

#[tokio::test]
async fn a_macro_may_write_tools() {
    assert_eq!(call("made_text", json!({})).await, text("none"));
    assert_eq!(call("made_number", json!({})).await["structuredContent"], 7);
}

#[test]
fn the_place_of_a_tool_is_its_functions_name() {
    let mut registered = inventory::iter::<Registered>.into_iter();
    let look = registered.find_map(|registered| match registered {
        Registered::Tool(tool, _) if tool.card.name == "look" => Some(*tool),
        _ => None,
    });
    let look = look.unwrap();
    assert!(look.place.file.ends_with("tool_shapes.rs"), "{}", look.place);
    let line = include_str!("tool_shapes.rs").lines().position(|line| line.starts_with("fn look(")).unwrap();
    assert_eq!(look.place.line as usize, line + 1);
}
