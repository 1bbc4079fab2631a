//! `prompts/get`.
//!
//! Source: [Prompts](https://modelcontextprotocol.io/specification/2026-07-28/server/prompts).

use std::sync::Arc;

use super::{Answer, Desk, Request, object, required_text, rounds, work};
use crate::{
    call::Call,
    catalog::{Invocation, Offer},
    error::ProtocolError,
    protocol::shortened::shortened,
};

/// Writes a prompt's messages.
pub(super) fn get(desk: &Desk, offer: &Offer, mut request: Request<'_>) -> Result<Answer, ProtocolError> {
    let name = required_text(&request.params, "name")?;
    let Some(prompt) = offer.prompts.get(name).cloned() else {
        return Err(ProtocolError::params(format!("Unknown prompt: {}", shortened(name))));
    };
    desk.begin(&mut request, Some((prompt.name(), prompt.limits())))?;
    let texts = object(&mut request.params, "arguments")?;
    if let Some((name, _)) = texts.iter().find(|(_, value)| !value.is_string()) {
        let name = shortened(name);
        return Err(ProtocolError::params(format!("the argument `{name}` of a prompt must be a string")));
    }
    let checked = prompt.validator().check_texts(texts, desk.arguments);
    let arguments = checked.map_err(|unfit| ProtocolError::params(unfit.explain()))?;
    let kept = rounds::begin(desk, &mut request, (prompt.name(), &arguments), prompt.needs().may_ask)?;
    let call = Call::new(request.facts, Arc::clone(&desk.surroundings));
    let secrets = prompt.validator().secrets().to_vec();
    let invocation = Invocation { arguments, call: call.clone(), secrets };
    work::answer(desk, (call, kept), Arc::clone(&prompt), || prompt.call(invocation))
}
