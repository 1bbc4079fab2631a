//! Servers on real sockets, and connections on which a test writes what it likes.

use std::{net::SocketAddr, time::Duration};

use mcp_server::Server;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};

use crate::{canary, wire::Draft};

/// How long a test waits for what should come at once.
pub const SOON: Duration = Duration::from_secs(10);

/// A server that ends with its test.
#[derive(Debug)]
pub struct Live {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Live {
    /// Serves on a free port.
    pub async fn start(server: Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move { server.serve(listener).await.expect("a listener that works") });
        Self { address, task }
    }

    /// Connects to it.
    pub async fn connect(&self) -> Connection {
        Connection::to(self.address).await
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection, as bytes.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
}

impl Connection {
    /// Connects.
    pub async fn to(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.expect("a connection") }
    }

    /// Writes bytes.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.expect("a connection that takes bytes");
    }

    /// Writes a request in HTTP/1.1.
    pub async fn send(&mut self, draft: &Draft) {
        let payload = draft.payload();
        let mut text = format!("{} {} HTTP/1.1\r\n", draft.method, draft.target);
        for (name, value) in &draft.headers {
            text.extend([name.as_str(), ": ", value.to_str().expect("text"), "\r\n"]);
        }
        self.write(format!("{text}content-length: {}\r\n\r\n{payload}", payload.len())).await;
    }

    /// Reads until `found` is content with what came so far.
    pub async fn read_until(&mut self, found: impl Fn(&str) -> bool) -> String {
        let mut text = String::new();
        let mut buffer = [0; 4096];
        while !found(&text) {
            let read = timeout(SOON, self.stream.read(&mut buffer)).await;
            match read.unwrap_or_else(|_| panic!("nothing more after: {text}")) {
                Ok(0) | Err(_) => break,
                Ok(count) => text.push_str(&String::from_utf8_lossy(&buffer[..count])),
            }
        }
        canary::look_in(&text, "a connection");
        text
    }

    /// Reads until the server closes the connection, and gives how long that took.
    pub async fn read_to_end(&mut self, at_most: Duration) -> (String, Duration) {
        let start = tokio::time::Instant::now();
        let mut text = String::new();
        let mut buffer = [0; 4096];
        loop {
            let Ok(read) = timeout(at_most, self.stream.read(&mut buffer)).await else {
                panic!("the connection stayed open for {at_most:?}, after: {text}");
            };
            match read {
                Ok(0) | Err(_) => return (text, start.elapsed()),
                Ok(count) => text.push_str(&String::from_utf8_lossy(&buffer[..count])),
            }
        }
    }

    /// Writes a little and waits a little. Gives back whether the server still listens.
    pub async fn drip(&mut self, bytes: &str, pause: Duration) -> bool {
        let taken = self.stream.write_all(bytes.as_bytes()).await.is_ok();
        taken && timeout(pause, self.stream.read(&mut [0; 64])).await.is_err()
    }

    /// Whether the connection is open and silent for that long.
    pub async fn is_silent(&mut self, time: Duration) -> bool {
        timeout(time, self.stream.read(&mut [0; 1])).await.is_err()
    }
}

/// The status of a response in HTTP/1.1.
#[must_use]
pub fn status(response: &str) -> u16 {
    response
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("no status: {response}"))
}
