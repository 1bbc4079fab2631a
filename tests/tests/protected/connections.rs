//! Connections of a protected server: what strangers may hold, and that callers with a token get in all the same.

use std::time::Duration;

use futures_util::{StreamExt, stream::FuturesUnordered};
use http::header::AUTHORIZATION;
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mcp_server::McpServer;
use mcp_tests::{
    raw::{Connection, Live, SOON, status},
    wire::Draft,
};
use serde_json::json;
use tokio::{net::TcpStream, time::timeout};

use super::{
    server::House,
    tokens::{Signed, alice},
};

async fn serving(change: impl FnOnce(McpServer) -> McpServer) -> (House, Live) {
    let house = House::public_with(change);
    let live = Live::start(house.server.clone()).await;
    (house, live)
}

/// Something that only callers with a token may use.
fn protected() -> Draft {
    Draft::call("read", json!({ "path": "a" }))
}

/// Something that everybody may use.
fn public() -> Draft {
    Draft::call("time", json!({}))
}

/// A response, which isn't the connection's last.
async fn answer(connection: &mut Connection, draft: &Draft) -> String {
    connection.send(draft).await;
    connection.read_until(|text| text.ends_with('}')).await
}

async fn is_closed(connection: &mut Connection) {
    let (text, _) = connection.read_to_end(SOON).await;
    assert_eq!(text, "", "nothing but the end");
}

#[tokio::test]
async fn tr_9_strangers_on_every_connection_keep_nobody_out() {
    let (_house, live) = serving(|server| server.max_connections(4)).await;
    let mut known = live.connect().await;
    assert_eq!(status(&answer(&mut known, &protected().with(&alice("files:read"))).await), 200);
    let mut strangers = Vec::new();
    for _ in 0..8 {
        let mut stranger = live.connect().await;
        // Unfinished, so that it isn't known what it will be.
        stranger.write("POST /mcp HTTP/1.1\r\n").await;
        strangers.push(stranger);
    }
    let mut next = live.connect().await;
    assert_eq!(status(&answer(&mut next, &protected().with(&alice("files:read"))).await), 200);
    for first in &mut strangers[..5] {
        is_closed(first).await;
    }
    assert_eq!(status(&answer(&mut known, &protected().with(&alice("files:read"))).await), 200);
}

#[tokio::test]
async fn tr_9_an_address_has_a_share_of_connections_without_a_token() {
    let (_house, live) = serving(|server| server.max_connections_per_caller(2)).await;
    let mut known = live.connect().await;
    assert_eq!(status(&answer(&mut known, &protected().with(&alice("files:read"))).await), 200);
    let mut first = live.connect().await;
    assert_eq!(status(&answer(&mut first, &protected()).await), 401);
    let mut second = live.connect().await;
    assert_eq!(status(&answer(&mut second, &protected()).await), 401);
    let mut third = live.connect().await;
    assert_eq!(status(&answer(&mut third, &protected()).await), 401);
    is_closed(&mut first).await;
    assert_eq!(status(&answer(&mut second, &public()).await), 200, "a later one stays");
    assert_eq!(status(&answer(&mut known, &protected().with(&alice("files:read"))).await), 200);
}

#[tokio::test]
async fn tr_9_a_connection_that_shows_no_token_serves_few_requests() {
    for limit in [(3, Duration::from_hours(1)), (1_000, Duration::ZERO)] {
        let (_house, live) = serving(|server| server.unauthenticated_connections(limit.0, limit.1)).await;
        let mut stranger = live.connect().await;
        if limit.0 == 3 {
            for _ in 0..2 {
                assert!(!answer(&mut stranger, &protected()).await.contains("connection: close"));
            }
        }
        stranger.send(&protected()).await;
        let (last, _) = stranger.read_to_end(SOON).await;
        assert!(status(&last) == 401 && last.contains("connection: close"), "{last}");

        let mut known = live.connect().await;
        for _ in 0..10 {
            let text = answer(&mut known, &protected().with(&alice("files:read"))).await;
            assert!(status(&text) == 200 && !text.contains("connection: close"), "{text}");
        }
    }
    let (_house, live) =
        serving(|server| server.unauthenticated_connections(3, Duration::from_hours(1))).await;
    let mut guest = live.connect().await;
    for _ in 0..10 {
        let text = answer(&mut guest, &public()).await;
        assert!(status(&text) == 200 && !text.contains("connection: close"), "{text}");
    }
}

#[tokio::test]
async fn tr_9_over_http2_it_is_told_to_go_away() {
    let (_house, live) =
        serving(|server| server.unauthenticated_connections(3, Duration::from_hours(1))).await;
    for (draft, served) in [(protected(), 3), (protected().with(&alice("files:read")), 10)] {
        let stream = TcpStream::connect(live.address).await.unwrap();
        let (mut sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        for _ in 0..served {
            let mut request = http::Request::post("http://localhost/mcp");
            for (name, value) in draft.headers.iter().filter(|(name, _)| *name != "host") {
                request = request.header(name, value);
            }
            let request = request.body(Full::new(Bytes::from(draft.payload()))).unwrap();
            let response = sender.send_request(request).await.unwrap();
            let expected = if draft.headers.contains_key(AUTHORIZATION) { 200 } else { 401 };
            assert_eq!(response.status(), expected);
            response.into_body().collect().await.unwrap();
        }
        if served == 3 {
            timeout(SOON, connection).await.expect("the connection ends").unwrap().unwrap();
        } else {
            assert!(!connection.is_finished());
        }
    }
}

/// A head that is never finished, of that many bytes.
fn unfinished(bytes: usize) -> String {
    format!("POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-padding: {}", "x".repeat(bytes))
}

#[tokio::test]
async fn tr_9_unfinished_heads_have_a_share_by_address() {
    let (_house, live) = serving(|server| server).await;
    let mut held = Vec::new();
    for _ in 0..60 {
        let mut stranger = live.connect().await;
        stranger.write(unfinished(60_000)).await;
        held.push(stranger);
    }
    // 2 MiB beyond 8 KiB of each are 40 of these, whichever they are.
    let ends = held.iter_mut().map(|stranger| stranger.read_to_end(SOON));
    let mut ends: FuturesUnordered<_> = ends.collect();
    for _ in 0..20 {
        ends.next().await.expect("one of the connections ends");
    }
    drop(ends);
    let mut honest = live.connect().await;
    assert_eq!(status(&answer(&mut honest, &protected()).await), 401, "a usual head counts to nobody");
    drop(held);
    let large = protected().header("x-padding", &"x".repeat(40_000));
    let again = async {
        loop {
            let mut honest = live.connect().await;
            honest.send(&large).await;
            if honest.read_until(|text| text.ends_with('}')).await.contains(" 401 ") {
                break;
            }
        }
    };
    timeout(SOON, again).await.expect("what was held is given back");
    let mut honest = live.connect().await;
    for _ in 0..5 {
        assert_eq!(status(&answer(&mut honest, &large).await), 401, "finished ones are held no longer");
    }
}
