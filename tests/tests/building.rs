//! Start-up problems: all of them at once, each with its place, the rule and the fix.

use std::{path::Path, time::Duration};

use mcp_server::{
    Auth, CacheScope, Invocation, McpServer, Prompt, Resource, State, StateKeys, Tool, ToolResult,
    prelude::mcp_tool,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug)]
struct Database;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Speed {
    Fast,
    Slow,
}

/// Needs what the server isn't given.
#[mcp_tool]
fn needs_database(_database: State<Database>) {}

/// Needs authentication.
#[mcp_tool(scope = "files:write", approval = true, rate = "10/min", concurrency = 4)]
fn guarded() {}

/// Asks for a default that its type doesn't have.
#[mcp_tool]
fn wrong_default(#[arg(default = "medium")] speed: Speed) -> Speed {
    speed
}

/// Asks for a rule that its type can't have.
#[mcp_tool]
fn wrong_rule(#[arg(max_length = 3)] speed: Vec<Speed>) -> Vec<Speed> {
    speed
}

/// A header for something that isn't one value.
#[mcp_tool]
fn wrong_header(#[arg(header = "Speeds")] speeds: Vec<Speed>) -> Vec<Speed> {
    speeds
}

/// Right in every way.
#[mcp_tool]
fn right(#[arg(default = "fast")] speed: Speed) -> Speed {
    speed
}

fn only(names: &[&str]) -> McpServer {
    McpServer::new("building").only(names.iter().copied())
}

/// The problems' texts. Each begins with a file and a line of this file.
fn problems(server: McpServer) -> Vec<String> {
    let error = server.build().expect_err("a server that doesn't start");
    let texts: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    let here = Path::new(file!()).file_name().expect("a name").to_string_lossy();
    for text in &texts {
        let (place, _) = text.split_once(": ").expect("a place and a text");
        let (file, line) = place.rsplit_once(':').expect("a file and a line");
        assert!(file.ends_with(&*here) && line.parse::<u32>().is_ok_and(|line| line > 0), "{text}");
    }
    texts
}

fn tool(name: &'static str) -> Tool {
    Tool::new(name, "Something.", |_: Invocation| async { Ok(ToolResult::default()) })
}

#[test]
fn one_error_lists_everything_with_its_place() {
    let server = only(&["needs_database", "guarded", "wrong_default", "wrong_rule", "wrong_header"]);
    let error = server.build().expect_err("nothing of this starts");
    let text = error.to_string();
    assert!(text.starts_with("this server can't start: "), "{text}");
    for part in [
        "`needs_database`: takes `State<building::Database>`, and the server has none; add `.state(..)`",
        "`guarded`: callers need a token for it, and nobody has said whose tokens are good",
        "`wrong_default`: the default of `speed` breaks its own schema",
        "`wrong_rule`: `max_length` of `speed` is for a string, and `speed` is array",
        "`wrong_header`: `header` of `speeds` needs an argument that is a string, an integer or a boolean",
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
    assert_eq!(format!("{error:?}"), text, "what `main` prints is for people");
}

#[test]
fn a_place_is_that_of_the_function() {
    let line =
        file_lines().iter().position(|line| line.starts_with("fn needs_database")).expect("the function") + 1;
    assert!(problems(only(&["needs_database"]))[0].contains(&format!("building.rs:{line}: ")));
}

fn file_lines() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/building.rs");
    let text = std::fs::read_to_string(path).expect("this file");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn two_tools_of_one_name_name_both_places() {
    let server = only(&["right"]).tool(tool("right"));
    let texts = problems(server);
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0].matches("building.rs:").count(), 2, "{texts:?}");
}

#[test]
fn names_have_128_legal_characters() {
    for name in ["", "a b", "größe", "a/b", "a\n"] {
        let server = only(&[])
            .tool(Tool::new(name, "x", |_: Invocation| async { Ok(ToolResult::default()) }))
            .only([name]);
        assert!(problems(server)[0].contains("a name is 1 to 128"), "{name}");
    }
    let long = |length| "a".repeat(length);
    let with = |name: String| {
        only(&[&name]).tool(Tool::new(name, "x", |_: Invocation| async { Ok(ToolResult::default()) }))
    };
    assert!(with(long(128)).build().is_ok());
    assert_eq!(problems(with(long(129))).len(), 1);
}

#[test]
fn expected_tools_are_there_exactly() {
    assert!(only(&["right"]).expect_tools(["right"]).build().is_ok());
    let texts = problems(only(&["right"]).expect_tools(["right", "gone"]));
    assert!(texts[0].contains("`gone`, which was not found; is its crate named in code"), "{texts:?}");
    let texts = problems(only(&["right"]).tool(tool("extra")).only(["extra"]).expect_tools(["right"]));
    assert!(texts[0].contains("does not expect the tool `extra`"), "{texts:?}");
}

#[test]
fn choosing_a_tool_that_is_not_there_is_a_problem() {
    let texts = problems(only(&["right", "rihgt"]));
    assert!(texts[0].contains("no tool is named `rihgt`; did you mean `right`?"), "{texts:?}");
    let texts = problems(only(&["right"]).without("lefft"));
    assert!(texts[0].contains("`without`: no tool is named `lefft`"), "{texts:?}");
    let server = McpServer::new("x").only(["right", "guarded"]).without("guarded").build().expect("a server");
    assert_eq!(server.tool_names().collect::<Vec<_>>(), ["right"]);
}

#[test]
fn a_state_is_given_once() {
    let texts = problems(only(&["needs_database"]).state(Database).state(Database));
    assert!(texts.len() == 1 && texts[0].contains("building::Database` was given already"), "{texts:?}");
    assert!(only(&["needs_database"]).state(Database).build().is_ok());
}

#[test]
fn addresses_are_checked() {
    let server = only(&["right"])
        .public_url("ftp://example.com")
        .allow_host("exa mple")
        .allow_origin("https://app.example/path");
    let texts = problems(server).join("\n");
    for part in [
        "`public_url`: `ftp://example.com`",
        "`allow_host`: `exa mple`",
        "`allow_origin`: `https://app.example/path`",
    ] {
        assert!(texts.contains(part), "{part}\n{texts}");
    }
}

#[test]
fn copies_share_their_keys_or_do_not_start() {
    let texts = problems(only(&["right"]).nodes(2));
    assert!(texts.len() == 1 && texts[0].contains("`nodes`: 2 copies would each make a key"), "{texts:?}");
    for fix in [".state_keys(..)", "--state-keys", "MCP_STATE_KEYS", ".data_dir(..)", "--data", "MCP_DATA"] {
        assert!(texts[0].contains(fix), "{fix}\n{texts:?}");
    }
    assert!(only(&["right"]).nodes(1).build().is_ok());
    assert!(only(&["right"]).nodes(2).state_keys(StateKeys::new([7; 32])).build().is_ok());
}

#[test]
fn a_data_directory_that_can_not_be_one_is_a_problem() {
    let file = std::env::current_exe().expect("the path of this test");
    let texts = problems(only(&["right"]).data_dir(file));
    assert!(texts.len() == 1 && texts[0].contains("data directory: "), "{texts:?}");
    assert!(texts[0].contains("MCP_STATE_KEYS"), "{texts:?}");
}

#[test]
fn schemas_by_hand_are_checked() {
    let cases: [(Value, &str); 9] = [
        (
            json!({"type": "object", "properties": {"a": {"type": "number", "x-mcp-header": "A"}}}),
            "needs an argument that is a string",
        ),
        (
            json!({"type": "object", "properties": {
                "a": {"type": "array", "items": {"type": "string", "x-mcp-header": "A"}}}}),
            "clients drop a tool that has it elsewhere",
        ),
        (
            json!({"type": "object", "$defs": {"a": {"type": "string", "x-mcp-header": "A"}}}),
            "clients drop a tool that has it elsewhere",
        ),
        (json!({"type": "array"}), "must have `\"type\": \"object\"`"),
        (json!({"type": "object", "properties": 7}), "is not JSON Schema 2020-12"),
        (json!({"type": "object", "properties": {"a": {"$ref": "https://example.com/s"}}}), "can't be used"),
        (
            json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "(?=x)"}}}),
            "can't be used",
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "string", "x-mcp-header": "a b"}}}),
            "must be a token",
        ),
        (
            json!({"type": "object", "properties": {
                "a": {"type": "string", "x-mcp-header": "X"}, "b": {"type": "string", "x-mcp-header": "x"}}}),
            "two arguments have the header",
        ),
    ];
    for (schema, part) in cases {
        let texts = problems(only(&["right"]).tool(tool("by_hand").input_schema(schema)).only(["by_hand"]));
        assert!(texts[0].contains(part), "{part}\n{texts:?}");
    }
}

#[test]
fn an_output_schema_by_hand_is_an_object() {
    for (schema, part) in [(json!(true), "must be a JSON object"), (json!({"type": 7}), "is not JSON Schema")]
    {
        let server = only(&["right"]).tool(tool("by_hand").output_schema(schema)).only(["by_hand"]);
        assert!(problems(server)[0].contains(part), "{part}");
    }
}

fn note() -> Resource {
    Resource::new("notes://today", "today", "A note.", |_: Invocation| async { Ok("Nothing.") })
}

fn review() -> Prompt {
    Prompt::new("review", "Review it.", |_: Invocation| async { Ok("Review it.") })
}

#[test]
fn scopes_by_hand_have_legal_characters() {
    for (scope, part) in [
        ("", "a scope is empty"),
        ("a b", "the scope `a b` has a space in it; give several one by one"),
        ("größe", "has 'ö' in it"),
        ("a\"b", "has '\"' in it"),
        ("a\\b", "has '\\\\' in it"),
        ("a\n", "has '\\n' in it"),
        ("a\u{7f}", "has '\\u{7f}' in it"),
    ] {
        let texts = problems(only(&["by_hand"]).tool(tool("by_hand").scope("files:read").scope(scope)));
        assert!(texts.len() == 1 && texts[0].contains(part), "{part}\n{texts:?}");
        assert!(problems(only(&[]).resource(note().scope(scope)))[0].contains(part), "{part}");
        assert!(problems(only(&[]).prompt(review().scope(scope)))[0].contains(part), "{part}");
    }
}

#[test]
fn words_by_hand_do_not_contradict_each_other() {
    let by_hand = || tool("by_hand");
    let cases = [
        (by_hand().public().scope("a"), "`public` lets callers stay unknown, and `scope` needs to know them"),
        (by_hand().authenticated().public(), "`public` lets callers stay unknown, and `authenticated` needs"),
        (
            by_hand().scope("a").authenticated(),
            "`authenticated` lets in every caller with a token, and `scope`",
        ),
        (by_hand().start(), "`start` has clients begin with its scopes, and it has none"),
        (by_hand().public().start(), "`start` has clients begin with its scopes, and it has none"),
        (by_hand().authenticated().start(), "`start` has clients begin with its scopes, and it has none"),
    ];
    for (tool, part) in cases {
        let texts = problems(only(&["by_hand"]).tool(tool));
        assert!(texts.len() == 1 && texts[0].contains(part), "{part}\n{texts:?}");
    }
}

#[test]
fn what_is_kept_for_everybody_may_be_read_by_everybody() {
    let shared = || note().cache(Duration::from_mins(1), CacheScope::Public);
    for guarded in [shared().scope("notes:read"), shared().authenticated()] {
        let texts = problems(only(&[]).resource(guarded));
        assert!(texts.len() == 1 && texts[0].contains("what is kept for everybody reaches"), "{texts:?}");
    }
    assert!(only(&[]).resource(shared().public()).build().is_ok());
}

#[test]
fn rs_21_whose_tokens_are_good_has_to_be_decided() {
    let server = || only(&["by_hand"]).tool(tool("by_hand").scope("a").scope("b").start());
    let guarded = || server().resource(note().scope("a")).prompt(review().authenticated());
    let texts = problems(guarded());
    assert!(
        texts.len() == 1 && texts[0].contains("`by_hand`: callers need a token for it (and 2 more)"),
        "{texts:?}"
    );
    assert!(guarded().auth(Auth::none()).build().is_ok());
    for one in [only(&[]).resource(note().scope("a")), only(&[]).prompt(review().authenticated())] {
        assert!(problems(one)[0].contains("callers need a token for it, and nobody"));
    }
    let server = only(&["by_hand"]).tool(tool("by_hand").public());
    assert!(server.resource(note().public()).prompt(review().public()).build().is_ok());
}
