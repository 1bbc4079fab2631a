//! Limits on calls, as the server's author sets them.

use std::time::Duration;

use super::McpServer;
use crate::catalog::Rate;

/// How many calls may run at once, of all callers together and of one.
pub(super) const RUNNING_CALLS: (usize, usize) = (4_096, 64);

/// The longest a call may take whose function says nothing else.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_mins(10);

/// The most that the longest token may have, in bytes: a request's head is in memory before its sender is known.
const MOST_TOKEN: usize = 1024 * 1024;

impl McpServer {
    /// How many bytes an access token may have. A request with a longer one gets HTTP status 431, and a message that says
    /// so: its client would get the same token again. A request's head has room for 32 KiB beside it, and for 64 KiB at
    /// least. 1 MiB at most. Default: 32 KiB.
    #[must_use]
    pub fn max_token(mut self, bytes: usize) -> Self {
        self.limits.connections.token = bytes.clamp(1, MOST_TOKEN);
        self
    }

    /// How many calls may run at once, of all callers together and of one principal, at least one each. A call that runs as
    /// a task counts until it has ended. One more is refused before its arguments are read, with HTTP status 429 and
    /// `Retry-After`. Default: 4,096 and 64.
    ///
    /// Callers of a server without authentication can't be told apart: for them the first number holds.
    #[must_use]
    pub fn max_calls(mut self, total: usize, per_principal: usize) -> Self {
        self.limits.calls = (total.max(1), per_principal.max(1));
        self
    }

    /// How often each principal may call each tool, resource and prompt that has no `rate` of its own: `calls` in `per`,
    /// all of them at once if they like. One more is refused until its time has come, with HTTP status 429 and
    /// `Retry-After`. At least one call. Default: as often as they like.
    ///
    /// Each request counts: one that brings the answers to a function's questions
    /// (`input_required` of revision 2026-07-28) is a call of its own.
    #[must_use]
    pub fn rate(mut self, calls: u32, per: Duration) -> Self {
        self.access.rate = Some(Rate { calls: calls.max(1), per });
        self
    }

    /// The longest a call may take whose function says nothing else with `timeout`. What it reports meanwhile doesn't
    /// prolong it. The time in which a person's answer is waited for doesn't count, and a call that runs as a task has
    /// the time for which its task is kept instead. Default: 10 min.
    #[must_use]
    pub fn call_timeout(mut self, time: Duration) -> Self {
        self.limits.timeout = time;
        self
    }

    /// Holds what every tool returns against its output schema, also where the type is taken to keep to it: for types
    /// whose `JsonSchema` or `Serialize` is written by hand. Costs each call a parse of its result. Default: off.
    ///
    /// Without it, what is held against the schema is what a derived type can break: floats (one that is infinite or not
    /// a number is written as `null`), bounds, patterns, formats, choices; and whatever a tool built by hand returns. A
    /// result that breaks it is an error of the call, with path and rule in the log.
    #[must_use]
    pub fn check_all_results(mut self, on: bool) -> Self {
        self.checks_all_results = on;
        self
    }

    /// How many arrays and objects, one in the other, an argument may be: `[[1]]` is two levels. A deeper one is refused
    /// with the argument's name, the depth and the limit, and nothing runs: a tool error, for a prompt -32602, and a URI
    /// with such a variable is the URI of nothing. Default: 64. A message is nested 127 levels deep at most, whatever is
    /// said here.
    #[must_use]
    pub fn max_argument_depth(mut self, levels: usize) -> Self {
        self.limits.arguments.depth = levels;
        self
    }

    /// The longest name, in bytes of UTF-8, that an argument or a member at any depth of one may have: a key of a map
    /// too. A longer one is refused with its beginning, its length and the limit, as in
    /// [`max_argument_depth`](McpServer::max_argument_depth). Default: 256.
    #[must_use]
    pub fn max_member_name(mut self, bytes: usize) -> Self {
        self.limits.arguments.name = bytes;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{BODY_BYTES, BODY_BYTES_EACH, UNREAD_BYTES},
        *,
    };
    use crate::{
        cluster::Changes,
        drive::{MOST_ORPHANS, MOST_ORPHANS_EACH},
        http::{HEAD_BYTES, HEAD_BYTES_EACH},
        quota::{Exceeded, Quota, ShareKey},
        store::OnceLimits,
    };

    /// Everything that a caller can make grow and that others need: how much all may have, and how much one may.
    fn bounded() -> Vec<(&'static str, usize, usize)> {
        let limits = McpServer::new("limits").limits;
        let (connections, sessions, once) = (limits.connections, limits.sessions, OnceLimits::default());
        let (events, tasks) = (limits.events, limits.task_room);
        vec![
            ("running calls", limits.calls.0, limits.calls.1),
            ("calls of sessions without their client", MOST_ORPHANS, MOST_ORPHANS_EACH),
            ("connections", connections.connections, connections.per_caller),
            ("unfinished heads", HEAD_BYTES, HEAD_BYTES_EACH),
            ("bodies", BODY_BYTES, BODY_BYTES_EACH),
            ("unread responses", UNREAD_BYTES.0, UNREAD_BYTES.1),
            ("sessions", sessions.total, sessions.per_principal),
            ("kept events", events.total.bytes, events.each.bytes),
            ("subscriptions", limits.listeners.0, limits.listeners.1),
            ("subscribed URIs", Changes::MOST_BYTES_OF_ALL, Changes::MOST_BYTES_OF_ONE),
            ("tasks", tasks.total.entries, tasks.each.entries),
            ("what tasks say", tasks.total.bytes, tasks.each.bytes),
            ("records of `once`", once.total.entries, once.each.entries),
            ("what these records say", once.total.bytes, once.each.bytes),
        ]
    }

    fn written(number: usize) -> String {
        const MIB: usize = 1024 * 1024;
        match number {
            bytes if bytes >= MIB && bytes.is_multiple_of(MIB) => format!("{} MiB", bytes / MIB),
            thousands if thousands >= 1_000 => format!("{},{:03}", thousands / 1_000, thousands % 1_000),
            few => few.to_string(),
        }
    }

    #[test]
    fn rl_2_one_caller_fills_nothing() {
        for (what, total, each) in bounded() {
            let quota = Quota::new(total, each);
            let [one, other] = ["one", "other"].map(|name| ShareKey::Principal(name.into()));
            let _held = quota.take(&one, each).unwrap();
            assert_eq!(quota.take(&one, 1).unwrap_err(), Exceeded::Share, "{what}");
            assert!(quota.take(&other, each).is_ok(), "{what}: others have a share left");
            assert!(each * 4 <= total, "{what}: it takes four at least to fill it");
        }
    }

    #[test]
    fn the_table_in_the_security_policy_has_these_numbers() {
        let policy = include_str!("../../../SECURITY.md");
        for (what, total, each) in bounded() {
            let row = format!("| {what} | {} | {} |", written(total), written(each));
            assert!(policy.contains(&row), "{row}");
        }
        let rows = policy.lines().skip_while(|line| !line.starts_with("| what |")).skip(2);
        assert_eq!(rows.take_while(|line| line.starts_with('|')).count(), bounded().len(), "and no others");
    }
}
