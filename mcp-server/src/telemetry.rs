//! What the operator reads: one place that writes the log.

use std::{any::Any, error::Error};

use tracing::{Span, field::Empty};

use crate::{call::Trace, protocol::shortened::shortened};

/// The span in which a function runs.
///
/// Names: [semantic conventions for MCP](https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/).
pub(crate) fn span(method: &'static str, name: &str, trace: Option<&Trace>) -> Span {
    let span =
        tracing::info_span!("call", mcp.method.name = method, name, trace_id = Empty, parent_id = Empty);
    if let Some(trace) = trace {
        span.record("trace_id", trace.trace_id()).record("parent_id", trace.parent_id());
    }
    span
}

/// Logs a function's failure with all its causes. Gives the reference that the client sees instead.
pub(crate) fn failure(name: &str, cause: &(dyn Error + 'static)) -> String {
    let reference = reference();
    let mut causes = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        causes = format!("{causes}: {source}");
        next = source.source();
    }
    tracing::error!(name, reference, error = causes, "failed");
    reference
}

/// Logs that a client's answer to a question can't be taken, and the client is asked again.
pub(crate) fn unfit(key: &str, reason: &str) {
    tracing::info!(key, "an answer doesn't fit what was asked");
    tracing::debug!(key, reason, "why it doesn't");
}

/// Logs that a client has answered, and that nothing of it is an answer to what is asked now.
pub(crate) fn unmatched(method: &'static str, name: &str) {
    let text = "what the client answers is not what is asked now; a question whose text changes from round to round is \
                never answered: take what changes in a step, or give the question a key";
    tracing::warn!(method, name, "{text}");
}

/// Logs entries that have URIs in common and need different things of callers.
pub(crate) fn common_uris(lines: &[String]) {
    for line in lines {
        tracing::warn!(target: "mcp_server::catalog", "{line}; where both have a URI, callers need what both need");
    }
}

/// Logs a panic. Gives the reference that the client sees instead.
pub(crate) fn panicked(name: &str, payload: &(dyn Any + Send)) -> String {
    let reference = reference();
    let text = payload
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message");
    tracing::error!(name, reference, panic = text, "panicked");
    reference
}

/// Logs that the system gave no random bytes. Gives the reference that the client sees instead.
pub(crate) fn no_randomness() -> String {
    let reference = reference();
    tracing::error!(
        reference,
        "the system gives no random bytes, so nothing that must be secret can be begun"
    );
    reference
}

/// Logs why a `requestState` was refused, which the client isn't told. The state itself is nobody's to read.
pub(crate) fn unsealed(method: &str, name: &str, reason: &'static str) {
    let name = &*shortened(name);
    tracing::warn!(mcp.method.name = method, name, reason, "`requestState` refused");
}

/// Eight hexadecimal digits to find a log line by. No secret.
fn reference() -> String {
    let mut bytes = [0; 4];
    // Without randomness there is no way to tell failures apart, and still a failure to report.
    let _ = getrandom::fill(&mut bytes);
    format!("{:08x}", u32::from_be_bytes(bytes))
}
