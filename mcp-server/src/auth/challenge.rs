//! What a client is told that may not come in, so that it gets what it is missing: the header `WWW-Authenticate`.
//!
//! Source: [RFC 6750, section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3),
//! [RFC 9728, section 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1).

use http::HeaderValue;

/// Why a client is challenged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// It has shown nothing.
    NoToken,
    InvalidToken,
    InvalidRequest,
    InsufficientScope,
}

impl Reason {
    fn error(self) -> Option<&'static str> {
        match self {
            Self::NoToken => None,
            Self::InvalidToken => Some("invalid_token"),
            Self::InvalidRequest => Some("invalid_request"),
            Self::InsufficientScope => Some("insufficient_scope"),
        }
    }
}

/// The header's value. Scopes and URLs have no character that a quoted string would have to escape.
pub(super) fn challenge(reason: Reason, scope: &str, metadata: &str) -> Option<HeaderValue> {
    let scope = Some(scope).filter(|scope| !scope.is_empty());
    let named = [("error", reason.error()), ("scope", scope), ("resource_metadata", Some(metadata))];
    let given = named.iter().filter_map(|(name, value)| Some(format!("{name}=\"{}\"", (*value)?)));
    HeaderValue::from_str(&format!("Bearer {}", given.collect::<Vec<_>>().join(", "))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";

    #[test]
    fn rs_5_who_has_shown_nothing_has_made_no_error() {
        let value = challenge(Reason::NoToken, "a b", METADATA).unwrap();
        assert_eq!(value, format!("Bearer scope=\"a b\", resource_metadata=\"{METADATA}\""));
        let value = challenge(Reason::NoToken, "", METADATA).unwrap();
        assert_eq!(value, format!("Bearer resource_metadata=\"{METADATA}\""));
    }

    #[test]
    fn rs_19_everything_that_is_missing_is_said_at_once() {
        let value = challenge(Reason::InsufficientScope, "a b", METADATA).unwrap();
        let expected =
            format!("Bearer error=\"insufficient_scope\", scope=\"a b\", resource_metadata=\"{METADATA}\"");
        assert_eq!(value, expected);
    }
}
