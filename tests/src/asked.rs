//! A client that answers what it is asked, however it is asked: in rounds, in a session, or as the owner of a task.

mod rounds;
mod session;

use mcp_server::Server;
use serde_json::{Value, json};

use crate::{lines::Lines, process::example};
use rounds::{Road, Rounds};
use session::{Cut, Session};

/// How a client is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Modern, over HTTP: the call ends with the questions, and is made again with the answers.
    Rounds,
    /// The same over stdio.
    RoundsInLines,
    /// Modern, over HTTP: the call becomes a task, which is asked what it wants to know.
    Task,
    /// 2025-11-25, over HTTP: the questions come on the call's stream.
    Session,
    /// The same; the connection is lost before each question arrives, and taken up again.
    SessionCutBefore,
    /// The same; the connection is lost as soon as a question has arrived.
    SessionCutAfter,
    /// 2025-11-25, over HTTP with SSE.
    OneStream,
    /// 2025-11-25, over stdio.
    SessionInLines,
}

impl Setting {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Rounds,
        Self::RoundsInLines,
        Self::Task,
        Self::Session,
        Self::SessionCutBefore,
        Self::SessionCutAfter,
        Self::OneStream,
        Self::SessionInLines,
    ];

    /// Whether questions are requests, which the client has to answer while the function waits.
    #[must_use]
    pub fn is_session(self) -> bool {
        !matches!(self, Self::Rounds | Self::RoundsInLines | Self::Task)
    }
}

/// Something that the client was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The key, or the id of the request.
    pub key: Value,
    /// The method.
    pub method: String,
    /// Its parameters.
    pub params: Value,
}

impl Question {
    fn read(key: Value, request: &Value) -> Self {
        let method = request["method"].as_str().expect("a method").to_owned();
        Self { key, method, params: request["params"].clone() }
    }

    /// What the user is told.
    #[must_use]
    pub fn message(&self) -> &str {
        self.params["message"].as_str().unwrap_or_default()
    }
}

/// What a client made of a request.
#[derive(Debug, Default)]
pub struct Told {
    /// What it was asked, in that order.
    pub questions: Vec<Question>,
    /// How often it has sent the request, has looked at its task, or has come back for its stream.
    pub turns: usize,
    /// The last response; of a task, what it came to, as if it were one.
    pub response: Value,
}

impl Told {
    /// The result.
    ///
    /// # Panics
    ///
    /// When there is an error instead.
    #[must_use]
    pub fn result(&self) -> &Value {
        assert_eq!(self.response.get("error"), None, "{}", self.response);
        &self.response["result"]
    }

    /// The text of the only block of a tool's result.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        let result = self.result();
        result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {result}"))
    }

    /// The text of a tool's error.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[must_use]
    pub fn tool_error(&self) -> &str {
        assert_eq!(self.result()["isError"], json!(true), "{}", self.response);
        self.text()
    }

    /// The error, if there is one instead of a result.
    #[must_use]
    pub fn error(&self) -> &Value {
        &self.response["error"]
    }
}

/// What answers: gives the result of a question.
pub type Answers<'a> = &'a mut (dyn FnMut(&Question) -> Value + Send);

/// The client.
#[derive(Debug)]
pub struct Asked(Way);

#[derive(Debug)]
enum Way {
    Rounds(Rounds),
    Session(Box<Session>),
}

impl Asked {
    /// A client that can do everything there is to be asked.
    pub async fn connect(server: &Server, setting: Setting) -> Self {
        Self::connect_with(server, setting, everything()).await
    }

    /// A client that declares this.
    pub async fn connect_with(server: &Server, setting: Setting, capabilities: Value) -> Self {
        let rounds = |road, capabilities| Self(Way::Rounds(Rounds::new(road, capabilities)));
        let session = match setting {
            Setting::Rounds => return rounds(Road::Http(server.router()), capabilities),
            Setting::RoundsInLines => return rounds(Road::Lines(Lines::start(server)), capabilities),
            Setting::Task => {
                let mut capabilities = capabilities;
                capabilities["extensions"] = json!({ "io.modelcontextprotocol/tasks": {} });
                return rounds(Road::Http(server.router()), capabilities);
            }
            Setting::Session => Session::http(server.router(), capabilities, Cut::Never).await,
            Setting::SessionCutBefore => Session::http(server.router(), capabilities, Cut::Before).await,
            Setting::SessionCutAfter => Session::http(server.router(), capabilities, Cut::After).await,
            Setting::OneStream => Session::one_stream(server.router(), capabilities).await,
            Setting::SessionInLines => Session::lines(Lines::start(server), capabilities).await,
        };
        Self(Way::Session(Box::new(session)))
    }

    /// A client of an example of this workspace, which is a program of its own. In lines.
    ///
    /// # Panics
    ///
    /// When the setting has no lines.
    pub async fn start(name: &str, setting: Setting) -> Self {
        let lines = Lines::program(example(name));
        match setting {
            Setting::RoundsInLines => Self(Way::Rounds(Rounds::new(Road::Lines(lines), everything()))),
            Setting::SessionInLines => {
                Self(Way::Session(Box::new(Session::lines(lines, everything()).await)))
            }
            other => panic!("{other:?} isn't over stdio"),
        }
    }

    /// Asks, and answers what it is asked, until there is a response.
    pub async fn ask(&mut self, method: &str, params: Value, answers: Answers<'_>) -> Told {
        match &mut self.0 {
            Way::Rounds(rounds) => rounds.ask(method, params, answers).await,
            Way::Session(session) => session.ask(method, params, answers).await,
        }
    }

    /// Calls a tool.
    pub async fn call(&mut self, tool: &str, arguments: Value, answers: Answers<'_>) -> Told {
        self.ask("tools/call", json!({ "name": tool, "arguments": arguments }), answers).await
    }
}

/// Everything there is to be asked.
#[must_use]
pub fn everything() -> Value {
    json!({ "elicitation": { "form": {}, "url": {} }, "sampling": { "tools": {} }, "roots": {} })
}

/// A user who fills a form in.
#[must_use]
pub fn accepts(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

/// A user who gives a value that is asked for by itself.
#[must_use]
pub fn gives(value: impl Into<Value>) -> Value {
    accepts(json!({ "answer": value.into() }))
}

/// A model that answers.
#[must_use]
pub fn completes(text: &str) -> Value {
    json!({ "role": "assistant", "content": { "type": "text", "text": text }, "model": "test",
        "stopReason": "endTurn" })
}
