//! A client of a few lines: HTTP/1.1 over one connection that is kept, so that nothing of its own is counted.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

use crate::Fallible;

/// The longest that a server under valgrind may take for one answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// One connection to a server.
#[derive(Debug)]
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    path: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Client {
    /// Connects to the server of this URL.
    pub(crate) fn connect(url: &str) -> Fallible<Self> {
        let (host, path) = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once('/'))
            .ok_or_else(|| format!("the server printed `{url}`, which is no http URL"))?;
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::new(stream), host: host.to_owned(), path: format!("/{path}") })
    }

    /// Sends a message in one write, and reads the answer.
    pub(crate) fn post(&mut self, headers: &[(&str, String)], body: &str) -> Fallible<Answer> {
        let Self { host, path, .. } = self;
        let extra: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: keep-alive\r\n{extra}\
             content-type: application/json\r\naccept: application/json, text/event-stream\r\n\
             accept-language: *\r\nsec-fetch-mode: cors\r\nuser-agent: node\r\n\
             accept-encoding: gzip, deflate\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.read()
    }

    fn read(&mut self) -> Fallible<Answer> {
        let status = self.line()?;
        let status =
            status.split(' ').nth(1).ok_or_else(|| format!("`{status}` is no status line"))?.parse()?;
        let mut answer = Answer { status, headers: Vec::new(), body: String::new() };
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(|| format!("`{line}` is no header"))?;
            answer.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        answer.body = match answer.header("content-length") {
            Some(length) => self.bytes(length.parse()?)?,
            None if answer.header("transfer-encoding") == Some("chunked") => self.chunks()?,
            None => String::new(),
        };
        Ok(answer)
    }

    fn chunks(&mut self) -> Fallible<String> {
        let mut body = String::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16)?;
            body += &self.bytes(length)?;
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn bytes(&mut self, length: usize) -> Fallible<String> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(String::from_utf8(bytes)?)
    }

    fn line(&mut self) -> Fallible<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err("the server closed the connection".into());
        }
        Ok(line.trim_end().to_owned())
    }
}

/// A connection on which a session's stream is open.
#[derive(Debug)]
pub(crate) struct Stream {
    _connection: BufReader<TcpStream>,
}

impl Stream {
    /// Opens it with these headers, and reads the response's head.
    pub(crate) fn open(url: &str, headers: &[(&str, String)]) -> Fallible<Self> {
        let Client { mut stream, host, path } = Client::connect(url)?;
        let extra: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/event-stream\r\n{extra}\r\n");
        stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        stream.read_line(&mut line)?;
        if !line.contains(" 200 ") {
            return Err(format!("a stream was answered with `{}`", line.trim()).into());
        }
        while !line.trim().is_empty() {
            line.clear();
            stream.read_line(&mut line)?;
        }
        Ok(Self { _connection: stream })
    }
}

impl Answer {
    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// The JSON-RPC message: the body, or the last event's data.
    pub(crate) fn message(&self) -> Fallible<Value> {
        let text = match self.header("content-type") {
            Some("text/event-stream") => self.body.lines().rev().find_map(|line| line.strip_prefix("data: ")),
            _ => Some(&*self.body),
        };
        let message = serde_json::from_str(text.unwrap_or_default());
        message.map_err(|error| {
            format!("{} with a body that is no JSON: {error}: {}", self.status, self.body).into()
        })
    }
}
