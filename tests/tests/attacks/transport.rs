//! The wire's rules hold for those who have a good token, too.

use http::Method;
use mcp_tests::{
    raw::{Connection, status},
    wire::{Draft, LEGACY},
};
use serde_json::json;
use std::time::Duration;

use super::{ALL, Place, session, whoami};

#[tokio::test]
async fn tr_1_a_foreign_page_is_refused_with_a_good_token() {
    let place = Place::start().await;
    let good = whoami().bearer(&place.issuer.token(ALL));
    for origin in [
        "http://evil.example",
        "null",
        "https://127.0.0.1.evil.example",
        "http://user@127.0.0.1",
        "http://localhost.evil.example",
        "file://",
        "",
    ] {
        for method in [Method::POST, Method::GET, Method::DELETE] {
            let reply =
                good.clone().method(method.clone()).header("origin", origin).send(place.router()).await;
            assert_eq!(reply.status, 403, "{method} {origin}: {reply:?}");
        }
    }
    let own = good.clone().header("origin", place.files.origin());
    assert_eq!(own.send(place.router()).await.status, 200, "its own page");
    assert_eq!(good.send(place.router()).await.status, 200, "no page");
}

#[tokio::test]
async fn tr_2_a_foreign_name_is_refused_with_a_good_token() {
    let place = Place::start().await;
    let good = whoami().bearer(&place.issuer.token(ALL));
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80"] {
        assert_eq!(good.clone().header("host", host).send(place.router()).await.status, 403, "{host}");
    }
    let two = format!(
        "POST /mcp HTTP/1.1\r\nhost: {}\r\nhost: {}\r\ncontent-length: 0\r\n\r\n",
        place.files.address(),
        place.files.address()
    );
    let mut connection = Connection::to(place.files.address().parse().unwrap()).await;
    connection.write(two).await;
    let answer = connection.read_until(|text| text.contains("\r\n\r\n")).await;
    assert_eq!(status(&answer), 400, "{answer}");
    assert_eq!(good.header("host", place.files.address()).send(place.router()).await.status, 200);
}

#[tokio::test]
async fn tr_3_a_server_beyond_loopback_says_who_may_come_in() {
    let mut command = mcp_tests::process::example("files");
    command.args(["--bind", "0.0.0.0:0"]).env("FILES_DIR", std::env::temp_dir());
    let run = move || mcp_tests::process::run(&mut command, Duration::from_secs(20));
    let finished = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(!finished.status.success(), "{}", finished.output);
    assert!(finished.output.contains("issuer"), "it says the fix: {}", finished.output);
}

#[tokio::test]
async fn tr_4_no_page_may_read_answers_unless_it_is_named() {
    let place = Place::start().await;
    for draft in [whoami(), whoami().bearer(&place.issuer.token(ALL))] {
        let reply = draft.header("origin", place.files.origin()).send(place.router()).await;
        assert!(!reply.headers.contains_key("access-control-allow-origin"), "{reply:?}");
        assert!(!reply.headers.contains_key("access-control-allow-credentials"), "{reply:?}");
    }
}

#[tokio::test]
async fn tr_5_a_body_says_what_it_is_with_a_good_token() {
    let place = Place::start().await;
    let good = whoami().bearer(&place.issuer.token(ALL));
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        assert_eq!(
            good.clone().header("content-type", kind).send(place.router()).await.status,
            415,
            "{kind}"
        );
    }
    assert_eq!(good.clone().without("content-type").send(place.router()).await.status, 415);
    assert_eq!(good.clone().header("accept", "text/html").send(place.router()).await.status, 406);
    let plain = good.header("content-type", "application/json; charset=utf-8");
    assert_eq!(plain.send(place.router()).await.status, 200);
}

#[tokio::test]
async fn tr_6_headers_are_those_of_the_body() {
    let place = Place::start().await;
    let good = Draft::call("read_file", json!({ "path": "a.txt" })).bearer(&place.issuer.token(ALL));
    for (name, value) in [
        ("mcp-name", "delete_file"),
        ("mcp-name", "=?base64?!?="),
        ("mcp-method", "tools/list"),
        ("mcp-protocol-version", "2025-11-25"),
    ] {
        let reply = good.clone().header(name, value).send(place.router()).await;
        assert_eq!(reply.status, 400, "{name}: {value}: {reply:?}");
    }
    for name in ["mcp-name", "mcp-method"] {
        let reply = good.clone().without(name).send(place.router()).await;
        assert_eq!((reply.status, reply.code()), (400, -32020), "{name}");
    }
    assert_eq!(good.send(place.router()).await.status, 200);
}

#[tokio::test]
async fn tr_6_errors_keep_their_numbers_behind_the_door() {
    let place = Place::start().await;
    let good = |draft: Draft| draft.bearer(&place.issuer.token(ALL));
    let unknown = good(Draft::modern("no/such", json!({}))).send(place.router()).await;
    assert_eq!((unknown.status, unknown.code()), (404, -32601));
    let version = good(whoami())
        .meta("protocolVersion", json!("1999-01-01"))
        .header("mcp-protocol-version", "1999-01-01");
    let version = version.send(place.router()).await;
    assert_eq!((version.status, version.code()), (400, -32022));
    let bare = good(whoami()).body(|body| _ = body["params"].as_object_mut().unwrap().remove("_meta"));
    let bare = bare.send(place.router()).await;
    assert_eq!(bare.status, 400, "{bare:?}");
}

#[tokio::test]
async fn tr_8_one_message_a_body_with_a_good_token() {
    let place = Place::start().await;
    let one = whoami().body;
    let token = place.issuer.token(ALL);
    for count in [0, 2, 10_000] {
        let draft = whoami().text(json!(vec![&one; count]).to_string()).bearer(&token);
        let reply = draft.send(place.router()).await;
        assert_eq!((reply.status, reply.code()), (400, -32600), "{count}");
    }
    assert_eq!(whoami().bearer(&token).send(place.router()).await.status, 200);
}

#[tokio::test]
async fn tr_9_a_body_is_not_read_for_somebody_unknown() {
    let place = Place::start().await;
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\naccept: */*\r\n",
        place.files.address()
    );
    let mut connection = Connection::to(place.files.address().parse().unwrap()).await;
    connection.write(format!("{head}content-length: 3000000\r\n\r\n{{")).await;
    let answer = connection.read_until(|text| text.contains("\r\n\r\n")).await;
    assert_eq!(status(&answer), 401, "before the rest has come: {answer}");
    let mut connection = Connection::to(place.files.address().parse().unwrap()).await;
    let token = place.issuer.token(ALL);
    let good = format!("{head}authorization: Bearer {token}\r\ncontent-length: 1000000000\r\n\r\n{{");
    connection.write(good).await;
    let answer = connection.read_until(|text| text.contains("\r\n\r\n")).await;
    assert_eq!(status(&answer), 413, "{answer}");
}

#[tokio::test]
async fn tr_9_headers_have_a_limit() {
    let place = Place::start().await;
    let mut many = whoami().bearer(&place.issuer.token(ALL));
    for number in 0..500 {
        many = many.header(&format!("x-{number}"), "x");
    }
    let mut connection = Connection::to(place.files.address().parse().unwrap()).await;
    connection.send(&many).await;
    let answer = connection.read_until(|text| text.contains("\r\n\r\n")).await;
    assert!(matches!(status(&answer), 400 | 431), "{answer}");
    let large = whoami().header("x-large", &"x".repeat(1_000_000)).bearer(&place.issuer.token(ALL));
    let mut connection = Connection::to(place.files.address().parse().unwrap()).await;
    let _ = tokio::time::timeout(Duration::from_secs(10), connection.send(&large)).await;
    assert_eq!(place.whoami(&place.issuer.token("")).await.status, 200, "and others are served");
}

#[tokio::test]
async fn tr_10_what_could_be_read_in_two_ways_is_not_run() {
    let place = Place::start().await;
    let token = place.issuer.token("files:read");
    let text = Draft::call("list_files", json!({})).payload();
    for (from, to) in [
        (r#""name":"list_files""#, r#""name":"list_files","name":"write_file""#),
        (r#""name":"list_files""#, r#""name":"write_file","name":"list_files""#),
        (r#""method":"tools/call""#, r#""method":"tools/list","method":"tools/call""#),
        (r#""arguments":{}"#, r#""arguments":{"path":"a","path":"b"}"#),
    ] {
        assert!(text.contains(from));
        let draft = Draft::call("list_files", json!({})).text(text.replace(from, to)).bearer(&token);
        let reply = draft.send(place.router()).await;
        assert_eq!(reply.status, 400, "{to}: {reply:?}");
    }
    let draft = Draft::call("list_files", json!({})).text(text).bearer(&token);
    assert_eq!(draft.send(place.router()).await.status, 200);
}

#[tokio::test]
async fn tr_11_arguments_are_those_of_the_schema() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    for arguments in [
        json!({}),
        json!({ "path": 7, "text": "x" }),
        json!({ "path": ["b.txt"], "text": "x" }),
        json!({ "path": "b.txt" }),
        json!({ "path": "b.txt", "text": null }),
    ] {
        let draft = Draft::call("write_file", arguments.clone()).bearer(&token);
        let reply = draft.send(place.router()).await;
        assert!(
            reply.json()["error"].is_object() || reply.result()["isError"] == true,
            "{arguments}: {reply:?}"
        );
    }
    assert!(!place.files.folder().join("b.txt").exists());
    let reply = super::write("b.txt").bearer(&token).send(place.router()).await;
    assert_ne!(reply.result()["isError"], true, "{reply:?}");
    assert_eq!(std::fs::read_to_string(place.files.folder().join("b.txt")).unwrap(), "written");
}

#[tokio::test]
async fn tr_16_the_transport_of_2024_is_off() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    for target in ["/sse", "/messages", "/message", "/mcp/sse"] {
        for method in [Method::GET, Method::POST] {
            let mut draft = whoami().method(method).header("accept", "text/event-stream, application/json");
            target.clone_into(&mut draft.target);
            let with = draft.clone().bearer(&token).send(place.router()).await;
            assert!(matches!(with.status, 404 | 405), "{target}: {with:?}");
            assert_ne!(draft.send(place.router()).await.status, 200, "{target}");
        }
    }
}

#[tokio::test]
async fn tr_17_a_modern_endpoint_is_only_posted_to() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    let modern = whoami().bearer(&token);
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::PATCH] {
        let reply = modern.clone().method(method.clone()).send(place.router()).await;
        assert!(matches!(reply.status, 400 | 405), "{method}: {reply:?}");
    }
    let id = session(place.router(), &token).await;
    let stream = Draft::listen(&id).bearer(&token).open(place.router()).await;
    assert_eq!(stream.status, 200, "in a session there is a stream: {LEGACY}");
}

#[tokio::test]
async fn tr_18_refusals_show_nothing_of_the_inside() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    let folder = place.files.folder().to_string_lossy().into_owned();
    for draft in [
        whoami(),
        whoami().bearer("a.b.c"),
        Draft::call("read_file", json!({ "path": "missing.txt" })).bearer(&token),
        Draft::call("read_file", json!({ "path": "../a.txt" })).bearer(&token),
        Draft::call("write_file", json!({ "path": "no/such/folder.txt", "text": "x" })).bearer(&token),
        Draft::call("write_file", json!({ "path": "b.txt", "text": "x" })).bearer(&place.issuer.token("")),
    ] {
        let text = String::from_utf8_lossy(&draft.send(place.router()).await.body).into_owned();
        for inside in [folder.as_str(), ".rs:", "panicked", "jsonwebtoken", "aws_lc", "reqwest", "os error"] {
            assert!(!text.contains(inside), "{inside}: {text}");
        }
    }
}
