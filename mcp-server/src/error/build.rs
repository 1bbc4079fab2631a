//! What keeps a server from starting, and why one that ran has ended. Its reader is the server's author.

use std::fmt;

/// A place in somebody's source: what a start-up problem points at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

impl Place {
    /// Where the function that calls this was called.
    #[track_caller]
    pub(crate) fn caller() -> Self {
        let location = std::panic::Location::caller();
        Self { file: location.file(), line: location.line() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One thing that keeps a server from starting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    place: Place,
    subject: String,
    text: String,
}

impl Problem {
    pub(crate) fn new(place: Place, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place, subject: subject.into(), text: text.into() }
    }
}

impl Problem {
    /// Where it is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// What it is about.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The rule, and the fix.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.subject, self.text)
    }
}

/// Why a server doesn't start: everything that is wrong with it, at once.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.listing())]
pub struct BuildError {
    /// What can't be done.
    what: &'static str,
    problems: Vec<Problem>,
}

impl BuildError {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self { what: "this server can't start", problems }
    }

    /// The problems of something that is to be offered by a server that runs.
    pub(crate) fn of_a_change(problems: Vec<Problem>) -> Self {
        Self { what: "this can't be offered", problems }
    }

    /// The problems.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn listing(&self) -> String {
        let problems = if self.problems.len() == 1 { "problem" } else { "problems" };
        let mut text = format!("{}: {} {problems}", self.what, self.problems.len());
        for problem in &self.problems {
            text.push_str("\n  ");
            text.push_str(&problem.to_string());
        }
        text
    }
}

/// The same listing: `main` prints an error with `Debug`, and its reader is a person.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.listing())
    }
}

/// Why `McpServer::run` ended.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server can't be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// An address that can't be listened on.
    #[error("can't listen on {address}: {source}; choose another with `--bind` or `MCP_BIND`")]
    Bind {
        /// The address.
        address: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A setting that would open the server to more than its author thinks.
    #[error("{0}")]
    Unsafe(String),
    /// A command that can't be carried out.
    #[error("{0}")]
    Command(String),
    /// The system failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The message: `main` prints an error with `Debug`, and its reader is a person.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
