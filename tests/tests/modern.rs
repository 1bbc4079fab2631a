//! Revision 2026-07-28 over HTTP: what a request must say, in its body and again in its headers.

use axum::Router;
use http::Method;
use mcp_server::{Invocation, McpServer, Tool, ToolError, ToolResult};
use mcp_tests::wire::{Draft, MODERN};
use serde_json::{Value, json};

fn echo() -> Tool {
    let schema = json!({
        "type": "object",
        "properties": {
            "text": {"type": "string", "x-mcp-header": "Text"},
            "count": {"type": "integer", "x-mcp-header": "Count"},
            "loud": {"type": "boolean", "x-mcp-header": "Loud"},
            "deep": {"type": "object", "properties": {"er": {"type": "string", "x-mcp-header": "Deep"}}},
        },
        "additionalProperties": false,
    });
    Tool::new("echo", "Say it back.", |call: Invocation| async move {
        Ok(ToolResult::text(serde_json::to_string(&call.arguments)?))
    })
    .input_schema(schema)
}

fn needs_sampling() -> Tool {
    Tool::new("needs_sampling", "Needs the client's model.", |_: Invocation| async {
        Err(ToolError::needs_client_capability(json!({ "sampling": {} })))
    })
}

fn server() -> McpServer {
    McpServer::new("modern").title("Modern").version("1.2.3").instructions("Call echo.")
}

fn router() -> Router {
    server().tool(echo()).tool(needs_sampling()).build().unwrap().router()
}

#[tokio::test]
async fn discover_names_the_server_its_revisions_and_what_it_can_do() {
    let result = Draft::modern("server/discover", json!({})).send(&router()).await.result();
    let supported = json!([MODERN, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]);
    assert_eq!(result["supportedVersions"], supported);
    assert_eq!(result["capabilities"], json!({"tools": {"listChanged": true}, "logging": {}}));
    assert_eq!(result["instructions"], json!("Call echo."));
    assert_eq!(result["resultType"], json!("complete"));
    assert_eq!(result["cacheScope"], json!("public"));
    assert!(result["ttlMs"].is_u64());
    let info = json!({"name": "modern", "title": "Modern", "version": "1.2.3"});
    assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"], info);
}

#[tokio::test]
async fn a_call_answers_with_the_envelope_of_the_era() {
    let reply = Draft::call("echo", json!({})).body(|body| body["id"] = "a-1".into()).send(&router()).await;
    assert_eq!(reply.status, 200);
    let message = reply.json();
    assert_eq!((&message["jsonrpc"], &message["id"]), (&json!("2.0"), &json!("a-1")));
    assert_eq!(message["result"]["content"], json!([{"type": "text", "text": "{}"}]));
    assert_eq!(message["result"]["resultType"], json!("complete"));
    assert_eq!(message["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], json!("modern"));
    assert_eq!(reply.header("mcp-session-id"), "", "no session is made in this era");
}

#[tokio::test]
async fn a_session_id_means_nothing_here() {
    let reply = Draft::call("echo", json!({})).header("mcp-session-id", "made-up").send(&router()).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, "{}"));
    let bare = Draft::call("echo", json!({})).header("mcp-session-id", "made-up");
    let bare = bare.body(|body| _ = body["params"].as_object_mut().unwrap().remove("_meta"));
    assert_eq!(bare.send(&router()).await.code(), -32602, "also where something else is wrong");
}

#[tokio::test]
async fn tr_6_meta_must_say_revision_and_capabilities() {
    type Bend = fn(&mut Value);
    let bends: [Bend; 5] = [
        |body| _ = body["params"].as_object_mut().unwrap().remove("_meta"),
        |body| _ = body.as_object_mut().unwrap().remove("params"),
        |body| _ = meta(body).remove("io.modelcontextprotocol/protocolVersion"),
        |body| _ = meta(body).remove("io.modelcontextprotocol/clientCapabilities"),
        |body| meta(body)["io.modelcontextprotocol/clientCapabilities"] = json!([]),
    ];
    for bend in bends {
        let draft = Draft::modern("tools/list", json!({})).body(bend);
        let reply = draft.send(&router()).await;
        assert_eq!((reply.status, reply.code()), (400, -32602), "{draft:?}");
        assert_eq!(reply.json()["id"], json!(1));
    }
    let anonymous = Draft::modern("tools/list", json!({})).body(|body| {
        meta(body).remove("io.modelcontextprotocol/clientInfo");
    });
    assert_eq!(anonymous.send(&router()).await.status, 200, "who the client is may stay unsaid");
}

fn meta(body: &mut Value) -> &mut serde_json::Map<String, Value> {
    body["params"]["_meta"].as_object_mut().unwrap()
}

#[tokio::test]
async fn tr_6_headers_must_be_there_once_and_say_what_the_body_says() {
    let list = || Draft::modern("tools/list", json!({}));
    let call = || Draft::call("echo", json!({}));
    let bent = [
        list().without("mcp-protocol-version"),
        list().meta("protocolVersion", json!("v999.0.0")),
        list().header("mcp-protocol-version", "2025-11-25"),
        list().and_header("mcp-protocol-version", MODERN),
        list().without("mcp-method"),
        list().header("mcp-method", "TOOLS/LIST"),
        list().header("mcp-method", "tools/call"),
        list().and_header("mcp-method", "tools/list"),
        call().without("mcp-name"),
        call().header("mcp-name", "other"),
        call().header("mcp-name", "Echo"),
        call().header("mcp-name", "=?base64?ZWNobw?="),
        call().and_header("mcp-name", "echo"),
        call().body(|body| _ = body["params"].as_object_mut().unwrap().remove("name")),
    ];
    for draft in bent {
        let reply = draft.send(&router()).await;
        assert_eq!((reply.status, reply.code()), (400, -32020), "{draft:?}\n{reply:?}");
    }
    for draft in [
        list().header("mcp-method", "tools/list"),
        call().header("mcp-name", "=?base64?ZWNobw==?="),
        list().header("mcp-name", "no method of this name reads it"),
    ] {
        assert_eq!(draft.send(&router()).await.status, 200, "{draft:?}");
    }
}

#[tokio::test]
async fn tr_6_a_revision_nobody_speaks_is_answered_with_those_that_are() {
    for version in ["v999.0.0", "2099-01-01", "2025-11-25", "2024-11-05", ""] {
        let draft = Draft::modern("tools/list", json!({}))
            .header("mcp-protocol-version", version)
            .meta("protocolVersion", json!(version));
        let reply = draft.send(&router()).await;
        assert_eq!((reply.status, reply.code()), (400, -32022), "{version}");
        let data = &reply.json()["error"]["data"];
        assert_eq!(data["requested"], json!(version));
        assert_eq!(data["supported"][0], json!(MODERN));
    }
    let early = Draft::modern("tools/list", json!({}))
        .header("mcp-protocol-version", "2099-01-01")
        .meta("protocolVersion", json!("2099-01-01"))
        .body(|body| _ = meta(body).remove("io.modelcontextprotocol/clientCapabilities"));
    assert_eq!(early.send(&router()).await.code(), -32022, "the revision is looked at first");
    let unknown_without_meta = Draft::post(json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}))
        .header("mcp-protocol-version", "v999.0.0");
    let reply = unknown_without_meta.send(&router()).await;
    assert_eq!((reply.status, reply.code()), (400, -32022), "a revision to come may say itself elsewhere");
}

#[tokio::test]
async fn tr_6_unknown_and_removed_methods_are_404() {
    let removed = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];
    for method in removed.into_iter().chain(["prompts/list", "no/such", "", "tools/list "]) {
        let draft = Draft::modern(method, json!({}));
        let draft = if method.ends_with(' ') { draft.header("mcp-method", method) } else { draft };
        let reply = draft.send(&router()).await;
        assert_eq!((reply.status, reply.code()), (404, -32601), "{method}");
    }
}

#[tokio::test]
async fn tr_6_a_missing_client_capability_is_named() {
    let reply = Draft::call("needs_sampling", json!({})).send(&router()).await;
    assert_eq!((reply.status, reply.code()), (400, -32021));
    assert_eq!(reply.json()["error"]["data"]["requiredCapabilities"], json!({"sampling": {}}));
}

#[tokio::test]
async fn an_unknown_tool_is_an_error_that_every_client_can_read() {
    let reply = Draft::call("ecko", json!({})).send(&router()).await;
    assert_eq!((reply.status, reply.code()), (200, -32602));
    for name in [json!(7), json!(null)] {
        let draft = Draft::call("echo", json!({})).body(|body| body["params"]["name"] = name);
        assert_eq!(draft.send(&router()).await.code(), -32020);
    }
    let list = Draft::call("echo", json!({})).body(|body| body["params"]["arguments"] = json!([]));
    assert_eq!(list.send(&router()).await.code(), -32602);
}

#[tokio::test]
async fn arguments_are_repeated_in_headers() {
    let call = |arguments: Value| Draft::call("echo", arguments);
    let good = [
        call(json!({"text": "us-west1"})).header("mcp-param-text", "us-west1"),
        call(json!({"text": "Hello, 世界"})).header("mcp-param-text", "=?base64?SGVsbG8sIOS4lueVjA==?="),
        call(json!({"text": "SGVsbG8="})).header("mcp-param-text", "SGVsbG8="),
        call(json!({"text": "=?base64?x"})).header("mcp-param-text", "=?base64?x"),
        call(json!({"count": 42})).header("mcp-param-count", "42.0"),
        call(json!({"loud": true})).header("mcp-param-loud", "true"),
        call(json!({"deep": {"er": "x"}})).header("Mcp-Param-Deep", "x"),
        call(json!({})),
        call(json!({})).header("mcp-param-unheard-of", "x"),
    ];
    for draft in good {
        let reply = draft.send(&router()).await;
        assert_eq!(reply.status, 200, "{draft:?}\n{reply:?}");
    }
    let bad = [
        call(json!({"text": "x"})),
        call(json!({"text": "x"})).header("mcp-param-text", "y"),
        call(json!({"text": "Hello"})).header("mcp-param-text", "=?base64?SGVsbG8?="),
        call(json!({"text": "Hello"})).header("mcp-param-text", "=?base64?SGVs!!!bG8=?="),
        call(json!({"text": "x"})).header("mcp-param-text", "x").and_header("mcp-param-text", "x"),
        call(json!({"count": 42})).header("mcp-param-count", "43"),
        call(json!({"loud": true})).header("mcp-param-loud", "True"),
        call(json!({"deep": {"er": "x"}})),
        call(json!({})).header("mcp-param-text", "x"),
    ];
    for draft in bad {
        let reply = draft.send(&router()).await;
        assert_eq!((reply.status, reply.code()), (400, -32020), "{draft:?}");
    }
}

#[tokio::test]
async fn a_notification_is_taken_and_not_answered() {
    let draft = Draft::post(json!({"jsonrpc": "2.0", "method": "notifications/whatever"}))
        .header("mcp-protocol-version", MODERN);
    let reply = draft.send(&router()).await;
    assert_eq!((reply.status, reply.body.len()), (202, 0));
}

#[tokio::test]
async fn tr_17_get_and_delete_are_not_taken() {
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::PATCH, Method::OPTIONS] {
        let draft = Draft::modern("tools/list", json!({})).method(method.clone());
        let reply = draft.send(&router()).await;
        assert_eq!(reply.status, 405, "{method}");
        assert!(reply.header("allow").contains("POST"), "{method}");
    }
}

#[tokio::test]
async fn lists_come_in_pages_and_the_same_order() {
    let names: Vec<String> = (0..7).map(|n| format!("tool_{n}")).collect();
    let tool = |name: &String| {
        Tool::new(name.clone(), "One of many.", |_: Invocation| async { Ok(ToolResult::default()) })
    };
    let build = |names: &mut dyn Iterator<Item = &String>| {
        names
            .fold(McpServer::new("many").page_size(3), |server, name| server.tool(tool(name)))
            .build()
            .unwrap()
    };
    let router = build(&mut names.iter().rev()).router();
    let mut seen = Vec::new();
    let mut params = json!({});
    for _ in 0..3 {
        let result = Draft::modern("tools/list", params).send(&router).await.result();
        let page = result["tools"].as_array().unwrap();
        assert!(page.len() <= 3);
        assert_eq!(result["cacheScope"], json!("public"), "on every page alike");
        seen.extend(page.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()));
        match result.get("nextCursor") {
            Some(cursor) => params = json!({ "cursor": cursor }),
            None => break,
        }
    }
    assert_eq!(seen, names);
    let first = Draft::modern("tools/list", json!({})).send(&router).await.result();
    let cursor = first["nextCursor"].as_str().unwrap().to_owned();
    for tampered in [
        json!(""),
        json!("AAAA"),
        json!(7),
        json!(null),
        json!(format!("{cursor}A")),
        json!(cursor.to_lowercase()),
    ] {
        let reply = Draft::modern("tools/list", json!({ "cursor": tampered })).send(&router).await;
        assert_eq!(reply.code(), -32602, "{tampered}");
    }
    let others: Vec<String> = (0..7).map(|n| format!("other_{n}")).collect();
    let other = build(&mut others.iter()).router();
    let stale = Draft::modern("tools/list", json!({ "cursor": cursor })).send(&other).await;
    assert_eq!(stale.code(), -32602, "a cursor of another listing");
}
