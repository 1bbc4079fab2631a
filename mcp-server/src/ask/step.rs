//! What a function does once, however often it is begun again.

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    call::{Call, Ctx},
    error::ToolError,
};

/// What a step may give: anything that serde writes and reads.
#[diagnostic::on_unimplemented(
    message = "what a step gives is kept, and `{Self}` can't be",
    label = "not `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to the type",
    note = "a step is a future of a `Result`: `async {{ Ok::<_, ToolError>(value) }}`"
)]
pub trait Kept: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Kept for T {}

impl Ctx {
    /// Takes a step that isn't taken again when the function is begun again with the answers to its questions: what it
    /// gave is given once more.
    ///
    /// What it gives travels with the client, encrypted, in the `requestState`; all of a call's steps and answers have
    /// 64 KiB there. A step that fails has not been taken: it may be tried again, and is in the next round. A key names
    /// one step of a call; a loop gives each its own (`format!("charge-{n}")`). While a step is being taken, the call
    /// isn't ended for its questions.
    ///
    /// Give it a future that does nothing before it is awaited, as `async` blocks and functions are. The handle of
    /// `tokio::spawn` or `spawn_blocking` runs in every round, awaited or not: write `async { spawn(..).await }`.
    ///
    /// That holds for one honest client. One that sends its first request again begins another call, and one that sends
    /// a later request again takes the steps that follow again: what must never happen twice is for
    /// [`once`](Self::once).
    ///
    /// # Errors
    ///
    /// What the step fails with; and a masked error when what it gives can't be written as JSON, or read from it, or when
    /// another step of the call has this key.
    ///
    /// # Example
    ///
    /// ```standalone_crate
    /// use mcp_server::prelude::*;
    ///
    /// # async fn reserve(room: &str) -> Result<String, ToolError> { Ok(room.to_owned()) }
    /// /// Book a room.
    /// #[mcp_tool]
    /// async fn book(room: String, ctx: Ctx) -> Result<String, ToolError> {
    ///     let reservation = ctx.step("reserve", reserve(&room)).await?;
    ///     if !ctx.elicit::<bool>("It costs 90 euros. Book it?").await? {
    ///         return Ok("Not booked.".to_owned());
    ///     }
    ///     Ok(format!("Booked: {reservation}"))
    /// }
    /// ```
    pub async fn step<T, E>(
        &self,
        key: &str,
        step: impl Future<Output = Result<T, E>>,
    ) -> Result<T, ToolError>
    where
        T: Kept,
        E: Into<ToolError>,
    {
        let call = self.call();
        if let Some(given) = call.questions().begin_step(key)? {
            return Ok(serde_json::from_value(given)?);
        }
        let stepping = Stepping::of(call, key);
        let given = serde_json::to_value(step.await.map_err(Into::into)?)?;
        stepping.keep(given.clone());
        // Read in every round, so that what it gives is the same in each.
        Ok(serde_json::from_value(given)?)
    }
}

/// A step that is being taken, until this is dropped.
pub(super) struct Stepping<'c> {
    call: &'c Call,
    key: &'c str,
    given: Option<Value>,
}

impl<'c> Stepping<'c> {
    pub(super) fn of(call: &'c Call, key: &'c str) -> Self {
        Self { call, key, given: None }
    }

    /// It has been taken, and gave this.
    pub(super) fn keep(mut self, given: Value) {
        self.given = Some(given);
    }
}

impl Drop for Stepping<'_> {
    fn drop(&mut self) {
        self.call.questions().end_step(self.key, self.given.take());
        // A task that the function has begun may have taken it.
        self.call.outbox().nudge();
    }
}
