//! How long questions wait, and tasks last.

use std::time::Duration;

use super::McpServer;

impl McpServer {
    /// How long a question waits for its answer in a session, at least a second: a person may take that long. Then it is
    /// withdrawn, and the function is told that nobody answered. Default: 10 min.
    ///
    /// The time isn't counted against the call's own limit. In 2026-07-28 nothing waits;
    /// [`state_ttl`](McpServer::state_ttl) says for how long the client may come back with the answer.
    #[must_use]
    pub fn answer_timeout(mut self, time: Duration) -> Self {
        self.limits.patience = time.max(Duration::from_secs(1));
        self
    }

    /// How long a task is kept after it was created, whether it has ended or not, at least a second. One that still runs
    /// then is stopped. Default: 1 h.
    #[must_use]
    pub fn task_ttl(mut self, time: Duration) -> Self {
        self.limits.tasks.ttl = time.max(Duration::from_secs(1));
        self
    }

    /// How many tasks may be kept, in all and of one person. At a limit those that have ended go, the first first: the
    /// person's own, or those of whoever has most. One more than may run is refused. Callers who can't be told apart share all. Default: 10,000 and 1,000.
    ///
    /// What they hold together, of requests and results, is 128 MiB, and 16 MiB of one person; of one result, 1 MiB.
    #[must_use]
    pub fn max_tasks(mut self, total: usize, per_principal: usize) -> Self {
        self.limits.task_room.total.entries = total;
        self.limits.task_room.each.entries = per_principal;
        self
    }

    /// How long a client is asked to wait before it looks at a task again, at least a millisecond. Default: 1 s.
    #[must_use]
    pub fn task_poll_interval(mut self, time: Duration) -> Self {
        self.limits.tasks.poll = time.max(Duration::from_millis(1));
        self
    }
}
