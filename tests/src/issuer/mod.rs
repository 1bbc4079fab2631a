//! An authorization server that says whatever a test wants it to say.
//!
//! It serves metadata (RFC 8414 and `OpenID`, in every form), keys and introspection over HTTP, and counts who asks. It
//! gives tokens to nobody: a test takes them from [`Issuer::mint`].

pub mod key;
pub mod mint;
mod routes;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::canary;
use key::{Key, Kind};
use mint::Mint;

/// What a server asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// `/.well-known/oauth-authorization-server`, before the issuer's path.
    OAuth,
    /// `/.well-known/openid-configuration`, before the issuer's path.
    OpenId,
    /// `/.well-known/openid-configuration`, after the issuer's path.
    OpenIdAfter,
    /// The keys.
    Keys,
    /// RFC 7662.
    Introspection,
    /// Anything else.
    Elsewhere,
}

impl Place {
    /// Where an issuer says what it is.
    pub const METADATA: [Self; 3] = [Self::OAuth, Self::OpenId, Self::OpenIdAfter];
}

/// What is wrong with an answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing ever comes.
    Never,
    /// It breaks off in the middle.
    Cut,
    /// Another status, and nothing else.
    Status(u16),
    /// It is elsewhere.
    Redirect(String),
    /// It has this many bytes more than it needs, and is right otherwise.
    Huge(usize),
    /// Another text.
    Text(String),
}

/// An issuer that ends with its test. Its keys are one of ES256 at first.
#[derive(Debug)]
pub struct Issuer {
    shared: Arc<Shared>,
    key: Mutex<Key>,
    audience: Mutex<String>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    path: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    keys: Vec<Value>,
    forms: Vec<Place>,
    metadata: Map<String, Value>,
    faults: HashMap<Place, Fault>,
    cache_control: Option<String>,
    asked: HashMap<Place, usize>,
    introspected: HashMap<String, Value>,
}

/// Who may introspect: the name and the secret.
pub const RESOURCE_SERVER: (&str, &str) = ("resource server", "s:cret & more");

impl Issuer {
    /// An issuer at the root of a free port.
    pub async fn start() -> Self {
        Self::start_at("").await
    }

    /// An issuer whose URL has this path, which begins with a slash.
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub async fn start_at(path: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = State { forms: Place::METADATA.to_vec(), ..State::default() };
        let shared = Arc::new(Shared { address, path: path.to_owned(), state: Mutex::new(state) });
        let router = routes::router(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("a listener") });
        let key = Mutex::new(Key::new(Kind::Es256, "first"));
        let issuer = Self { shared, key, audience: Mutex::default(), task };
        issuer.publish(&[issuer.key()]);
        issuer
    }

    /// Its URL, which is its name.
    #[must_use]
    pub fn url(&self) -> String {
        self.shared.url()
    }

    /// Where it introspects.
    #[must_use]
    pub fn introspection_url(&self) -> String {
        format!("{}/introspect", self.shared.origin())
    }

    /// Where its keys are.
    #[must_use]
    pub fn keys_url(&self) -> String {
        format!("{}/keys", self.shared.origin())
    }

    /// The resource that its tokens are for, unless they say otherwise.
    pub fn serves(&self, audience: &str) {
        audience.clone_into(&mut locked(&self.audience));
    }

    /// The key that it signs with.
    #[must_use]
    pub fn key(&self) -> Key {
        locked(&self.key).clone()
    }

    /// Signs with another key from now on. What it publishes stays as it is.
    pub fn sign_with(&self, key: &Key) {
        *locked(&self.key) = key.clone();
    }

    /// Publishes these keys, and no others.
    pub fn publish(&self, keys: &[Key]) {
        self.publish_as(keys.iter().map(|key| Value::Object(key.jwk.clone())).collect());
    }

    /// Publishes these for keys, whatever they are.
    pub fn publish_as(&self, keys: Vec<Value>) {
        self.shared.state().keys = keys;
    }

    /// Has a new key: publishes it alone, and signs with it.
    pub fn rotate(&self, kind: Kind, name: &str) -> Key {
        let key = Key::new(kind, name);
        self.publish(std::slice::from_ref(&key));
        self.sign_with(&key);
        key
    }

    /// Has its metadata in these forms only.
    pub fn only_at(&self, forms: &[Place]) {
        self.shared.state().forms = forms.to_vec();
    }

    /// Says something else in its metadata.
    pub fn says(&self, member: &str, value: impl Into<Value>) {
        self.shared.state().metadata.insert(member.to_owned(), value.into());
    }

    /// Says how long its keys may be kept.
    pub fn cache_control(&self, value: &str) {
        self.shared.state().cache_control = Some(value.to_owned());
    }

    /// Goes wrong.
    pub fn fails(&self, places: &[Place], fault: &Fault) {
        let mut state = self.shared.state();
        state.faults.extend(places.iter().map(|place| (*place, fault.clone())));
    }

    /// Is down: everything fails with status 500.
    pub fn is_down(&self) {
        self.fails(&[Place::OAuth, Place::OpenId, Place::OpenIdAfter], &Fault::Status(500));
        self.fails(&[Place::Keys, Place::Introspection], &Fault::Status(500));
    }

    /// Is right again.
    pub fn recovers(&self) {
        self.shared.state().faults.clear();
    }

    /// How often this was asked for.
    #[must_use]
    pub fn asked(&self, place: Place) -> usize {
        self.shared.state().asked.get(&place).copied().unwrap_or(0)
    }

    /// How often anything was asked for.
    #[must_use]
    pub fn asked_at_all(&self) -> usize {
        self.shared.state().asked.values().sum()
    }

    /// A good token with these scopes, to be bent.
    pub fn mint(&self, scopes: &str) -> Mint {
        Mint::new(self, &locked(&self.audience), scopes)
    }

    /// A good token with these scopes.
    #[must_use]
    pub fn token(&self, scopes: &str) -> String {
        self.mint(scopes).token()
    }

    /// A good token of this user's, by this client.
    #[must_use]
    pub fn token_for(&self, subject: &str, client: &str, scopes: &str) -> String {
        self.mint(scopes).of(subject, client).token()
    }

    /// A token that says nothing by itself. Introspection says of it what `mint` claims, and that it is active.
    #[must_use]
    pub fn opaque(&self, mint: &Mint) -> String {
        let mut claims = mint.claims.clone();
        claims.entry("active").or_insert(json!(true));
        let token = canary::fresh();
        self.shared.state().introspected.insert(token.clone(), Value::Object(claims));
        token
    }

    /// Takes back a token that says nothing by itself.
    pub fn revoke(&self, token: &str) {
        self.shared.state().introspected.remove(token);
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    fn url(&self) -> String {
        format!("{}{}", self.origin(), self.path)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    fn metadata(&self) -> Value {
        let origin = self.origin();
        let mut metadata = json!({
            "issuer": self.url(),
            "authorization_endpoint": format!("{origin}/authorize"),
            "token_endpoint": format!("{origin}/token"),
            "jwks_uri": format!("{origin}/keys"),
            "introspection_endpoint": format!("{origin}/introspect"),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        for (member, value) in &self.state().metadata {
            metadata[member] = value.clone();
        }
        metadata
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
