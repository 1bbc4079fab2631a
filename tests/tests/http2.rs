//! The same server over HTTP/2.

use std::{sync::Arc, time::Duration};

use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    client::conn::http2,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mcp_server::{
    AccessToken, Auth, BoxFuture, Ctx, FromCall, Invocation, Level, McpServer, Rejected, Tool, ToolResult,
    Verified, Verifier,
};
use mcp_tests::{
    raw::{Live, SOON, status},
    wire::Draft,
};
use serde_json::json;
use tokio::{net::TcpStream, sync::Notify, time::timeout};

type Sender = http2::SendRequest<Full<Bytes>>;

/// A client that lets each response have so many bytes before it has read any.
async fn with_window(live: &Live, bytes: u32) -> Sender {
    let stream = TcpStream::connect(live.address).await.unwrap();
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(bytes);
    let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// Answers with as many bytes as it is asked for.
fn answers() -> McpServer {
    let large = Tool::new("large", "Answers with many bytes.", |mut call: Invocation| async move {
        let bytes: usize = call.argument("bytes")?;
        Ok(ToolResult::text("x".repeat(bytes)))
    })
    .input_schema(
        json!({"type": "object", "properties": {"bytes": {"type": "integer"}}, "required": ["bytes"]}),
    );
    McpServer::new("h2").tool(large).write_timeout(Duration::from_millis(300))
}

async fn large(sender: &mut Sender, bytes: usize) -> Response<Incoming> {
    let draft = Draft::call("large", json!({ "bytes": bytes })).without("host");
    sender.send_request(request(&draft, "localhost")).await.unwrap()
}

async fn connect(live: &Live) -> Sender {
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

#[tokio::test]
async fn tr_22_responses_that_are_not_taken_are_reset_one_by_one() {
    const BYTES: usize = 1_000_000;
    let live = Live::start(answers().build().unwrap()).await;
    let (mut hostile, mut honest) = (with_window(&live, 0).await, with_window(&live, 1_000).await);
    let mut unread = Vec::new();
    for _ in 0..60 {
        unread.push(large(&mut hostile, BYTES).await);
    }
    let read = large(&mut honest, BYTES).await.into_body().collect().await.expect("what is read isn't reset");
    assert!(read.to_bytes().len() > BYTES);
    for response in unread {
        assert_eq!(response.status(), 200);
        let body = timeout(SOON, response.into_body().collect()).await.expect("an end within the limit");
        assert!(body.is_err(), "a reset");
    }
    let again = large(&mut hostile, 1).await;
    assert_eq!(again.status(), 200, "the connection goes on");
}

#[tokio::test]
async fn tr_22_unread_bytes_are_bounded_and_come_free_within_the_write_limit() {
    for (window, bytes) in [(0, 100_000), (1, 100_000), (1, 2_000), (20_000, 100_000)] {
        let live = Live::start(answers().max_unread(2 * bytes + 1_000, 1).build().unwrap()).await;
        let mut hostile = with_window(&live, window).await;
        let first = large(&mut hostile, bytes).await;
        assert_eq!(first.status(), 200);
        let mut honest = connect(&live).await;
        let meanwhile = large(&mut honest, bytes / 2).await;
        assert_eq!(meanwhile.status(), 200, "there is room for it");
        let refused = large(&mut honest, 3 * bytes / 2).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["retry-after"]),
            (503, &"1".parse().unwrap())
        );
        drop((meanwhile, refused));
        let room = async {
            while large(&mut honest, 3 * bytes / 2)
                .await
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .len()
                < bytes
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(SOON, room).await.expect("what isn't read is given up");
        drop(first);
    }
}
