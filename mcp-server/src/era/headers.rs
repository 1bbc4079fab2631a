//! The headers that the protocol gives a meaning.
//!
//! Source: [Request metadata](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#request-metadata).

use http::{HeaderMap, HeaderName};

use crate::error::ProtocolError;

/// The revision. Modern: the same as in `_meta`.
pub(crate) static VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
/// The session. Legacy only.
pub(crate) static SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
/// The last event that a client has of a stream. Legacy only.
pub(super) static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// The method, again. Modern only.
pub(super) static METHOD: HeaderName = HeaderName::from_static("mcp-method");
/// What the method works on, again. Modern only.
pub(super) static NAME: HeaderName = HeaderName::from_static("mcp-name");

/// A header that may be there once, as text.
pub(super) fn once<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ProtocolError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let mismatch = |what: &str| ProtocolError::HeaderMismatch(format!("the header `{name}` {what}"));
    if values.next().is_some() {
        return Err(mismatch("occurs more than once"));
    }
    value.to_str().map(Some).map_err(|_| mismatch("has characters beyond visible ASCII"))
}
