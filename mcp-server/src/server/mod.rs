//! The server: what its author says of it, checked at once and made ready.

mod access;
mod catalog;
mod checks;
mod engine;
mod keyfile;
mod limits;
mod names;
mod questions;
mod ready;
mod skills;
mod state;

use std::{mem, sync::Arc, time::Duration};

use access::Access;
pub use catalog::Catalog;
use engine::engine;
use names::PublicNames;
pub use ready::Server;
pub(crate) use ready::refuse_exposure;
use state::Sealing;

use crate::{
    ask::form,
    call::{List, States},
    catalog::{
        Announced, ArgumentLimits, Found, Offer, OfferRules, Offers, Prompt, Provider, Resource, Selection,
        Tool,
    },
    clock::Clock,
    cluster::EventLimits,
    dispatch::TaskTimes,
    era::{Identity, SessionLimits},
    error::{BuildError, Place, Problem},
    http::{BodyLimits, ConnectionLimits, ForeignNames, Lines, Service, Unread},
    protocol::{
        json::{self, Json},
        lifecycle::{Icon, Implementation},
        resources::{Cache, CacheScope},
    },
    quota::Quota,
    store::TaskLimits,
    telemetry,
};

/// How much a page of a list holds unless the server says otherwise. Many clients read one page only.
const PAGE_SIZE: usize = 1_000;

/// How many bytes of bodies may be in memory at once, of all requests together and of one caller's. A body that has to be
/// waited for counts 64 KiB at least.
const BODY_BYTES: usize = 256 * 1024 * 1024;
const BODY_BYTES_EACH: usize = 32 * 1024 * 1024;

/// How many bytes of responses may wait for their clients, of all callers together and of one of them.
const UNREAD_BYTES: (usize, usize) = (256 * 1024 * 1024, 32 * 1024 * 1024);

/// A server being described. [`McpServer::build`] checks everything at once; [`McpServer::run`] also serves.
///
/// # Example
///
/// ```standalone_crate
/// use mcp_server::prelude::*;
///
/// /// Add two numbers.
/// #[mcp_tool]
/// fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
///
/// let server = McpServer::new("calculator")
///     .version(env!("CARGO_PKG_VERSION"))
///     .instructions("Adds whole numbers.")
///     .expect_tools(["add"])
///     .build()?;
/// let router: axum::Router = server.router();
/// # Ok::<(), mcp_server::BuildError>(())
/// ```
#[derive(Debug)]
pub struct McpServer {
    pub(crate) implementation: Implementation,
    pub(crate) instructions: Option<String>,
    found: Found,
    announced: Announced,
    states: States,
    selection: Selection,
    pub(crate) public: PublicNames,
    limits: Limits,
    pub(crate) sealing: Sealing,
    pub(crate) access: Access,
    checks_all_results: bool,
    clock: Clock,
    pub(crate) place: Place,
    problems: Vec<Problem>,
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    bodies: BodyLimits,
    connections: ConnectionLimits,
    /// Bytes of responses that aren't read, in all and of one principal.
    unread: (usize, usize),
    sessions: SessionLimits,
    events: EventLimits,
    /// Those who listen, in all and of one principal.
    listeners: (usize, usize),
    page_size: usize,
    list_ttl: Duration,
    timeout: Duration,
    /// Calls that run, in all and of one principal.
    calls: (usize, usize),
    arguments: ArgumentLimits,
    /// How long a question may wait for its answer.
    patience: Duration,
    tasks: TaskTimes,
    task_room: TaskLimits,
    legacy_sse: bool,
}

impl McpServer {
    /// A server of this name, with everything that the program's functions are annotated as.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Self {
        let place = Place::caller();
        Self {
            implementation: Implementation {
                name: name.into(),
                title: None,
                version: "0.0.0".to_owned(),
                icons: Vec::new(),
            },
            instructions: None,
            found: Found::registered(),
            announced: Announced::default(),
            states: States::default(),
            selection: Selection { place, ..Selection::default() },
            public: PublicNames::default(),
            limits: Limits {
                bodies: BodyLimits::default(),
                connections: ConnectionLimits::default(),
                unread: UNREAD_BYTES,
                sessions: SessionLimits::default(),
                events: EventLimits::default(),
                listeners: (10_000, 100),
                page_size: PAGE_SIZE,
                list_ttl: Duration::from_mins(5),
                timeout: limits::CALL_TIMEOUT,
                calls: limits::RUNNING_CALLS,
                arguments: ArgumentLimits::default(),
                patience: Duration::from_mins(10),
                tasks: TaskTimes::default(),
                task_room: TaskLimits::default(),
                legacy_sse: false,
            },
            sealing: Sealing::default(),
            access: Access::default(),
            checks_all_results: false,
            clock: Clock::system(),
            place,
            problems: Vec::new(),
        }
    }

    /// A name for people.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.implementation.title = Some(title.into());
        self
    }

    /// The server's version; `env!("CARGO_PKG_VERSION")` is the crate's. Default: `0.0.0`.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.implementation.version = version.into();
        self
    }

    /// How the server is to be used, for the model.
    #[must_use]
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.instructions = Some(instructions.into());
        self
    }

    /// An image for the server: an `https:` or `data:` URI.
    #[must_use]
    pub fn icon(mut self, src: impl Into<String>) -> Self {
        self.implementation.icons.push(Icon { src: src.into() });
        self
    }

    /// A value that functions take as [`State<T>`](crate::State). One per type.
    #[must_use]
    #[track_caller]
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        if !self.states.insert(value) {
            let text = format!("a `{}` was given already; one value per type", std::any::type_name::<T>());
            self.problems.push(Problem::new(Place::caller(), "`state`", text));
        }
        self
    }

    /// Everything that an object offers: the annotated methods of an `impl` with [`#[mcp_tools]`](crate::mcp_tools).
    ///
    /// # Example
    ///
    /// ```standalone_crate
    /// use mcp_server::prelude::*;
    ///
    /// struct Greeter {
    ///     greeting: String,
    /// }
    ///
    /// #[mcp_tools]
    /// impl Greeter {
    ///     /// Greet somebody.
    ///     #[mcp_tool]
    ///     async fn greet(&self, name: String) -> String {
    ///         format!("{}, {name}!", self.greeting)
    ///     }
    /// }
    ///
    /// let server = McpServer::new("greeter").tools(Greeter { greeting: "Hello".into() }).build()?;
    /// # Ok::<(), mcp_server::BuildError>(())
    /// ```
    #[must_use]
    pub fn tools(mut self, object: impl Provider) -> Self {
        Arc::new(object).provide(&mut Offers::new(&mut self.found));
        self
    }

    /// A tool built by hand, beside the annotated functions.
    #[must_use]
    pub fn tool(mut self, tool: Tool) -> Self {
        self.found.tools.push(tool);
        self
    }

    /// A resource built by hand, beside the annotated functions.
    #[must_use]
    pub fn resource(mut self, resource: Resource) -> Self {
        self.found.resources.push(resource);
        self
    }

    /// A prompt built by hand, beside the annotated functions.
    #[must_use]
    pub fn prompt(mut self, prompt: Prompt) -> Self {
        self.found.prompts.push(prompt);
        self
    }

    /// Says from the start that there will be things of these kinds, though there may be none yet: clients ask for
    /// what a server says it has. They are added through [`Server::catalog`].
    #[must_use]
    pub fn offers_later(mut self, lists: impl IntoIterator<Item = List>) -> Self {
        for list in lists {
            match list {
                List::Tools => {}
                List::Resources => self.announced.resources = true,
                List::Prompts => self.announced.prompts = true,
            }
        }
        self
    }

    /// Lets clients of revision 2024-11-05 in, which know another transport only: a stream at `/sse`, and messages
    /// at `/messages`. Default: off.
    #[must_use]
    pub fn legacy_sse(mut self, on: bool) -> Self {
        self.limits.legacy_sse = on;
        self
    }

    /// The tools that there must be, exactly: a server with another set doesn't build.
    ///
    /// Functions register themselves, and a crate that is named in `Cargo.toml` only is not linked: its tools
    /// would be missing silently.
    #[must_use]
    pub fn expect_tools(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.selection.expected = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Offers these tools only.
    #[must_use]
    pub fn only(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.selection.only.get_or_insert_default().extend(names.into_iter().map(Into::into));
        self
    }

    /// Leaves a tool out.
    #[must_use]
    pub fn without(mut self, name: impl Into<String>) -> Self {
        self.selection.without.push(name.into());
        self
    }

    /// The URL under which clients reach the endpoint from outside; without a path, `/mcp`, and without a slash at its end.
    /// Its host and its origin are allowed. With [authentication](McpServer::auth) it is `https`, or on this machine, and
    /// tokens must be for it, to the letter.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public.url = Some(url.into());
        self
    }

    /// Answers to one more `Host`: `mcp.example.com`, or `mcp.example.com:8443` for this port only.
    ///
    /// Loopback names and the public URL's host are allowed already; everything else gets 403, which is what
    /// stops a web page from reaching a local server through a name of its own.
    #[must_use]
    #[track_caller]
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.public.hosts.push((host.into(), Place::caller()));
        self
    }

    /// Lets pages of one more origin (`https://app.example.com`) send requests and read the answers (CORS).
    #[must_use]
    #[track_caller]
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.public.origins.push((origin.into(), Place::caller()));
        self
    }

    /// For how long a modern client may keep a list, or what the server says of itself, before it asks again. One that
    /// listens to changes is told of them at once. Default: 5 min.
    #[must_use]
    pub fn list_ttl(mut self, time: Duration) -> Self {
        self.limits.list_ttl = time;
        self
    }

    /// How much one page of a list holds. Default: 1,000; many clients read the first page only.
    #[must_use]
    pub fn page_size(mut self, entries: usize) -> Self {
        self.limits.page_size = entries.max(1);
        self
    }

    /// Takes time from this clock: for tests of what expires.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Checks everything and makes it ready.
    ///
    /// # Errors
    ///
    /// Every problem at once, each with its place, the rule and the fix: tools of one name, illegal names and
    /// schemas, missing states, unsatisfied expectations, names and URLs that aren't
    /// any, keys that can't be read or that its copies don't share.
    pub fn build(mut self) -> Result<Server, BuildError> {
        let mut problems = mem::take(&mut self.problems);
        let sealer = self.sealer().map_err(|problem| problems.push(problem));
        let mut edge = self.public.edge(self.place, &mut problems);
        let endpoint = self.public.endpoint();
        let as_tool_errors = self.access.as_tool_errors;
        let decided = self.access.decide(endpoint.as_deref(), &self.clock, &mut problems);
        let rules = OfferRules {
            page_size: self.limits.page_size,
            announced: self.announced,
            admission: decided.admission.clone(),
            checks_all_results: self.checks_all_results,
        };
        let offer = Offer::build(self.found, &self.selection, rules, &mut problems);
        checks::check(&offer, &self.states, &mut problems);
        form::check(&mut problems);
        self.sealing.check_tasks(&offer, self.place, &mut problems);
        check_numbers(self.place, &mut problems);
        let (Ok(sealer), true) = (sealer, problems.is_empty()) else {
            problems.sort();
            return Err(BuildError::new(problems));
        };
        telemetry::common_uris(&offer.common_uris(None));
        let mirrors = offer.tools.entries().iter().flat_map(|tool| tool.validator().headers());
        edge.allow_mirrors(mirrors.map(|argument| argument.header.clone()));
        let may_be_exposed = decided.may_be_exposed;
        let longest = self.limits.connections.token;
        let door = decided.door(&self.implementation.name, &offer, (&self.clock, longest));
        let door = door
            .map_err(|error| BuildError::new(vec![Problem::new(self.place, "`auth`", error.to_string())]))?;
        let identity = Identity {
            implementation: self.implementation,
            instructions: self.instructions,
            // What one caller may see may not be shown to another.
            listing: Cache {
                ttl: self.limits.list_ttl,
                scope: if door.is_some() { CacheScope::Private } else { CacheScope::Public },
            },
        };
        let (engine, catalog) =
            engine((identity, offer), self.states, (&self.limits, !as_tool_errors), (&self.clock, sealer));
        let (total, each) = self.limits.listeners;
        let service = Service {
            edge,
            foreign: ForeignNames::default(),
            door,
            bodies: self.limits.bodies,
            body_bytes: Quota::new(
                BODY_BYTES.max(self.limits.bodies.bytes),
                BODY_BYTES_EACH.max(self.limits.bodies.bytes),
            ),
            unread: Unread::new(self.limits.unread.0, self.limits.unread.1),
            engine,
            lines: self.limits.legacy_sse.then(|| Lines::new(total, each)),
        };
        let connections = self.limits.connections;
        Ok(Server { service: Arc::new(service), catalog, connections, may_be_exposed })
    }
}

/// A feature of `serde_json` that any crate of the program may switch on turns numbers into objects.
fn check_numbers(place: Place, problems: &mut Vec<Problem>) {
    if !matches!(json::parse(b"0.5"), Ok(Json::Number(_))) {
        let text = "the feature `arbitrary_precision` of serde_json is on, and with it numbers can't be read; \
                    `cargo tree -e features -i serde_json` says who wants it";
        problems.push(Problem::new(place, "numbers", text));
    }
}
