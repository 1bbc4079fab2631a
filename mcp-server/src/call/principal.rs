//! Who calls.

use std::{
    fmt,
    sync::{Arc, LazyLock, OnceLock},
    time::Duration,
};

use serde_json::{Map, Value, json};

use crate::{
    quota::{Network, ShareKey},
    scope::{ScopeSet, Scopes},
    store::Owner,
};

/// Who calls: nobody who is known, or somebody an issuer vouches for.
///
/// Two principals are the same when issuer, subject and client are. What a client says of itself doesn't count, nor do
/// the scopes and claims of one token. The token itself isn't in here, and can't be passed on.
///
/// # Example
///
/// ```
/// use mcp_server::{Principal, mcp_tool};
///
/// /// Greet whoever calls.
/// #[mcp_tool(authenticated)]
/// fn greet(principal: Principal) -> String {
///     match principal.subject() {
///         Some(subject) => format!("Hello, {subject}!"),
///         None => "Hello, whoever you are!".to_owned(),
///     }
/// }
/// # assert_eq!(greet(Principal::default()), "Hello, whoever you are!");
/// ```
#[derive(Clone, Default)]
pub struct Principal(Who);

#[derive(Clone)]
enum Who {
    Anonymous(Network),
    Trusted,
    Somebody(Arc<Somebody>),
}

impl Default for Who {
    fn default() -> Self {
        Self::Anonymous(Network::UNKNOWN)
    }
}

/// What a checked token says.
#[derive(Debug, Clone)]
pub(crate) struct Somebody {
    pub(crate) issuer: String,
    pub(crate) subject: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// As text: there may be many of these, and a tree is many times as large.
    claims: Box<str>,
    read: OnceLock<Map<String, Value>>,
    /// When the token ends, since 1970.
    pub(crate) expires: Duration,
    owner: Owner,
    /// The scopes as a set, and how many were known when it was made.
    held: OnceLock<(usize, ScopeSet)>,
}

impl Somebody {
    pub(crate) fn new(
        (issuer, subject, client): (String, Option<String>, Option<String>),
        scopes: Vec<String>,
        claims: Map<String, Value>,
        expires: Duration,
    ) -> Self {
        // An array of strings is never the same for two principals; somebody who acts for nobody has a `null` in it.
        let person = match &subject {
            Some(subject) => json!([issuer, subject]),
            None => json!([issuer, null, client]),
        };
        let share = ShareKey::Principal(person.to_string().into());
        let owner = Owner::new(json!([issuer, subject, client]).to_string(), share);
        let claims = serde_json::to_string(&claims).unwrap_or_default().into();
        let (read, held) = Default::default();
        Self { issuer, subject, client, scopes, claims, read, expires, owner, held }
    }
}

impl Principal {
    /// Whoever started the program, or is let in without a question: there is nothing that they may not call.
    pub(crate) fn trusted() -> Self {
        Self(Who::Trusted)
    }

    /// A caller without a token.
    pub(crate) fn anonymous(network: Network) -> Self {
        Self(Who::Anonymous(network))
    }

    pub(crate) fn is_trusted(&self) -> bool {
        matches!(self.0, Who::Trusted)
    }

    /// Whether it is a caller without a token, where others have one.
    pub(crate) fn is_stranger(&self) -> bool {
        matches!(self.0, Who::Anonymous(_))
    }

    fn somebody(&self) -> Option<&Somebody> {
        match &self.0 {
            Who::Somebody(somebody) => Some(somebody),
            Who::Anonymous(_) | Who::Trusted => None,
        }
    }

    /// Whether nobody has vouched for the caller: there is no authentication (as over stdio), or what is called is
    /// public.
    pub fn is_anonymous(&self) -> bool {
        self.somebody().is_none()
    }

    /// The identifier of the issuer, a URL.
    pub fn issuer(&self) -> Option<&str> {
        self.somebody().map(|somebody| &*somebody.issuer)
    }

    /// The person, by an identifier that is unique at the issuer. `None` for a client that acts for nobody but itself.
    pub fn subject(&self) -> Option<&str> {
        self.somebody()?.subject.as_deref()
    }

    /// The client, by the identifier that the issuer knows it under.
    pub fn client(&self) -> Option<&str> {
        self.somebody()?.client.as_deref()
    }

    /// The scopes that the token was granted, as it says them.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.somebody().into_iter().flat_map(|somebody| &somebody.scopes).map(String::as_str)
    }

    /// Everything that the issuer says of the caller: the claims of the token, or of its introspection.
    pub fn claims(&self) -> &Map<String, Value> {
        static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        let read = |somebody: &Somebody| serde_json::from_str(&somebody.claims).unwrap_or_default();
        self.somebody().map_or(&NONE, |somebody| somebody.read.get_or_init(|| read(somebody)))
    }

    /// When the token ends, since 1970.
    pub(crate) fn expires(&self) -> Option<Duration> {
        self.somebody().map(|somebody| somebody.expires)
    }

    /// Whose what it begins is.
    pub(crate) fn owner(&self) -> Owner {
        match &self.0 {
            Who::Somebody(somebody) => somebody.owner.clone(),
            Who::Anonymous(network) => Owner::anonymous(*network),
            Who::Trusted => Owner::shared(),
        }
    }

    /// Whose share what they do counts to.
    pub(crate) fn share(&self) -> ShareKey {
        match &self.0 {
            Who::Somebody(somebody) => somebody.owner.share().clone(),
            Who::Anonymous(network) => ShareKey::Network(*network),
            Who::Trusted => ShareKey::Trusted,
        }
    }

    /// Whether something of this owner is theirs.
    pub(crate) fn owns(&self, owner: &Owner) -> bool {
        match &self.0 {
            Who::Somebody(somebody) => somebody.owner == *owner,
            Who::Anonymous(network) => *owner == Owner::anonymous(*network),
            Who::Trusted => owner.is_shared(),
        }
    }

    /// The scopes, with what they imply, as a set.
    pub(crate) fn held(&self, scopes: &Scopes) -> ScopeSet {
        let Some(somebody) = self.somebody() else { return ScopeSet::default() };
        let count = scopes.count();
        let compute = || scopes.held(somebody.scopes.iter().map(String::as_str));
        let (known, held) = somebody.held.get_or_init(|| (count, compute()));
        if *known == count { *held } else { compute() }
    }
}

impl From<Somebody> for Principal {
    fn from(somebody: Somebody) -> Self {
        Self(Who::Somebody(Arc::new(somebody)))
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Who::Anonymous(_) | Who::Trusted => f.write_str("Anonymous"),
            Who::Somebody(somebody) => f
                .debug_struct("Principal")
                .field("issuer", &somebody.issuer)
                .field("subject", &somebody.subject)
                .field("client", &somebody.client)
                .field("scopes", &somebody.scopes)
                .finish_non_exhaustive(),
        }
    }
}

impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        self.somebody().map(|somebody| &somebody.owner) == other.somebody().map(|somebody| &somebody.owner)
    }
}

impl Eq for Principal {}

/// Somebody of whom only this is known.
#[cfg(test)]
pub(crate) fn somebody(issuer: &str, subject: &str, client: &str) -> Principal {
    let who = (issuer.to_owned(), Some(subject.to_owned()), Some(client.to_owned()));
    Somebody::new(who, Vec::new(), Map::new(), Duration::MAX).into()
}
