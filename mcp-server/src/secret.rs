//! Identifiers that nobody guesses.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{error::ProtocolError, telemetry};

/// 32 random bytes, as base64url: 43 characters.
pub(crate) fn secret() -> Result<String, ProtocolError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)
        .map_err(|_| ProtocolError::Internal { reference: telemetry::no_randomness() })?;
    Ok(URL_SAFE_NO_PAD.encode(secret))
}
