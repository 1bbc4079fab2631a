//! Entries that have URIs in common: who may read these, and which of them an author should know of.
//!
//! What is read at a URI is protected by everything that is written of it: a caller needs what all entries need that
//! have this URI, in whatever spelling. The function that runs is that of the most specific one.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    access::{Access, Need},
    resource::ResourceEntry,
    template::Span,
};

/// What follows from entries that have URIs in common.
#[derive(Debug, Default)]
pub(super) struct Overlaps {
    /// All entries need the same, so there is nothing to add.
    are_equal: bool,
    /// What fixed URIs need that need more than their own entry says.
    fixed: HashMap<Box<str>, Access>,
    /// What fixed URIs need in any spelling, of those that need anything.
    spans: HashMap<Span, Access>,
}

impl Overlaps {
    pub(super) fn of<'e>(
        fixed: impl Iterator<Item = &'e Arc<ResourceEntry>> + Clone,
        templates: &'e [Arc<ResourceEntry>],
    ) -> Self {
        let mut needs = fixed.clone().chain(templates).map(|entry| entry.access().need);
        let first = needs.next();
        if needs.all(|need| Some(need) == first) {
            return Self { are_equal: true, ..Self::default() };
        }
        let mut overlaps = Self::default();
        for entry in fixed.clone().filter(|entry| entry.access().need != Need::Nothing) {
            let access = overlaps.spans.entry(Span::of(entry.uri())).or_default();
            *access = access.with(entry.access());
        }
        for entry in fixed {
            let access = overlaps.needed(entry, templates);
            if access.need != entry.access().need {
                overlaps.fixed.insert(entry.uri().into(), access.into_owned());
            }
        }
        overlaps
    }

    /// Who may read what is at an entry's URI, or at this one of its template.
    pub(super) fn access<'a>(
        &'a self,
        entry: &'a ResourceEntry,
        uri: &str,
        templates: &[Arc<ResourceEntry>],
    ) -> Cow<'a, Access> {
        if self.are_equal { Cow::Borrowed(entry.access()) } else { self.at(uri, entry, templates) }
    }

    /// Who may read what is at a fixed URI.
    pub(super) fn of_fixed<'a>(&'a self, entry: &'a ResourceEntry) -> &'a Access {
        self.fixed.get(entry.uri()).unwrap_or(entry.access())
    }

    fn needed<'e>(&self, entry: &'e ResourceEntry, templates: &[Arc<ResourceEntry>]) -> Cow<'e, Access> {
        self.at(entry.uri(), entry, templates)
    }

    /// What an entry needs, with what all others need that have this URI.
    fn at<'e>(
        &self,
        uri: &str,
        entry: &'e ResourceEntry,
        templates: &[Arc<ResourceEntry>],
    ) -> Cow<'e, Access> {
        let (span, mut access) = (Span::of(uri), Cow::Borrowed(entry.access()));
        let covering = templates.iter().filter(|other| other.covers(&span)).map(|other| other.access());
        for other in self.spans.get(&span).into_iter().chain(covering) {
            let both = access.with(other);
            if both.need != access.need {
                access = Cow::Owned(both);
            }
        }
        access
    }
}

/// The entries with URIs in common that need different things, a line for each and those that it has URIs in common
/// with. With a URI, or a template's text, only what that has to do with.
pub(super) fn named<'e>(
    fixed: impl Iterator<Item = &'e Arc<ResourceEntry>>,
    templates: &'e [Arc<ResourceEntry>],
    only: Option<&str>,
) -> Vec<String> {
    let mut named: BTreeMap<&str, (&ResourceEntry, Vec<&ResourceEntry>)> = BTreeMap::new();
    let mut note = |template: &'e ResourceEntry, other: &'e ResourceEntry| {
        let is_meant = only.is_none_or(|only| template.uri() == only || other.uri() == only);
        if is_meant && template.access().need != other.access().need {
            named.entry(template.uri()).or_insert((template, Vec::new())).1.push(other);
        }
    };
    for entry in fixed {
        let span = Span::of(entry.uri());
        templates.iter().filter(|template| template.covers(&span)).for_each(|template| note(template, entry));
    }
    for (at, first) in templates.iter().enumerate() {
        let (_, later) = templates.split_at(at + 1);
        later.iter().filter(|second| first.meets(second)).for_each(|second| note(first, second));
    }
    named.into_values().map(|(template, others)| line(template, &others)).collect()
}

/// How many others a line names.
const MOST_NAMED: usize = 8;

fn line(template: &ResourceEntry, others: &[&ResourceEntry]) -> String {
    let mut names: Vec<String> = others.iter().take(MOST_NAMED).map(|other| described(other)).collect();
    if let Some(more @ 1..) = others.len().checked_sub(MOST_NAMED) {
        names.push(format!("{more} more"));
    }
    format!("{} has URIs in common with {}", described(template), names.join(", "))
}

fn described(entry: &ResourceEntry) -> String {
    let access = entry.access();
    let need = match access.need {
        Need::Nothing => "public".to_owned(),
        Need::Token => "any token".to_owned(),
        Need::Scopes(_) => format!("scope `{}`", access.scope()),
    };
    format!("`{}` ({need}, {})", entry.uri(), entry.place())
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Admission, Found, Guarded, Item, Offer, OfferRules, Resource, Selection};

    fn offer(door: Guarded, resources: Vec<Resource>) -> Offer {
        let admission = Admission { door, ..Admission::default() };
        let (found, mut problems) = (Found { resources, ..Found::default() }, Vec::new());
        let rules = OfferRules { page_size: 10, admission, ..OfferRules::default() };
        let offer = Offer::build(found, &Selection::default(), rules, &mut problems);
        assert!(problems.is_empty(), "it starts all the same: {problems:?}");
        offer
    }

    fn note(uri: &'static str, scope: &'static str) -> Resource {
        Resource::new(uri, "note", "A note.", |_| async { Ok("text") }).scope(scope)
    }

    #[test]
    fn tr_21_entries_with_uris_in_common_and_other_needs_are_named_with_their_needs_and_places() {
        let resources = || {
            vec![
                note("vault://files/secret", "admin"),
                note("vault://files/plain", "read"),
                note("vault://files/{name}", "read"),
                note("vault://{+path}", "read"),
                note("vault://{a}/{b}/c", "write"),
                note("other://{x}", "write"),
            ]
        };
        let lines = offer(Guarded::Checked, resources()).common_uris(None);
        let [files, path] = &*lines else { panic!("{lines:?}") };
        let place = format!("{}:", file!());
        assert!(
            files.starts_with("`vault://files/{name}` (scope `read`, ") && files.contains(&place),
            "{files}"
        );
        assert!(
            files.contains("`vault://files/secret` (scope `admin`, ") && !files.contains("plain"),
            "{files}"
        );
        assert!(path.starts_with("`vault://{+path}` (scope `read`, "), "{path}");
        assert!(path.contains("`vault://files/secret` (scope `admin`, "), "{path}");
        assert!(path.contains("`vault://{a}/{b}/c` (scope `write`, "), "{path}");
        assert_eq!(
            offer(Guarded::Open, resources()).common_uris(None),
            [""; 0],
            "nobody's scopes are checked"
        );
    }

    #[test]
    fn tr_21_what_is_added_is_named_with_what_it_has_in_common_and_nothing_else() {
        let resources =
            vec![note("a://b", "admin"), note("a://{x}", "read"), note("vault://files/{name}", "read")];
        let before = offer(Guarded::Checked, resources);
        let added = |uri: &'static str| {
            before.with(Item::Resource(note(uri, "admin"))).unwrap().common_uris(Some(uri))
        };
        let lines = added("vault://files/secret");
        assert!(lines.len() == 1 && lines[0].contains("`vault://files/secret`"), "{lines:?}");
        assert_eq!(added("vault://other/secret"), [""; 0]);
    }

    #[test]
    fn a_line_names_some_of_many() {
        let uris = ["a://1", "a://2", "a://3", "a://4", "a://5", "a://6", "a://7", "a://8", "a://9"];
        let mut resources: Vec<_> = uris.into_iter().map(|uri| note(uri, "admin")).collect();
        resources.push(note("a://{x}", "read"));
        let lines = offer(Guarded::Checked, resources).common_uris(None);
        assert!(lines.len() == 1 && lines[0].ends_with(", 1 more"), "{lines:?}");
    }
}
