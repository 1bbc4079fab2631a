//! `tools/call`.
//!
//! Source: [Tools](https://modelcontextprotocol.io/specification/2026-07-28/server/tools).

use std::sync::Arc;

use super::{
    Answer, Desk, Outcome, Request, object, required_text, rounds,
    tasks::{self, Becoming},
    work,
};
use crate::{
    call::{Call, Way},
    catalog::{Arguments, Invocation, Offer, TaskRule, ToolEntry},
    error::ProtocolError,
    guard,
    protocol::{message::write_json, shortened::shortened, tools::ToolResult},
};

/// A call: the arguments are checked, then the function runs.
pub(super) fn call(desk: &Desk, offer: &Offer, mut request: Request<'_>) -> Result<Answer, ProtocolError> {
    let name = required_text(&request.params, "name")?;
    let Some(tool) = offer.tools.get(name).cloned() else {
        return Err(ProtocolError::params(format!("Unknown tool: {}", shortened(name))));
    };
    desk.begin(&mut request, Some((tool.name(), tool.limits())))?;
    if let Some(text) = guard::unapproved(tool.rules()) {
        return Ok(told(&tool, text));
    }
    let arguments = match tool.validator().check(object(&mut request.params, "arguments")?, desk.arguments) {
        Ok(arguments) => arguments,
        Err(unfit) => return Ok(told(&tool, unfit.explain())),
    };
    let kept = rounds::begin(desk, &mut request, (tool.name(), &arguments), tool.needs().may_ask)?;
    let call = Call::new(request.facts, Arc::clone(&desk.surroundings));
    let secrets = tool.validator().secrets().to_vec();
    let invocation = Invocation { arguments, call: call.clone(), secrets };
    let knows_tasks = call.facts().capabilities.tasks;
    let task = match tool.rules().task {
        TaskRule::Must if !knows_tasks => return refuse(&tool, &call),
        TaskRule::Must | TaskRule::May if knows_tasks => Some(becoming(desk, &tool, &invocation)),
        TaskRule::Never | TaskRule::May | TaskRule::Must => None,
    };
    let answer = work::answer(desk, (call, kept), Arc::clone(&tool), || tool.call(invocation));
    match task {
        None => answer,
        Some(task) => answer.map(|answer| match answer {
            Answer::Running(running) => Answer::Running(running.becoming(task)),
            answer => answer,
        }),
    }
}

/// An error for the model, before the function runs.
fn told(tool: &ToolEntry, text: impl Into<String>) -> Answer {
    let (result, bare) = (ToolResult::error(text), tool.returns_bare_value());
    Answer::Done(Outcome::Tool { result, bare })
}

/// A tool that runs as a task only, called by a client that doesn't know tasks.
fn refuse(tool: &ToolEntry, call: &Call) -> Result<Answer, ProtocolError> {
    // Clients of sessions know no such error.
    match call.way() {
        Way::Park => Err(tasks::undeclared()),
        _ => Ok(told(tool, "This tool runs as a task, and needs a client of 2026-07-28 that knows tasks.")),
    }
}

/// How a call becomes a task.
fn becoming(desk: &Desk, tool: &Arc<ToolEntry>, Invocation { call, arguments, .. }: &Invocation) -> Becoming {
    if tool.asks_first() {
        call.questions().close_gate();
    }
    Becoming::new(&desk.tasks, tool, size(arguments))
}

/// How many bytes arguments hold, about.
fn size(arguments: &Arguments) -> usize {
    let mut text = Vec::new();
    write_json(&mut text, arguments);
    text.len()
}
