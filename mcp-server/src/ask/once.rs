//! What a function does exactly once, whatever is sent again.

use std::{
    future::{Future, poll_fn},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;
use serde::Serialize;
use serde_json::Value;
use tokio::time::timeout;
use tracing::Instrument;

use super::{
    digest::Fields,
    step::{Kept, Stepping},
};
use crate::{
    call::{Call, Ctx, Way},
    error::ToolError,
    secret::secret,
    store::{Claim, Key, Once},
};

/// Recorded of an act that panicked, or whose result can't be kept. Not JSON.
const LOST: &str = "lost";

/// How long the rounds of one call may go on in which something is to be done once, from the first that said so.
const CHAIN: Duration = Duration::from_hours(1);

impl Ctx {
    /// Does something exactly once in the rounds of one call, also when a request is sent again, or at the same time.
    ///
    /// As [`step`](Ctx::step), but what has been done is recorded by the server, by compare-and-set, instead of by what
    /// the client carries. In 2026-07-28 a call that comes here without a state is first answered with one to come back
    /// with; from then on, whatever part of it is sent again finds what was done. It is done by a task of its own, so
    /// that a client that leaves or cancels doesn't leave it half done: the future owns what it uses (`async move { .. }`).
    /// What fails has not been done, and may be tried again; what panics has been begun, and is not.
    ///
    /// The record is in memory, for an hour. A client that begins anew, without state, begins another call; one whose
    /// rounds were begun at a server that was restarted, or at another copy of it, is told to. As for a step, give it a
    /// future that does nothing before it is awaited.
    ///
    /// # Errors
    ///
    /// What it fails with; a masked error when what it gives can't be written as JSON or read from it, when it
    /// panics, when its end isn't known, or when the rounds have gone on for more than an hour.
    ///
    /// # Example
    ///
    /// ```standalone_crate
    /// use mcp_server::prelude::*;
    ///
    /// # async fn charge(_: String) -> Result<String, ToolError> { Ok("receipt".into()) }
    /// /// Pay an invoice.
    /// #[mcp_tool]
    /// async fn pay(invoice: String, ctx: Ctx) -> Result<String, ToolError> {
    ///     if !ctx.elicit::<bool>(format!("Pay {invoice}?")).await? {
    ///         return Ok("Not paid.".to_owned());
    ///     }
    ///     ctx.once("charge", charge(invoice)).await
    /// }
    /// ```
    pub async fn once<T, E>(
        &self,
        key: &str,
        act: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, ToolError>
    where
        T: Kept + Send + 'static,
        E: Into<ToolError> + Send + 'static,
    {
        let call = self.call();
        // Where a call has no rounds, a function is begun once; a task may have had some before it.
        if call.way() != Way::Park && call.questions().brought_chain().is_none() {
            let alone = async { tokio::spawn(act.in_current_span()).await?.map_err(Into::into) };
            return self.step::<T, ToolError>(key, alone).await;
        }
        let chain = chain(call).await?;
        if let Some(given) = call.questions().begin_step(key)? {
            return Ok(serde_json::from_value(given)?);
        }
        let stepping = Stepping::of(call, key);
        let text = Record { chain, key, call }.done(act).await?;
        let given: Value = serde_json::from_str(&text)?;
        stepping.keep(given.clone());
        Ok(serde_json::from_value(given)?)
    }
}

/// Which rounds these are. A call that its client couldn't name again is ended first, so that it can.
async fn chain(call: &Call) -> Result<String, ToolError> {
    let questions = call.questions();
    if let Some(chain) = questions.brought_chain() {
        return Ok(chain);
    }
    let surroundings = call.surroundings();
    let birth = surroundings.clock.wall().as_secs();
    questions.begin_chain(format!("{birth}.{}.{}", surroundings.once.id(), secret()?));
    // A task that the function has begun may have come here.
    call.outbox().nudge();
    poll_fn(|context| questions.poll_end(context)).await;
    Err(ToolError::masked("the call is over, so what is to be done once is not done"))
}

/// What is recorded of one act.
struct Record<'c> {
    chain: String,
    key: &'c str,
    call: &'c Call,
}

impl Record<'_> {
    /// What it came to, as JSON.
    async fn done<T, E>(
        &self,
        act: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<Arc<str>, ToolError>
    where
        T: Serialize + Send + 'static,
        E: Into<ToolError> + Send + 'static,
    {
        let surroundings = self.call.surroundings();
        let (store, key) = (Arc::clone(&surroundings.once), self.key());
        let owner = self.call.principal().owner();
        loop {
            let now = surroundings.clock.wall();
            match store.claim(key, owner.share(), now, self.left(now)?).await {
                Claim::Yours => break,
                Claim::Done(text) => return recorded(&text),
                Claim::Full => {
                    return Err(ToolError::tell("The server is too busy for this. Try again later."));
                }
                Claim::Taken => timeout(surroundings.patience, store.settled(key)).await.map_err(|_| {
                    ToolError::masked("what is to be done once was begun, and its end isn't known")
                })?,
            }
        }
        tokio::spawn(run(store, key, act).in_current_span()).await?
    }

    fn key(&self) -> Key {
        let fields = Fields::new("once").text("chain", &self.chain).text("key", self.key);
        Key(*fields.digest().as_bytes())
    }

    /// How long the record must last: no longer than any state of these rounds is good for.
    fn left(&self, now: Duration) -> Result<Duration, ToolError> {
        let surroundings = self.call.surroundings();
        let mut parts = self.chain.split('.');
        let birth = parts.next().and_then(|birth| birth.parse().ok()).unwrap_or_default();
        if parts.next() != Some(surroundings.once.id()) {
            let text = "This was begun at a server that isn't there any more, and what was done is not known. Begin again.";
            return Err(ToolError::tell(text));
        }
        let left = (Duration::from_secs(birth) + CHAIN).checked_sub(now);
        left.ok_or_else(|| ToolError::tell("This has gone on for too long. Begin again."))
    }
}

/// Does it, and records that it is done, whether anybody waits for it or not.
async fn run<T, E>(
    store: Arc<dyn Once>,
    key: Key,
    act: impl Future<Output = Result<T, E>>,
) -> Result<Arc<str>, ToolError>
where
    T: Serialize,
    E: Into<ToolError>,
{
    let text = match AssertUnwindSafe(act).catch_unwind().await {
        Ok(Ok(given)) => serde_json::to_string(&given).map_or_else(|_| LOST.into(), Arc::from),
        Ok(Err(error)) => {
            store.release(key).await;
            return Err(error.into());
        }
        Err(_) => LOST.into(),
    };
    // It has been begun, so it is never begun again, whatever comes of recording it.
    if store.settle(key, Arc::clone(&text)).await.is_err() {
        store.settle(key, LOST.into()).await?;
        return recorded(&LOST.into());
    }
    recorded(&text)
}

/// What was recorded of an act.
fn recorded(text: &Arc<str>) -> Result<Arc<str>, ToolError> {
    match &**text {
        LOST => Err(ToolError::masked(
            "it was begun once, and what it came to is lost: it panicked, or gave too much",
        )),
        _ => Ok(Arc::clone(text)),
    }
}
