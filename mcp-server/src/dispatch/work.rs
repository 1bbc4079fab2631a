//! What a running function is for, and how what it gives becomes an outcome.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use super::{Answer, Desk, Outcome, Running, function::Limit, rounds::Kept};
use crate::{
    call::Call,
    catalog::{BoxFuture, Handled, PromptEntry, ResourceEntry, ToolEntry},
    error::{ProtocolError, Shown, ToolError},
    protocol::{
        completion::Completion,
        prompts::PromptResult,
        resources::{Cache, ResourceContents},
        tools::ToolResult,
    },
    telemetry,
};

/// What a function is called for.
pub(super) trait Subject: Sized {
    /// What the function gives.
    type Given;

    /// The method that calls it.
    const METHOD: &'static str;

    /// What the log calls it.
    fn name(&self) -> &str;

    /// What the method works on, as its request says it.
    fn target(&self) -> &str {
        self.name()
    }

    /// The longest it may take, if it says so itself.
    fn limit(&self) -> Option<Duration> {
        None
    }

    /// What was given, as an outcome. A masked error is logged here.
    fn outcome(&self, given: Result<Self::Given, ToolError>) -> Result<Outcome, ProtocolError>;

    /// What the client is told of a function that took too long.
    fn timed_out(&self, seconds: f64) -> Result<Outcome, ProtocolError> {
        let name = self.name();
        Err(ProtocolError::Failed(format!("`{name}` did not finish in {seconds} s and was stopped")))
    }

    /// The function, running.
    fn work(self, future: BoxFuture<Result<Self::Given, ToolError>>) -> Work;
}

/// Calls a function, and gives its outcome when it is there at once.
pub(super) fn answer<S: Subject>(
    desk: &Desk,
    (call, kept): (Call, Option<Box<Kept>>),
    subject: S,
    function: impl FnOnce() -> Handled<S::Given>,
) -> Result<Answer, ProtocolError> {
    let span = telemetry::span(S::METHOD, subject.name(), call.facts().trace.as_deref());
    let entered = span.enter();
    match catch_unwind(AssertUnwindSafe(function)) {
        Ok(Handled::Ready(given)) => {
            over(&call);
            subject.outcome(given).map(Answer::Done)
        }
        Ok(Handled::Running(future)) => {
            let limit = Limit::new(subject.limit(), desk.timeout);
            drop(entered);
            Ok(Answer::Running(Running::new(subject.work(future), (call, span), Some(limit), kept)))
        }
        Err(payload) => {
            over(&call);
            Err(ProtocolError::Internal { reference: telemetry::panicked(subject.name(), &*payload) })
        }
    }
}

/// What the function started elsewhere learns that it has ended. Mostly there is nothing, and no lock is taken.
fn over(call: &Call) {
    call.release_permit();
    if call.is_shared() {
        call.end();
    }
}

/// A function and what it was called for.
pub(super) enum Work {
    Tool(Task<Arc<ToolEntry>>),
    Resource(Task<Reading>),
    Prompt(Task<Arc<PromptEntry>>),
    Completion(Task<Suggesting>),
    /// Something that is looked up, by this method.
    Stored(&'static str, BoxFuture<Result<Outcome, ProtocolError>>),
}

/// One of them.
pub(super) struct Task<S: Subject> {
    future: BoxFuture<Result<S::Given, ToolError>>,
    subject: S,
}

impl<S: Subject> Task<S> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Outcome, ProtocolError>> {
        let subject = &self.subject;
        self.future.as_mut().poll(context).map(|given| subject.outcome(given))
    }
}

impl Work {
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Outcome, ProtocolError>> {
        match self {
            Self::Tool(task) => task.poll(context),
            Self::Resource(task) => task.poll(context),
            Self::Prompt(task) => task.poll(context),
            Self::Completion(task) => task.poll(context),
            Self::Stored(_, future) => future.as_mut().poll(context),
        }
    }

    /// What the log calls it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Tool(task) => task.subject.name(),
            Self::Resource(task) => task.subject.name(),
            Self::Prompt(task) => Subject::name(&task.subject),
            Self::Completion(task) => task.subject.name(),
            Self::Stored(method, _) => method,
        }
    }

    /// The method, and what it works on.
    pub(super) fn target(&self) -> (&'static str, &str) {
        fn of<S: Subject>(subject: &S) -> (&'static str, &str) {
            (S::METHOD, subject.target())
        }
        match self {
            Self::Tool(task) => of(&task.subject),
            Self::Resource(task) => of(&task.subject),
            Self::Prompt(task) => of(&task.subject),
            Self::Completion(task) => of(&task.subject),
            Self::Stored(method, _) => (method, ""),
        }
    }

    /// What the client is told of a function that took too long.
    pub(super) fn timed_out(&self, time: Duration) -> Result<Outcome, ProtocolError> {
        let seconds = time.as_secs_f64();
        match self {
            Self::Tool(task) => task.subject.timed_out(seconds),
            Self::Resource(task) => task.subject.timed_out(seconds),
            Self::Prompt(task) => task.subject.timed_out(seconds),
            Self::Completion(task) => task.subject.timed_out(seconds),
            Self::Stored(method, _) => Err(ProtocolError::Failed(format!("`{method}` took too long"))),
        }
    }
}

impl Subject for Arc<ToolEntry> {
    type Given = ToolResult;
    const METHOD: &'static str = "tools/call";

    fn name(&self) -> &str {
        ToolEntry::name(self)
    }

    fn limit(&self) -> Option<Duration> {
        self.rules().timeout
    }

    fn outcome(&self, given: Result<ToolResult, ToolError>) -> Result<Outcome, ProtocolError> {
        let result = match given.and_then(|result| self.publish(result)) {
            Ok(result) => result,
            Err(error) => match error.show(|cause| telemetry::failure(self.name(), cause)) {
                Shown::Text(text) => ToolResult::error(text),
                Shown::NotFound => ToolResult::error("There is no such thing."),
                Shown::Protocol(error) => return Err(error),
            },
        };
        Ok(Outcome::Tool { result, bare: self.returns_bare_value() })
    }

    fn timed_out(&self, seconds: f64) -> Result<Outcome, ProtocolError> {
        let text = format!("The tool did not finish in {seconds} s and was stopped.");
        self.outcome(Err(ToolError::tell(text)))
    }

    fn work(self, future: BoxFuture<Result<ToolResult, ToolError>>) -> Work {
        Work::Tool(Task { future, subject: self })
    }
}

/// A resource at one of its URIs.
pub(super) struct Reading {
    pub(super) resource: Arc<ResourceEntry>,
    pub(super) uri: String,
    /// For how long and for whom a client may keep it.
    pub(super) cache: Cache,
}

impl Subject for Reading {
    type Given = Vec<ResourceContents>;
    const METHOD: &'static str = "resources/read";

    fn name(&self) -> &str {
        self.resource.name()
    }

    fn target(&self) -> &str {
        &self.uri
    }

    fn limit(&self) -> Option<Duration> {
        self.resource.rules().timeout
    }

    fn outcome(&self, given: Result<Self::Given, ToolError>) -> Result<Outcome, ProtocolError> {
        let Self { resource, uri, cache } = self;
        let not_found = || ProtocolError::NotFound { uri: uri.clone() };
        let mut contents = given.map_err(|error| failed(self.name(), error, not_found))?;
        for one in &mut contents {
            one.complete(uri, resource.mime_type());
        }
        Ok(Outcome::Contents { contents, cache: *cache })
    }

    fn work(self, future: BoxFuture<Result<Self::Given, ToolError>>) -> Work {
        Work::Resource(Task { future, subject: self })
    }
}

impl Subject for Arc<PromptEntry> {
    type Given = PromptResult;
    const METHOD: &'static str = "prompts/get";

    fn name(&self) -> &str {
        PromptEntry::name(self)
    }

    fn limit(&self) -> Option<Duration> {
        self.rules().timeout
    }

    fn outcome(&self, given: Result<PromptResult, ToolError>) -> Result<Outcome, ProtocolError> {
        let result = given.map_err(|error| failed(self.name(), error, nothing))?;
        Ok(Outcome::Prompt { result, prompt: Self::clone(self) })
    }

    fn work(self, future: BoxFuture<Result<PromptResult, ToolError>>) -> Work {
        Work::Prompt(Task { future, subject: self })
    }
}

/// An argument that is being completed.
pub(super) struct Suggesting;

impl Subject for Suggesting {
    type Given = Completion;
    const METHOD: &'static str = "completion/complete";

    fn name(&self) -> &'static str {
        "completion"
    }

    fn outcome(&self, given: Result<Completion, ToolError>) -> Result<Outcome, ProtocolError> {
        given.map(Outcome::Completion).map_err(|error| failed(self.name(), error, nothing))
    }

    fn work(self, future: BoxFuture<Result<Completion, ToolError>>) -> Work {
        Work::Completion(Task { future, subject: self })
    }
}

fn nothing() -> ProtocolError {
    ProtocolError::Failed("there is no such thing".to_owned())
}

/// What the client is told of a function that failed. A masked error is logged here.
fn failed(name: &str, error: ToolError, not_found: impl FnOnce() -> ProtocolError) -> ProtocolError {
    match error.show(|cause| telemetry::failure(name, cause)) {
        Shown::Text(text) => ProtocolError::Failed(text),
        Shown::NotFound => not_found(),
        Shown::Protocol(error) => error,
    }
}
