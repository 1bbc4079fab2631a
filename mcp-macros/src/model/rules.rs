//! What must hold before a function runs: scopes, approval and limits.

use std::time::Duration;

use super::{
    approval::{self, Approval},
    values::{self, Spanned},
};
use crate::{
    attr::{Entry, Item, Kind, Literal, Value},
    diag::Errors,
};

/// What must hold before the function runs.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) scopes: Vec<String>,
    pub(crate) public: bool,
    pub(crate) authenticated: bool,
    pub(crate) start: bool,
    pub(crate) approval: Option<Approval>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) rate: Option<(u32, Duration)>,
    pub(crate) concurrency: Option<u32>,
    pub(crate) task: Task,
}

/// Whether a tool runs as a task.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Task {
    #[default]
    Never,
    May,
    Must,
}

impl Rules {
    /// Reads one of these keys.
    pub(super) fn read(&mut self, entry: Entry, errors: &mut Errors) {
        match &*entry.name() {
            "scope" => {
                let text = values::string(&entry, "scope = \"files:read\"", errors);
                let scope = text.and_then(|text| values::scope(text, errors));
                self.scopes.extend(scope.map(|scope| scope.value));
            }
            "scopes" => self.scopes.extend(scopes(entry, errors)),
            "public" => self.public = values::flag(&entry, errors),
            "authenticated" => self.authenticated = values::flag(&entry, errors),
            "start" => self.start = values::flag(&entry, errors),
            "approval" => self.approval = approval::read(entry, errors),
            "timeout" => self.timeout = values::duration(&entry, errors),
            "rate" => self.rate = values::rate(&entry, errors),
            "concurrency" => self.concurrency = values::count(&entry, 1, errors).map(|limit| limit.value),
            _ => match task(&entry) {
                Some(task) => self.task = task,
                None => errors.at(entry.blame(), format!("`task` doesn't take this; there are {TASK}")),
            },
        }
    }
}

const TASK: &str = "`task`, where a call may run as a task, and `task = \"required\"`, where it must";

/// `task`, or `task = "required"`; nothing if it is neither.
pub(super) fn task(entry: &Entry) -> Option<Task> {
    match &entry.value.kind {
        Kind::Absent => Some(Task::May),
        Kind::Literal(Literal::Text(text)) if text == "required" => Some(Task::Must),
        _ => None,
    }
}

/// Keys that can't both mean what they say. One that isn't known here means nothing.
pub(super) fn contradictions(entries: &[Entry], known: &[&str], errors: &mut Errors) {
    let find = |name: &str| entries.iter().find(|entry| entry.name() == name && known.contains(&name));
    if let (Some(_), Some(scopes)) = (find("scope"), find("scopes")) {
        errors.at(&scopes.key, "`scope` and `scopes` say the same thing; put all scopes into `scopes(..)`");
    }
    let scope = ["scope", "scopes"].into_iter().find(|name| find(name).is_some());
    let authenticated = find("authenticated");
    if let Some(public) = find("public") {
        let approval = find("approval").filter(|approval| approval.means_yes()).map(|_| "approval");
        if let Some(other) = scope.or(authenticated.map(|_| "authenticated")).or(approval) {
            let message = format!(
                "`public` lets callers stay unknown, and `{other}` needs to know them; remove one of the two"
            );
            errors.at(&public.key, message);
        }
    }
    if let (Some(authenticated), Some(scope)) = (authenticated, scope) {
        let rule =
            format!("`authenticated` lets in every caller with a token, and `{scope}` only some of them");
        errors.at(&authenticated.key, format!("{rule}; remove one of the two"));
    }
    if let (Some(start), None) = (find("start"), scope) {
        let rule = "`start` has clients begin with this function's scopes, and it has none";
        errors.at(&start.key, format!("{rule}; add `scope = \"..\"`, or remove `start`"));
    }
}

const SCOPES: &str = "`scopes(\"files:read\", \"files:write\")`";

fn scopes(entry: Entry, errors: &mut Errors) -> Vec<String> {
    let blame = entry.blame();
    let items = match entry.value.kind {
        Kind::List(items) if !items.is_empty() => items,
        _ => {
            errors.at(blame, format!("`scopes` takes a list: {SCOPES}"));
            return Vec::new();
        }
    };
    let mut scopes = Vec::new();
    for item in items {
        let Some(scope) = scope_of(item, errors) else { continue };
        if scopes.contains(&scope.value) {
            errors.at(&scope, "this scope is listed twice; remove one");
        } else {
            scopes.push(scope.value);
        }
    }
    scopes
}

fn scope_of(item: Item, errors: &mut Errors) -> Option<Spanned<String>> {
    match item {
        Item::Value(Value { kind: Kind::Literal(Literal::Text(value)), tokens }) => {
            values::scope(Spanned { value, tokens }, errors)
        }
        Item::Value(value) => {
            errors.at(value.tokens, format!("a scope is a string: {SCOPES}"));
            None
        }
        Item::Entry(entry) => {
            errors.at(entry.key, format!("`scopes` takes no keys: {SCOPES}"));
            None
        }
    }
}
