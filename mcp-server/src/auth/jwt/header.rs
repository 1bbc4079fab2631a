//! What a token says of its signature: to be read before it is checked, and believed only where it is allowed.

use super::super::{
    algorithm::Algorithm,
    verifier::{Rejected, invalid},
};
use crate::protocol::json::{Json, Object};

/// What in a header changes what a token means, and isn't understood here: `crit` says that something must be
/// understood; `b64` and `zip`, that the payload is written another way; `enc`, that it is encrypted.
const NOT_UNDERSTOOD: [(&str, &str); 4] = [
    ("crit", "its header has `crit`"),
    ("b64", "its header has `b64`"),
    ("zip", "its header has `zip`"),
    ("enc", "its header has `enc`: it is encrypted"),
];

/// A token's header. Keys that it brings along (`jwk`, `jku`, `x5u`, `x5c`) are not read: a token can't vouch for itself.
pub(super) struct Header<'t> {
    pub(super) algorithm: Algorithm,
    pub(super) key: Option<&'t str>,
    pub(super) kind: Kind,
}

/// What a token says it is (`typ`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An access token (RFC 9068).
    AccessToken,
    /// Any JWT: an access token of an issuer from before RFC 9068, or something else.
    Untyped,
}

impl<'t> Header<'t> {
    pub(super) fn read(header: &'t Object<'_>, allowed: &[Algorithm]) -> Result<Self, Rejected> {
        if let Some((_, reason)) = NOT_UNDERSTOOD.iter().find(|(name, _)| header.get(name).is_some()) {
            return Err(invalid(reason));
        }
        if text(header, "cty", "its `cty` is not a string")?.is_some_and(is_jwt) {
            return Err(invalid("it holds another JWT"));
        }
        let named = text(header, "alg", "its `alg` is not a string")?.and_then(Algorithm::named);
        let algorithm = named
            .filter(|algorithm| allowed.contains(algorithm))
            .ok_or(invalid("its `alg` is not one that this issuer may sign with"))?;
        let key = text(header, "kid", "its `kid` is not a string")?;
        let kind = match text(header, "typ", "its `typ` is not a string")? {
            Some(kind) if is_access_token(kind) => Kind::AccessToken,
            None => Kind::Untyped,
            Some(kind) if is_jwt(kind) => Kind::Untyped,
            Some(_) => return Err(invalid("its `typ` says that it is not an access token")),
        };
        Ok(Self { algorithm, key, kind })
    }
}

fn text<'t>(header: &'t Object<'_>, name: &str, reason: &'static str) -> Result<Option<&'t str>, Rejected> {
    header.get(name).map(|value| Json::as_str(value).ok_or(invalid(reason))).transpose()
}

fn is_access_token(kind: &str) -> bool {
    ["at+jwt", "application/at+jwt"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}

fn is_jwt(kind: &str) -> bool {
    ["JWT", "application/jwt"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}
