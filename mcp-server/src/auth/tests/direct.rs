//! The way to authorization servers, over sockets.

use bytes::Bytes;
use http::{Request, StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::super::{Fetch, FetchError, fetch::Direct};

/// A server that gives everybody this answer, and its URL.
async fn serving(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

fn get(url: &str) -> Request<Bytes> {
    Request::get(url).body(Bytes::new()).unwrap()
}

#[tokio::test]
async fn an_answer_is_read_whole_if_it_is_small_enough() {
    let direct = Direct::new().unwrap();
    for head in [
        "content-length: 5\r\n\r\nabcde",
        "transfer-encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
    ] {
        let url = serving(format!("HTTP/1.1 200 OK\r\ncache-control: max-age=7\r\n{head}")).await;
        let answer = direct.fetch(get(&url), 5).await.unwrap();
        assert_eq!(
            (answer.body(), &answer.headers()["cache-control"]),
            (&Bytes::from("abcde"), &"max-age=7".parse().unwrap())
        );
        assert!(matches!(direct.fetch(get(&url), 4).await, Err(FetchError::TooLarge)));
    }
}

#[tokio::test]
async fn rs_13_a_redirect_is_not_followed() {
    let there = serving("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned()).await;
    let here = serving(format!("HTTP/1.1 302 Found\r\nlocation: {there}\r\ncontent-length: 0\r\n\r\n")).await;
    let direct = Direct::new().unwrap();
    assert_eq!(direct.fetch(get(&here), 100).await.unwrap().status(), StatusCode::FOUND);
    assert_eq!(direct.fetch(get(&there), 100).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn nobody_there_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(Direct::new().unwrap().fetch(get(&url), 9).await, Err(FetchError::Failed(_))));
}
