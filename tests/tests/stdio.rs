//! A client on a pair of pipes: a message a line, both eras on one connection, and nothing else.

use std::time::Duration;

use mcp_server::{Ctx, FromCall, Invocation, Level, List, McpServer, Resource, Server, Tool, ToolResult};
use mcp_tests::{
    lines::Lines,
    raw::SOON,
    running::Running,
    sse::Stream,
    wire::{Draft, LEGACY, MODERN},
};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

fn described(running: &Running) -> McpServer {
    let waits = Tool::new("waits", "Waits, and says so.", |mut call: Invocation| async move {
        let ctx = Ctx::from_call(&call.call)?;
        let time: u64 = call.argument("time")?;
        ctx.progress(1.0).await;
        ctx.log(Level::Warning, time).await;
        sleep(Duration::from_millis(time)).await;
        ctx.close_stream(Duration::from_millis(1)).await;
        Ok(ToolResult::text(format!("{time}\n\u{2028}\r")))
    })
    .input_schema(
        json!({"type": "object", "properties": {"time": {"type": "integer"}}, "required": ["time"]}),
    );
    let large = Tool::new("large", "Says much.", |_: Invocation| async {
        Ok(ToolResult::text("x".repeat(1_000_000)))
    });
    let panics = Tool::new("panics", "Panics.", |_: Invocation| async { panic!("secret") });
    let note = Resource::new("note://{id}", "note", "A note.", |_: Invocation| async {
        Ok(Some("text".to_owned()))
    });
    let server = McpServer::new("lines").tool(waits).tool(large).tool(panics).tool(running.tool());
    server.resource(note)
}

fn server() -> Server {
    described(&Running::default()).build().unwrap()
}

fn ping(id: impl Into<Value>) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": "ping" })
}

fn waits(id: impl Into<Value>, time: u64) -> Value {
    let params = json!({ "name": "waits", "arguments": { "time": time } });
    Draft::legacy("", "tools/call", params).id(id).body
}

fn modern(id: impl Into<Value>, method: &str, params: Value) -> Value {
    Draft::modern(method, params).id(id).body
}

fn modern_waits(id: impl Into<Value>, time: u64) -> Value {
    modern(id, "tools/call", json!({ "name": "waits", "arguments": { "time": time } }))
}

#[tokio::test]
async fn both_eras_speak_on_one_connection() {
    let mut lines = Lines::start(&server());
    lines.send(&modern("d", "server/discover", json!({}))).await;
    assert!(lines.next().await["result"]["supportedVersions"].as_array().unwrap().contains(&json!(MODERN)));
    lines.send(&modern(1, "tools/list", json!({}))).await;
    assert_eq!(lines.next().await["result"]["resultType"], json!("complete"));
    assert_eq!(lines.initialize(LEGACY).await["result"]["protocolVersion"], json!(LEGACY));
    lines.send(&json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" })).await;
    let listed = lines.next().await;
    assert_eq!((&listed["id"], listed["result"].get("resultType")), (&json!(2), None));
    lines.send(&modern(3, "tools/list", json!({}))).await;
    assert_eq!(lines.next().await["result"]["resultType"], json!("complete"));
    lines.send(&ping("p")).await;
    assert_eq!(lines.next().await, json!({ "jsonrpc": "2.0", "id": "p", "result": {} }));
    lines.send(&Draft::initialize(LEGACY).id("again").body).await;
    assert_eq!(lines.next().await["error"]["code"], json!(-32600), "one session a connection");
    assert!(lines.close().await.is_empty());
}

#[tokio::test]
async fn nothing_but_initialize_begins_a_session() {
    let mut lines = Lines::start(&server());
    for method in ["ping", "tools/list", "tools/call", "x", "subscriptions/listen"] {
        lines.send(&json!({ "jsonrpc": "2.0", "id": method, "method": method })).await;
        let answer = lines.next().await;
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(method), &json!(-32600)), "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains("initialize"), "{answer}");
    }
    for silent in [
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "method": "notifications/unknown", "params": {} }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
        json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 1, "message": "x" } }),
    ] {
        lines.send(&silent).await;
    }
    assert!(lines.close().await.is_empty());
}

#[tokio::test]
async fn requests_are_answered_as_they_are_done() {
    for is_modern in [false, true] {
        let mut lines = Lines::start(&server());
        lines.initialize(LEGACY).await;
        for n in 0..40_u64 {
            let time = (40 - n) * 10;
            lines.send(&if is_modern { modern_waits(n, time) } else { waits(n, time) }).await;
        }
        lines.send(&ping("quick")).await;
        let (mut done, mut ids) = (Vec::new(), Vec::new());
        while done.len() < 41 {
            let message = lines.next().await;
            if let Some(id) = message.get("id") {
                let n = id.as_u64().map_or_else(String::new, |n| format!("{}\n\u{2028}\r", (40 - n) * 10));
                if let Some(text) = message["result"]["content"][0]["text"].as_str() {
                    assert_eq!(text, n);
                }
                ids.push(id.clone());
                done.push(id.as_u64());
            } else {
                assert_eq!(message["method"], json!("notifications/message"), "progress wasn't asked for");
            }
        }
        assert_eq!(done[0], None, "the quick one first");
        assert!(done[1..].is_sorted_by(|a, b| a > b), "{done:?}");
        assert!(lines.close().await.is_empty());
    }
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_the_next_line_is_read() {
    let mut lines = Lines::start(&described(&Running::default()).max_body(1_000).build().unwrap());
    for (line, code, id) in [
        (b"garbage".to_vec(), -32700, None),
        (b"{".to_vec(), -32700, None),
        (b"\xff\xfe".to_vec(), -32700, None),
        (b"\xef\xbb\xbf{}".to_vec(), -32700, None),
        (b"{\"a\":\"\0\"}".to_vec(), -32700, None),
        (b"{} {}".to_vec(), -32700, None),
        (b"null".to_vec(), -32600, None),
        (b"7".to_vec(), -32600, None),
        (b"[]".to_vec(), -32600, None),
        (b"[[]]".to_vec(), -32600, None),
        (b"{}".to_vec(), -32600, None),
        (br#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#.to_vec(), -32600, Some(json!(7))),
        (br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#.to_vec(), -32600, None),
        (br#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#.to_vec(), -32600, None),
        (br#"{"jsonrpc":"2.0","id":"s","method":"ping","params":[]}"#.to_vec(), -32600, Some(json!("s"))),
        (b"x".repeat(1_001), -32600, None),
        (b"x".repeat(200_000), -32600, None),
    ] {
        lines.write([line.as_slice(), b"\n"].concat()).await;
        let answer = lines.next().await;
        assert_eq!(
            (answer["error"]["code"].as_i64(), answer.get("id")),
            (Some(code), id.as_ref()),
            "{answer}"
        );
        lines.send(&modern(1, "server/discover", json!({}))).await;
        assert_eq!(lines.next().await["id"], json!(1));
    }
    for empty in ["\n", "\r\n", "   \n", "\t\r\n", "\n\n\n"] {
        lines.write(empty).await;
    }
    lines.write(format!("  {}\r\n", modern(2, "server/discover", json!({})))).await;
    assert_eq!(lines.next().await["id"], json!(2), "spaces and a carriage return are fine");
    let exact = modern(3, "server/discover", json!({})).to_string();
    lines.write(format!("{exact}{}\n", " ".repeat(1_000 - exact.len()))).await;
    assert_eq!(lines.next().await["id"], json!(3), "as long as it may be");
    assert!(lines.close().await.is_empty());
}

#[tokio::test]
async fn a_line_may_come_in_pieces_and_many_in_one() {
    let mut lines = Lines::start(&server());
    let text = format!("{}\n", modern("ö", "server/discover", json!({})));
    for byte in text.as_bytes() {
        lines.write([*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(lines.next().await["id"], json!("ö"));
    lines.write(text.repeat(100)).await;
    for _ in 0..100 {
        assert_eq!(lines.next().await["id"], json!("ö"));
    }
}

#[tokio::test]
async fn the_last_line_needs_no_end() {
    let mut lines = Lines::start(&server());
    lines.write(modern(1, "server/discover", json!({})).to_string()).await;
    let rest = lines.close().await;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0]["id"], json!(1));
    let mut lines = Lines::start(&described(&Running::default()).max_body(100).build().unwrap());
    lines.write("x".repeat(500)).await;
    let rest = lines.close().await;
    assert_eq!(rest.len(), 1, "one that is too long is refused also without its end");
    assert!(rest[0]["error"]["message"].as_str().unwrap().contains("100 bytes"));
    assert!(Lines::start(&server()).close().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_has_said_everything_gets_the_answers_that_come_soon() {
    let mut lines = Lines::start(&server());
    lines.initialize(LEGACY).await;
    for n in 0..5 {
        lines.send(&waits(n, 50)).await;
    }
    let listens =
        modern("l", "subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } }));
    lines.send(&listens).await;
    let start = tokio::time::Instant::now();
    let rest = lines.close().await;
    assert!(start.elapsed() < Duration::from_millis(1_500), "a subscription doesn't hold it up");
    let answered: Vec<_> = rest.iter().filter_map(|message| message.get("id")).collect();
    assert_eq!(answered.len(), 6, "{rest:?}");
    assert!(answered.contains(&&json!("l")), "and ends with a result");
}

#[tokio::test]
async fn an_array_of_messages_is_answered_by_an_array_in_2025_03_26_only() {
    let mut lines = Lines::start(&server());
    lines.initialize("2025-03-26").await;
    let note = json!({ "jsonrpc": "2.0", "method": "notifications/x" });
    lines
        .send(&json!([ping(1), note, waits(2, 20), 7, { "jsonrpc": "2.0", "id": 3, "method": "no/such" }]))
        .await;
    assert_eq!(lines.next().await["params"]["data"], json!(20), "what a call says comes at once");
    let answers = lines.next().await;
    let answers = answers.as_array().unwrap_or_else(|| panic!("{answers}"));
    let found = |id: i64| answers.iter().find(|answer| answer["id"] == json!(id)).unwrap();
    assert_eq!(answers.len(), 4, "{answers:?}");
    assert_eq!(found(1)["result"], json!({}));
    assert!(found(2)["result"]["content"][0]["text"].is_string());
    assert_eq!(found(3)["error"]["code"], json!(-32601));
    assert!(
        answers.iter().any(|answer| answer.get("id").is_none() && answer["error"]["code"] == json!(-32600))
    );
    lines.send(&json!([note, note])).await;
    lines.send(&ping(4)).await;
    assert_eq!(lines.next().await["id"], json!(4), "nothing to answer, nothing said");
    for bad in [json!([]), json!(vec![ping(1); 65])] {
        lines.send(&bad).await;
        assert_eq!(lines.next().await["error"]["code"], json!(-32600));
    }
    lines.send(&json!(vec![ping(1); 64])).await;
    assert_eq!(lines.next().await.as_array().unwrap().len(), 64);
    lines.send(&json!([modern(5, "subscriptions/listen", json!({ "notifications": {} })), ping(6)])).await;
    let answers = timeout(SOON, lines.next()).await.unwrap();
    assert_eq!(answers.as_array().unwrap().len(), 2, "a modern request in an array is refused: {answers}");
    let refused = answers.as_array().unwrap().iter().find(|answer| answer["id"] == json!(5)).unwrap();
    assert_eq!(refused["error"]["code"], json!(-32600));
    assert!(refused["error"]["message"].as_str().unwrap().contains("2025-03-26 only"), "{refused}");
    assert!(lines.close().await.is_empty());
    for revision in ["2024-11-05", "2025-06-18", "2025-11-25", MODERN] {
        let mut lines = Lines::start(&server());
        if revision != MODERN {
            lines.initialize(revision).await;
        }
        for array in [json!([ping(1)]), json!([modern(1, "server/discover", json!({}))]), json!([])] {
            lines.send(&array).await;
            assert_eq!(lines.next().await["error"]["code"], json!(-32600), "{revision}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_is_told_of_changes() {
    for at_once in [true, false] {
        let server = server();
        let mut lines = Lines::start(&server);
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let subscribe = json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/subscribe",
            "params": { "uri": "note://a" } });
        let messages = [Draft::initialize(LEGACY).body, initialized, subscribe];
        if at_once {
            // In one piece: nothing more is read afterwards.
            lines.write(messages.map(|message| format!("{message}\n")).concat()).await;
        } else {
            for message in messages {
                lines.send(&message).await;
            }
        }
        assert!(lines.next().await["result"]["capabilities"].is_object());
        assert_eq!(lines.next().await["result"], json!({}));
        for list in [List::Tools, List::Tools, List::Prompts, List::Resources] {
            server.catalog().list_changed(list);
        }
        server.catalog().resource_updated("note://b");
        server.catalog().resource_updated("note://a");
        for (method, params) in [
            ("tools/list_changed", json!({})),
            ("prompts/list_changed", json!({})),
            ("resources/list_changed", json!({})),
            ("resources/updated", json!({ "uri": "note://a" })),
        ] {
            let told = lines.next().await;
            assert_eq!(told["method"], json!(format!("notifications/{method}")));
            assert_eq!(told["params"], params);
        }
        assert!(lines.is_silent(Duration::from_millis(20)).await);
    }
    let server = server();
    let mut modern_only = Lines::start(&server);
    modern_only.send(&modern(1, "server/discover", json!({}))).await;
    modern_only.next().await;
    server.catalog().list_changed(List::Tools);
    assert!(modern_only.is_silent(Duration::from_millis(20)).await, "nobody asked");
}

#[tokio::test]
async fn connections_of_one_server_have_nothing_to_do_with_each_other() {
    let running = Running::default();
    let server = described(&running).build().unwrap();
    let router = server.router();
    let listens = json!({ "notifications": { "toolsListChanged": true } });
    let mut over_http = Stream::open(&router, &Draft::modern("subscriptions/listen", listens.clone())).await;
    over_http.soon().await;
    let mut first = Lines::start(&server);
    first.initialize(LEGACY).await;
    first
        .send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "endless" } }))
        .await;
    running.have_begun(1).await;
    let mut second = Lines::start(&server);
    second.initialize(LEGACY).await;
    second.send(&modern("l", "subscriptions/listen", listens)).await;
    second.next().await;
    second.cancel(1).await;
    second.send(&ping(1)).await;
    assert_eq!(second.next().await["id"], json!(1));
    running.go_on(1, "an id of another connection's").await;
    let rest = second.close().await;
    assert_eq!(rest.len(), 1, "{rest:?}");
    let mut third = Lines::start(&server);
    assert!(third.initialize(LEGACY).await["result"].is_object(), "the end of one isn't the end of all");
    server.catalog().list_changed(List::Tools);
    assert_eq!(over_http.message().await["method"], json!("notifications/tools/list_changed"));
    running.finish();
    loop {
        if first.next().await["id"] == json!(1) {
            break;
        }
    }
    server.stop();
    assert_eq!(over_http.message().await["result"]["resultType"], json!("complete"));
    first.rest().await;
}

#[tokio::test]
async fn a_panic_is_an_error_and_the_connection_goes_on() {
    let mut lines = Lines::start(&server());
    lines.send(&modern(1, "tools/call", json!({ "name": "panics", "arguments": {} }))).await;
    let answer = lines.next().await;
    assert_eq!(answer["error"]["code"], json!(-32603));
    assert!(!answer.to_string().contains("secret"));
    lines.send(&modern(2, "server/discover", json!({}))).await;
    assert_eq!(lines.next().await["id"], json!(2));
}

/// Much at a time, through pipes that are narrow, with a client that reads late.
#[tokio::test]
async fn whatever_the_pipes_hold_every_answer_arrives_whole() {
    let mut lines = Lines::with_pipes_of(&server(), 100);
    for n in 0..20 {
        lines.send(&modern(n, "tools/call", json!({ "name": "large", "arguments": {} }))).await;
    }
    let mut ids: Vec<_> = Vec::new();
    for _ in 0..20 {
        let answer = lines.next().await;
        assert_eq!(answer["result"]["content"][0]["text"].as_str().unwrap().len(), 1_000_000);
        ids.push(answer["id"].as_i64().unwrap());
    }
    ids.sort_unstable();
    assert_eq!(ids, (0..20).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_neither_says_nor_reads_anything_is_not_waited_for_for_ever() {
    let mut lines = Lines::with_pipes_of(&server(), 100);
    for n in 0..200 {
        lines.send(&modern(n, "tools/call", json!({ "name": "large", "arguments": {} }))).await;
    }
    lines.close_input();
    assert!(lines.ended(Duration::from_mins(1)).await);
}

/// A client that has said everything and reads late, but reads, is told everything.
#[tokio::test(start_paused = true)]
async fn a_client_that_reads_late_is_told_everything() {
    let mut lines = Lines::with_pipes_of(&server(), 100);
    for n in 0..200 {
        lines.send(&modern(n, "tools/list", json!({}))).await;
    }
    lines.close_input();
    sleep(Duration::from_secs(3)).await;
    assert_eq!(lines.rest().await.len(), 200);
}
