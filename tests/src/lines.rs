//! A client on a pair of pipes: a message a line.

use std::{fmt, process::Stdio};

use mcp_server::{Error, Server};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, duplex},
    process::Command,
    task::JoinHandle,
    time::{Duration, timeout},
};

use crate::{eventually::quiet, raw::SOON, wire::Draft};

/// How much a pipe holds before whoever writes has to wait.
const PIPE: usize = 64 * 1024;

/// A client, and the server that answers it.
pub struct Lines {
    input: Option<Box<dyn AsyncWrite + Send + Unpin>>,
    output: BufReader<Box<dyn AsyncRead + Send + Unpin>>,
    serving: JoinHandle<Result<(), Error>>,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("serving", &self.serving).finish_non_exhaustive()
    }
}

impl Lines {
    /// Serves on a new pair of pipes.
    #[must_use]
    pub fn start(server: &Server) -> Self {
        Self::with_pipes_of(server, PIPE)
    }

    /// Serves on pipes that hold this many bytes.
    #[must_use]
    pub fn with_pipes_of(server: &Server, bytes: usize) -> Self {
        let (input, read) = duplex(PIPE);
        let (written, output) = duplex(bytes);
        let server = server.clone();
        let serving = tokio::spawn(async move { server.serve_lines(BufReader::new(read), written).await });
        Self { input: Some(Box::new(input)), output: BufReader::new(Box::new(output)), serving }
    }

    /// The standard input and output of a server's program, which doesn't outlive this.
    ///
    /// # Panics
    ///
    /// When it doesn't start.
    #[must_use]
    pub fn program(command: std::process::Command) -> Self {
        let mut command = Command::from(command);
        command.arg("stdio").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn().expect("a program that starts");
        let (input, output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        let serving = tokio::spawn(async move {
            assert!(child.wait().await.expect("an end").success());
            Ok(())
        });
        Self { input: Some(Box::new(input)), output: BufReader::new(Box::new(output)), serving }
    }

    /// Opens a session of this revision; gives the answer to `initialize`.
    pub async fn initialize(&mut self, revision: &str) -> Value {
        self.send(&Draft::initialize(revision).body).await;
        let answer = self.next().await;
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        answer
    }

    /// Sends one message.
    pub async fn send(&mut self, message: &Value) {
        self.write(format!("{message}\n")).await;
    }

    /// Sends a notification that cancels a request.
    pub async fn cancel(&mut self, id: impl Into<Value>) {
        self.send(&cancelled(id)).await;
    }

    /// Writes bytes.
    ///
    /// # Panics
    ///
    /// When the input is closed already.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let input = self.input.as_mut().expect("an open input");
        timeout(SOON, input.write_all(bytes.as_ref())).await.expect("a server that reads").expect("a pipe");
    }

    /// The next message, which comes soon.
    ///
    /// # Panics
    ///
    /// When none comes, or a line isn't one message.
    pub async fn next(&mut self) -> Value {
        let line = timeout(SOON, self.line()).await.expect("a line in time").expect("one more line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line).await.expect("a pipe");
        (read > 0).then_some(line)
    }

    /// Whether nothing is said for that long. The time is to be paused, so that nothing is left that could be said.
    pub async fn is_silent(&mut self, time: Duration) -> bool {
        quiet().await;
        timeout(time, self.output.fill_buf()).await.is_err()
    }

    /// Closes the input; gives what is said until the server has ended.
    ///
    /// # Panics
    ///
    /// When it doesn't end, or fails.
    pub async fn close(mut self) -> Vec<Value> {
        self.close_input();
        self.rest().await
    }

    /// Closes the input, and reads nothing yet.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// What is said until the server has ended.
    ///
    /// # Panics
    ///
    /// When it doesn't end, or fails.
    pub async fn rest(mut self) -> Vec<Value> {
        let mut rest = String::new();
        timeout(SOON, self.output.read_to_string(&mut rest)).await.expect("an end").expect("text");
        timeout(SOON, self.serving).await.expect("an end").expect("no panic").expect("no error");
        let message =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        rest.lines().map(message).collect()
    }

    /// Waits until the server has ended, and reads nothing.
    pub async fn ended(&mut self, within: Duration) -> bool {
        timeout(within, &mut self.serving).await.is_ok()
    }
}

/// A notification that cancels a request.
#[must_use]
pub fn cancelled(id: impl Into<Value>) -> Value {
    let id = id.into();
    json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id, "reason": "test" } })
}
