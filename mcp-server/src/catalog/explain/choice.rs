//! Which of several ways of a schema a value means.

use serde_json::{Map, Value};

use super::{
    super::outline::{Outline, PartChoice, PartId},
    ValuePath, join, unknown_member,
    walk::ExplainWalk,
};

/// Why a value can't go a way, from the way's own words. Each is enough: no validator need be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RuledOut {
    /// Its type is another one, or it isn't among the values that are listed.
    Value,
    /// One of its members isn't among the values that tell the ways apart.
    Tag,
    /// It lacks a member.
    Missing,
}

impl ExplainWalk<'_> {
    /// Finds what is wrong with a value that has several ways to go.
    ///
    /// A way that the value can't go by the way's own words is left out. A single one that is left is the one that is
    /// meant. The validator is asked only where several are left, and nothing inside is walked then: so it is asked
    /// about no value twice.
    pub(super) fn choose(&mut self, choice: &PartChoice, value: &Value, spot: &ValuePath<'_>) {
        let outline = self.explainer.outline;
        // An `Option`'s other way is `null`, which nobody who sends a value means.
        let ways = choice.ways.iter().copied();
        let ways: Vec<PartId> = ways.filter(|way| value.is_null() || !is_of_null(outline, *way)).collect();
        let verdicts: Vec<_> = ways.iter().map(|way| ruled_out(outline, *way, value)).collect();
        let left = |among: &dyn Fn(Option<RuledOut>) -> bool| -> Vec<PartId> {
            let those = ways.iter().zip(&verdicts).filter(|(_, verdict)| among(**verdict));
            those.map(|(way, _)| *way).collect()
        };
        let open = left(&|verdict| verdict.is_none());
        match (&*open, &*ways) {
            ([only], _) | ([], [only]) => self.visit(*only, value, spot),
            ([], _) => {
                let near = left(&|verdict| verdict == Some(RuledOut::Missing));
                match (&*near, listed(outline, &ways)) {
                    (_, Some(options)) => {
                        let explainer = self.explainer;
                        self.found.add(|| spot.say(&explainer.not_one_of(value, &options, spot)));
                    }
                    ([only], None) => self.visit(*only, value, spot),
                    _ => self.tell_apart(&ways, value, spot),
                }
            }
            _ => self.ask(choice, &open, value, spot),
        }
    }

    /// Several ways may be meant: the validator decides whether one is gone.
    fn ask(&mut self, choice: &PartChoice, open: &[PartId], value: &Value, spot: &ValuePath<'_>) {
        let mut gone = 0;
        for way in open {
            gone += usize::from(self.takes(*way, value));
            if gone > 0 && !choice.takes_one {
                return;
            }
        }
        match gone {
            0 => self.found.add(|| spot.say("the value fits none of the forms that the schema has for it.")),
            1 => {}
            _ => self.found.add(|| {
                spot.say(
                    "the value fits several of the forms that the schema has for it, and may fit one only.",
                )
            }),
        }
    }

    /// A value that can go no way: what tells the ways apart is what is wrong with it.
    fn tell_apart(&mut self, ways: &[PartId], value: &Value, spot: &ValuePath<'_>) {
        let (explainer, outline) = (self.explainer, self.explainer.outline);
        if let Some((name, options)) = tags(outline, ways) {
            return match value.get(name) {
                Some(tag) => {
                    let there = ValuePath::Member(spot, name);
                    self.found.add(|| there.say(&explainer.not_one_of(tag, &options, &there)));
                }
                None if value.is_object() => self.found.add(|| {
                    let listed: Vec<String> = options.iter().map(ToString::to_string).collect();
                    let name = join(&spot.path(), name);
                    format!("`{name}`: required, but missing. It is one of {}.", listed.join(", "))
                }),
                None => self.none_fits(spot),
            };
        }
        match (value.as_object(), wrappers(outline, ways)) {
            (Some(members), Some(names)) if let Some(name) = members.keys().next() => {
                self.found.add(|| unknown_member(spot, name, &names));
            }
            _ => self.none_fits(spot),
        }
    }

    fn none_fits(&mut self, spot: &ValuePath<'_>) {
        self.found.add(|| spot.say("the value fits none of the forms that the schema has for it."));
    }
}

/// The values of all ways, if each of them lists its own.
fn listed<'o>(outline: &'o Outline, ways: &[PartId]) -> Option<Vec<&'o Value>> {
    let lists: Option<Vec<&[Value]>> = ways.iter().map(|way| outline.listed(*way)).collect();
    let values = lists?.into_iter().flatten().filter(|value| !value.is_null());
    Some(values.collect()).filter(|values: &Vec<_>| !values.is_empty())
}

/// Whether a way takes `null` alone.
fn is_of_null(outline: &Outline, way: PartId) -> bool {
    let is_null = outline.find(way, &mut |words, _| {
        let kind = words.get("type").is_some_and(|kind| kind == "null");
        (kind || words.get("const").is_some_and(Value::is_null)).then_some(())
    });
    is_null.is_some()
}

fn ruled_out(outline: &Outline, way: PartId, value: &Value) -> Option<RuledOut> {
    // Numbers that are written differently may be equal: that is for the validator.
    let is_listed = outline.listed(way).is_none_or(|values| value.is_number() || values.contains(value));
    if outline.excludes_type(way, value) || !is_listed {
        return Some(RuledOut::Value);
    }
    let Value::Object(members) = value else { return None };
    let other_tag = outline.find(way, &mut |_, part| {
        let mut named = part.properties.iter().filter_map(|(name, id)| Some((members.get(name)?, *id)));
        named.find_map(|(member, id)| {
            let constant = constant(outline, id).filter(|constant| *constant != member);
            constant.filter(|_| !member.is_number()).map(|_| ())
        })
    });
    if other_tag.is_some() {
        return Some(RuledOut::Tag);
    }
    let lacks = outline.find(way, &mut |words, _| {
        let mut required = words.get("required")?.as_array()?.iter().filter_map(Value::as_str);
        required.find(|name| !members.contains_key(*name)).map(|_| ())
    });
    lacks.map(|()| RuledOut::Missing)
}

/// The only value that a part allows.
fn constant(outline: &Outline, id: PartId) -> Option<&Value> {
    match outline.listed(id) {
        Some([only]) => Some(only),
        _ => None,
    }
}

/// The member whose constants tell all ways apart, and the constants.
fn tags<'o>(outline: &'o Outline, ways: &[PartId]) -> Option<(&'o str, Vec<&'o Value>)> {
    let of = |way: PartId, name: &str| {
        outline.find(way, &mut |_, part| constant(outline, *part.properties.get(name)?))
    };
    let first = *ways.first()?;
    outline.find(first, &mut |words, _| {
        let names = words.get("properties").and_then(Value::as_object)?.keys();
        let mut tags = names.filter_map(|name| {
            let constants: Option<Vec<&Value>> = ways.iter().map(|way| of(*way, name)).collect();
            Some((name.as_str(), constants?))
        });
        tags.next()
    })
}

/// The names of the only members of all ways, where each is an object of one.
fn wrappers<'o>(outline: &'o Outline, ways: &[PartId]) -> Option<Vec<&'o str>> {
    let of = |way: &PartId| {
        outline.find(*way, &mut |words, _| {
            let properties: &Map<String, Value> = words.get("properties")?.as_object()?;
            let only = properties.keys().next().filter(|_| properties.len() == 1)?;
            let required = words.get("required")?.as_array()?;
            required.iter().any(|name| name == only).then_some(only.as_str())
        })
    };
    ways.iter().map(of).collect()
}
