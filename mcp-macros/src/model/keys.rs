//! The keys of an attribute: which there are, and who reads each.

use proc_macro2::Ident;

use super::{card, rules, rules::Rules, source::Source, values};
use crate::{
    attr::Entry,
    diag::{Errors, unknown_key},
    model::{Call, Card},
};

/// The keys that one kind of function has to itself.
pub(super) trait Own {
    /// All its keys, also those that others have.
    const KNOWN: &'static [&'static str];

    /// Reads a key that nobody else has.
    fn read(&mut self, entry: &Entry, errors: &mut Errors);
}

/// What the attribute says beside its own keys.
#[derive(Debug, Default)]
pub(super) struct Keys {
    card: card::Keys,
    pub(super) rules: Rules,
    /// The key, where it stands.
    blocking: Option<Ident>,
}

/// Reads the keys; says everything that is wrong with them.
pub(super) fn read<O: Own>(
    entries: Vec<Entry>,
    source: &Source<'_>,
    own: &mut O,
    errors: &mut Errors,
) -> Keys {
    rules::contradictions(&entries, O::KNOWN, errors);
    let mut keys = Keys::default();
    for entry in entries {
        match &*entry.name() {
            unknown if !O::KNOWN.contains(&unknown) => {
                let owner = format!("`#[{}]`", source.offered.attribute());
                errors.at(&entry.key, unknown_key(&owner, unknown, O::KNOWN));
            }
            "name" | "title" | "description" | "icon" | "meta" => {
                keys.card.read(&entry, source.offered, errors);
            }
            "scope" | "scopes" | "public" | "authenticated" | "start" | "approval" | "timeout" | "rate"
            | "concurrency" | "task" => {
                keys.rules.read(entry, errors);
            }
            "blocking" => keys.blocking = values::flag(&entry, errors).then_some(entry.key),
            _ => own.read(&entry, errors),
        }
    }
    keys
}

impl Keys {
    pub(super) fn card(&self, source: &Source<'_>, errors: &mut Errors) -> Card {
        self.card.card(source, errors)
    }

    pub(super) fn call(&self, source: &Source<'_>, errors: &mut Errors) -> Call {
        source.call(self.blocking.as_ref(), errors)
    }
}
