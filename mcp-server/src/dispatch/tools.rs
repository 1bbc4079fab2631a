//! `tools/list` and `tools/call`.
//!
//! Source: [Tools](https://modelcontextprotocol.io/specification/2026-07-28/server/tools).

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{Answer, Desk, Request, Running, running};
use crate::{
    call::{Call, Outcome},
    catalog::{Entry, Handled, Invocation},
    error::ProtocolError,
    protocol::{
        json::{Json, Object},
        tools::ToolResult,
    },
    telemetry,
};

/// One page of the tools.
pub(super) fn list(desk: &Desk, params: &Object<'_>) -> Result<Answer, ProtocolError> {
    let page = match params.get("cursor") {
        None => 0,
        Some(cursor) => cursor.as_str().and_then(|cursor| desk.cursors.page(cursor)).ok_or_else(|| {
            ProtocolError::params("this cursor is not one of the list's; begin again without")
        })?,
    };
    Ok(Answer::Done(Outcome::Tools { page }))
}

/// A call: the arguments are checked, then the function runs.
pub(super) fn call(desk: &Desk, mut request: Request<'_>) -> Result<Answer, ProtocolError> {
    let tool = find(desk, &request.params)?;
    let arguments = match request.params.take("arguments") {
        None => serde_json::Map::new(),
        Some(Json::Object(arguments)) => arguments.into_map(),
        Some(other) => {
            return Err(ProtocolError::params(format!(
                "`arguments` must be an object, not {}",
                other.kind()
            )));
        }
    };
    let arguments = match tool.validator().check(arguments) {
        Ok(arguments) => arguments,
        Err(text) => return Ok(done(&tool, ToolResult::error(text))),
    };
    let call = Call::new(request.facts, Arc::clone(&desk.states));
    let invocation =
        Invocation { arguments, call: call.clone(), secrets: tool.validator().secrets().to_vec() };
    match catch_unwind(AssertUnwindSafe(|| tool.call(invocation))) {
        Ok(Handled::Ready(result)) => running::outcome(&tool, result).map(Answer::Done),
        Ok(Handled::Running(future)) => {
            let limit = tool.rules().timeout.or(desk.timeout);
            Ok(Answer::Running(Running::new(future, call, tool, limit)))
        }
        Err(payload) => {
            Err(ProtocolError::Internal { reference: telemetry::panicked(tool.name(), &*payload) })
        }
    }
}

fn find(desk: &Desk, params: &Object<'_>) -> Result<Arc<Entry>, ProtocolError> {
    let name = match params.get("name") {
        Some(Json::String(name)) => name,
        Some(other) => {
            return Err(ProtocolError::params(format!("`name` must be a string, not {}", other.kind())));
        }
        None => return Err(ProtocolError::params("`name` is missing")),
    };
    let unknown = || ProtocolError::params(format!("Unknown tool: {name}"));
    desk.catalog.tool(name).cloned().ok_or_else(unknown)
}

fn done(tool: &Entry, result: ToolResult) -> Answer {
    Answer::Done(Outcome::Tool { result, bare: tool.returns_bare_value() })
}
