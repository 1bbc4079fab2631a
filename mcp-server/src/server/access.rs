//! Who may come in, as the server's author says it.

use std::sync::Arc;

use url::Url;

use super::McpServer;
use crate::{
    auth::{Auth, Built, Door, Doorway, Proxies, Resource, Tokens, is_local},
    catalog::{Admission, Guarded, Mark, Offer, Rate},
    clock::Clock,
    error::{Place, Problem, ProtocolError},
    scope::{Scopes, flaw},
};

/// Who may come in.
#[derive(Debug, Default)]
pub(crate) struct Access {
    pub(crate) auth: Option<Auth>,
    implications: Vec<(String, Vec<String>)>,
    start: Option<Vec<String>>,
    unmarked: Mark,
    pub(crate) proxies: Vec<(String, Place)>,
    /// Who lacks scopes is told so by the tool's result.
    pub(super) as_tool_errors: bool,
    lists_all: bool,
    /// How often each caller may call what has no rate of its own.
    pub(super) rate: Option<Rate>,
    /// Where it was said.
    pub(crate) place: Place,
}

impl McpServer {
    /// Whose tokens are taken. Without it nobody is known, and a server of which any function needs to know its callers
    /// doesn't build.
    ///
    /// Every request over HTTP then needs a token that was issued for this server's
    /// [public URL](McpServer::public_url), and gets 401 with a challenge otherwise. Over stdio there is no
    /// authentication: whoever starts the program is its user.
    /// Source: [Authorization](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization).
    ///
    /// # Example
    ///
    /// ```standalone_crate
    /// use mcp_server::{Auth, prelude::*};
    ///
    /// /// Read a note.
    /// #[mcp_tool(scope = "notes:read")]
    /// fn read_note(name: String) -> String {
    ///     format!("{name}: nothing")
    /// }
    ///
    /// let server = McpServer::new("notes")
    ///     .public_url("https://mcp.example.com/mcp")
    ///     .auth(Auth::issuer("https://id.example.com"))
    ///     .build()?;
    /// # Ok::<(), mcp_server::BuildError>(())
    /// ```
    #[must_use]
    #[track_caller]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.access.place = Place::caller();
        if self.access.auth.replace(auth).is_some() {
            let text = "was said already; say all of it at once, with `Auth::or` between";
            self.problems.push(Problem::new(Place::caller(), "`auth`", text));
        }
        self
    }

    /// Takes a token with the scope `broad` where one with any of `narrow` is needed, and with what these imply in turn.
    #[must_use]
    pub fn scope_implies(
        mut self,
        broad: impl Into<String>,
        narrow: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.access.implications.push((broad.into(), narrow.into_iter().map(Into::into).collect()));
        self
    }

    /// The scopes that a client is asked to begin with: few, as others are asked for when they are needed. Default:
    /// those of everything that is marked `start`, or all when nothing is.
    #[must_use]
    pub fn start_scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.access.start = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// What isn't marked with `scope`, `authenticated` or `public` needs this scope. Without a default a server with
    /// authentication doesn't build as long as something isn't marked: nothing is open by accident.
    #[must_use]
    #[track_caller]
    pub fn default_scope(self, scope: impl Into<String>) -> Self {
        self.unmarked(Mark::Scopes(vec![scope.into().into()]), Place::caller())
    }

    /// What isn't marked with `scope`, `authenticated` or `public` is for every caller with a token.
    #[must_use]
    #[track_caller]
    pub fn default_authenticated(self) -> Self {
        self.unmarked(Mark::Authenticated, Place::caller())
    }

    fn unmarked(mut self, mark: Mark, place: Place) -> Self {
        if self.access.unmarked != Mark::Unmarked {
            let text = "what isn't marked has a default already; say `.default_scope(..)` or `.default_authenticated()`, once";
            self.problems.push(Problem::new(place, "default", text));
        }
        self.access.unmarked = mark;
        self
    }

    /// Tells callers whose token lacks scopes so in the tool's result, instead of with HTTP 403 and a challenge: for
    /// clients that take that for a broken server. They can't get the scopes they need then. Default: off.
    #[must_use]
    pub fn scope_errors_as_results(mut self, on: bool) -> Self {
        self.access.as_tool_errors = on;
        self
    }

    /// Lists for every caller with a token also what they lack scopes for, and would be challenged to get them: for hosts
    /// that call nothing but what is listed, and so would never be. Default: off, and lists show what may be called.
    #[must_use]
    pub fn list_beyond_scopes(mut self, on: bool) -> Self {
        self.access.lists_all = on;
        self
    }

    /// Believes the proxy at this address (`10.0.0.1`) or in this network (`10.0.0.0/8`) whom it names in
    /// `X-Forwarded-For`. May be called for several. Limits by address count the last one named that isn't such a proxy.
    #[must_use]
    #[track_caller]
    pub fn trusted_proxy(mut self, proxy: impl Into<String>) -> Self {
        self.access.proxies.push((proxy.into(), Place::caller()));
        self
    }
}

/// What was decided, and what is needed to make a door of it.
pub(super) struct Decided {
    pub(super) admission: Admission,
    /// Whether the server may listen beyond loopback.
    pub(super) may_be_exposed: bool,
    checked: Option<(Arc<Tokens>, Resource)>,
    start: Option<Vec<String>>,
    proxies: Proxies,
}

impl Access {
    /// Checks what was said; `endpoint` is the public URL.
    pub(super) fn decide(
        self,
        endpoint: Option<&str>,
        clock: &Clock,
        problems: &mut Vec<Problem>,
    ) -> Decided {
        let Self { auth, implications, start, unmarked, proxies, as_tool_errors: _, lists_all, rate, place } =
            self;
        let mut note = |subject: &str, text: String| problems.push(Problem::new(place, subject, text));
        let named = implications.iter().flat_map(|(broad, narrow)| narrow.iter().chain([broad]));
        let default = match &unmarked {
            Mark::Scopes(scopes) => scopes.iter().map(|scope| &**scope).collect(),
            _ => Vec::new(),
        };
        let named =
            named.map(String::as_str).chain(start.iter().flatten().map(String::as_str)).chain(default);
        named.filter_map(flaw).for_each(|text| note("scopes", text));
        if start.iter().flatten().any(|scope| scope == "offline_access") {
            let text = "`offline_access` is no scope of this server's: clients ask their issuer for it by themselves; leave it out";
            note("`start_scopes`", text.to_owned());
        }
        let scopes = Scopes::new(&implications).unwrap_or_else(|error| {
            note("`scope_implies`", error.to_string());
            Scopes::default()
        });
        let (door, may_be_exposed, checked) = match auth {
            None => (Guarded::Undecided, false, None),
            Some(auth) => match guarded(auth, endpoint, clock) {
                Ok(Way::Open { forced }) => (Guarded::Open, forced, None),
                Ok(Way::Checked(tokens, resource)) => (Guarded::Checked, true, Some((tokens, resource))),
                Err(wrong) => {
                    for text in wrong {
                        note("`auth`", text);
                    }
                    (Guarded::Checked, false, None)
                }
            },
        };
        let proxies = trusted(proxies, problems);
        Decided {
            admission: Admission { door, unmarked, scopes, lists_all, rate },
            may_be_exposed,
            checked,
            start,
            proxies,
        }
    }
}

/// How callers are known.
enum Way {
    Open { forced: bool },
    Checked(Arc<Tokens>, Resource),
}

fn guarded(auth: Auth, endpoint: Option<&str>, clock: &Clock) -> Result<Way, Vec<String>> {
    let url = endpoint.and_then(|endpoint| Url::parse(endpoint).ok());
    let resource = url.as_ref().map_or_else(|| Err(NO_URL.to_owned()), Resource::new);
    let identifier = resource.as_ref().map_or("", Resource::url);
    match (auth.build(identifier, clock.clone()), resource) {
        (Ok(Built::Open { forced: false }), _) if url.as_ref().is_some_and(|url| !is_local(url)) => {
            Err(vec![EXPOSED.to_owned()])
        }
        (Ok(Built::Open { forced }), _) => Ok(Way::Open { forced }),
        (Ok(Built::Checked(tokens)), Ok(resource)) => Ok(Way::Checked(tokens, resource)),
        (Ok(Built::Checked(_)), Err(text)) => Err(vec![text]),
        (Err(wrong), Ok(_)) => Err(wrong),
        (Err(wrong), Err(text)) => Err(wrong.into_iter().chain([text]).collect()),
    }
}

const EXPOSED: &str = "there is a public URL, and `Auth::none()` lets everybody who reaches it call everything: name an issuer (`--issuer https://..`), or say \
    `Auth::warning_none_for_everyone()` where a proxy in front knows its callers";

const NO_URL: &str = "tokens are issued for a URL, and this server doesn't know its own: say `.public_url(\"https://..\")`, \
    or `--public-url` to a server that is `.run()`";

fn trusted(named: Vec<(String, Place)>, problems: &mut Vec<Problem>) -> Proxies {
    let mut proxies = Proxies::default();
    for (proxy, place) in named {
        if let Err(rule) = proxies.trust(&proxy) {
            problems.push(Problem::new(place, "`trusted_proxy`", format!("`{proxy}`: {rule}")));
        }
    }
    proxies
}

impl Decided {
    /// The door, where callers are known.
    pub(super) fn door(
        self,
        name: &str,
        offer: &Offer,
        (clock, longest): (&Clock, usize),
    ) -> Result<Option<Door>, ProtocolError> {
        let Some((tokens, resource)) = self.checked else { return Ok(None) };
        let start = self.start.unwrap_or_else(|| offer.start_scopes());
        let (name, clock, proxies) = (name.to_owned(), clock.clone(), self.proxies);
        Door::new(Doorway { name, tokens, resource, start, proxies, longest, clock }).map(Some)
    }
}
