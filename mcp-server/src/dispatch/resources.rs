//! `resources/read`.
//!
//! Source: [Resources](https://modelcontextprotocol.io/specification/2026-07-28/server/resources).

use std::sync::Arc;

use serde_json::Value;

use super::{
    Answer, Desk, Request, required_uri, rounds,
    work::{self, Reading},
};
use crate::{
    call::Call,
    catalog::{Arguments, Invocation, Located, Need},
    error::ProtocolError,
    protocol::{
        json::{MAX_VALUES, Object},
        resources::{Cache, CacheScope},
    },
};

/// Reads what was found at a URI. One whose variables the schema refuses is the URI of nothing.
pub(super) fn read(
    desk: &Desk,
    found: Option<Located<'_>>,
    mut request: Request<'_>,
) -> Result<Answer, ProtocolError> {
    let uri = required_uri(&request.params)?.as_str().to_owned();
    let Some(Located { entry, arguments, access }) = found else {
        return Err(ProtocolError::NotFound { uri });
    };
    count(&request.params, &arguments)?;
    desk.begin(&mut request, Some((entry.uri(), entry.limits())))?;
    let Ok(arguments) = entry.validator().check_texts(arguments, desk.arguments) else {
        return Err(ProtocolError::NotFound { uri });
    };
    let cache = match access.need {
        Need::Nothing => entry.cache(),
        // Another entry may want to know the callers of what this one lets everybody keep.
        _ => Cache { scope: CacheScope::Private, ..entry.cache() },
    };
    let kept = rounds::begin(desk, &mut request, (&uri, &arguments), entry.needs().may_ask)?;
    let call = Call::new(request.facts, Arc::clone(&desk.surroundings));
    let secrets = entry.validator().secrets().to_vec();
    let invocation = Invocation { arguments, call: call.clone(), secrets };
    let reading = Reading { resource: Arc::clone(entry), uri, cache };
    work::answer(desk, (call, kept), reading, || entry.call(invocation))
}

/// The values of a message beside its parameters: itself, and what every request has.
const ENVELOPE: usize = 4;

/// Counts what a URI expands to with the values of its message.
fn count(params: &Object<'_>, arguments: &Arguments) -> Result<(), ProtocolError> {
    let within = |value: &Value| 1 + value.as_array().map_or(0, Vec::len);
    let expanded: usize = arguments.values().map(within).sum();
    if ENVELOPE + params.values() + expanded > MAX_VALUES {
        let text =
            format!("a message may hold {MAX_VALUES} values at most, with those that its URI expands to");
        return Err(ProtocolError::params(text));
    }
    Ok(())
}
