//! Where a call stands in a trace that its client has begun.

use std::fmt;

/// The trace context of a request, as its client sent it: what is to be passed on to whatever a function calls.
///
/// Source: [W3C Trace Context](https://www.w3.org/TR/trace-context/), and where it stands in a request:
/// [`_meta`](https://modelcontextprotocol.io/specification/2026-07-28/basic/index#meta).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    parent: Box<str>,
    state: Option<Box<str>>,
    baggage: Option<Box<str>>,
}

/// The longest `tracestate`, in bytes: section 3.3.1.5 asks for 512 to be passed on.
const MAX_STATE: usize = 512;
/// The longest `baggage`, in bytes: <https://www.w3.org/TR/baggage/#limits>.
const MAX_BAGGAGE: usize = 8192;

impl Trace {
    /// What a request's `_meta` says. `None` without a `traceparent` that is one: the rest is nothing without it.
    pub(crate) fn read(parent: &str, state: Option<&str>, baggage: Option<&str>) -> Option<Self> {
        let short = |text: &&str, most| text.len() <= most && !text.is_empty() && text.is_ascii();
        is_parent(parent).then(|| Self {
            parent: parent.into(),
            state: state.filter(|text| short(text, MAX_STATE)).map(Into::into),
            baggage: baggage.filter(|text| short(text, MAX_BAGGAGE)).map(Into::into),
        })
    }

    /// The header `traceparent`: `00-`, the trace's id, `-`, the id of the span that called, `-`, flags.
    pub fn traceparent(&self) -> &str {
        &self.parent
    }

    /// The header `tracestate`.
    pub fn tracestate(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The header `baggage`.
    pub fn baggage(&self) -> Option<&str> {
        self.baggage.as_deref()
    }

    /// The trace's id: 32 hexadecimal digits.
    pub fn trace_id(&self) -> &str {
        &self.parent[3..35]
    }

    /// The id of the span that called: 16 hexadecimal digits.
    pub fn parent_id(&self) -> &str {
        &self.parent[36..52]
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parent)
    }
}

/// Whether a text is a `traceparent` of version 00: section 3.2.2.
fn is_parent(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut hex = |digits: usize| {
        let part = parts.next()?;
        let is_hex = part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (is_hex && part.len() == digits).then_some(part)
    };
    let (version, trace, parent, flags) = (hex(2), hex(32), hex(16), hex(2));
    let is_zero = |part: &str| part.bytes().all(|byte| byte == b'0');
    version == Some("00")
        && trace.is_some_and(|id| !is_zero(id))
        && parent.is_some_and(|id| !is_zero(id))
        && flags.is_some()
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

    #[test]
    fn a_parent_is_taken_apart() {
        let trace = Trace::read(PARENT, Some("a=1"), Some("")).unwrap();
        assert_eq!((trace.traceparent(), trace.tracestate(), trace.baggage()), (PARENT, Some("a=1"), None));
        assert_eq!(trace.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(trace.parent_id(), "00f067aa0ba902b7");
    }

    #[test]
    fn what_is_no_parent_is_no_trace() {
        for text in [
            "",
            "00",
            &PARENT[1..],
            &PARENT.to_uppercase(),
            &PARENT.replacen("00-", "01-", 1),
            &format!("{PARENT}-00"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319g-00f067aa0ba902b7-01",
            "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-é1",
        ] {
            assert_eq!(Trace::read(text, None, None), None, "{text}");
        }
    }
}
