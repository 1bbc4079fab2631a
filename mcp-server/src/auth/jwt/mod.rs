//! JWT access tokens (RFC 9068): taken apart, then believed.
//!
//! What is read before the signature is checked decides only who is asked for the key.

mod audience;
mod claims;
mod header;

use std::{sync::Arc, time::Duration};

pub(super) use audience::Audiences;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
pub(super) use claims::Rules;
use header::{Header, Kind};

use super::{
    algorithm::Algorithm,
    jwks::Key,
    keys::Keys,
    verifier::{Rejected, Verified, invalid},
};
use crate::protocol::json::{self, Json, Object};

/// The parts of a token that is a JWT: three, in base64url, of which the first is a JSON object.
pub(super) struct Parts<'t> {
    header: Vec<u8>,
    claims: Vec<u8>,
    signature: Vec<u8>,
    /// What is signed.
    message: &'t str,
}

impl<'t> Parts<'t> {
    /// Takes a token apart, if it is a JWT.
    pub(super) fn of(token: &'t str) -> Option<Self> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let header = decoded(header).filter(|header| header.first() == Some(&b'{'))?;
        Some(Self { header, claims: decoded(claims)?, signature: decoded(signature)?, message })
    }

    /// Reads what it says, which may be anything.
    pub(super) fn read(&self) -> Result<Unverified<'_>, Rejected> {
        let object = |bytes, reason| match json::parse(bytes) {
            Ok(Json::Object(object)) => Ok(object),
            _ => Err(invalid(reason)),
        };
        Ok(Unverified {
            header: object(&self.header, "its header is not a JSON object, or has a key twice")?,
            claims: object(&self.claims, "its claims are not a JSON object, or have a key twice")?,
            parts: self,
        })
    }
}

/// A JWT that anybody may have written.
pub(super) struct Unverified<'t> {
    header: Object<'t>,
    claims: Object<'t>,
    parts: &'t Parts<'t>,
}

impl Unverified<'_> {
    /// Whose it says it is.
    pub(super) fn issuer(&self) -> Result<&str, Rejected> {
        self.claims.get("iss").and_then(Json::as_str).ok_or(invalid("its `iss` is missing, or not a string"))
    }
}

/// Checks the tokens of one issuer, with its keys.
pub(super) struct Checker {
    pub(super) rules: Rules,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) accept_untyped: bool,
    pub(super) keys: Arc<Keys>,
}

impl Checker {
    /// Checks a token that names this issuer, and says which key has signed it. Everything that its key isn't needed for
    /// comes first: what is refused by it costs the issuer nothing, and is refused while the issuer is down too. `now` is
    /// asked once more when there is a key, which may have taken a while.
    pub(super) async fn check(
        &self,
        token: Unverified<'_>,
        now: impl Fn() -> Duration,
    ) -> Result<(Verified, Arc<Key>), Rejected> {
        let header = Header::read(&token.header, &self.algorithms)?;
        if header.kind == Kind::Untyped && !self.accept_untyped {
            return Err(invalid("its `typ` doesn't say that it is an access token"));
        }
        if header.kind == Kind::Untyped {
            self.rules.check_untyped(&token.claims)?;
        }
        let Unverified { claims, parts, .. } = token;
        let verified = self.rules.check(claims, now())?;
        let key = self.keys.find(header.key, header.algorithm).await?;
        if !key.has_signed(header.algorithm, parts.message.as_bytes(), &parts.signature) {
            return Err(invalid("its signature is not the issuer's"));
        }
        if now() >= verified.expires {
            return Err(invalid("it has expired"));
        }
        Ok((verified, key))
    }
}
