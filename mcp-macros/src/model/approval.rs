//! `approval`: who must allow a call, when, and what they are asked.

use std::time::Duration;

use syn::Path;

use super::values::{self, Spanned};
use crate::{
    attr::{Entry, Item, Kind, Literal, Value},
    diag::{Errors, list, nearest, unknown_key},
};

const FORM: &str = "`approval = true`, \
    or `approval(\"user\", when = path, ttl = \"10m\", remember = \"1h\", message = \"..\")`";

const LEVELS: [(&str, Level); 3] =
    [("client", Level::Client), ("user", Level::User), ("second_person", Level::SecondPerson)];

/// Who must allow a call.
#[derive(Debug)]
pub(crate) struct Approval {
    pub(crate) level: Level,
    pub(crate) when: Option<Path>,
    pub(crate) ttl: Option<Duration>,
    pub(crate) remember: Option<Duration>,
    pub(crate) message: Option<Spanned<String>>,
}

/// Who decides.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Level {
    Client,
    User,
    SecondPerson,
}

pub(super) fn read(entry: Entry, errors: &mut Errors) -> Option<Approval> {
    let blame = entry.blame();
    match entry.value.kind {
        Kind::Literal(Literal::Bool(true)) => Some(of_level(Level::User)),
        Kind::Literal(Literal::Bool(false)) => None,
        Kind::List(items) if !items.is_empty() => Some(from_list(items, errors)),
        _ => {
            errors.at(blame, format!("`approval` takes a boolean or a list: {FORM}"));
            None
        }
    }
}

fn of_level(level: Level) -> Approval {
    Approval { level, when: None, ttl: None, remember: None, message: None }
}

fn from_list(items: Vec<Item>, errors: &mut Errors) -> Approval {
    let mut approval = of_level(Level::User);
    let mut entries = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        match item {
            Item::Value(value) if at == 0 => approval.level = level(&value, errors),
            Item::Value(value) => {
                errors.at(value.tokens, format!("only the first value is without a key: {FORM}"));
            }
            Item::Entry(entry) => entries.push(entry),
        }
    }
    for entry in values::distinct(entries, errors) {
        match &*entry.name() {
            "when" => approval.when = condition(&entry, errors),
            "ttl" => approval.ttl = values::duration(&entry, errors),
            "remember" => approval.remember = values::duration(&entry, errors),
            "message" => approval.message = values::text(&entry, errors),
            other => {
                let known = ["when", "ttl", "remember", "message"];
                errors.at(&entry.key, unknown_key("`approval`", other, &known));
            }
        }
    }
    approval
}

fn level(value: &Value, errors: &mut Errors) -> Level {
    let names = LEVELS.map(|(name, _)| name);
    let Kind::Literal(Literal::Text(text)) = &value.kind else {
        errors.at(&value.tokens, format!("who approves is a string; there are {}", list(&names)));
        return Level::User;
    };
    if let Some((_, level)) = LEVELS.iter().find(|(name, _)| name == text) {
        return *level;
    }
    let levels = list(&names);
    let message = match nearest(text, &names) {
        Some(near) => format!("`{text}` can't approve; did you mean `{near}`? There are {levels}"),
        None => format!("`{text}` can't approve; there are {levels}"),
    };
    errors.at(&value.tokens, message);
    Level::User
}

fn condition(entry: &Entry, errors: &mut Errors) -> Option<Path> {
    if let Kind::Path(path) = &entry.value.kind {
        return Some(path.clone());
    }
    let message = "`when` takes the path of a function: \
        `when = is_large`, with `fn is_large(arguments: &mcp_server::Arguments) -> bool`";
    errors.at(entry.blame(), message);
    None
}

/// Checks that what a message puts into braces are parameters.
pub(super) fn placeholders(message: &Spanned<String>, parameters: &[&str], errors: &mut Errors) {
    let mut rest = message.value.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let (brace, after) = rest[at..].split_at(1);
        if let Some(escaped) = after.strip_prefix(brace) {
            rest = escaped;
            continue;
        }
        let name = if brace == "{" { after.split_once('}') } else { None };
        let Some((name, after)) = name else {
            let fix = format!("a brace that is meant is written twice: `{brace}{brace}`");
            errors.at(message, format!("this `{brace}` has no partner; {fix}"));
            return;
        };
        if !parameters.contains(&name) {
            errors.at(message, unknown_placeholder(name, parameters));
        }
        rest = after;
    }
}

fn unknown_placeholder(name: &str, parameters: &[&str]) -> String {
    let list = parameters.iter().map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ");
    if parameters.is_empty() {
        return format!("`{{{name}}}` names no argument, and the function has none; remove it");
    }
    match nearest(name, parameters) {
        Some(near) => format!("`{{{name}}}` names no argument; did you mean `{{{near}}}`? There are {list}"),
        None => format!("`{{{name}}}` names no argument; there are {list}"),
    }
}
