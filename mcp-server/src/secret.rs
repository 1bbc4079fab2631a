//! Random bytes that nobody guesses.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{error::ProtocolError, telemetry};

/// An identifier of 32 random bytes, as base64url: 43 characters.
pub(crate) fn secret() -> Result<String, ProtocolError> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], ProtocolError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| ProtocolError::Internal { reference: telemetry::no_randomness() })?;
    Ok(bytes)
}
