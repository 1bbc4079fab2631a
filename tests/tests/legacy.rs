//! Revisions 2025-03-26 to 2025-11-25 over HTTP: sessions, and what each revision is shown.

use std::time::Duration;

use axum::Router;
use http::Method;
use mcp_server::{
    Annotations, Clock, Hand, Invocation, McpServer, ResourceLink, Server, Text, Tool, ToolResult,
};
use mcp_tests::wire::{Draft, LEGACY, MODERN, Reply, open_session};
use serde_json::{Value, json};

fn number() -> Tool {
    Tool::new("number", "A bare number.", |_: Invocation| async { Ok(ToolResult::structured(&7)?) })
        .title("Number")
        .output_schema(json!({"$ref": "#/$defs/N", "$defs": {"N": {"type": "integer"}}}))
}

fn point() -> Tool {
    Tool::new("point", "An object.", |_: Invocation| async {
        Ok(ToolResult::structured(&json!({"x": 1}))?.meta("com.example/k", 1))
    })
    .output_schema(json!({"type": "object", "properties": {"x": {"type": "integer"}}}))
}

/// A result that refers to itself, as a recursive type's schema does.
fn nested() -> Tool {
    Tool::new("nested", "A number, or a list of such.", |_: Invocation| async {
        Ok(ToolResult::structured(&json!([1, [2]]))?)
    })
    .output_schema(json!({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#"}}]}))
}

/// A structured value without a schema, and a link.
fn loose() -> Tool {
    Tool::new("loose", "A list without a schema, and a link.", |_: Invocation| async {
        Ok(ToolResult::structured(&[1, 2])?.with(ResourceLink::new("a://b", "b")))
    })
}

/// Blocks with what they carry beside themselves.
fn marked() -> Tool {
    let when = || Annotations { last_modified: Some("2026-07-28".to_owned()), ..Annotations::default() };
    Tool::new("marked", "Blocks with annotations and `_meta`.", move |_: Invocation| async move {
        let text = Text::new("a").annotations(Annotations { priority: Some(0.5), ..when() }).meta("k", 1);
        let link = ResourceLink::new("a://b", "b").annotations(when()).meta("k", 1);
        Ok(ToolResult::new([text.into(), link.into()] as [mcp_server::Content; 2]))
    })
}

/// Properties with schemas that are no objects, as a type has that says nothing of a member.
fn open() -> Tool {
    let schema = || json!({"type": "object", "properties": {"a": true, "b": false, "c": {"items": true}}});
    Tool::new("open", "Properties of any kind, and of none.", |_: Invocation| async {
        Ok(ToolResult::structured(&json!({}))?)
    })
    .input_schema(schema())
    .output_schema(schema())
}

fn timed() -> (Server, Hand) {
    let (clock, hand) = Clock::by_hand();
    let server = McpServer::new("legacy").title("Old").icon("https://example.com/i.png");
    let server =
        [number(), point(), nested(), loose(), marked(), open()].into_iter().fold(server, McpServer::tool);
    (server.clock(clock).max_sessions(3, 3).session_idle(Duration::from_mins(1)).build().unwrap(), hand)
}

fn router() -> Router {
    timed().0.router()
}

async fn in_session(router: &Router, session: &str, method: &str, params: Value) -> Reply {
    Draft::legacy(session, method, params).send(router).await
}

#[tokio::test]
async fn initialize_negotiates_the_revision_and_opens_a_session() {
    let asked = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2026-07-28", "1999-01-01"];
    let given = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2025-11-25", "2025-11-25"];
    for (asked, given) in asked.into_iter().zip(given) {
        let reply = Draft::initialize(asked).send(&router()).await;
        assert_eq!(reply.status, 200);
        let result = reply.result();
        assert_eq!(result["protocolVersion"], json!(given), "{asked}");
        assert_eq!(result["capabilities"], json!({"tools": {"listChanged": true}, "logging": {}}));
        assert_eq!(result["serverInfo"]["name"], json!("legacy"));
        let id = reply.header("mcp-session-id");
        assert_eq!(id.len(), 43, "32 bytes as base64url");
        assert!(id.bytes().all(|byte| (0x21..=0x7E).contains(&byte)));
    }
}

#[tokio::test]
async fn initialize_without_what_it_needs_opens_nothing() {
    let (server, _) = timed();
    for member in ["protocolVersion", "capabilities"] {
        let draft = Draft::initialize(LEGACY).body(|body| body["params"][member] = json!(7));
        let reply = draft.send(&server.router()).await;
        assert_eq!((reply.status, reply.code(), reply.header("mcp-session-id")), (200, -32602, ""));
    }
    assert_eq!(server.sessions(), 0);
}

#[tokio::test]
async fn a_session_lives_until_it_is_ended() {
    let router = router();
    let id = open_session(&router, LEGACY).await;
    let note = Draft::legacy(&id, "notifications/initialized", json!({}))
        .body(|body| _ = body.as_object_mut().unwrap().remove("id"));
    let noted = note.send(&router).await;
    assert_eq!((noted.status, noted.body.len()), (202, 0));
    assert_eq!(in_session(&router, &id, "ping", json!({})).await.result(), json!({}));
    let end = Draft::legacy(&id, "", json!({})).method(Method::DELETE);
    assert_eq!(end.send(&router).await.status, 204);
    assert_eq!(in_session(&router, &id, "ping", json!({})).await.status, 404);
    assert_eq!(end.send(&router).await.status, 404);
}

#[tokio::test]
async fn tr_14_a_missing_id_is_400_and_an_unknown_one_404() {
    let router = router();
    let id = open_session(&router, LEGACY).await;
    for method in ["ping", "tools/list", "tools/call", "notifications/initialized"] {
        let draft = Draft::legacy(&id, method, json!({}));
        assert_eq!(draft.clone().without("mcp-session-id").send(&router).await.status, 400, "{method}");
        for unknown in ["", "x", &id[1..], &id.to_uppercase(), &format!("{id}A")] {
            let reply = draft.clone().header("mcp-session-id", unknown).send(&router).await;
            assert_eq!(reply.status, 404, "{method} {unknown}");
        }
        let twice = draft.clone().and_header("mcp-session-id", &id).send(&router).await;
        assert_eq!(twice.status, 400, "{method}");
    }
    let delete = Draft::legacy(&id, "", json!({})).method(Method::DELETE);
    assert_eq!(delete.clone().without("mcp-session-id").send(&router).await.status, 400);
    assert_eq!(delete.clone().header("mcp-protocol-version", MODERN).send(&router).await.status, 405);
    assert_eq!(delete.clone().header("mcp-protocol-version", "latest").send(&router).await.status, 400);
    assert_eq!(delete.header("mcp-session-id", "x").send(&router).await.status, 404);
    assert_eq!(in_session(&router, &id, "ping", json!({})).await.status, 200, "nothing of this ended it");
}

#[tokio::test]
async fn a_version_header_that_no_session_can_have_is_400() {
    let router = router();
    let id = open_session(&router, LEGACY).await;
    for version in ["2025-01-01", "2024-11-06", "latest", MODERN] {
        let draft = Draft::legacy(&id, "ping", json!({})).header("mcp-protocol-version", version);
        assert_eq!(draft.send(&router).await.status, 400, "{version}");
    }
    let silent = Draft::legacy(&id, "ping", json!({})).without("mcp-protocol-version");
    assert_eq!(silent.send(&router).await.status, 200, "2025-03-26 had no such header");
}

#[tokio::test]
async fn errors_of_requests_come_at_status_200() {
    let router = router();
    let id = open_session(&router, LEGACY).await;
    for (method, params, code) in [
        ("no/such", json!({}), -32601),
        ("server/discover", json!({}), -32601),
        ("tools/call", json!({"name": "no_such"}), -32602),
        ("tools/call", json!({}), -32602),
        ("tools/list", json!({"cursor": "x"}), -32602),
        ("logging/setLevel", json!({"level": "loud"}), -32602),
        ("tools/call", json!({"name": "number", "_meta": {"progressToken": []}}), -32602),
    ] {
        let reply = in_session(&router, &id, method, params).await;
        assert_eq!((reply.status, reply.code()), (200, code), "{method}");
    }
}

#[tokio::test]
async fn tr_13_sessions_end_when_idle_and_the_longest_idle_at_the_cap() {
    let (server, hand) = timed();
    let router = server.router();
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(open_session(&router, LEGACY).await);
        hand.advance(Duration::from_secs(1));
    }
    assert_eq!(in_session(&router, &ids[0], "ping", json!({})).await.status, 200);
    hand.advance(Duration::from_secs(1));
    let fourth = open_session(&router, LEGACY).await;
    assert_eq!(server.sessions(), 3);
    assert_eq!(in_session(&router, &ids[1], "ping", json!({})).await.status, 404, "the longest idle");
    assert_eq!(in_session(&router, &ids[0], "ping", json!({})).await.status, 200, "used since");
    hand.advance(Duration::from_secs(61));
    for id in [&ids[0], &ids[2], &fourth] {
        assert_eq!(in_session(&router, id, "ping", json!({})).await.status, 404);
    }
}

#[tokio::test]
async fn each_revision_is_shown_what_it_knows() {
    let router = router();
    for (revision, wrapped, structured, titled) in [
        ("2025-11-25", true, true, true),
        ("2025-06-18", true, true, true),
        ("2025-03-26", false, false, false),
    ] {
        let id = open_session(&router, revision).await;
        let ask = |method: &'static str, params: Value| {
            let draft = Draft::legacy(&id, method, params).header("mcp-protocol-version", revision);
            let router = router.clone();
            async move { draft.send(&router).await.result() }
        };
        let listing = ask("tools/list", json!({})).await;
        for member in ["ttlMs", "cacheScope", "resultType", "_meta"] {
            assert_eq!(listing.get(member), None, "{revision}");
        }
        let tool = &listing["tools"][3];
        assert_eq!(tool["name"], json!("number"));
        assert_eq!(tool.get("title").is_some(), titled, "{revision}");
        assert_eq!(tool.get("outputSchema").is_some(), structured, "{revision}");
        if wrapped {
            let schema = &tool["outputSchema"];
            assert_eq!(schema["type"], json!("object"));
            assert_eq!(schema["properties"]["result"], json!({"$ref": "#/$defs/N"}));
            assert_eq!(schema["$defs"]["N"], json!({"type": "integer"}));
        }
        let result = ask("tools/call", json!({"name": "number"})).await;
        assert_eq!(result["content"], json!([{"type": "text", "text": "7"}]), "{revision}");
        assert_eq!(result.get("structuredContent"), structured.then(|| json!({"result": 7})).as_ref());
        assert_eq!((result.get("resultType"), result.get("_meta")), (None, None), "{revision}");
        let result = ask("tools/call", json!({"name": "loose"})).await;
        assert_eq!(result.get("structuredContent"), structured.then(|| json!({"result": [1, 2]})).as_ref());
        let link = json!({"type": "resource_link", "uri": "a://b", "name": "b"});
        let text = json!({"type": "text", "text": "b: a://b"});
        assert_eq!(result["content"][0], if revision == "2025-03-26" { text } else { link }, "{revision}");
        let result = ask("tools/call", json!({"name": "point"})).await;
        assert_eq!(result.get("structuredContent"), structured.then(|| json!({"x": 1})).as_ref());
        assert_eq!(result["_meta"], json!({"com.example/k": 1}));
    }
    let modern = Draft::call("loose", json!({})).send(&router).await.result();
    assert_eq!(modern["structuredContent"], json!([1, 2]));
    let modern = Draft::call("number", json!({})).send(&router).await.result();
    assert_eq!(modern["structuredContent"], json!(7));
    let modern = Draft::call("point", json!({})).send(&router).await.result();
    assert_eq!(modern["_meta"]["com.example/k"], json!(1));
    assert_eq!(modern["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], json!("legacy"));
}

#[tokio::test]
async fn a_block_carries_what_each_revision_knows_beside_it() {
    let router = router();
    for revision in ["2025-11-25", "2025-06-18"] {
        let id = open_session(&router, revision).await;
        let content = in_session(&router, &id, "tools/call", json!({"name": "marked"})).await.result();
        let annotations = json!({"priority": 0.5, "lastModified": "2026-07-28"});
        assert_eq!(content["content"][0]["annotations"], annotations, "{revision}");
        assert_eq!(content["content"][1]["_meta"], json!({"k": 1}), "{revision}");
    }
    let id = open_session(&router, "2025-03-26").await;
    let result = in_session(&router, &id, "tools/call", json!({"name": "marked"})).await.result();
    let text = json!({"type": "text", "text": "a", "annotations": {"priority": 0.5}});
    assert_eq!(result["content"], json!([text, {"type": "text", "text": "b: a://b"}]));
}

#[tokio::test]
async fn a_property_has_an_object_for_a_schema_before_2026() {
    let router = router();
    let boolean = json!({"a": true, "b": false, "c": {"items": true}});
    let object = json!({"a": {}, "b": {"not": {}}, "c": {"items": true}});
    for revision in ["2025-11-25", "2025-06-18", "2025-03-26"] {
        let id = open_session(&router, revision).await;
        let listing = in_session(&router, &id, "tools/list", json!({})).await.result();
        let tool = &listing["tools"][4];
        assert_eq!(tool["inputSchema"]["properties"], object, "{revision}");
        let output = tool.get("outputSchema").map(|schema| &schema["properties"]);
        assert_eq!(output, (revision != "2025-03-26").then_some(&object), "{revision}");
    }
    let modern = Draft::modern("tools/list", json!({})).send(&router).await.result();
    assert_eq!(modern["tools"][4]["inputSchema"]["properties"], boolean);
    assert_eq!(modern["tools"][4]["outputSchema"]["properties"], boolean);
}

#[tokio::test]
async fn a_wrapped_schema_still_holds_its_results() {
    let router = router();
    let id = open_session(&router, LEGACY).await;
    let listing = in_session(&router, &id, "tools/list", json!({})).await.result();
    let result = in_session(&router, &id, "tools/call", json!({"name": "nested"})).await.result();
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("test:///schema", listing["tools"][2]["outputSchema"].clone()).unwrap();
    let index = compiler.compile("test:///schema", &mut schemas).unwrap();
    assert_eq!(
        schemas.validate(&result["structuredContent"], index).map_err(|error| error.to_string()),
        Ok(())
    );
    assert!(schemas.validate(&json!({"result": [1, ["x"]]}), index).is_err());
}

#[tokio::test]
async fn the_server_itself_is_shown_as_each_revision_knows_it() {
    for (revision, title, icons) in
        [("2025-11-25", true, true), ("2025-06-18", true, false), ("2025-03-26", false, false)]
    {
        let info = Draft::initialize(revision).send(&router()).await.result()["serverInfo"].clone();
        assert_eq!((info.get("title").is_some(), info.get("icons").is_some()), (title, icons), "{revision}");
    }
}
