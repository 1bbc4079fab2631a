//! `resources/read`.
//!
//! Source: [Resources](https://modelcontextprotocol.io/specification/2026-07-28/server/resources).

use std::sync::Arc;

use super::{
    Answer, Desk, Request, required_text, rounds,
    work::{self, Reading},
};
use crate::{
    call::Call,
    catalog::{Invocation, Offer},
    error::ProtocolError,
};

/// Reads the resource at a URI. One whose variables the schema refuses is the URI of nothing.
pub(super) fn read(desk: &Desk, offer: &Offer, mut request: Request<'_>) -> Result<Answer, ProtocolError> {
    let uri = required_text(&request.params, "uri")?.to_owned();
    let Some((resource, values)) = offer.resource_at(&uri) else {
        return Err(ProtocolError::NotFound { uri });
    };
    desk.begin(&mut request, Some((resource.uri(), resource.limits())))?;
    let Ok(arguments) = resource.validator().check_texts(values, desk.arguments) else {
        return Err(ProtocolError::NotFound { uri });
    };
    let kept = rounds::begin(desk, &mut request, (&uri, &arguments), resource.needs().may_ask)?;
    let call = Call::new(request.facts, Arc::clone(&desk.surroundings));
    let secrets = resource.validator().secrets().to_vec();
    let invocation = Invocation { arguments, call: call.clone(), secrets };
    let reading = Reading { resource: Arc::clone(resource), uri };
    work::answer(desk, (call, kept), reading, || resource.call(invocation))
}
