//! What a token says, and whether that is good here and now. The JWT library checks none of it: it lets pass a token
//! without `aud`, and one whose `iss` is a list.

use std::time::Duration;

use super::{
    super::verifier::{Rejected, Verified, invalid},
    audience::Audiences,
};
use crate::protocol::json::{Json, Object};

/// The claims that name the client, unless the program says which does: RFC 9068, `OpenID` Connect, Okta, Entra.
const CLIENTS: [&str; 4] = ["client_id", "azp", "cid", "appid"];

/// The claims that hold the scopes, unless the program says which does: RFC 9068; Entra and Okta.
const SCOPES: [&str; 2] = ["scope", "scp"];

/// The claims that an ID token has and an access token hasn't.
const OF_ID_TOKENS: [&str; 3] = ["nonce", "at_hash", "c_hash"];

/// What a token says it is that is none.
const OTHERS: [&str; 5] = ["ID", "Refresh", "Offline", "Logout", "refresh_token"];

/// What a token of one issuer must say.
pub(in crate::auth) struct Rules {
    pub(in crate::auth) issuer: String,
    pub(in crate::auth) audiences: Audiences,
    /// How much its clock may differ from ours.
    pub(in crate::auth) leeway: Duration,
    /// The claims that hold the scopes and the client, if they aren't where they usually are.
    pub(in crate::auth) scopes: Option<String>,
    pub(in crate::auth) client: Option<String>,
    /// How long a token is good that doesn't say it; without this such a token isn't.
    pub(in crate::auth) lifetime: Option<Duration>,
    /// Whether it must have what RFC 9068 section 2.2 asks for: `sub` and `client_id`.
    pub(in crate::auth) by_the_book: bool,
}

impl Rules {
    /// Checks everything but `iss`, and that nobody else has written it. `now` is the wall clock's.
    pub(in crate::auth) fn check(&self, claims: Object<'_>, now: Duration) -> Result<Verified, Rejected> {
        // Bound to a key whose possession nobody here asks a proof of (RFC 9449 section 6, RFC 8705 section 3).
        if claims.get("cnf").is_some() {
            return Err(invalid("it is bound to a key (`cnf`), and no bearer token"));
        }
        check_kind(&claims)?;
        self.check_audience(&claims)?;
        let expires = self.check_times(&claims, now)?;
        let client = self.client(&claims)?;
        let subject = name(&claims, "sub", "its `sub` is not a string, or empty")?;
        if self.by_the_book {
            self.check_names(&claims)?;
        }
        if subject.is_none() && client.is_none() {
            return Err(invalid("it names neither a user nor a client"));
        }
        // A client that acts for itself is no user, though its id may be one's (RFC 9068 section 5). Auth0 adds to it.
        let subject = subject.filter(|subject| {
            let named = subject.strip_suffix("@clients").unwrap_or(subject);
            client.as_deref().is_none_or(|client| client != subject.as_str() && client != named)
        });
        let scopes = self.scopes(&claims)?.unwrap_or_default();
        Ok(Verified {
            issuer: self.issuer.clone(),
            subject,
            client,
            scopes,
            claims: claims.into_map(),
            expires,
            cache_for: None,
        })
    }

    /// Whether a token that doesn't say what it is can be nothing but an access token.
    pub(super) fn check_untyped(&self, claims: &Object<'_>) -> Result<(), Rejected> {
        if OF_ID_TOKENS.iter().any(|name| claims.get(name).is_some()) {
            return Err(invalid("it is an ID token"));
        }
        if self.client(claims)?.is_none() || self.scopes(claims)?.is_none() {
            return Err(invalid("it has no `typ`, and no client and scopes, which an access token has"));
        }
        Ok(())
    }

    /// A client that acts for itself has its own id as `sub`. A client's name that is configured stands for `client_id`.
    fn check_names(&self, claims: &Object<'_>) -> Result<(), Rejected> {
        if claims.get("sub").is_none() {
            return Err(invalid("it has no `sub`, which an access token has (RFC 9068)"));
        }
        if claims.get(self.client.as_deref().unwrap_or("client_id")).is_none() {
            return Err(invalid("it has no `client_id`, which an access token has (RFC 9068)"));
        }
        Ok(())
    }

    fn check_audience(&self, claims: &Object<'_>) -> Result<(), Rejected> {
        let malformed = || invalid("its `aud` is not a string, or an array of strings");
        let is_for_us = match claims.get("aud") {
            None => return Err(invalid("it has no `aud`")),
            Some(Json::String(audience)) => self.audiences.admit(audience),
            Some(Json::Array(all)) => {
                let all: Option<Vec<&str>> = all.iter().map(Json::as_str).collect();
                all.ok_or_else(malformed)?.into_iter().any(|audience| self.audiences.admit(audience))
            }
            Some(_) => return Err(malformed()),
        };
        if is_for_us { Ok(()) } else { Err(invalid("its `aud` is somebody else")) }
    }

    /// Gives when it isn't good any more.
    fn check_times(&self, claims: &Object<'_>, now: Duration) -> Result<Duration, Rejected> {
        let time = |name, reason| time(claims.get(name)).map_err(|()| invalid(reason));
        let stated = time("exp", "its `exp` is not a time")?.map(|expiry| expiry.saturating_add(self.leeway));
        let expires = stated
            .or(self.lifetime.map(|lifetime| now.saturating_add(lifetime)))
            .ok_or(invalid("it has no `exp`"))?;
        if now >= expires {
            return Err(invalid("it has expired"));
        }
        let latest = now.saturating_add(self.leeway);
        if time("nbf", "its `nbf` is not a time")?.is_some_and(|from| from > latest) {
            return Err(invalid("it is not good yet (`nbf`)"));
        }
        if time("iat", "its `iat` is not a time")?.is_some_and(|issued| issued > latest) {
            return Err(invalid("it was issued in the future (`iat`)"));
        }
        Ok(expires)
    }

    fn client(&self, claims: &Object<'_>) -> Result<Option<String>, Rejected> {
        let named = present(self.client.as_deref(), &CLIENTS, claims);
        named.map_or(Ok(None), |claim| name(claims, claim, "its client is not a string, or empty"))
    }

    fn scopes(&self, claims: &Object<'_>) -> Result<Option<Vec<String>>, Rejected> {
        let malformed = || invalid("its scopes are not a string, or an array of strings");
        let named = present(self.scopes.as_deref(), &SCOPES, claims);
        match named.and_then(|claim| claims.get(claim)) {
            None => Ok(None),
            Some(Json::String(scopes)) => {
                Ok(Some(scopes.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect()))
            }
            Some(Json::Array(scopes)) => {
                let scopes = scopes.iter().map(|scope| scope.as_str().map(str::to_owned));
                scopes.collect::<Option<_>>().map(Some).ok_or_else(malformed)
            }
            Some(_) => Err(malformed()),
        }
    }
}

/// Whether issuers that write into their tokens what these are (Keycloak's `typ`, Cognito's `token_use`) say that it is
/// something else than an access token.
fn check_kind(claims: &Object<'_>) -> Result<(), Rejected> {
    let text = |name| claims.get(name).and_then(Json::as_str);
    let is_other = text("typ")
        .is_some_and(|kind| OTHERS.iter().any(|other| kind.eq_ignore_ascii_case(other)))
        || text("token_use").is_some_and(|usage| !["access", "access_token"].contains(&usage));
    if is_other { Err(invalid("it says that it is no access token (`typ` or `token_use`)")) } else { Ok(()) }
}

/// The claim of these names that is there: the configured one only, if there is one.
fn present<'n>(configured: Option<&'n str>, usual: &[&'n str], claims: &Object<'_>) -> Option<&'n str> {
    let usual = if configured.is_some() { &[] } else { usual };
    configured.into_iter().chain(usual.iter().copied()).find(|name| claims.get(name).is_some())
}

fn name(claims: &Object<'_>, claim: &str, reason: &'static str) -> Result<Option<String>, Rejected> {
    match claims.get(claim) {
        None => Ok(None),
        Some(Json::String(name)) if !name.is_empty() => Ok(Some(name.clone().into_owned())),
        Some(_) => Err(invalid(reason)),
    }
}

/// A time since 1970 in seconds (RFC 7519 section 2, `NumericDate`).
fn time(claim: Option<&Json<'_>>) -> Result<Option<Duration>, ()> {
    match claim {
        None => Ok(None),
        Some(Json::Number(seconds)) => match seconds.as_u64() {
            Some(seconds) => Ok(Some(Duration::from_secs(seconds))),
            None => {
                seconds.as_f64().and_then(|time| Duration::try_from_secs_f64(time).ok()).map(Some).ok_or(())
            }
        },
        Some(_) => Err(()),
    }
}
