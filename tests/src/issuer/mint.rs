//! Tokens: a good one, bent in any way before it is signed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::{
    Issuer,
    key::{Key, encoded, shared},
};
use crate::canary;

/// A token that a test bends before it is signed. At first it is as RFC 9068 wants it.
#[derive(Debug, Clone)]
#[must_use]
pub struct Mint {
    /// The header.
    pub header: Map<String, Value>,
    /// What it claims.
    pub claims: Map<String, Value>,
    header_text: Option<Vec<u8>>,
    claims_text: Option<Vec<u8>>,
    signer: Signer,
    damage: Option<fn(&mut Vec<u8>)>,
}

#[derive(Debug, Clone)]
enum Signer {
    Key(Key),
    Shared(&'static str, Vec<u8>),
    Nobody,
    Bytes(Vec<u8>),
}

impl Mint {
    pub(super) fn new(issuer: &Issuer, audience: &str, scopes: &str) -> Self {
        let key = issuer.key();
        let now = now();
        let claims = json!({
            "iss": issuer.url(),
            "aud": audience,
            "sub": "alice",
            "client_id": "app",
            "exp": now + 300,
            "iat": now,
            "jti": canary::fresh(),
            "scope": scopes,
        });
        let Value::Object(claims) = claims else { unreachable!("it is an object") };
        let mint = Self {
            header: Map::new(),
            claims,
            header_text: None,
            claims_text: None,
            signer: Signer::Nobody,
            damage: None,
        };
        mint.header("typ", "at+jwt").signed_by(&key)
    }

    /// Claims something, or something else.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Doesn't claim something.
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Is for this user, by this client.
    pub fn of(self, subject: &str, client: &str) -> Self {
        self.claim("sub", subject).claim("client_id", client)
    }

    /// Is issued at this time, in seconds since 1970, for five minutes.
    pub fn at(self, time: i64) -> Self {
        self.claim("iat", time).claim("exp", time + 300)
    }

    /// Says something in its header.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Says something less in its header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Has this for a header, whatever it is.
    pub fn header_text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.header_text = Some(text.into());
        self
    }

    /// Has this for claims, whatever it is.
    pub fn claims_text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.claims_text = Some(text.into());
        self
    }

    /// Is signed by this key, and says so.
    pub fn signed_by(mut self, key: &Key) -> Self {
        self.signer = Signer::Key(key.clone());
        self.header.remove("kid");
        let named = match key.kid() {
            Some(kid) => self.header("kid", kid),
            None => self,
        };
        named.header("alg", key.kind.alg())
    }

    /// Is signed with a shared secret, and says so.
    pub fn shared(mut self, alg: &'static str, secret: &[u8]) -> Self {
        self.signer = Signer::Shared(alg, secret.to_vec());
        self.header("alg", alg)
    }

    /// Isn't signed.
    pub fn unsigned(mut self) -> Self {
        self.signer = Signer::Nobody;
        self
    }

    /// Has these bytes for a signature.
    pub fn signature(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.signer = Signer::Bytes(bytes.into());
        self
    }

    /// Has its signature damaged.
    pub fn damaged(mut self, damage: fn(&mut Vec<u8>)) -> Self {
        self.damage = Some(damage);
        self
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> String {
        let header = self.header_text.clone().unwrap_or_else(|| text(&self.header));
        let claims = self.claims_text.clone().unwrap_or_else(|| text(&self.claims));
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let mut signature = match &self.signer {
            Signer::Key(key) => key.sign(signed.as_bytes()),
            Signer::Shared(alg, secret) => shared(alg, secret, signed.as_bytes()),
            Signer::Nobody => Vec::new(),
            Signer::Bytes(bytes) => bytes.clone(),
        };
        if let Some(damage) = self.damage {
            damage(&mut signature);
        }
        let token = format!("{signed}.{}", encoded(signature));
        canary::watch(&token);
        token
    }
}

fn text(object: &Map<String, Value>) -> Vec<u8> {
    Value::Object(object.clone()).to_string().into_bytes()
}

/// The seconds since 1970.
///
/// # Panics
///
/// Never: it is later than that.
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    seconds(since)
}

/// A time in seconds, as a token has it.
///
/// # Panics
///
/// When it is beyond everything.
#[must_use]
pub fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).expect("a time")
}
