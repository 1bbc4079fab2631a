//! What a running call holds of its caller's limits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Call;
use crate::quota::Permit;

/// The permits of one call: for a running call of its caller's, and for one of this tool, resource or prompt.
#[derive(Debug)]
pub(crate) struct CallPermit {
    _running: Permit,
    _item: Option<Permit>,
}

impl CallPermit {
    pub(crate) fn new(running: Permit, item: Option<Permit>) -> Self {
        Self { _running: running, _item: item }
    }
}

/// A call's permits and how many hold them: the function that runs, and each thread that it has work done on.
#[derive(Debug, Default)]
pub(super) struct PermitSlot(Mutex<PermitHolders>);

#[derive(Debug, Default)]
struct PermitHolders {
    permit: Option<CallPermit>,
    holders: usize,
}

impl PermitSlot {
    pub(super) fn new(permit: Option<CallPermit>) -> Self {
        Self(Mutex::new(PermitHolders { permit, holders: 1 }))
    }

    fn hold(&self) {
        self.held().holders += 1;
    }

    /// One holder less. With the last one the permits go back.
    pub(super) fn release(&self) {
        let mut held = self.held();
        held.holders = held.holders.saturating_sub(1);
        let permit = if held.holders == 0 { held.permit.take() } else { None };
        drop(held);
        drop(permit);
    }

    fn held(&self) -> MutexGuard<'_, PermitHolders> {
        // Nothing panics under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holds a call's permits until it is dropped: a thread goes on when the call that waits for it has ended.
#[derive(Debug)]
pub(crate) struct PermitHolder(Call);

impl PermitHolder {
    pub(super) fn new(call: &Call) -> Self {
        call.0.permit.hold();
        Self(call.clone())
    }
}

impl Drop for PermitHolder {
    fn drop(&mut self) {
        self.0.0.permit.release();
    }
}
