//! Tasks, as the extension writes them. Only the newest revision has it.
//!
//! Source: [Tasks](https://github.com/modelcontextprotocol/ext-tasks), `Task` and `DetailedTask`.

use crate::{
    clock::{iso_8601, millis},
    protocol::message::write_json,
    store::{Task, TaskState},
};

/// Writes the members of a task, without braces. `detailed`: with what became of it.
pub(super) fn write(out: &mut Vec<u8>, task: &Task, detailed: bool) {
    let (status, detail) = shown(&task.state);
    member(out, b"\"taskId\":", &task.id);
    member(out, b",\"status\":", status);
    if let Some(message) = &task.message {
        member(out, b",\"statusMessage\":", message);
    }
    member(out, b",\"createdAt\":", &iso_8601(task.created));
    member(out, b",\"lastUpdatedAt\":", &iso_8601(task.updated));
    out.extend_from_slice(b",\"ttlMs\":");
    write_json(out, &task.ttl.map(millis));
    if let Some(poll) = task.poll {
        out.extend_from_slice(b",\"pollIntervalMs\":");
        write_json(out, &millis(poll));
    }
    if let Some((name, text)) = detail.filter(|_| detailed) {
        out.extend_from_slice(name);
        out.extend_from_slice(text.as_bytes());
    }
}

fn member(out: &mut Vec<u8>, name: &[u8], text: &str) {
    out.extend_from_slice(name);
    write_json(out, text);
}

/// The status, and what goes with it.
fn shown(state: &TaskState) -> (&'static str, Option<(&'static [u8], &str)>) {
    match state {
        TaskState::Working => ("working", None),
        TaskState::InputRequired(requests) => ("input_required", Some((b",\"inputRequests\":", requests))),
        TaskState::Completed(result) => ("completed", Some((b",\"result\":", result))),
        TaskState::Failed(error) => ("failed", Some((b",\"error\":", error))),
        TaskState::Cancelled => ("cancelled", None),
    }
}
