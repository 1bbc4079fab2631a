//! `#[ask(..)]`: a parameter that the person is asked for.

use syn::{Attribute, Meta};

use super::values::{self, Spanned, refuses_name};
use crate::{
    attr::{self, Entry, Kind, Literal, Value},
    diag::{Errors, unknown_key},
    offered::Offered,
};

const FORM: &str = "`#[ask(\"Which account?\")]`";

/// What the person is asked.
#[derive(Debug, Default)]
pub(crate) struct Ask {
    pub(crate) message: String,
    /// What the question is called on the wire.
    pub(crate) key: Option<Spanned<String>>,
}

/// Reads the attributes; says everything that is wrong with them. Nothing without one.
pub(super) fn read(attributes: &[&Attribute], offered: Offered, errors: &mut Errors) -> Option<Ask> {
    let (first, further) = attributes.split_first()?;
    for again in further {
        errors.at(again, "a parameter is asked once; keep one `#[ask]`");
    }
    if offered == Offered::Completion {
        let rule = "a completion answers while somebody types, so it can't ask";
        errors.at(first, format!("{rule}; remove `#[ask]`"));
        return Some(Ask::default());
    }
    let (head, mut entries) = match &first.meta {
        Meta::List(list) => attr::headed(list.tokens.clone(), errors),
        _ => (None, Vec::new()),
    };
    let message = if let Some(head) = head {
        text(head, errors)
    } else {
        let meant = entries.iter().position(|entry| entry.name() != "key");
        no_text(first, meant.map(|at| entries.remove(at)).as_ref(), errors)
    };
    let key = values::distinct(entries, errors).iter().filter_map(|entry| key(entry, errors)).last();
    Some(Ask { message, key })
}

/// What is asked.
fn text(Value { kind, tokens }: Value, errors: &mut Errors) -> String {
    let wrong = match kind {
        Kind::Literal(Literal::Text(text)) if !text.trim().is_empty() => return text,
        Kind::Literal(Literal::Text(_)) => "is empty; write what the person is asked",
        _ => "is a string",
    };
    errors.at(tokens, format!("the question {wrong}: {FORM}"));
    String::new()
}

/// Tells that nothing is asked: at what was meant for it, if there is something.
fn no_text(attribute: &Attribute, meant: Option<&Entry>, errors: &mut Errors) -> String {
    match meant {
        None => errors.at(attribute, format!("`#[ask]` says what the person is asked: {FORM}")),
        Some(entry) if matches!(entry.value.kind, Kind::Absent) => {
            errors.at(&entry.key, format!("the question is a string: {FORM}"));
        }
        Some(entry) => errors.at(&entry.key, format!("the question stands first, without a key: {FORM}")),
    }
    String::new()
}

fn key(entry: &Entry, errors: &mut Errors) -> Option<Spanned<String>> {
    if entry.name() != "key" {
        errors.at(&entry.key, unknown_key("`#[ask]`", &entry.name(), &["key"]));
        return None;
    }
    let key = values::text(entry, errors)?;
    match refuses_name("a question", &key.value, 64) {
        None => Some(key),
        Some(reason) => {
            errors.at(&key, reason);
            None
        }
    }
}
