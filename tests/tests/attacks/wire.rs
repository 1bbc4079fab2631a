//! A hostile client at the wire's edge: names, sizes, shapes, and time.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, extract::ConnectInfo};
use http::Method;
use mcp_server::{Completing, Invocation, McpServer, Prompt, Resource, Tool, ToolError, ToolResult};
use mcp_tests::{
    eventually::eventually,
    raw::{Live, SOON, status},
    wire::{Draft, LEGACY, MODERN, Reply, open_session},
};
use serde_json::{Value, json};
use tokio::time::timeout;
use tower::ServiceExt as _;

fn server() -> McpServer {
    let size = Tool::new("size", "Says how large the text is.", |mut call: Invocation| async move {
        let text: String = call.argument("text")?;
        Ok(ToolResult::text(text.len().to_string()))
    })
    .input_schema(
        json!({"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}),
    );
    let panics = Tool::new("panics", "Panics.", |_: Invocation| async { panic!("secret 4711") });
    let panics_at_once = Tool::new("panics_at_once", "Panics before it waits.", {
        #[allow(unreachable_code)]
        |_: Invocation| {
            panic!("secret 4712");
            async { Ok(ToolResult::default()) }
        }
    });
    let fails = Tool::new("fails", "Fails.", |_: Invocation| async {
        Err(ToolError::from(std::io::Error::other("secret 4713 at /etc/passwd")))
    });
    let mirrors = Tool::new("mirrors", "Has a header.", |_: Invocation| async { Ok(ToolResult::default()) })
        .input_schema(
            json!({"type": "object", "properties": {"r": {"type": "string", "x-mcp-header": "Region"}}}),
        );
    McpServer::new("attacked").tool(mirrors).tool(size).tool(panics).tool(panics_at_once).tool(fails)
}

fn router() -> Router {
    server().build().unwrap().router()
}

fn list() -> Draft {
    Draft::modern("tools/list", json!({}))
}

/// The requests of either era that an attacker would like to have run.
async fn both_eras(router: &Router) -> [Draft; 3] {
    let session = open_session(router, LEGACY).await;
    [list(), Draft::initialize(LEGACY), Draft::legacy(&session, "ping", json!({}))]
}

#[tokio::test]
async fn tr_2_a_foreign_host_is_refused() {
    let router = router();
    for draft in both_eras(&router).await {
        let reply = draft.clone().header("host", "evil.example").send(&router).await;
        assert_eq!(reply.status, 403);
        let message = reply.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("evil.example"), "{message}");
        assert!(!message.contains("allow_host") && !message.contains("--"), "settings: {message}");
        for host in [None, Some("a b"), Some("user@127.0.0.1")] {
            let bent = match host {
                None => draft.clone().without("host"),
                Some(host) => draft.clone().header("host", host),
            };
            assert_eq!(bent.send(&router).await.status, 400, "{host:?}");
        }
        assert_eq!(draft.clone().and_header("host", "127.0.0.1").send(&router).await.status, 400);
        let mut absolute = draft.clone().without("host");
        absolute.target = "http://127.0.0.1/mcp".to_owned();
        assert_eq!(absolute.send(&router).await.status, 400, "an absolute target doesn't stand for `Host`");
        let mut absolute = draft.clone();
        absolute.target = "http://evil.example/mcp".to_owned();
        assert_eq!(absolute.send(&router).await.status, 403);
        for method in [Method::GET, Method::DELETE, Method::OPTIONS] {
            let bent = draft.clone().method(method).header("host", "evil.example");
            assert_eq!(bent.send(&router).await.status, 403);
        }
    }
}

/// The fix is for the operator: a client on this machine may be theirs, and one that a proxy speaks for isn't.
#[tokio::test]
async fn tr_2_the_fix_of_a_foreign_name_is_told_on_this_machine_only() {
    let router = router();
    let message = async |draft: Draft, from: [u8; 4]| {
        let mut request = draft.request();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 4711))));
        let reply = Reply::read(router.clone().oneshot(request).await.unwrap()).await;
        assert_eq!(reply.status, 403);
        reply.json()["error"]["message"].as_str().unwrap().to_owned()
    };
    for (name, value, fix) in
        [("host", "evil.example", "--public-url"), ("origin", "https://evil.example", "allow_origin")]
    {
        let draft = || list().header(name, value);
        assert!(message(draft(), [127, 0, 0, 1]).await.contains(fix));
        for (draft, from) in
            [(draft(), [192, 0, 2, 1]), (draft().header("x-forwarded-for", "192.0.2.1"), [127, 0, 0, 1])]
        {
            let message = message(draft, from).await;
            assert!(message.contains("evil.example") && !message.contains("allow_"), "{message}");
            assert!(!message.contains("--"), "{message}");
        }
    }
}

#[tokio::test]
async fn tr_1_pages_of_loopback_need_a_server_on_loopback() {
    let page = list().header("origin", "http://localhost:6274");
    assert_eq!(page.send(&router()).await.status, 200);
    let public = || server().public_url("https://mcp.example.com/mcp");
    assert_eq!(page.send(&public().build().unwrap().router()).await.status, 403);
    let allowed = public().allow_origin("http://localhost:6274").build().unwrap().router();
    assert_eq!(page.send(&allowed).await.status, 200);
}

#[tokio::test]
async fn tr_2_hosts_that_the_operator_names_are_served() {
    let server = server().public_url("https://mcp.example.com/mcp").allow_host("inside:9000");
    let router = server.build().unwrap().router();
    for host in ["mcp.example.com", "mcp.example.com:443", "inside:9000", "localhost", "[::1]:1"] {
        assert_eq!(list().header("host", host).send(&router).await.status, 200, "{host}");
    }
    for host in ["inside", "inside:9001", "example.com", "evil.mcp.example.com"] {
        assert_eq!(list().header("host", host).send(&router).await.status, 403, "{host}");
    }
}

#[tokio::test]
async fn tr_1_a_page_of_a_foreign_origin_is_refused_on_every_method() {
    let router = router();
    for draft in both_eras(&router).await {
        for method in [Method::POST, Method::GET, Method::DELETE, Method::OPTIONS] {
            for origin in ["http://evil.example", "null", "http://localhost.evil.example", "not an origin"] {
                let reply = draft.clone().method(method.clone()).header("origin", origin).send(&router).await;
                assert_eq!(reply.status, 403, "{method} {origin}");
            }
        }
        assert_eq!(draft.clone().header("origin", "http://127.0.0.1:8000").send(&router).await.status, 200);
    }
}

#[tokio::test]
async fn tr_4_cors_is_off_until_an_origin_is_allowed() {
    let plain = list().header("origin", "http://localhost:3000").send(&router()).await;
    assert_eq!(plain.header("access-control-allow-origin"), "");
    let router = server().allow_origin("https://app.example").build().unwrap().router();
    let reply = list().header("origin", "https://app.example").send(&router).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, "https://app.example"));
    assert_eq!(reply.header("access-control-expose-headers"), "mcp-session-id,www-authenticate");
    assert_eq!(reply.header("access-control-allow-credentials"), "");
    let preflight = list()
        .method(Method::OPTIONS)
        .header("origin", "https://app.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "mcp-method,mcp-name");
    let reply = preflight.send(&router).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, "https://app.example"));
    let allowed = reply.header("access-control-allow-headers");
    assert!(allowed.contains("mcp-method") && allowed.contains("mcp-param-region"), "{allowed}");
    assert_eq!(preflight.header("origin", "https://evil.example").send(&router).await.status, 403);
}

#[tokio::test]
async fn tr_5_a_simple_cross_site_post_is_not_taken() {
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        assert_eq!(list().header("content-type", kind).send(&router()).await.status, 415, "{kind}");
    }
    assert_eq!(list().without("content-type").send(&router()).await.status, 415);
    assert_eq!(list().header("content-encoding", "gzip").send(&router()).await.status, 415);
    assert_eq!(list().header("accept", "application/json").send(&router()).await.status, 406);
}

#[tokio::test]
async fn tr_8_one_message_a_body() {
    let one = list().body;
    for body in [json!([one.clone(), one.clone()]), json!([]), json!(vec![one; 10_000])] {
        let reply = list().text(body.to_string()).send(&router()).await;
        assert_eq!((reply.status, reply.code()), (400, -32600));
    }
}

#[tokio::test]
async fn tr_10_json_that_could_be_read_in_two_ways_is_refused() {
    let twice = |text: &str| list().text(list().payload().replace("\"method\":\"tools/list\"", text));
    for text in [
        r#""method":"tools/call","method":"tools/list""#,
        r#""method":"tools/list","m\u0065thod":"tools/call""#,
        r#""method":"tools/list","extra":{"a":1,"a":2}"#,
    ] {
        let reply = twice(text).send(&router()).await;
        assert_eq!((reply.status, reply.code()), (400, -32600), "{text}");
    }
    let deep = format!(r#""method":"tools/list","extra":{}{}"#, "[".repeat(5_000), "]".repeat(5_000));
    let reply = twice(&deep).send(&router()).await;
    assert_eq!((reply.status, reply.code()), (400, -32700));
}

#[tokio::test]
async fn what_is_not_a_message_is_refused_with_its_rule() {
    let cases = [
        ("", -32700),
        ("{", -32700),
        ("\u{feff}{}", -32700),
        ("{} {}", -32700),
        ("{\"a\":\"\u{1}\"}", -32700),
        ("null", -32600),
        ("\"x\"", -32600),
        ("{}", -32600),
        (r#"{"jsonrpc":"2.0"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32600),
    ];
    let router = router();
    let session = open_session(&router, LEGACY).await;
    for (text, code) in cases {
        for draft in [list(), Draft::legacy(&session, "ping", json!({}))] {
            let reply = draft.text(text).send(&router).await;
            assert_eq!((reply.status, reply.code()), (400, code), "{text}");
        }
    }
    let long = format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "x".repeat(10_000));
    let reply = list().text(long).send(&router).await;
    assert_eq!((reply.status, reply.code()), (400, -32600));
    assert!(reply.body.len() < 300, "an id that is refused is not echoed");
    let latin = list().request();
    let (head, _) = latin.into_parts();
    let request = http::Request::from_parts(head, axum::body::Body::from(&b"{\"a\":\"\xff\"}"[..]));
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn a_response_is_not_a_request() {
    let response = json!({"jsonrpc": "2.0", "id": 1, "result": {}});
    let reply = Draft::post(response.clone()).header("mcp-protocol-version", MODERN).send(&router()).await;
    assert_eq!((reply.status, reply.code()), (400, -32600));
    let router = router();
    let session = open_session(&router, LEGACY).await;
    let draft = Draft::legacy(&session, "x", json!({})).body(|body| *body = response);
    assert_eq!(draft.send(&router).await.status, 202, "the answer to a question that is no longer asked");
}

#[tokio::test]
async fn tr_9_a_body_has_a_limit_announced_or_not() {
    let live = Live::start(server().max_body(10_000).build().unwrap()).await;
    let call = |length: usize| Draft::call("size", json!({"text": "x".repeat(length)}));
    let mut connection = live.connect().await;
    connection.send(&call(9_000)).await;
    assert_eq!(status(&connection.read_until(|text| text.contains("9000")).await), 200);

    let head = "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: */*\r\n";
    let mut announced = live.connect().await;
    announced.write(format!("{head}content-length: 1000000000\r\n\r\n{{")).await;
    assert_eq!(status(&announced.read_until(|text| text.contains("\r\n\r\n")).await), 413);

    let mut chunked = live.connect().await;
    chunked.write(format!("{head}transfer-encoding: chunked\r\n\r\n")).await;
    for _ in 0..11 {
        chunked.write(format!("3e8\r\n{}\r\n", "x".repeat(1_000))).await;
    }
    assert_eq!(status(&chunked.read_until(|text| text.contains("\r\n\r\n")).await), 413);
}

#[tokio::test]
async fn tr_9_all_bodies_together_have_a_limit() {
    let live = Live::start(server().build().unwrap()).await;
    let head = "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: */*\r\n";
    let body = " ".repeat(4_000_000);
    let mut open = Vec::new();
    let mut refused = None;
    for _ in 0..80 {
        let mut connection = live.connect().await;
        let text = format!("{head}content-length: 4100000\r\n\r\n{body}");
        if !connection.drip(&text, Duration::from_millis(20)).await {
            refused = Some(open.len());
            break;
        }
        open.push(connection);
    }
    assert!(refused.is_some_and(|held| (60..=68).contains(&held)), "256 MiB of them: {refused:?}");
    drop(open);
    eventually(SOON, "they come back", async || {
        let mut connection = live.connect().await;
        connection.send(&list()).await;
        let text = connection.read_until(|text| text.contains("\r\n\r\n")).await;
        !text.is_empty() && status(&text) == 200
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_no_larger_than_its_cause() {
    let router = router();
    let many: serde_json::Map<String, Value> = (0..50_000).map(|n| (format!("key{n}"), json!(0))).collect();
    let reply = Draft::call("size", Value::Object(many)).send(&router).await;
    assert!(reply.tool_error().len() < 3_000, "{}", reply.body.len());
    let token = Draft::call("size", json!({"text": ""})).meta("progressToken", json!("x".repeat(10_000)));
    let reply = token.send(&router).await;
    assert_eq!((reply.status, reply.code()), (400, -32602));
}

#[tokio::test]
async fn messages_quote_the_beginning_of_what_is_long() {
    let prompt = Prompt::new("p", "A prompt.", |_: Invocation| async { Ok("x".to_owned()) });
    let note =
        Resource::new("note://{id}", "note", "A note.", |_: Invocation| async { Ok(Some("x".to_owned())) });
    let note = note.complete("id", |_: Completing| vec!["x"]);
    let router = server().prompt(prompt).resource(note).build().unwrap().router();
    let session = open_session(&router, LEGACY).await;
    let long = "\u{7f}".repeat(100_000);
    let ask = |method: &str, params: Value| Draft::legacy(&session, method, params);
    let complete = |reference: Value, name: &str| {
        ask("completion/complete", json!({ "ref": reference, "argument": { "name": name, "value": "" } }))
    };
    let key = format!(r#""{long}":0"#);
    let twice = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{{key},{key}}}}}"#);
    for draft in [
        Draft::post(json!({})).text(twice),
        ask(&long, json!({})),
        ask("tools/call", json!({ "name": long })),
        ask("prompts/get", json!({ "name": long })),
        ask("prompts/get", json!({ "name": "p", "arguments": { &long: 0 } })),
        complete(json!({ "type": long }), "x"),
        complete(json!({ "type": "ref/prompt", "name": long }), "x"),
        complete(json!({ "type": "ref/prompt", "name": "p" }), &long),
        complete(json!({ "type": "ref/resource", "uri": long }), "x"),
        list().body(|body| body["method"] = json!(long)),
        Draft::modern("resources/read", json!({ "uri": "x" }))
            .body(|body| body["params"]["uri"] = json!(long)),
    ] {
        let reply = draft.send(&router).await;
        let text = reply.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(
            (text.contains('…') || text.contains("8192 bytes")) && text.len() < 2_000,
            "{} bytes: {text:.300}",
            text.len()
        );
        assert!(reply.body.len() < 3_000, "{text}");
    }
    let fits = "\u{7f}".repeat(8_000);
    for method in ["resources/read", "resources/subscribe"] {
        let error = ask(method, json!({ "uri": fits })).send(&router).await.json()["error"].clone();
        assert!(error["message"].as_str().unwrap().len() < 2_000);
        assert_eq!(error["data"], json!({ "uri": fits }), "this is for programs");
        let error = ask(method, json!({ "uri": long })).send(&router).await.json()["error"].clone();
        assert!(error["message"].as_str().unwrap().contains("8192 bytes"), "{error:.300}");
    }
    let version = list()
        .body(|body| body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(long))
        .send(&router)
        .await;
    assert!(version.json()["error"]["message"].as_str().unwrap().len() < 2_000);
}

#[tokio::test]
async fn tr_9_slow_clients_are_cut() {
    let quick = Duration::from_millis(300);
    let server = server().header_timeout(quick).body_timeout(quick).build().unwrap();
    let live = Live::start(server).await;
    let within = Duration::from_secs(5);
    let head = "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: */*\r\n";

    for beginning in ["", "P", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "POST /mcp HTTP/1.1\r\nhost: local"] {
        let mut slow = live.connect().await;
        slow.write(beginning).await;
        let (text, took) = slow.read_to_end(within).await;
        assert!(took >= quick / 2, "{beginning}: {text}");
    }

    let mut trickle = live.connect().await;
    trickle.write("POST /mcp HTTP/1.1\r\n").await;
    let dripping = async { while trickle.drip("x: y\r\n", Duration::from_millis(50)).await {} };
    timeout(within, dripping).await.expect("headers that drip are cut, however alive the connection is");

    let mut body = live.connect().await;
    body.write(format!("{head}content-length: 100\r\n\r\n{{")).await;
    let (text, _) = body.read_to_end(within).await;
    assert_eq!(status(&text), 408);

    let mut idle = live.connect().await;
    idle.send(&list()).await;
    let (text, _) = idle.read_to_end(within).await;
    assert_eq!(status(&text), 200, "answered, and closed when nothing more came");
}

#[tokio::test]
async fn connections_are_capped_and_the_next_waits() {
    let live = Live::start(server().max_connections(2).build().unwrap()).await;
    let mut first = live.connect().await;
    let mut second = live.connect().await;
    for connection in [&mut first, &mut second] {
        connection.send(&list()).await;
        connection.read_until(|text| text.contains("size")).await;
    }
    let mut third = live.connect().await;
    third.send(&list()).await;
    assert!(third.is_silent(Duration::from_millis(300)).await);
    drop(first);
    let text = timeout(SOON, third.read_until(|text| text.contains("size"))).await.unwrap();
    assert_eq!(status(&text), 200);
}

#[tokio::test]
async fn tr_18_a_panic_and_a_failure_show_a_reference_only() {
    let router = router();
    for tool in ["panics", "panics_at_once"] {
        let reply = Draft::call(tool, json!({})).send(&router).await;
        assert_eq!((reply.status, reply.code()), (200, -32603), "{tool}");
        assert!(!String::from_utf8_lossy(&reply.body).contains("secret"), "{reply:?}");
    }
    let text = Draft::call("fails", json!({})).send(&router).await.tool_error();
    assert!(text.contains("reference") && !text.contains("secret"), "{text}");
    assert_eq!(
        Draft::call("size", json!({"text": "x"})).send(&router).await.text(),
        "1",
        "the server goes on"
    );
}

#[tokio::test]
async fn every_refusal_has_the_same_shape() {
    let router = router();
    let refused = [
        list().header("host", "evil.example"),
        list().header("origin", "null"),
        list().method(Method::PUT),
        list().header("content-type", "text/plain"),
        list().header("accept", "text/html"),
        list().text("{"),
        list().header("mcp-method", "x"),
        Draft::legacy("unknown", "ping", json!({})),
        Draft::legacy("x", "ping", json!({})).without("mcp-session-id"),
    ];
    for draft in refused {
        let reply = draft.send(&router).await;
        let message = reply.json();
        let members: Vec<&String> = message.as_object().unwrap().keys().collect();
        assert!(
            members.iter().all(|member| ["jsonrpc", "id", "error"].contains(&member.as_str())),
            "{message}"
        );
        assert!(message["error"]["code"].is_i64() && message["error"]["message"].is_string(), "{message}");
        assert_ne!(message.get("id"), Some(&Value::Null), "an id that wasn't read is left out");
    }
}

#[tokio::test]
async fn another_path_says_where_the_endpoint_is() {
    let live = Live::start(server().build().unwrap()).await;
    let mut connection = live.connect().await;
    let mut draft = list();
    draft.target = "/".to_owned();
    connection.send(&draft).await;
    let text = connection.read_until(|text| text.contains('}')).await;
    assert_eq!(status(&text), 404);
    assert!(text.contains("/mcp"), "{text}");
    connection.send(&draft.header("host", "evil.example")).await;
    let text = connection.read_until(|text| text.contains('}')).await;
    assert_eq!(status(&text), 403, "the edge is everywhere");
}

#[tokio::test]
async fn tr_3_a_listener_beyond_loopback_is_refused() {
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let serving = timeout(SOON, server().build().unwrap().serve(listener)).await;
    let error = serving.expect("it doesn't serve").unwrap_err();
    assert!(error.to_string().contains("no authentication"), "{error}");
}
