//! The keys that seal what clients keep for the server, and where they come from.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{McpServer, keyfile};
use crate::{
    ask::{InvalidStateKeys, Sealer, StateKeys},
    catalog::Offer,
    error::{Place, Problem},
};

/// Where a copy of the server that has no keys gets some that the others have too.
const SHARE: &str = "give all copies the same keys with `.state_keys(..)`, `--state-keys` or `MCP_STATE_KEYS`, or a \
     directory that they share with `.data_dir(..)`, `--data` or `MCP_DATA`";

/// What is said of sealed state.
#[derive(Debug)]
pub(crate) struct Sealing {
    /// Keys that the server was given, or why what it was given are none.
    pub(crate) keys: Option<Result<StateKeys, InvalidStateKeys>>,
    pub(crate) data: Option<PathBuf>,
    /// How many copies of this server there are.
    pub(crate) nodes: NonZeroUsize,
    lifetime: Duration,
}

impl Default for Sealing {
    fn default() -> Self {
        Self { keys: None, data: None, nodes: NonZeroUsize::MIN, lifetime: Duration::from_mins(10) }
    }
}

impl McpServer {
    /// The keys that seal the `requestState` of clients: what a function has asked and done so far travels through the
    /// client, which can't read or change it.
    ///
    /// Default: those of `--state-keys` or `MCP_STATE_KEYS`, then that of the [data directory](McpServer::data_dir),
    /// then a random one, which is gone when the process ends.
    #[must_use]
    pub fn state_keys(mut self, keys: StateKeys) -> Self {
        self.sealing.keys = Some(Ok(keys));
        self
    }

    /// For how long sealed state holds: as long as a person may take to answer, at least a second. Default: 10 min.
    #[must_use]
    pub fn state_ttl(mut self, time: Duration) -> Self {
        self.sealing.lifetime = time.max(Duration::from_secs(1));
        self
    }

    /// Where the server keeps what must outlast it: a directory, made when it isn't there, for its user only. The
    /// command line's `--data` or `MCP_DATA` goes before it.
    ///
    /// The file `state.key` in it has the [keys](McpServer::state_keys) of a server that is given none; the first start
    /// makes it. Copies of the server may share the directory.
    #[must_use]
    pub fn data_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.sealing.data = Some(path.into());
        self
    }

    /// How many copies of this server answer at the same URL. Default: 1. The command line's `--nodes` or `MCP_NODES`
    /// goes before it.
    ///
    /// With several, whatever one of them gives a client may come back to another: a server whose copies would make keys
    /// of their own, or that has tasks, doesn't build. Sessions, and what [`Ctx::once`](crate::Ctx::once) records, are
    /// in the memory of one copy too: the others tell their clients to begin again.
    #[must_use]
    pub fn nodes(mut self, copies: usize) -> Self {
        self.sealing.nodes = NonZeroUsize::new(copies).unwrap_or(NonZeroUsize::MIN);
        self
    }

    /// What seals the state, for clients of this server only.
    pub(super) fn sealer(&self) -> Result<Sealer, Problem> {
        let keys = self.sealing.found(self.place)?;
        let audience = self.public.endpoint().unwrap_or_else(|| self.implementation.name.clone());
        Ok(Sealer::new(keys, audience, self.sealing.lifetime, self.clock.clone()))
    }
}

impl Sealing {
    /// Tasks are where they run, and several copies don't find each other's.
    pub(super) fn check_tasks(&self, offer: &Offer, place: Place, problems: &mut Vec<Problem>) {
        if self.nodes.get() > 1 && offer.has_tasks() {
            let text = format!(
                "tasks are in the memory of the copy that runs them, and a client may ask any of {} about one; remove \
                 `task`, or serve one copy",
                self.nodes
            );
            problems.push(Problem::new(place, "`nodes`", text));
        }
    }

    fn found(&self, place: Place) -> Result<StateKeys, Problem> {
        let problem = |subject: &str, text: String| Problem::new(place, subject, text);
        match (&self.keys, &self.data) {
            (Some(given), _) => given
                .clone()
                .map_err(|error| problem("`--state-keys` or `MCP_STATE_KEYS`", error.to_string())),
            (None, Some(data)) => in_directory(data).map_err(|text| problem("data directory", text)),
            (None, None) if self.nodes.get() > 1 => {
                let text = format!(
                    "{} copies would each make a key, and what one seals no other opens; {SHARE}",
                    self.nodes
                );
                Err(problem("`nodes`", text))
            }
            (None, None) => StateKeys::random().map_err(|error| {
                problem("state keys", format!("the system gives no random bytes for one: {error}"))
            }),
        }
    }
}

/// The keys of a data directory, or what is wrong with it and how to put it right.
fn in_directory(data: &Path) -> Result<StateKeys, String> {
    keyfile::keys(data)
        .map_err(|error| format!("{error}; or give keys with `--state-keys` or `MCP_STATE_KEYS`"))
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::{ask::Context, call::Principal, clock::Clock};

    fn server() -> McpServer {
        McpServer::new("calculator")
    }

    /// Whether what one server seals the other one opens.
    fn open_each_other(one: &McpServer, other: &McpServer) -> bool {
        let arguments = Map::new();
        let context = Context {
            principal: &Principal::default(),
            method: "tools/call",
            name: "add",
            arguments: &arguments,
        };
        let text = one.sealer().unwrap().seal(&context, b"state").unwrap();
        other.sealer().unwrap().open(&context, &text).is_ok()
    }

    #[test]
    fn copies_with_the_same_keys_open_what_each_has_sealed() {
        let with = |key| server().state_keys(StateKeys::new(key));
        assert!(open_each_other(&with([1; 32]), &with([1; 32]).nodes(3)));
        assert!(!open_each_other(&with([1; 32]), &with([2; 32])));
        assert!(!open_each_other(&server(), &server()), "each has a random key");
        let public = |url| with([1; 32]).public_url(url);
        assert!(open_each_other(&public("https://a.example"), &public("https://a.example/")));
        assert!(!open_each_other(&public("https://a.example"), &public("https://b.example")));
        assert!(!open_each_other(
            &with([1; 32]),
            &McpServer::new("other").state_keys(StateKeys::new([1; 32]))
        ));
    }

    #[test]
    fn a_data_directory_keeps_the_key_and_given_ones_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let with = || server().data_dir(folder.path().join("data"));
        assert!(open_each_other(&with(), &with().nodes(2)));
        let given = || with().state_keys(StateKeys::new([1; 32]));
        assert!(open_each_other(&given(), &server().state_keys(StateKeys::new([1; 32]))));
        assert!(!open_each_other(&given(), &with()));
    }

    #[test]
    fn the_lifetime_is_the_servers() {
        let (clock, hand) = Clock::by_hand();
        let arguments = Map::new();
        let context = Context {
            principal: &Principal::default(),
            method: "tools/call",
            name: "add",
            arguments: &arguments,
        };
        let sealer = server().clock(clock).state_ttl(Duration::from_secs(5)).sealer().unwrap();
        let text = sealer.seal(&context, b"state").unwrap();
        hand.advance(Duration::from_secs(4));
        assert!(sealer.open(&context, &text).is_ok());
        hand.advance(Duration::from_secs(1));
        assert!(sealer.open(&context, &text).is_err());
    }
}
