//! Functions that a test watches: how many have begun, and how many have let go of what they held.

use std::{sync::Arc, time::Duration};

use mcp_server::{Ctx, FromCall, Invocation, Level, Tool, ToolResult};
use serde_json::json;
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

use crate::raw::SOON;

/// A limit, for what happens at once on a machine that has nothing else to do.
pub const AT_ONCE: Duration = SOON;

/// What a test sees of functions that never end by themselves. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Running {
    begun: watch::Sender<usize>,
    ended: watch::Sender<usize>,
    /// How often the functions have been asked whether they go on, and how many times one has said so.
    asked: watch::Sender<usize>,
    said: watch::Sender<usize>,
    finish: Arc<Semaphore>,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            begun: watch::Sender::default(),
            ended: watch::Sender::default(),
            asked: watch::Sender::default(),
            said: watch::Sender::default(),
            finish: Arc::new(Semaphore::new(0)),
        }
    }
}

/// Something that a function holds until it ends, however it does.
#[derive(Debug)]
pub struct Held(Running);

impl Held {
    fn new(running: &Running) -> Self {
        running.begun.send_modify(|count| *count += 1);
        Self(running.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.ended.send_modify(|count| *count += 1);
    }
}

impl Running {
    /// A tool that waits until [`finish`](Self::finish), and says something first when `speaks`.
    #[must_use]
    pub fn tool(&self) -> Tool {
        let running = self.clone();
        Tool::new("endless", "Waits until the test lets it go.", move |mut call: Invocation| {
            let running = running.clone();
            async move {
                let ctx = Ctx::from_call(&call.call)?;
                let speaks: bool = call.argument("speaks")?;
                let _held = Held::new(&running);
                if speaks {
                    ctx.log(Level::Error, "begun").await;
                }
                running.finished().await;
                Ok(ToolResult::text("finished"))
            }
        })
        .input_schema(
            json!({"type": "object", "properties": {"speaks": {"type": "boolean", "default": false}}}),
        )
    }

    /// Something for a function of the test's own to hold.
    #[must_use]
    pub fn hold(&self) -> Held {
        Held::new(self)
    }

    /// Waits, in a function of the test's own, until the test lets it go.
    ///
    /// # Panics
    ///
    /// Never: nobody closes what is waited for.
    pub async fn finished(&self) {
        let mut asked = self.asked.subscribe();
        loop {
            tokio::select! {
                place = self.finish.acquire() => return place.expect("it is never closed").forget(),
                _ = asked.changed() => self.said.send_modify(|count| *count += 1),
            }
        }
    }

    /// Asks those that wait to be let go whether they go on, and waits until this many have said so: one that is cancelled
    /// has nothing to say. Call it after something that proves that a cancellation would have been seen.
    ///
    /// # Panics
    ///
    /// When fewer do.
    pub async fn go_on(&self, count: usize, why: &str) {
        let mut said = self.said.subscribe();
        let before = *said.borrow();
        self.asked.send_modify(|count| *count += 1);
        let waited = timeout(SOON, said.wait_for(|said| *said >= before + count)).await;
        assert!(waited.is_ok(), "{why}: {} go on, not {count}", *self.said.borrow() - before);
    }

    /// How many have begun.
    #[must_use]
    pub fn begun(&self) -> usize {
        *self.begun.borrow()
    }

    /// Lets one of them go.
    pub fn finish(&self) {
        self.finish.add_permits(1);
    }

    /// Waits until this many have begun.
    ///
    /// # Panics
    ///
    /// When they don't.
    pub async fn have_begun(&self, count: usize) {
        let mut begun = self.begun.subscribe();
        let waited = timeout(SOON, begun.wait_for(|begun| *begun >= count)).await;
        assert!(waited.is_ok(), "{} have begun, not {count}", *self.begun.borrow());
    }

    /// Waits until this many have ended, which is at once.
    ///
    /// # Panics
    ///
    /// When they don't.
    pub async fn end_at_once(&self, count: usize, why: &str) {
        let mut ended = self.ended.subscribe();
        let waited = timeout(AT_ONCE, ended.wait_for(|ended| *ended >= count)).await;
        assert!(waited.is_ok(), "{why}: {} have ended, not {count}", *self.ended.borrow());
    }

    /// How many have ended.
    #[must_use]
    pub fn ended(&self) -> usize {
        *self.ended.borrow()
    }
}
