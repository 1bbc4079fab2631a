//! The largest token fits the head of a request, in HTTP/1.1 and in HTTP/2.

use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mcp_tests::{
    raw::{Connection, Live, status},
    wire::Draft,
};
use serde_json::json;
use tokio::net::TcpStream;

use super::{
    server::House,
    tokens::{Signed, alice},
};

/// A call with a token of about so many bytes.
fn call(bytes: usize) -> Draft {
    Draft::call("any", json!({ "path": "a" })).with(&alice("").client(&"x".repeat(bytes)))
}

async fn http1(live: &Live, draft: &Draft) -> u16 {
    let mut connection = Connection::to(live.address).await;
    connection.send(draft).await;
    status(&connection.read_until(|text| text.contains("\r\n\r\n")).await)
}

async fn http2(live: &Live, draft: &Draft) -> u16 {
    let stream = TcpStream::connect(live.address).await.expect("a connection");
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
    tokio::spawn(connection);
    let mut request = Request::new(Full::new(Bytes::from(draft.payload())));
    *request.method_mut() = draft.method.clone();
    *request.headers_mut() = draft.clone().without("host").headers;
    let target = Uri::builder().scheme("http").authority("localhost").path_and_query("/mcp");
    *request.uri_mut() = target.build().expect("a target");
    let response = sender.send_request(request).await.expect("an answer");
    let status = response.status().as_u16();
    response.into_body().collect().await.expect("a body");
    status
}

#[tokio::test]
async fn rs_1_a_head_has_room_for_the_largest_token() {
    let live = Live::start(House::new().server).await;
    for (bytes, expected) in [(8_682, 200), (31 * 1024, 200), (33 * 1024, 431)] {
        let draft = call(bytes);
        assert_eq!(http1(&live, &draft).await, expected, "HTTP/1.1, {bytes}");
        assert_eq!(http2(&live, &draft).await, expected, "HTTP/2, {bytes}");
    }
}

#[tokio::test]
async fn rs_1_a_server_may_take_larger_tokens() {
    let live = Live::start(House::with(|server| server.max_token(100 * 1024)).server).await;
    for (bytes, expected) in [(99 * 1024, 200), (101 * 1024, 431)] {
        let draft = call(bytes);
        assert_eq!(http1(&live, &draft).await, expected, "HTTP/1.1, {bytes}");
        assert_eq!(http2(&live, &draft).await, expected, "HTTP/2, {bytes}");
    }
}
