//! What a function may do with its call.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use serde::Serialize;
use serde_json::Value;
use tokio::task::consume_budget;

use super::{Call, Principal, Said, Trace};
use crate::{
    cluster::Change,
    protocol::{
        notification::{self, Level, Notification},
        uri::ascii,
    },
};

/// The running call, as the function sees it.
///
/// As a parameter of an annotated function it is injected. Cheap to clone; a clone may outlive the function.
///
/// # Example
///
/// ```standalone_crate
/// use mcp_server::prelude::*;
///
/// /// Copy every page.
/// #[mcp_tool]
/// async fn copy(pages: u32, ctx: Ctx) -> String {
///     for page in 1..=pages {
///         ctx.progress(f64::from(page)).of(f64::from(pages)).message("copied").await;
///     }
///     ctx.log(Level::Info, "all pages copied").await;
///     format!("{pages} pages")
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Ctx {
    call: Call,
}

impl Ctx {
    pub(crate) fn new(call: Call) -> Self {
        Self { call }
    }

    pub(crate) fn call(&self) -> &Call {
        &self.call
    }

    /// Says how far the call is. Await it to send it.
    ///
    /// Sent only when the client asked for progress; the value must grow from one message to the next, others
    /// are dropped. Source: [Progress](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/progress).
    pub fn progress(&self, progress: f64) -> Progress<'_> {
        Progress { call: &self.call, done: progress, total: None, message: None }
    }

    /// Sends a log message to the client. Await it to send it.
    ///
    /// Sent only when the client asked for messages of this level. Never put secrets or personal data into it.
    /// Source: [Logging](https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/logging).
    pub fn log(&self, level: Level, data: impl Serialize) -> Log<'_> {
        let wanted = self.call.facts().log_level.is_some_and(|least| level >= least);
        let data = if wanted { serde_json::to_value(data).ok() } else { None };
        Log { call: &self.call, level, data, logger: None }
    }

    /// Tells everybody who subscribed to this resource that it has other contents. Where nothing can be awaited,
    /// `State<Catalog>` and [`Catalog::resource_updated`](crate::Catalog::resource_updated) do the same.
    ///
    /// Source: [Subscriptions](https://modelcontextprotocol.io/specification/2026-07-28/server/resources#subscriptions).
    pub async fn notify_resource_updated(&self, uri: impl AsRef<str>) {
        self.publish(&Change::Updated(ascii(uri.as_ref()).into())).await;
    }

    /// Tells everybody who wants to know that a list has changed. What is added to or removed from the server's
    /// catalog says so itself; this is for what the server can't see.
    pub async fn notify_list_changed(&self, list: List) {
        self.publish(&list.into()).await;
    }

    async fn publish(&self, change: &Change) {
        self.call.surroundings().changes.publish(change);
        consume_budget().await;
    }

    /// Lets the client go while this takes long: its connection ends, and it comes back after `retry` for what was
    /// said meanwhile. In other revisions than 2025-11-25, and on connections that can't be taken up again, nothing
    /// happens.
    ///
    /// Source: [Sending messages, 6](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#sending-messages-to-the-server).
    pub async fn close_stream(&self, retry: Duration) {
        if self.call.facts().resumable {
            self.call.say(Said::Pause(retry)).await;
        }
    }

    /// Who calls.
    pub fn principal(&self) -> &Principal {
        self.call.principal()
    }

    /// The trace that the request is part of, to be passed on to whatever the function calls. What the function logs
    /// through `tracing` stands in a span that names it.
    pub fn trace(&self) -> Option<&Trace> {
        self.call.facts().trace.as_deref()
    }

    /// Whether the client of this request declares that it lets servers sample its model.
    pub fn client_can_sample(&self) -> bool {
        self.call.facts().capabilities.sampling
    }

    /// Whether the client of this request declares that it can ask its user.
    pub fn client_can_elicit(&self) -> bool {
        self.call.facts().capabilities.forms
    }

    /// Whether the client of this request declares that it has roots.
    pub fn client_has_roots(&self) -> bool {
        self.call.facts().capabilities.roots
    }

    /// Resolves when nobody waits for the call any more: its client has left or has cancelled, its time is up, or
    /// the function has ended.
    ///
    /// The function itself is dropped at its next `await`. This is for what it started elsewhere: a spawned
    /// task, a thread. In a session a client that merely loses its connection cancels nothing.
    pub async fn cancelled(&self) {
        self.call.outbox().over().await;
    }

    /// Whether the call was cancelled: its client has left or has said so, or its time is up. For code that can't
    /// wait, as in a `blocking` function.
    pub fn is_cancelled(&self) -> bool {
        self.call.outbox().is_cancelled()
    }
}

/// A list of what a server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    /// The tools.
    Tools,
    /// The prompts.
    Prompts,
    /// The resources and the templates of resources.
    Resources,
}

impl From<List> for Change {
    fn from(list: List) -> Self {
        match list {
            List::Tools => Self::Tools,
            List::Prompts => Self::Prompts,
            List::Resources => Self::Resources,
        }
    }
}

/// A progress message, not sent yet: await it.
#[derive(Debug)]
#[must_use = "a progress message is sent when it is awaited"]
pub struct Progress<'a> {
    call: &'a Call,
    done: f64,
    total: Option<f64>,
    message: Option<String>,
}

impl Progress<'_> {
    /// Out of how much, where that is known.
    pub fn of(mut self, total: f64) -> Self {
        self.total = Some(total);
        self
    }

    /// What is being done, for people.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }
}

impl<'a> IntoFuture for Progress<'a> {
    type Output = ();
    type IntoFuture = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Some(token) = self.call.facts().progress_token.clone() else { return consume_budget().await };
            let Self { call, done, total, message } = self;
            let said = notification::Progress { token, done, total, message };
            call.say(Said::Notification(Notification::Progress(said))).await;
        })
    }
}

/// A log message, not sent yet: await it.
#[derive(Debug)]
#[must_use = "a log message is sent when it is awaited"]
pub struct Log<'a> {
    call: &'a Call,
    level: Level,
    /// Absent when the client doesn't want it.
    data: Option<Value>,
    logger: Option<String>,
}

impl Log<'_> {
    /// The name of the part of the server that speaks.
    pub fn logger(mut self, name: impl Into<String>) -> Self {
        self.logger = Some(name.into());
        self
    }
}

impl<'a> IntoFuture for Log<'a> {
    type Output = ();
    type IntoFuture = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { call, level, data, logger } = self;
            let Some(data) = data else { return consume_budget().await };
            let log = notification::Log { level, logger, data };
            call.say(Said::Notification(Notification::Log(log))).await;
        })
    }
}
