//! May this call run?
//!
//! Takes what is called and who calls, gives a verdict: the scopes first, then whether somebody has to approve. Knows
//! nothing of arguments' meaning or of the wire. A rule that is written at a function and that nothing here enforces keeps
//! the server from starting: a guard that isn't there must not look like one that lets everybody pass.

mod scope;

pub(crate) use scope::{has_all, may_hear, may_read, permit, permit_set, refusal, seen};

use crate::catalog::Rules;

/// Those of the rules that this server can't enforce, each with what is missing.
pub(crate) fn unenforced(rules: &Rules) -> Vec<&'static str> {
    let Rules {
        // What an annotation says of these stands in `Access`, beside what is said by hand.
        scopes: _,
        public: _,
        authenticated: _,
        start: _,
        approval: _,
        timeout: _,
        rate,
        concurrency,
        task: _,
    } = rules;
    let missing = [
        (
            rate.is_some(),
            "`rate` needs a rate limiter, and this server has none; remove it, or limit in front of the server",
        ),
        (
            concurrency.is_some(),
            "`concurrency` needs a limiter, and this server has none; remove it, or limit in front of the server",
        ),
    ];
    missing.into_iter().filter(|(written, _)| *written).map(|(_, text)| text).collect()
}

/// Why a call can't run that somebody has to approve. Its reader is the model.
///
/// Nobody can be asked yet, so each of them is refused, whoever calls and however.
pub(crate) fn unapproved(rules: &Rules) -> Option<&'static str> {
    rules.approval.is_some().then_some(
        "This tool runs only when a person has approved the call, and this server can't ask anybody yet. \
         It was not run. Don't try again; tell the user that it needs approval.",
    )
}
