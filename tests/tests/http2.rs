//! The same server over HTTP/2.

use std::{sync::Arc, time::Duration};

use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mcp_server::{
    AccessToken, Auth, BoxFuture, Ctx, FromCall, Invocation, Level, McpServer, Rejected, Tool, Verified,
    Verifier,
};
use mcp_tests::{
    raw::{Live, SOON, status},
    wire::Draft,
};
use serde_json::json;
use tokio::{net::TcpStream, sync::Notify, time::timeout};

async fn connect(live: &Live) -> http2::SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(live.address).await.unwrap();
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn send(live: &Live, authority: &str, host: Option<&str>) -> u16 {
    let mut draft = Draft::modern("tools/list", json!({})).without("host");
    if let Some(host) = host {
        draft = draft.header("host", host);
    }
    let response = connect(live).await.send_request(request(&draft, authority)).await.unwrap();
    let status = response.status().as_u16();
    response.into_body().collect().await.unwrap();
    status
}

fn request(draft: &Draft, authority: &str) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(Bytes::from(draft.payload())));
    *request.method_mut() = draft.method.clone();
    *request.headers_mut() = draft.headers.clone();
    *request.uri_mut() =
        Uri::builder().scheme("http").authority(authority).path_and_query("/mcp").build().unwrap();
    request
}

/// Tells when it is dropped.
struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn tr_12_a_connection_on_which_nothing_moves_is_ended() {
    let dropped = Arc::new(Notify::new());
    let guard = Arc::clone(&dropped);
    let floods = Tool::new("floods", "Says more than a window holds.", move |call: Invocation| {
        let guard = OnDrop(Arc::clone(&guard));
        async move {
            let (ctx, _guard) = (Ctx::from_call(&call.call)?, guard);
            loop {
                ctx.log(Level::Info, "x".repeat(10_000)).await;
            }
        }
    });
    let server = McpServer::new("h2").tool(floods);
    let quick = Duration::from_millis(200);
    let live = Live::start(server.header_timeout(quick).http2_idle_timeout(quick).build().unwrap()).await;
    let mut idle = connect(&live).await;
    let draft = Draft::call("floods", json!({})).meta("logLevel", json!("info")).without("host");
    let unread = connect(&live).await.send_request(request(&draft, "localhost")).await.unwrap();
    timeout(SOON, dropped.notified()).await.expect("the call of a client that doesn't read ends");
    drop(unread);
    let closed = async {
        while idle.ready().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SOON, closed).await.expect("and so does a connection without a request");
}

#[tokio::test]
async fn tr_2_the_authority_is_the_host() {
    let live = Live::start(McpServer::new("h2").build().unwrap()).await;
    assert_eq!(send(&live, "localhost:8000", None).await, 200);
    assert_eq!(send(&live, "evil.example", None).await, 403);
    assert_eq!(send(&live, "evil.example", Some("localhost")).await, 403);
    assert_eq!(send(&live, "localhost", Some("evil.example")).await, 403);
}

/// Takes every token.
struct Everyone;

impl Verifier for Everyone {
    fn issuers(&self) -> Vec<String> {
        vec!["https://id.example.com".to_owned()]
    }

    fn verify<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Verified, Rejected>> {
        Box::pin(async { Ok(Verified::new("https://id.example.com", Duration::MAX).subject("ada")) })
    }
}

/// A request with a token of so many bytes, over HTTP/1.1 and over HTTP/2.
async fn statuses(live: &Live, bytes: usize) -> [u16; 2] {
    let draft = Draft::modern("tools/list", json!({})).bearer(&"x".repeat(bytes));
    let mut one = live.connect().await;
    one.send(&draft).await;
    let one = status(&one.read_until(|text| text.contains("\r\n\r\n")).await);
    let sent = connect(live).await.send_request(request(&draft.without("host"), "localhost")).await;
    [one, sent.unwrap().status().as_u16()]
}

#[tokio::test]
async fn rs_1_a_token_of_32_kib_fits_into_a_head_and_a_longer_one_is_431() {
    let server = || McpServer::new("large").public_url("http://localhost/mcp").auth(Auth::verifier(Everyone));
    let live = Live::start(server().build().unwrap()).await;
    for bytes in [8_682, 31 * 1024, 32 * 1024] {
        assert_eq!(statuses(&live, bytes).await, [200; 2], "{bytes}");
    }
    for bytes in [32 * 1024 + 1, 33 * 1024, 60_000, 80_000] {
        assert_eq!(statuses(&live, bytes).await, [431; 2], "{bytes}");
    }
    let live = Live::start(server().max_token(100_000).build().unwrap()).await;
    assert_eq!(statuses(&live, 100_000).await, [200; 2], "as the server says");
    assert_eq!(statuses(&live, 100_001).await, [431; 2]);
    let live = Live::start(server().max_token(100).build().unwrap()).await;
    assert_eq!((statuses(&live, 100).await, statuses(&live, 101).await), ([200; 2], [431; 2]));
}
