//! What it costs serde to read a value of a type whose forms aren't told apart.
//!
//! `#[serde(untagged)]` tries one variant after the other. A variant that fails late has read everything inside the
//! value, and where the type contains itself, what is inside is tried anew for each: a valid value of 24 levels and 700
//! bytes is read sixteen million times. No validator sees that, because the value is right.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    invocation::Arguments,
    outline::{Outline, PartId, is_of_type},
};

/// How often values may be read in a call, all of its arguments together. Twice as many take about a tenth of a second.
const MOST_READS: u64 = 100_000;
/// How often each value may be read in a call whose arguments hold many.
const MOST_READS_EACH: u64 = 8;
/// How many parts of a schema, one in the other, are followed for one value.
const DEEPEST_IN_PLACE: usize = 16;

/// Whether a type contains itself in two forms that a value may have both, as far as can be seen before it is read.
pub(super) fn may_repeat(outline: &Outline) -> bool {
    (0..outline.len()).any(|id| {
        outline.part(id).choices.iter().any(|choice| {
            let again: Vec<PartId> =
                choice.ways.iter().copied().filter(|way| reaches(outline, *way, id)).collect();
            again.iter().enumerate().any(|(at, first)| {
                let apart = |second: &PartId| {
                    choice.takes_one && are_tagged(outline, *first, *second)
                        || are_of_other_types(outline, *first, *second)
                };
                again[at + 1..].iter().any(|second| !apart(second))
            })
        })
    })
}

/// The first argument that serde would read too often, by its name.
pub(super) fn too_costly<'a>(outline: &Outline, arguments: &'a Arguments) -> Option<&'a str> {
    let mut reading = ReadCount { outline, reads: 0, values: 0 };
    arguments.iter().find_map(|(name, value)| {
        let parts = outline.part(0).of_member(name).into_iter().map(|part| (part, 1)).collect();
        reading.value(value, parts);
        reading.is_too_much().then_some(name.as_str())
    })
}

/// Whether a part is found again in another one, at any depth.
fn reaches(outline: &Outline, from: PartId, to: PartId) -> bool {
    let (mut seen, mut open) = (HashSet::new(), vec![from]);
    while let Some(id) = open.pop() {
        if id == to {
            return true;
        }
        if seen.insert(id) {
            let part = outline.part(id);
            open.extend(part.in_place());
            open.extend(part.properties.values());
            open.extend(part.patterns.iter().map(|(_, id)| id));
            open.extend(part.prefix.iter());
            open.extend([part.additional, part.unevaluated, part.items].into_iter().flatten());
        }
    }
    false
}

/// Whether a constant of the same member, or the only member that each has, tells two forms apart: then serde looks at
/// nothing else before it knows.
fn are_tagged(outline: &Outline, first: PartId, second: PartId) -> bool {
    let constant = |of: PartId, name: &str| {
        outline.find(of, &mut |_, part| match outline.listed(*part.properties.get(name)?) {
            Some([only]) => Some(only),
            _ => None,
        })
    };
    let has_other_tag = outline.find(first, &mut |_, part| {
        let other = |name: &&String| {
            constant(first, name).zip(constant(second, name)).is_some_and(|(first, second)| first != second)
        };
        part.properties.keys().find(other).map(|_| ())
    });
    let only = |of: PartId| {
        outline.find(of, &mut |words, part| {
            let name = part.properties.keys().next().filter(|_| part.properties.len() == 1)?;
            (words.get("additionalProperties") == Some(&Value::Bool(false))).then_some(name.as_str())
        })
    };
    has_other_tag.is_some() || only(first).zip(only(second)).is_some_and(|(first, second)| first != second)
}

fn are_of_other_types(outline: &Outline, first: PartId, second: PartId) -> bool {
    [Value::Array(Vec::new()), Value::Object(serde_json::Map::new())]
        .iter()
        .all(|value| outline.excludes_type(first, value) || outline.excludes_type(second, value))
}

/// Parts, and how often a value is read as each of them.
type Counts = HashMap<PartId, u64>;

struct ReadCount<'o> {
    outline: &'o Outline,
    reads: u64,
    values: u64,
}

impl ReadCount<'_> {
    fn is_too_much(&self) -> bool {
        self.reads > MOST_READS && self.reads / MOST_READS_EACH > self.values
    }

    /// Counts the reads of a value and of what is inside it. No deeper than the value is nested.
    fn value(&mut self, value: &Value, parts: Counts) {
        self.values += 1;
        let parts = self.all_in_place(value, parts);
        let most = parts.values().copied().fold(0, u64::saturating_add);
        self.reads = self.reads.saturating_add(most.max(1));
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.inside(item, &parts, |id| {
                        self.outline.part(id).of_item(index).into_iter().collect()
                    });
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.inside(member, &parts, |id| self.outline.part(id).of_member(name));
                }
            }
            _ => {}
        }
    }

    fn inside(&mut self, value: &Value, parts: &Counts, of: impl Fn(PartId) -> Vec<PartId>) {
        let mut next = Counts::new();
        for (id, count) in parts {
            for id in of(*id) {
                let known = next.entry(id).or_default();
                *known = known.saturating_add(*count);
            }
        }
        self.value(value, next);
    }

    /// The parts that a value is read as, with those that are made of others taken apart.
    fn all_in_place(&self, value: &Value, mut open: Counts) -> Counts {
        let mut all = Counts::new();
        for _ in 0..DEEPEST_IN_PLACE {
            let mut next = Counts::new();
            for (id, count) in open {
                let known = all.entry(id).or_default();
                *known = known.saturating_add(count);
                for id in self.read_as(id, value) {
                    let known = next.entry(id).or_default();
                    *known = known.saturating_add(count);
                }
            }
            if next.is_empty() {
                break;
            }
            open = next;
        }
        all
    }

    /// What a value of a part is read as, in its place. Of tagged forms, the one of its tag.
    fn read_as(&self, id: PartId, value: &Value) -> Vec<PartId> {
        let part = self.outline.part(id);
        let mut found = part.same.clone();
        for choice in &part.choices {
            let fits = |way: &PartId| {
                let is_other = choice.takes_one && self.has_other_tag(*way, value);
                !is_other && !self.outline.excludes_type(*way, value)
            };
            found.extend(choice.ways.iter().copied().filter(fits));
        }
        if let Some((_, then, other)) = part.condition {
            found.extend(then.into_iter().chain(other));
        }
        found.extend(part.dependent.iter().map(|(_, id)| *id));
        found
    }

    fn has_other_tag(&self, way: PartId, value: &Value) -> bool {
        let other = self.outline.find(way, &mut |_, part| {
            let mut named = part.properties.iter().filter_map(|(name, id)| Some((value.get(name)?, *id)));
            named.find_map(|(member, id)| match self.outline.listed(id) {
                Some([only]) if is_of_type(member, "string") => (only != member).then_some(()),
                _ => None,
            })
        });
        other.is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Deserialize, JsonSchema)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum Untagged {
        First { inner: Box<Untagged>, first: u8 },
        Second { inner: Box<Untagged> },
        Leaf(u8),
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "op", rename_all = "lowercase")]
    #[allow(dead_code)]
    enum Tagged {
        And { filters: Vec<Tagged> },
        Or { filters: Vec<Tagged> },
        Eq { value: String },
    }

    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code)]
    enum TaggedByName {
        Not(Box<TaggedByName>),
        Twice(Box<TaggedByName>),
        Leaf(u8),
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum RecursiveTree {
        Leaf(u8),
        Branch(Vec<RecursiveTree>),
        Named(std::collections::BTreeMap<String, RecursiveTree>),
    }

    fn outline<T: JsonSchema>() -> Outline {
        let schema = schemars::schema_for!(T).to_value();
        let definitions = schema.get("$defs").cloned().unwrap_or_default();
        let mut root = json!({"type": "object", "properties": {"value": schema}, "$defs": definitions});
        if let Some(reference) = root.pointer("/properties/value/$defs").is_some().then_some(()) {
            let () = reference;
            root["properties"]["value"].as_object_mut().unwrap().remove("$defs");
        }
        move_root(&mut root);
        Outline::new(Arc::new(root), false)
    }

    /// A root that refers to itself is an argument here.
    fn move_root(schema: &mut Value) {
        match schema {
            Value::Object(words) => {
                if words.get("$ref") == Some(&json!("#")) {
                    words.insert("$ref".to_owned(), json!("#/properties/value"));
                }
                words.values_mut().for_each(move_root);
            }
            Value::Array(items) => items.iter_mut().for_each(move_root),
            _ => {}
        }
    }

    fn nested(depth: usize, wrap: impl Fn(Value) -> Value) -> Arguments {
        let value = (0..depth).fold(json!(1), |inner, _| wrap(inner));
        Arguments::from_iter([("value".to_owned(), value)])
    }

    #[test]
    fn only_a_type_whose_forms_look_alike_may_repeat() {
        assert!(may_repeat(&outline::<Untagged>()));
        assert!(!may_repeat(&outline::<Tagged>()), "a tag tells them apart");
        assert!(!may_repeat(&outline::<TaggedByName>()), "a name tells them apart");
        assert!(!may_repeat(&outline::<RecursiveTree>()), "a type tells them apart");
    }

    #[test]
    fn reads_are_counted_as_serde_makes_them() {
        let outline = outline::<Untagged>();
        let wrap = |inner| json!({"inner": inner});
        assert_eq!(too_costly(&outline, &nested(10, wrap)), None);
        assert_eq!(too_costly(&outline, &nested(24, wrap)), Some("value"));
        assert_eq!(too_costly(&outline, &nested(60, wrap)), Some("value"), "in no time");
    }
}
