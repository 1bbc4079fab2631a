//! Members that a schema does not name.
//!
//! The specification's schemas let objects have more members than they name, so that newer peers may add some.
//! An older client should not be sent what only newer ones name, and nothing but this walk shows that it is: it
//! follows a value and its schemas together.

use serde_json::Value;

use super::schema::{Schema, branches, escaped, members};

/// Members whose own members are not the specification's: what it names in them is held to, the rest may be.
const OPEN: [&str; 6] = ["_meta", "structuredContent", "arguments", "inputSchema", "outputSchema", "data"];

/// A part of a schema, and where it is.
#[derive(Clone)]
struct Part<'s> {
    place: String,
    schema: &'s Value,
}

/// The places of the members of `value` that none of these definitions names.
pub(super) fn unknown(schema: &Schema, definitions: &[&str], value: &Value) -> Vec<String> {
    let parts = definitions.iter().map(|name| Part::of(schema, schema.place(name))).collect();
    let places = Walk { schema }.value(parts, value, "");
    places.into_iter().map(|place| format!("{place} is not known")).collect()
}

impl<'s> Part<'s> {
    fn of(schema: &'s Schema, place: String) -> Self {
        Self { schema: schema.get(&place), place }
    }

    /// What a keyword of this part says.
    fn keyword(&self, name: &str) -> Option<Self> {
        let schema = self.schema.get(name)?;
        Some(Self { schema, place: format!("{}/{}", self.place, escaped(name)) })
    }

    /// What this part says of a member.
    fn property(&self, name: &str) -> Option<Self> {
        self.keyword("properties")?.keyword(name)
    }

    /// Whether objects are maps here: nothing is named, so every member may be. One that names some and allows
    /// more is none, since the specification says so of every result and of most notifications' parameters.
    fn is_map(&self) -> bool {
        self.schema.get("properties").is_none_or(|named| members(named).next().is_none())
    }
}

struct Walk<'s> {
    schema: &'s Schema,
}

impl<'s> Walk<'s> {
    /// Where a value is one of several things, it is the one that knows most of it.
    fn value(&self, parts: Vec<Part<'s>>, value: &Value, place: &str) -> Vec<String> {
        let ways = parts.into_iter().fold(vec![Vec::new()], |ways, part| both(ways, self.ways(part, value)));
        let unknown = ways.into_iter().map(|parts| self.unknown(&parts, value, place));
        unknown.min_by_key(Vec::len).unwrap_or_default()
    }

    /// The ways in which a value can be of this part, each as plain parts without references and choices.
    fn ways(&self, part: Part<'s>, value: &Value) -> Vec<Vec<Part<'s>>> {
        let mut ways = vec![Vec::new()];
        if let Some(reference) = part.schema.get("$ref").and_then(Value::as_str) {
            let target = Part::of(self.schema, reference.trim_start_matches('#').to_owned());
            ways = both(ways, self.ways(target, value));
        }
        let all = part.keyword("allOf");
        for at in 0..all.as_ref().and_then(|all| all.schema.as_array()).map_or(0, Vec::len) {
            let every = Part::of(self.schema, format!("{}/allOf/{at}", part.place));
            ways = both(ways, self.ways(every, value));
        }
        if branches(part.schema).next().is_some() {
            ways = both(ways, self.choices(&part, value));
        }
        let combines = ["$ref", "allOf", "anyOf", "oneOf"].iter().any(|name| part.schema.get(name).is_some());
        if !combines || part.schema.get("properties").is_some() {
            ways = both(ways, vec![vec![part]]);
        }
        ways
    }

    /// The ways of every branch that the value holds against. A value that holds against none is wrong in another
    /// way, which validation says.
    fn choices(&self, part: &Part<'s>, value: &Value) -> Vec<Vec<Part<'s>>> {
        branches(part.schema)
            .map(|(end, schema)| Part { schema, place: format!("{}{end}", part.place) })
            .filter(|branch| self.schema.is(value, &branch.place))
            .flat_map(|branch| self.ways(branch, value))
            .collect()
    }

    fn unknown(&self, parts: &[Part<'s>], value: &Value, place: &str) -> Vec<String> {
        match value {
            // What nothing is said of may be anything.
            _ if parts.is_empty() => Vec::new(),
            Value::Object(object) => {
                object.iter().flat_map(|(name, value)| self.member(parts, name, value, place)).collect()
            }
            Value::Array(list) => {
                let items: Vec<_> = parts.iter().filter_map(|part| part.keyword("items")).collect();
                let each = list.iter().enumerate();
                each.flat_map(|(at, item)| self.value(items.clone(), item, &format!("{place}/{at}")))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn member(&self, parts: &[Part<'s>], name: &str, value: &Value, object: &str) -> Vec<String> {
        let place = format!("{object}/{}", escaped(name));
        let named: Vec<_> = parts.iter().filter_map(|part| part.property(name)).collect();
        if !named.is_empty() {
            return self.value(named, value, &place);
        }
        if parts.iter().all(Part::is_map) {
            let every = parts.iter().filter_map(|part| part.keyword("additionalProperties"));
            return self.value(every.collect(), value, &place);
        }
        let open = object.rsplit('/').next().is_some_and(|object| OPEN.contains(&object));
        if open { Vec::new() } else { vec![place] }
    }
}

/// Every way of the first together with every way of the second.
fn both<'s>(first: Vec<Vec<Part<'s>>>, second: Vec<Vec<Part<'s>>>) -> Vec<Vec<Part<'s>>> {
    let pairs = first.iter().flat_map(|one| second.iter().map(move |other| (one, other)));
    pairs.map(|(one, other)| one.iter().chain(other).cloned().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn unknown_in(definition: &str, value: Value) -> Vec<String> {
        let schema = Schema::compile(json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "definitions": {
                "Dog": {
                    "type": "object",
                    "properties": {"kind": {"const": "dog"}, "barks": {"type": "boolean"}, "_meta": {
                        "type": "object", "additionalProperties": {}, "properties": {"tag": {"$ref": "#/definitions/Tag"}},
                    }},
                    "required": ["kind"],
                },
                "Cat": {"type": "object", "properties": {"kind": {"const": "cat"}}, "required": ["kind"]},
                "Tag": {"type": "object", "properties": {"n": {"type": "integer"}}},
                "Pet": {"anyOf": [{"$ref": "#/definitions/Dog"}, {"$ref": "#/definitions/Cat"}]},
                "Loose": {"oneOf": [{"$ref": "#/definitions/Tag"}, {"properties": {"m": true, "n": true}}]},
                "Tagged": {"allOf": [{"$ref": "#/definitions/Dog"}, {"$ref": "#/definitions/Tag"}]},
                "Home": {"type": "object", "properties": {
                    "pets": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
                    "by_name": {"type": "object", "additionalProperties": {"$ref": "#/definitions/Pet"}},
                    "notes": {"type": "object"},
                    "any": {},
                }},
            },
        }));
        unknown(&schema, &[definition], &value)
    }

    #[test]
    fn what_is_named_is_known() {
        for (definition, value) in [
            ("Dog", json!({"kind": "dog", "barks": true})),
            ("Pet", json!({"kind": "dog", "barks": true})),
            ("Tagged", json!({"kind": "dog", "barks": true, "n": 1})),
            ("Loose", json!({"m": 1, "n": 1})),
            ("Home", json!({"pets": [{"kind": "cat"}], "by_name": {"rex": {"kind": "dog", "barks": false}}})),
            ("Home", json!({"notes": {"x": {"y": 1}}, "any": {"z": [{"a": 1}]}})),
            ("Dog", json!({"kind": "dog", "_meta": {"com.example/k": {"x": 1}, "tag": {"n": 1}}})),
        ] {
            assert_eq!(unknown_in(definition, value.clone()), [""; 0], "{definition} {value}");
        }
    }

    #[test]
    fn what_is_not_named_is_found_at_its_place() {
        for (definition, value, place) in [
            ("Dog", json!({"kind": "dog", "name": "rex"}), "/name"),
            ("Pet", json!({"kind": "cat", "barks": true}), "/barks"),
            ("Tagged", json!({"kind": "dog", "n": 1, "name": 2}), "/name"),
            ("Loose", json!({"m": 1, "o": 1}), "/o"),
            ("Home", json!({"pets": [{"kind": "dog"}, {"kind": "cat", "a/b": 1}]}), "/pets/1/a~1b"),
            ("Home", json!({"by_name": {"tom": {"kind": "cat", "barks": 1}}}), "/by_name/tom/barks"),
            ("Dog", json!({"kind": "dog", "_meta": {"tag": {"m": 1}}}), "/_meta/tag/m"),
            ("Cat", json!({"kind": "cat", "_meta": {}}), "/_meta"),
        ] {
            assert_eq!(unknown_in(definition, value.clone()), [format!("{place} is not known")], "{value}");
        }
    }
}
