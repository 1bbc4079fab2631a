//! The keys of `#[mcp_tool(..)]`: what each takes, and which can't stand together.

use std::time::Duration;

use proc_macro2::Ident;

use super::{
    approval::{self, Approval},
    values::{self, Spanned},
};
use crate::{
    attr::{Entry, Item, Kind, Literal},
    diag::{Errors, unknown},
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
pub(crate) struct Keys {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) title: Option<Spanned<String>>,
    pub(crate) description: Option<Spanned<String>>,
    /// There is a `description`, and it is wrong: that is told already.
    pub(crate) has_bad_description: bool,
    pub(crate) icon: Option<Spanned<String>>,
    pub(crate) meta: Option<Spanned<String>>,
    pub(crate) hints: Hints,
    pub(crate) rules: Rules,
    /// The key, where it stands.
    pub(crate) blocking: Option<Ident>,
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
    pub(crate) scopes: Vec<Spanned<String>>,
    pub(crate) public: Option<Ident>,
    pub(crate) approval: Option<Approval>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) rate: Option<(u32, Duration)>,
    pub(crate) concurrency: Option<Spanned<u32>>,
    pub(crate) task: bool,
}

/// Reads the keys; says everything that is wrong with them.
pub(super) fn read(entries: Vec<Entry>, errors: &mut Errors) -> Keys {
    let entries = distinct(entries, errors);
    contradictions(&entries, errors);
    let mut keys = Keys::default();
    for entry in entries {
        let name = entry.name();
        match &*name {
            "name" | "title" | "description" | "icon" | "meta" => card(&name, &entry, &mut keys, errors),
            "read_only" => keys.hints.read_only = values::hint(&entry, errors),
            "destructive" => keys.hints.destructive = values::hint(&entry, errors),
            "idempotent" => keys.hints.idempotent = values::hint(&entry, errors),
            "open_world" => keys.hints.open_world = values::hint(&entry, errors),
            "blocking" => keys.blocking = values::flag(&entry, errors).then_some(entry.key),
            name if KNOWN.contains(&name) => rule(entry, &mut keys.rules, errors),
            unknown_name => errors.at(&entry.key, unknown("key", unknown_name, &KNOWN)),
        }
    }
    keys
}

/// The entries without those whose key stood before.
pub(super) fn distinct(entries: Vec<Entry>, errors: &mut Errors) -> Vec<Entry> {
    let mut seen: Vec<String> = Vec::new();
    let mut kept = Vec::new();
    for entry in entries {
        let name = entry.name();
        if seen.contains(&name) {
            let fix =
                if name == "scope" { "write `scopes(\"a\", \"b\")` for several" } else { "keep one of them" };
            errors.at(&entry.key, format!("`{name}` is given twice; {fix}"));
        } else {
            seen.push(name);
            kept.push(entry);
        }
    }
    kept
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
        let needs = ["scope", "scopes"].into_iter().find(|name| find(name).is_some());
        let needs = needs.or_else(|| means_yes("approval").then_some("approval"));
        if let Some(needs) = needs {
            errors.at(&public.key, format!(
                "`public` lets everyone call without signing in, and `{needs}` needs to know who calls; remove one of them"
            ));
        }
    }
    if let (Some(_), Some(scopes)) = (find("scope"), find("scopes")) {
        errors.at(&scopes.key, "`scope` and `scopes` say the same thing; put all scopes into `scopes(..)`");
    }
    if let (true, true, Some(destructive)) =
        (means_yes("read_only"), means_yes("destructive"), find("destructive"))
    {
        errors.at(
            &destructive.key,
            "what is `read_only` destroys nothing; remove `read_only` or `destructive`",
        );
    }
}

fn card(name: &str, entry: &Entry, keys: &mut Keys, errors: &mut Errors) {
    let Some(text) = values::text(entry, errors) else {
        keys.has_bad_description |= name == "description";
        return;
    };
    match name {
        "name" if !values::is_name(&text.value, 128) => {
            errors.at(&text, "a tool's name is 1 to 128 of the characters A-Z a-z 0-9 _ - .");
        }
        "name" => keys.name = Some(text),
        "title" => keys.title = Some(text),
        "description" => keys.description = Some(text),
        "icon" if !["https://", "http://", "data:"].iter().any(|scheme| text.value.starts_with(scheme)) => {
            errors.at(&text, "`icon` is the address of an image: `https://..`, or `data:image/..`");
        }
        "icon" => keys.icon = Some(text),
        _ => {
            let json = text.value.trim();
            if json.starts_with('{') && json.ends_with('}') {
                keys.meta = Some(text);
            } else {
                errors.at(&text, "`meta` is a JSON object: `meta = r#\"{\"key\": 1}\"#`");
            }
        }
    }
}

fn rule(entry: Entry, rules: &mut Rules, errors: &mut Errors) {
    match &*entry.name() {
        "scope" => {
            let text = values::text_like(&entry, "scope = \"files:read\"", errors);
            rules.scopes.extend(text.and_then(|text| values::scope(text, errors)));
        }
        "scopes" => rules.scopes.extend(scopes(entry, errors)),
        "public" => rules.public = values::flag(&entry, errors).then_some(entry.key),
        "approval" => rules.approval = approval::read(entry, errors),
        "timeout" => rules.timeout = values::duration(&entry, errors),
        "rate" => rules.rate = values::rate(&entry, errors),
        "concurrency" => rules.concurrency = values::count(&entry, 1, errors),
        _ => rules.task = values::flag(&entry, errors),
    }
}

fn scopes(entry: Entry, errors: &mut Errors) -> Vec<Spanned<String>> {
    let blame = entry.blame();
    let items = match entry.value.kind {
        Kind::List(items) if !items.is_empty() => items,
        _ => {
            errors.at(blame, "`scopes` is written `scopes(\"files:read\", \"files:write\")`");
            return Vec::new();
        }
    };
    let mut scopes: Vec<Spanned<String>> = Vec::new();
    for item in items {
        match item {
            Item::Value(value) => {
                let Kind::Literal(Literal::Text(text)) = value.kind else {
                    errors.at(value.tokens, "a scope is a text: `scopes(\"files:read\", \"files:write\")`");
                    continue;
                };
                let Some(scope) = values::scope(Spanned { value: text, tokens: value.tokens }, errors) else {
                    continue;
                };
                if scopes.iter().any(|other| other.value == scope.value) {
                    errors.at(&scope, "this scope is listed twice; remove one");
                } else {
                    scopes.push(scope);
                }
            }
            Item::Entry(entry) => {
                errors.at(entry.key, "`scopes` takes no keys: `scopes(\"files:read\", \"files:write\")`")
            }
        }
    }
    scopes
}
