//! The keys of `#[mcp_tool(..)]`: what each takes, and which can't stand together.

use std::time::Duration;

use proc_macro2::Ident;

use super::{
    approval::{self, Approval},
    values::{self, Spanned},
};
use crate::{
    attr::{Entry, Item, Kind, Literal, Value},
    diag::{Errors, unknown_key},
};

const KNOWN: [&str; 18] = [
    "name",
    "title",
    "description",
    "icon",
    "meta",
    "scope",
    "scopes",
    "public",
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

/// What the attribute says.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) name: Text,
    pub(super) title: Text,
    pub(super) description: Text,
    pub(super) icon: Text,
    pub(super) meta: Text,
    pub(super) hints: Hints,
    pub(super) rules: Rules,
    /// The key, where it stands.
    pub(super) blocking: Option<Ident>,
}

/// What a key says.
#[derive(Debug, Default)]
pub(super) enum Text {
    #[default]
    Absent,
    /// Something that it can't say. That is told already.
    Wrong,
    Given(String),
}

impl Text {
    /// What the key says, if it is there.
    pub(super) fn value(&self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Wrong => Some(String::new()),
            Self::Given(text) => Some(text.clone()),
        }
    }
}

/// What the tool does to the world.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    pub(crate) read_only: Option<bool>,
    pub(crate) destructive: Option<bool>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) open_world: Option<bool>,
}

/// What must hold before the function runs.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) scopes: Vec<String>,
    pub(crate) public: bool,
    pub(crate) approval: Option<Approval>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) rate: Option<(u32, Duration)>,
    pub(crate) concurrency: Option<u32>,
    pub(crate) task: bool,
}

/// Reads the keys; says everything that is wrong with them.
pub(super) fn read(entries: Vec<Entry>, errors: &mut Errors) -> Keys {
    let entries = values::distinct(entries, errors);
    contradictions(&entries, errors);
    let mut keys = Keys::default();
    for entry in entries {
        let name = entry.name();
        match &*name {
            "name" => keys.name = text(&entry, errors),
            "title" => keys.title = text(&entry, errors),
            "description" => keys.description = text(&entry, errors),
            "icon" => keys.icon = text(&entry, errors),
            "meta" => keys.meta = text(&entry, errors),
            "read_only" => keys.hints.read_only = values::hint(&entry, errors),
            "destructive" => keys.hints.destructive = values::hint(&entry, errors),
            "idempotent" => keys.hints.idempotent = values::hint(&entry, errors),
            "open_world" => keys.hints.open_world = values::hint(&entry, errors),
            "blocking" => keys.blocking = values::flag(&entry, errors).then_some(entry.key),
            name if KNOWN.contains(&name) => rule(entry, &mut keys.rules, errors),
            unknown => errors.at(&entry.key, unknown_key("`#[mcp_tool]`", unknown, &KNOWN)),
        }
    }
    keys
}

/// Keys that can't both mean what they say.
fn contradictions(entries: &[Entry], errors: &mut Errors) {
    let find = |name: &str| entries.iter().find(|entry| entry.name() == name);
    let means_yes = |name: &str| {
        find(name).is_some_and(|entry| {
            matches!(entry.value.kind, Kind::Absent | Kind::Literal(Literal::Bool(true)) | Kind::List(_))
        })
    };
    if let Some(public) = find("public") {
        let scope = ["scope", "scopes"].into_iter().find(|name| find(name).is_some());
        if let Some(other) = scope.or_else(|| means_yes("approval").then_some("approval")) {
            let message = format!(
                "`public` lets callers stay unknown, and `{other}` needs to know them; remove one of the two"
            );
            errors.at(&public.key, message);
        }
    }
    if let (Some(_), Some(scopes)) = (find("scope"), find("scopes")) {
        errors.at(&scopes.key, "`scope` and `scopes` say the same thing; put all scopes into `scopes(..)`");
    }
    if let (true, true, Some(destructive)) =
        (means_yes("read_only"), means_yes("destructive"), find("destructive"))
    {
        errors.at(&destructive.key, "what is `read_only` destroys nothing; remove one of the two");
    }
}

/// A text that the tool shows of itself.
fn text(entry: &Entry, errors: &mut Errors) -> Text {
    let Some(text) = values::text(entry, errors) else { return Text::Wrong };
    let value = text.value.trim();
    let wrong = match &*entry.name() {
        "name" => values::refuses_name("a tool", &text.value, 128),
        "icon" if !["https://", "http://", "data:"].iter().any(|scheme| value.starts_with(scheme)) => {
            Some("`icon` is the address of an image: `https://..`, or `data:image/..`".to_owned())
        }
        "meta" if !(value.starts_with('{') && value.ends_with('}')) => {
            Some("`meta` is a JSON object: `meta = r#\"{\"key\": 1}\"#`".to_owned())
        }
        _ => None,
    };
    match wrong {
        None => Text::Given(text.value),
        Some(wrong) => {
            errors.at(&text, wrong);
            Text::Wrong
        }
    }
}

fn rule(entry: Entry, rules: &mut Rules, errors: &mut Errors) {
    match &*entry.name() {
        "scope" => {
            let text = values::string(&entry, "scope = \"files:read\"", errors);
            let scope = text.and_then(|text| values::scope(text, errors));
            rules.scopes.extend(scope.map(|scope| scope.value));
        }
        "scopes" => rules.scopes.extend(scopes(entry, errors)),
        "public" => rules.public = values::flag(&entry, errors),
        "approval" => rules.approval = approval::read(entry, errors),
        "timeout" => rules.timeout = values::duration(&entry, errors),
        "rate" => rules.rate = values::rate(&entry, errors),
        "concurrency" => rules.concurrency = values::count(&entry, 1, errors).map(|limit| limit.value),
        _ => rules.task = values::flag(&entry, errors),
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
