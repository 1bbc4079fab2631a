//! Does the caller have a call left?

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use crate::{
    call::{CallPermit, Principal},
    catalog::ItemLimits,
    error::ProtocolError,
    quota::{Exceeded, Permit, Quota, ShareKey},
};

/// After how long a caller whose calls all run is told to try again.
const SOON: Duration = Duration::from_secs(1);

/// Counts a call that is about to run, before its arguments are read: as one of its caller's, and as one of this item.
///
/// # Errors
///
/// The limit that the caller has reached. Nothing is counted then.
pub(crate) fn begin(
    running: &Quota,
    principal: &Principal,
    item: Option<(&str, &ItemLimits)>,
    now: Duration,
) -> Result<CallPermit, ProtocolError> {
    let key = principal.share();
    let running = running.take(&key, 1).map_err(|exceeded| {
        let whose = match exceeded {
            Exceeded::Share => "of yours run",
            Exceeded::Total => "run on this server",
        };
        reached(format!("as many calls {whose} as may run at once"), SOON)
    })?;
    let Some((name, limits)) = item else { return Ok(CallPermit::new(running, None)) };
    let item = concurrent(&key, name, limits)?;
    if let Some((rate, limiter)) = &limits.rate {
        let taken = limiter.take(&key, now);
        taken.map_err(|wait| reached(format!("`{name}` may be called {}", rate.text()), wait))?;
    }
    Ok(CallPermit::new(running, item))
}

fn concurrent(key: &ShareKey, name: &str, limits: &ItemLimits) -> Result<Option<Permit>, ProtocolError> {
    /// Callers who can't be told apart have one share.
    static ALL: LazyLock<ShareKey> = LazyLock::new(|| ShareKey::Principal(Arc::from("")));
    let Some((number, quota)) = &limits.concurrency else { return Ok(None) };
    let key = if *key == ShareKey::Trusted { &*ALL } else { key };
    quota.take(key, 1).map(Some).map_err(|_| {
        reached(format!("as many calls of `{name}` run for you as may run at once ({number})"), SOON)
    })
}

fn reached(text: String, retry_after: Duration) -> ProtocolError {
    ProtocolError::LimitReached { text, retry_after }
}
