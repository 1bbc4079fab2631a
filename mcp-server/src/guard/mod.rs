//! May this call run?
//!
//! Takes a tool's rules, gives a verdict. Knows nothing of arguments' meaning or of the wire. A rule that is
//! written at a function and that nothing here enforces keeps the server from starting: a guard that isn't
//! there must not look like one that lets everybody pass.

use crate::catalog::Rules;

/// Those of the rules that this server can't enforce, each with what is missing.
pub(crate) fn unenforced(rules: &Rules) -> Vec<&'static str> {
    let Rules { scopes, public: _, approval, timeout: _, rate, concurrency, task: _ } = rules;
    let missing = [
        (
            !scopes.is_empty(),
            "`scope` needs authentication, and this server has none; remove the scope, or don't serve this tool here",
        ),
        (
            approval.is_some(),
            "`approval` needs somebody who can be asked, and this server has no approvals; remove it, or don't serve this tool here",
        ),
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
