//! A function on its way to its outcome, driven by whoever waits for it.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Sleep, sleep};

use crate::{
    call::{Call, Outcome},
    catalog::{BoxFuture, Entry},
    error::{ProtocolError, ToolError},
    protocol::tools::ToolResult,
    telemetry,
};

/// What a tool's function gives in the end.
type Given = Result<ToolResult, ToolError>;

/// A running function. Polled in place: there is no task and no channel behind it. Dropping it before it is
/// done cancels the call.
pub(crate) struct Running {
    future: BoxFuture<Given>,
    call: Call,
    tool: Arc<Entry>,
    limit: Option<Limit>,
    done: bool,
}

struct Limit {
    time: Duration,
    /// Set when the function first waits: a function that only computes needs no timer.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Running {
    pub(super) fn new(
        future: BoxFuture<Given>,
        call: Call,
        tool: Arc<Entry>,
        limit: Option<Duration>,
    ) -> Self {
        let limit = limit.map(|time| Limit { time, sleep: None });
        Self { future, call, tool, limit, done: false }
    }

    /// The call, for what it says meanwhile.
    pub(crate) fn call(&self) -> &Call {
        &self.call
    }

    fn advance(&mut self, context: &mut Context<'_>) -> Poll<End> {
        let future = &mut self.future;
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Ready(given)) => Poll::Ready(End::Given(given)),
            Err(payload) => Poll::Ready(End::Panicked(payload)),
            Ok(Poll::Pending) => match &mut self.limit {
                Some(limit) => limit.poll(context).map(|()| End::TimedOut(limit.time)),
                None => Poll::Pending,
            },
        }
    }

    /// What the client is told of an end.
    fn outcome(&self, end: End) -> Result<Outcome, ProtocolError> {
        match end {
            End::Given(given) => outcome(&self.tool, given),
            End::TimedOut(time) => {
                let text = format!("The tool did not finish in {} s and was stopped.", time.as_secs_f64());
                outcome(&self.tool, Err(ToolError::tell(text)))
            }
            End::Panicked(payload) => {
                Err(ProtocolError::Internal { reference: telemetry::panicked(self.tool.name(), &*payload) })
            }
        }
    }
}

/// How a function ended.
enum End {
    Given(Given),
    TimedOut(Duration),
    Panicked(Box<dyn Any + Send>),
}

impl Limit {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let time = self.time;
        self.sleep.get_or_insert_with(|| Box::pin(sleep(time))).as_mut().poll(context)
    }
}

impl Future for Running {
    type Output = Result<Outcome, ProtocolError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let end = std::task::ready!(self.advance(context));
        self.done = true;
        // What the function started elsewhere learns that nobody waits for it any more.
        match &end {
            // Which is nobody, mostly, and then no lock is taken.
            End::Given(_) if !self.call.is_shared() => {}
            End::Given(_) => self.call.outbox().end(),
            End::TimedOut(_) | End::Panicked(_) => self.call.outbox().cancel(),
        }
        Poll::Ready(self.outcome(end))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.done {
            self.call.outbox().cancel();
        }
    }
}

/// What a function gave, as an outcome. A masked error is logged here.
pub(super) fn outcome(tool: &Entry, given: Given) -> Result<Outcome, ProtocolError> {
    let result = match given {
        Ok(result) => result,
        Err(error) => ToolResult::error(error.show(|cause| telemetry::failure(tool.name(), cause))?),
    };
    Ok(Outcome::Tool { result, bare: tool.returns_bare_value() })
}
