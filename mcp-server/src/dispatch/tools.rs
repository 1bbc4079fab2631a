//! `tools/call`.
//!
//! Source: [Tools](https://modelcontextprotocol.io/specification/2026-07-28/server/tools).

use std::sync::Arc;

use super::{Answer, Desk, Outcome, Request, object, required_text, work};
use crate::{
    call::Call,
    catalog::{Invocation, Offer},
    error::ProtocolError,
    protocol::{shortened::shortened, tools::ToolResult},
};

/// A call: the arguments are checked, then the function runs.
pub(super) fn call(desk: &Desk, offer: &Offer, mut request: Request<'_>) -> Result<Answer, ProtocolError> {
    let name = required_text(&request.params, "name")?;
    let Some(tool) = offer.tools.get(name).cloned() else {
        return Err(ProtocolError::params(format!("Unknown tool: {}", shortened(name))));
    };
    let arguments = match tool.validator().check(object(&mut request.params, "arguments")?) {
        Ok(arguments) => arguments,
        Err(text) => {
            let (result, bare) = (ToolResult::error(text), tool.returns_bare_value());
            return Ok(Answer::Done(Outcome::Tool { result, bare }));
        }
    };
    let call = Call::new(request.facts, Arc::clone(&desk.surroundings));
    let secrets = tool.validator().secrets().to_vec();
    let invocation = Invocation { arguments, call: call.clone(), secrets };
    work::answer(desk, call, Arc::clone(&tool), || tool.call(invocation))
}
