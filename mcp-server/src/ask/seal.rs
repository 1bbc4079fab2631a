//! State that travels through the client, which can neither read it nor change it.
//!
//! As text: base64url of the format's version, the key's id, a nonce, and what XChaCha20-Poly1305 makes of the expiry
//! and the payload. Version, key and context are authenticated with it. The context is who asked for what: state that
//! comes back with another request is refused as if it were made up.
//!
//! A seal says that the state is this server's, not that it comes back once: what must happen once needs a record.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XNonce,
    aead::{Aead, Payload},
};
use serde_json::{Map, Value};

use super::{
    digest::{Digest, Fields},
    keys::{KeyId, StateKeys},
};
use crate::{call::Principal, clock::Clock, error::ProtocolError, telemetry};

/// The largest sealed text, in bytes: the client sends it back in one request with all that it was asked for.
const MAX_TEXT: usize = 64 * 1024;
const VERSION: u8 = 1;
const NONCE: usize = 24;
const EXPIRY: usize = size_of::<u64>();
/// What the cipher adds so that a change is seen.
const TAG: usize = 16;

/// Which request some state belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'c> {
    pub(crate) principal: &'c Principal,
    pub(crate) method: &'c str,
    /// The name of the tool or the prompt, or the resource's URI.
    pub(crate) name: &'c str,
    pub(crate) arguments: &'c Map<String, Value>,
}

/// Seals and opens state.
#[derive(Debug)]
pub(crate) struct Sealer {
    keys: StateKeys,
    /// The server that the state is for: others may have the same keys.
    audience: String,
    lifetime: Duration,
    clock: Clock,
}

/// Why state can't be sealed. Its reader is the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    #[error(
        "what is to be kept between two questions has {bytes} bytes, and sealed it would be longer than {MAX_TEXT}; keep less"
    )]
    TooLarge { bytes: usize },
    #[error("the system gives no random bytes, so nothing can be sealed")]
    NoRandomness(#[source] getrandom::Error),
}

/// State that isn't valid for a request, for whatever reason: the log has it, and a stranger learns nothing from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{UNSEALED}")]
pub(crate) struct Unsealed;

const UNSEALED: &str = "`requestState` is not valid for this request, or not any more; send the request again without it and without `inputResponses`";

impl From<Unsealed> for ProtocolError {
    fn from(_: Unsealed) -> Self {
        Self::params(UNSEALED)
    }
}

impl Sealer {
    /// State is sealed for `lifetime`, counted in whole seconds.
    pub(crate) fn new(keys: StateKeys, audience: String, lifetime: Duration, clock: Clock) -> Self {
        Self { keys, audience, lifetime, clock }
    }

    /// A text that only the same request opens again, for a while.
    pub(crate) fn seal(&self, context: &Context<'_>, payload: &[u8]) -> Result<String, SealError> {
        let length = Header::LENGTH + EXPIRY + payload.len() + TAG;
        if base64::encoded_len(length, false).is_none_or(|text| text > MAX_TEXT) {
            return Err(SealError::TooLarge { bytes: payload.len() });
        }
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(SealError::NoRandomness)?;
        let key = self.keys.sealing();
        let expiry = self.clock.wall().saturating_add(self.lifetime).as_secs();
        let plain = [&expiry.to_be_bytes(), payload].concat();
        let aad = self.associated(key.id, context);
        let sealed = key
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &aad })
            .unwrap_or_else(|_| unreachable!("64 KiB are not too much for the cipher"));
        let header = Header { version: VERSION, key: key.id, nonce };
        Ok(URL_SAFE_NO_PAD.encode([&header.bytes()[..], &sealed].concat()))
    }

    /// What was sealed for this request, if it still holds.
    pub(crate) fn open(&self, context: &Context<'_>, text: &str) -> Result<Vec<u8>, Unsealed> {
        self.opened(context, text).map_err(|reason| {
            telemetry::unsealed(context.method, context.name, reason);
            Unsealed
        })
    }

    /// The payload, or a reason for the log.
    fn opened(&self, context: &Context<'_>, text: &str) -> Result<Vec<u8>, &'static str> {
        if text.len() > MAX_TEXT {
            return Err("longer than any of this server's");
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| "not base64url")?;
        let (header, sealed) = Header::read(&bytes).ok_or("too short")?;
        if header.version != VERSION {
            return Err("of another version");
        }
        let key = self.keys.named(header.key).ok_or("of a key that this server doesn't have")?;
        let aad = self.associated(key.id, context);
        let plain = key
            .cipher()
            .decrypt(&XNonce::from(header.nonce), Payload { msg: sealed, aad: &aad })
            .map_err(|_| "changed, or of another request")?;
        let (expiry, payload) = plain.split_first_chunk().ok_or("too short")?;
        if self.clock.wall().as_secs() >= u64::from_be_bytes(*expiry) {
            return Err("expired");
        }
        Ok(payload.to_vec())
    }

    /// What is authenticated beside the content: always as long, so its parts can't be mistaken for each other.
    fn associated(&self, key: KeyId, context: &Context<'_>) -> Vec<u8> {
        let digest = Fields::new("request")
            .text("audience", &self.audience)
            .hashed("principal", Digest::of_principal(context.principal))
            .text("method", context.method)
            .text("name", context.name)
            .hashed("arguments", Digest::of_object(context.arguments))
            .digest();
        [&[VERSION], &key.0[..], digest.as_bytes()].concat()
    }
}

/// What stands before the sealed content, for everybody to see.
struct Header {
    version: u8,
    key: KeyId,
    nonce: [u8; NONCE],
}

impl Header {
    const LENGTH: usize = 1 + KeyId::LENGTH + NONCE;

    fn bytes(&self) -> Vec<u8> {
        [&[self.version], &self.key.0[..], &self.nonce].concat()
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (version, rest) = bytes.split_first()?;
        let (key, rest) = rest.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        Some((Self { version: *version, key: KeyId(*key), nonce: *nonce }, rest))
    }
}

#[cfg(test)]
mod tests;
