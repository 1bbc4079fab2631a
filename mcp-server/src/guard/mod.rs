//! May this call run?
//!
//! Takes what is called and who calls, gives a verdict: the scopes first, then the caller's limits, then whether
//! somebody has to approve. Knows nothing of arguments' meaning or of the wire.

mod limits;
mod scope;

pub(crate) use limits::begin;
pub(crate) use scope::{has_all, may_hear, may_read, permit, permit_set, refusal, seen};

use crate::catalog::Rules;

/// Why a call can't run that somebody has to approve. Its reader is the model.
///
/// Nobody can be asked yet, so each of them is refused, whoever calls and however.
pub(crate) fn unapproved(rules: &Rules) -> Option<&'static str> {
    rules.approval.is_some().then_some(
        "This tool runs only when a person has approved the call, and this server can't ask anybody yet. \
         It was not run. Don't try again; tell the user that it needs approval.",
    )
}
