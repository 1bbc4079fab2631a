//! The server: what its author says of it, checked at once and made ready.

use std::{
    fmt,
    future::Future,
    hash::{DefaultHasher, Hash, Hasher},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use tokio::{net::TcpListener, sync::Semaphore};
use url::Url;

use crate::{
    call::States,
    catalog::{Catalog, Selection, Tool, ToolDescriptor},
    clock::Clock,
    dispatch::{Cursors, Desk},
    era::{Eras, Face, Identity, SessionLimits, Sessions},
    error::{BuildError, Error, Place, Problem},
    guard,
    http::{
        BODY_BUDGET, BodyLimits, Budget, ConnectionLimits, ENDPOINT, Edge, MAX_ORPHANS, Service, router,
        serve, whole_router,
    },
    protocol::{
        json::{self, Json},
        lifecycle::{Capabilities, Icon, Implementation},
    },
};

/// How many tools a page of `tools/list` holds unless the server says otherwise. Many clients read one page only.
const PAGE_SIZE: usize = 1_000;

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
    tools: Vec<Tool>,
    states: States,
    selection: Selection,
    pub(crate) public: PublicNames,
    limits: Limits,
    clock: Clock,
    place: Place,
    problems: Vec<Problem>,
}

/// Under which names the server is reached from outside, and by whom.
#[derive(Debug, Default)]
pub(crate) struct PublicNames {
    pub(crate) url: Option<String>,
    hosts: Vec<(String, Place)>,
    origins: Vec<(String, Place)>,
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    bodies: BodyLimits,
    connections: ConnectionLimits,
    sessions: SessionLimits,
    page_size: usize,
    timeout: Option<Duration>,
}

impl McpServer {
    /// A server of this name, with every annotated function of the program as a tool.
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
            tools: inventory::iter::<ToolDescriptor>.into_iter().map(Tool::from).collect(),
            states: States::default(),
            selection: Selection { place, ..Selection::default() },
            public: PublicNames::default(),
            limits: Limits {
                bodies: BodyLimits::default(),
                connections: ConnectionLimits::default(),
                sessions: SessionLimits::default(),
                page_size: PAGE_SIZE,
                timeout: None,
            },
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

    /// A tool built by hand, beside the annotated functions.
    #[must_use]
    pub fn tool(mut self, tool: Tool) -> Self {
        self.tools.push(tool);
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

    /// The URL under which clients reach the endpoint from outside. Its host and its origin are allowed.
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
    /// the calls that stream over it. Default: 30 s.
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

    /// How many connections may be open at once, at least one; the next ones wait. Default: 10,000.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections.connections = connections.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How many sessions of legacy clients may be open, in all and of one principal. At a limit the longest
    /// idle one ends. Default: 10,000 and 1,000.
    #[must_use]
    pub fn max_sessions(mut self, total: usize, per_principal: usize) -> Self {
        self.limits.sessions.total = total.max(1);
        self.limits.sessions.per_principal = per_principal.max(1);
        self
    }

    /// After how long without a request a legacy client's session ends. Default: 30 min.
    #[must_use]
    pub fn session_idle(mut self, time: Duration) -> Self {
        self.limits.sessions.idle = time;
        self
    }

    /// The longest a call may take whose tool says nothing else. Default: no limit.
    #[must_use]
    pub fn call_timeout(mut self, time: Duration) -> Self {
        self.limits.timeout = Some(time);
        self
    }

    /// How many tools one page of `tools/list` holds. Default: 1,000; many clients read the first page only.
    #[must_use]
    pub fn page_size(mut self, tools: usize) -> Self {
        self.limits.page_size = tools.max(1);
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
    /// schemas, missing states, unsatisfied expectations, rules that this server can't enforce, names and URLs
    /// that aren't any.
    pub fn build(self) -> Result<Server, BuildError> {
        let mut problems = self.problems;
        let mut edge = self.public.edge(self.place, &mut problems);
        let catalog = Catalog::build(self.tools, &self.selection, &mut problems);
        check_needs(&catalog, &self.states, &mut problems);
        check_guards(&catalog, &mut problems);
        check_numbers(self.place, &mut problems);
        if !problems.is_empty() {
            problems.sort();
            return Err(BuildError::new(problems));
        }
        let mirrors = catalog.tools().iter().flat_map(|tool| tool.validator().headers());
        edge.allow_mirrors(mirrors.map(|argument| argument.header.clone()));
        let pages = catalog.tools().len().div_ceil(self.limits.page_size);
        let cursors = Cursors::new(pages, fingerprint(&catalog));
        let identity = Identity {
            implementation: self.implementation,
            capabilities: Capabilities::default(),
            instructions: self.instructions,
        };
        let face = Arc::new(Face::new(identity, &catalog, &cursors, self.limits.page_size));
        let service = Service {
            edge,
            bodies: self.limits.bodies,
            budget: Budget::new(BODY_BUDGET.max(self.limits.bodies.bytes)),
            eras: Eras { face, sessions: Sessions::new(self.limits.sessions, self.clock) },
            desk: Desk { catalog, states: Arc::new(self.states), cursors, timeout: self.limits.timeout },
            orphans: Arc::new(Semaphore::new(MAX_ORPHANS)),
        };
        Ok(Server { service: Arc::new(service), connections: self.limits.connections })
    }
}

/// A server that is ready.
#[derive(Clone)]
pub struct Server {
    pub(crate) service: Arc<Service>,
    connections: ConnectionLimits,
}

impl Server {
    /// A router with the MCP endpoint at `/mcp`, to be merged into an application's own.
    ///
    /// **The router doesn't know where it listens.** `Server::serve` refuses an address beyond loopback, because
    /// without authentication whoever reaches it could call every tool; with `axum::serve` that is up to you.
    /// Time limits on headers, writes and idle connections, and the cap on connections, are the accept loop's
    /// as well: [`Server::serve`] has them, `axum::serve` doesn't.
    pub fn router(&self) -> Router {
        router(Arc::clone(&self.service))
    }

    /// Serves on this listener until the process ends.
    ///
    /// # Errors
    ///
    /// As [`Server::serve_until`].
    pub async fn serve(&self, listener: TcpListener) -> Result<(), Error> {
        self.serve_until(listener, std::future::pending()).await
    }

    /// Serves until `stop` resolves; then takes no more connections, gives running calls
    /// [some time](McpServer::shutdown_grace) to end, and ends the others.
    ///
    /// # Errors
    ///
    /// When the listener fails, or when it isn't on loopback: without authentication this server would be open
    /// to everyone who can reach it.
    pub async fn serve_until(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), Error> {
        refuse_exposure(listener.local_addr()?)?;
        Ok(serve(listener, whole_router(Arc::clone(&self.service)), self.connections, stop).await?)
    }

    /// The names of the tools, in the order of the listing.
    pub fn tool_names(&self) -> impl Iterator<Item = &str> {
        self.service.desk.catalog.tools().iter().map(|tool| tool.name())
    }

    /// How many sessions of legacy clients are open.
    pub fn sessions(&self) -> usize {
        self.service.eras.sessions.len()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("tools", &self.service.desk.catalog.tools().len())
            .finish_non_exhaustive()
    }
}

impl PublicNames {
    /// The URL of the endpoint as clients reach it from outside, when there is one.
    pub(crate) fn endpoint(&self) -> Option<String> {
        let mut url = Url::parse(self.url.as_deref()?).ok()?;
        if url.path() == "/" {
            url.set_path(ENDPOINT);
        }
        Some(url.into())
    }

    fn edge(&self, place: Place, problems: &mut Vec<Problem>) -> Edge {
        let mut edge = Edge::default();
        let mut note = |place, subject: &str, text: String| problems.push(Problem::new(place, subject, text));
        match self.url.as_deref().map(Url::parse) {
            None => {}
            Some(Ok(url)) if matches!(url.scheme(), "http" | "https") => {
                if let Err(text) = edge.allow_public(&url) {
                    note(place, "`public_url`", text.to_owned());
                }
            }
            Some(_) => {
                let given = self.url.as_deref().unwrap_or_default();
                note(place, "`public_url`", format!("`{given}` is not an `https://` or `http://` URL"));
            }
        }
        for (host, place) in &self.hosts {
            if edge.allow_host(host).is_err() {
                note(*place, "`allow_host`", format!("`{host}` is not a host, or a host and a port"));
            }
        }
        for (origin, place) in &self.origins {
            if let Err(rule) = edge.allow_origin(origin) {
                note(*place, "`allow_origin`", format!("`{origin}`: {rule}"));
            }
        }
        edge
    }
}

/// Without authentication, whoever reaches the address could call every tool.
pub(crate) fn refuse_exposure(address: SocketAddr) -> Result<(), Error> {
    if address.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    Err(Error::Unsafe(format!(
        "{address} is not a loopback address, and this server has no authentication: whoever reaches it could \
         call every tool; listen on 127.0.0.1, behind a proxy that authenticates"
    )))
}

fn check_needs(catalog: &Catalog, states: &States, problems: &mut Vec<Problem>) {
    for tool in catalog.tools() {
        for (id, name) in &tool.needs().states {
            if !states.has(*id) {
                let text =
                    format!("takes `State<{name}>`, and the server has none; add `.state(..)` with one");
                problems.push(Problem::new(tool.place(), format!("tool `{}`", tool.name()), text));
            }
        }
    }
}

fn check_guards(catalog: &Catalog, problems: &mut Vec<Problem>) {
    for tool in catalog.tools() {
        for text in guard::unenforced(tool) {
            problems.push(Problem::new(tool.place(), format!("tool `{}`", tool.name()), text));
        }
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

/// The same for the same listing, on every node and at every start.
fn fingerprint(catalog: &Catalog) -> u64 {
    let mut hasher = DefaultHasher::new();
    for tool in catalog.tools() {
        serde_json::to_string(&tool.definition()).unwrap_or_default().hash(&mut hasher);
    }
    hasher.finish()
}
