//! The keys of `#[mcp_prompt(..)]`.

use super::{
    Call, Card, Rules,
    keys::{self, Own},
    source::Source,
    values,
};
use crate::{
    attr::{self, Annotation, Entry},
    diag::Errors,
};

/// A prompt, ready to be written down.
#[derive(Debug)]
pub(crate) struct Prompt {
    pub(crate) card: Card,
    pub(crate) rules: Rules,
}

/// A prompt has no keys to itself.
struct Nothing;

impl Own for Nothing {
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
        "timeout",
        "rate",
        "concurrency",
        "blocking",
    ];

    fn read(&mut self, _: &Entry, _: &mut Errors) {}
}

/// Reads a prompt; says everything that is wrong with it.
pub(super) fn read(annotation: &Annotation, source: &Source<'_>, errors: &mut Errors) -> (Prompt, Call) {
    let entries = values::distinct(attr::entries(annotation.arguments.clone(), errors), errors);
    let keys = keys::read(entries, source, &mut Nothing, errors);
    let call = keys.call(source, errors);
    (Prompt { card: keys.card(source, errors), rules: keys.rules }, call)
}
