//! The keys of `#[mcp_tool(..)]` that nothing else has, and the tool that they make.

use super::{
    Call, Card, Rules, approval,
    keys::{self, Own},
    rules,
    source::Source,
    values,
};
use crate::{
    attr::{self, Annotation, Entry},
    diag::Errors,
};

/// A tool, ready to be written down.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) card: Card,
    pub(crate) hints: Hints,
    pub(crate) rules: Rules,
}

/// What the tool does to the world.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    pub(crate) read_only: Option<bool>,
    pub(crate) destructive: Option<bool>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) open_world: Option<bool>,
}

impl Own for Hints {
    const KNOWN: &'static [&'static str] = &[
        "name",
        "title",
        "description",
        "icon",
        "meta",
        "scope",
        "scopes",
        "public",
        "authenticated",
        "start",
        "approval",
        "read_only",
        "destructive",
        "idempotent",
        "open_world",
        "timeout",
        "rate",
        "concurrency",
        "task",
        "blocking",
    ];

    fn read(&mut self, entry: &Entry, errors: &mut Errors) {
        let hint = match &*entry.name() {
            "read_only" => &mut self.read_only,
            "destructive" => &mut self.destructive,
            "idempotent" => &mut self.idempotent,
            _ => &mut self.open_world,
        };
        *hint = values::hint(entry, errors);
    }
}

/// Reads a tool; says everything that is wrong with it.
pub(super) fn read(annotation: &Annotation, source: &Source<'_>, errors: &mut Errors) -> (Tool, Call) {
    let entries = values::distinct(attr::entries(annotation.arguments.clone(), errors), errors);
    contradictions(&entries, source, errors);
    let mut hints = Hints::default();
    let keys = keys::read(entries, source, &mut hints, errors);
    let call = keys.call(source, errors);
    if let Some(message) = keys.rules.approval.as_ref().and_then(|approval| approval.message.as_ref()) {
        // Who approves a call does it before anybody is asked for anything.
        let sent = call.parameters.iter().filter(|parameter| parameter.ask.is_none());
        let names: Vec<&str> = sent.map(|parameter| &*parameter.name.value).collect();
        approval::placeholders(message, &names, errors);
    }
    (Tool { card: keys.card(source, errors), hints, rules: keys.rules }, call)
}

fn contradictions(entries: &[Entry], source: &Source<'_>, errors: &mut Errors) {
    let find = |name: &str| entries.iter().find(|entry| entry.name() == name);
    let yes = |name: &str| find(name).filter(|entry| entry.means_yes());
    if let (Some(_), Some(destructive)) = (yes("read_only"), yes("destructive")) {
        errors.at(&destructive.key, "what is `read_only` destroys nothing; remove one of the two");
    }
    // What is done as soon as it is called has no time to be a task.
    let goes_on = source.goes_on() || find("blocking").is_some();
    if let Some(task) = find("task").filter(|task| !goes_on && rules::task(task).is_some()) {
        let message = "`task` needs a function that goes on by itself; make it `async`, or add `blocking`";
        errors.at(&task.key, message);
    }
}
