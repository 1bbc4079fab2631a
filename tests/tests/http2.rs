//! The same server over HTTP/2.

use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mcp_server::McpServer;
use mcp_tests::{raw::Live, wire::Draft};
use serde_json::json;
use tokio::net::TcpStream;

async fn send(live: &Live, authority: &str, host: Option<&str>) -> u16 {
    let stream = TcpStream::connect(live.address).await.unwrap();
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut draft = Draft::modern("tools/list", json!({})).without("host");
    if let Some(host) = host {
        draft = draft.header("host", host);
    }
    let mut request = Request::new(Full::new(Bytes::from(draft.payload())));
    *request.method_mut() = draft.method.clone();
    *request.headers_mut() = draft.headers.clone();
    *request.uri_mut() =
        Uri::builder().scheme("http").authority(authority).path_and_query("/mcp").build().unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    response.into_body().collect().await.unwrap();
    status
}

#[tokio::test]
async fn tr_2_the_authority_is_the_host() {
    let live = Live::start(McpServer::new("h2").build().unwrap()).await;
    assert_eq!(send(&live, "localhost:8000", None).await, 200);
    assert_eq!(send(&live, "evil.example", None).await, 403);
    assert_eq!(send(&live, "evil.example", Some("localhost")).await, 403);
    assert_eq!(send(&live, "localhost", Some("evil.example")).await, 403);
}
