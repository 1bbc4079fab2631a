//! Tools in a conversation: each use is answered, by the next message, which holds nothing else.
//!
//! Source: [Tool use and result balance](https://modelcontextprotocol.io/specification/2026-07-28/client/sampling#tool-use-and-result-balance).

use super::{SamplingContent, SamplingMessage};
use crate::protocol::content::Role;

/// Checks the tools of a conversation.
///
/// # Errors
///
/// A text for the server's author. Messages are counted from 1.
pub(super) fn check(messages: &[SamplingMessage]) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        let problem = |text: String| format!("message {}: {text}", at + 1);
        if message.content.is_empty() {
            return Err(problem("it is empty".to_owned()));
        }
        let answered = results(message).map_err(problem)?;
        answers(&open, &answered).map_err(problem)?;
        open = uses(message).map_err(problem)?;
    }
    if open.is_empty() {
        return Ok(());
    }
    let rule = "the last message uses tools, which nobody answers";
    Err(format!("{rule}: {}; add a message with their results", listed(&open)))
}

/// The uses that a message answers.
fn results(message: &SamplingMessage) -> Result<Vec<&str>, String> {
    let ids: Vec<&str> = message.content.iter().filter_map(result).collect();
    if !ids.is_empty() && message.role != Role::User {
        return Err("results of tools are the user's to give; use `SamplingMessage::results`".to_owned());
    }
    if !ids.is_empty() && ids.len() < message.content.len() {
        return Err(
            "a message with results of tools holds nothing else; say the rest in another one".to_owned()
        );
    }
    distinct(ids)
}

/// Whether exactly the open uses are answered.
fn answers(open: &[&str], answered: &[&str]) -> Result<(), String> {
    if let Some(unknown) = answered.iter().find(|id| !open.contains(id)) {
        return Err(format!("it answers `{unknown}`, which the message before doesn't use"));
    }
    let left: Vec<&str> = open.iter().filter(|id| !answered.contains(id)).copied().collect();
    if left.is_empty() {
        return Ok(());
    }
    Err(format!("the message before uses tools, and the results are missing of {}", listed(&left)))
}

/// The uses of tools in a message.
fn uses(message: &SamplingMessage) -> Result<Vec<&str>, String> {
    let used = message.content.iter().filter_map(|block| match block {
        SamplingContent::ToolUse(used) => Some(&*used.id),
        _ => None,
    });
    let ids: Vec<&str> = used.collect();
    if !ids.is_empty() && message.role != Role::Assistant {
        return Err("only the model uses tools; use `SamplingMessage::assistant`".to_owned());
    }
    distinct(ids)
}

fn result(block: &SamplingContent) -> Option<&str> {
    match block {
        SamplingContent::ToolResult(result) => Some(&result.tool_use_id),
        _ => None,
    }
}

fn distinct(ids: Vec<&str>) -> Result<Vec<&str>, String> {
    let again = ids.iter().enumerate().find(|(at, id)| ids[..*at].contains(id));
    match again {
        Some((_, id)) => Err(format!("`{id}` is there twice")),
        None => Ok(ids),
    }
}

fn listed(ids: &[&str]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::{
        super::{ToolUse, ToolUseResult},
        *,
    };

    fn used(id: &str) -> ToolUse {
        ToolUse { id: id.to_owned(), name: "look".to_owned(), input: Map::new(), meta: Map::new() }
    }

    fn gave(id: &str) -> ToolUseResult {
        ToolUseResult::new(id, ["seen"])
    }

    #[test]
    fn every_use_is_answered_at_once() {
        let (ask, both) = (SamplingMessage::user("?"), SamplingMessage::assistant(used("a")).and(used("b")));
        let said = SamplingMessage::assistant("!");
        let answered = SamplingMessage::results([gave("b"), gave("a")]);
        assert_eq!(check(&[ask.clone(), both.clone(), answered.clone(), said.clone()]), Ok(()));
        for (messages, told) in [
            (vec![ask.clone(), both.clone()], "the last message uses tools"),
            (vec![both.clone(), SamplingMessage::results([gave("a")])], "message 2: the message before uses"),
            (vec![both.clone(), ask.clone(), answered.clone()], "missing of `a`, `b`"),
            (vec![both.clone(), said.clone(), answered.clone()], "message 2"),
            (vec![both.clone(), answered.clone().and("text")], "holds nothing else"),
            (vec![ask.clone(), SamplingMessage::results([gave("c")])], "answers `c`"),
            (vec![both, SamplingMessage::results([gave("a"), gave("a")])], "`a` is there twice"),
            (vec![SamplingMessage::user(used("a"))], "only the model uses tools"),
            (vec![SamplingMessage::assistant(gave("a"))], "the user's to give"),
            (vec![SamplingMessage::assistant(used("a")).and(used("a"))], "`a` is there twice"),
            (vec![SamplingMessage::results([])], "message 1: it is empty"),
        ] {
            let text = check(&messages).unwrap_err();
            assert!(text.contains(told), "{told}: {text}");
        }
    }
}
