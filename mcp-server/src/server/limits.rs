//! Limits, as the server's author sets them.

use std::time::Duration;

use super::McpServer;
use crate::{catalog::Rate, cluster::EventLimits};

/// How many calls may run at once, of all callers together and of one.
pub(super) const RUNNING_CALLS: (usize, usize) = (4_096, 64);

/// The longest a call may take whose function says nothing else.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_mins(10);

/// The most that the longest token may have, in bytes: a request's head is in memory before its sender is known.
const MOST_TOKEN: usize = 1024 * 1024;

impl McpServer {
    /// The largest request body, in bytes. Default: 4 MiB.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.limits.bodies.bytes = bytes;
        self
    }

    /// The longest that a request's body may take to arrive. Default: 30 s.
    #[must_use]
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.limits.bodies.time = time;
        self
    }

    /// The longest that a request's headers may take to arrive, counted from the opening of the connection or
    /// the end of the last request: also the longest an unused connection stays open. Default: 30 s.
    #[must_use]
    pub fn header_timeout(mut self, time: Duration) -> Self {
        self.limits.connections.headers = time;
        self
    }

    /// The longest that a write may wait for a client that doesn't read. Then the connection ends, and with it
    /// the calls that stream over it. In HTTP/2 also the longest that a client may take nothing of a response: then that
    /// response is reset. Default: 30 s.
    #[must_use]
    pub fn write_timeout(mut self, time: Duration) -> Self {
        self.limits.connections.write = time;
        self
    }

    /// The longest an HTTP/2 connection stays open on which nothing moves and nothing is computed. A stream that is
    /// read moves every 15 s, so less than that cuts silent ones. Default: 75 s.
    #[must_use]
    pub fn http2_idle_timeout(mut self, time: Duration) -> Self {
        self.limits.connections.idle = time;
        self
    }

    /// For how long running calls may go on when the server is asked to stop. Default: 10 s.
    #[must_use]
    pub fn shutdown_grace(mut self, time: Duration) -> Self {
        self.limits.connections.shutdown = time;
        self
    }

    /// How many connections may be open at once, at least one. Default: 10,000, or as many as the process may open files,
    /// less 64 or a sixteenth, whichever is more. The soft limit on open files is raised to the hard one.
    ///
    /// At the limit the longest idle connection on which no request was admitted, or only such without a token, is closed
    /// for the next one. When there is none, the next one waits.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections.connections = connections.max(1);
        self
    }

    /// How many connections one caller may have, at least one: an address (in IPv6 a network of 64 bits) as long as no
    /// request with a good token came over them, then the principal of the first one. Default: 256. At the limit the
    /// longest idle connection of the address is closed for the next one; when all have a request in progress, the next
    /// one is closed.
    ///
    /// [Trusted proxies](McpServer::trusted_proxy) have no such limit, nor has anybody on a server without authentication.
    #[must_use]
    pub fn max_connections_per_caller(mut self, connections: usize) -> Self {
        self.limits.connections.per_caller = connections.max(1);
        self
    }

    /// How many requests a connection serves on which none had a good token, and for how long it does. The response that
    /// reaches either says `Connection: close` (HTTP/2: GOAWAY), and a client connects again. Ten times as much where a
    /// request without a token was admitted to something public. Default: 32 requests, 1 min.
    #[must_use]
    pub fn unauthenticated_connections(mut self, requests: u32, time: Duration) -> Self {
        self.limits.connections.unauthenticated_requests = requests.max(1);
        self.limits.connections.unauthenticated = time;
        self
    }

    /// How many bytes of responses may be in memory that their clients haven't read, in all and of one principal; without
    /// authentication the total is the only limit. Responses of up to 1 KiB count to nobody, and one that is larger
    /// than the limit is sent when nothing else waits. One that is beyond the limit is
    /// answered 429, or 503 for the total, with `Retry-After`, and a stream ends. Default: 256 MiB and 32 MiB.
    #[must_use]
    pub fn max_unread(mut self, total: usize, per_principal: usize) -> Self {
        self.limits.unread = (total, per_principal);
        self
    }

    /// How many sessions of legacy clients may be open, in all and of one person, whichever clients they use. At a
    /// person's limit their longest idle one ends; at that of all, the longest idle one of whoever has most. Its client
    /// is told 404 and begins again. Default: 10,000 and 1,000.
    #[must_use]
    pub fn max_sessions(mut self, total: usize, per_principal: usize) -> Self {
        self.limits.sessions.total = total.max(1);
        self.limits.sessions.per_principal = per_principal.max(1);
        self
    }

    /// After how long without a request a legacy client's session ends, at least a second. Default: 30 min.
    #[must_use]
    pub fn session_idle(mut self, time: Duration) -> Self {
        self.limits.sessions.idle = time.max(Duration::from_secs(1));
        self
    }

    /// How many subscriptions of modern clients may be open, in all and of one principal; the same goes for the
    /// connections of 2024 clients. One more is refused. Default: 10,000 and 100.
    ///
    /// Each, and each session, may name 1,000 resources, whose URIs have 128 KiB together; those of all, 128 MiB, and
    /// those of one person, 8 MiB.
    #[must_use]
    pub fn max_subscriptions(mut self, total: usize, per_principal: usize) -> Self {
        self.limits.listeners = (total, per_principal);
        self
    }

    /// How much of what the streams of one legacy session say is kept for a client that loses its connection, in
    /// messages and bytes, and for how long. Of all sessions together, a hundred times as many messages and sixteen
    /// times as many bytes; of all sessions of one person, an eighth of that. At least two messages, the last one however large, for a second; a client that reads its
    /// stream misses nothing, however little is kept. Default: 1,000 messages, 4 MiB, 5 min.
    #[must_use]
    pub fn keep_events(mut self, messages: usize, bytes: usize, time: Duration) -> Self {
        self.limits.events =
            EventLimits::of_session(messages.max(2), bytes, time.max(Duration::from_secs(1)));
        self
    }

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
