//! A schema as a graph of its parts, for walks that decide by themselves where they go.
//!
//! The verdict on a value is the validator's. What walks here explains a verdict, or estimates what reading the value
//! costs: it follows references once, and asks a validator only where a part can't be decided by its own words.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, OnceLock},
};

use jsonschema::{Draft, PatternOptions, Validator};
use percent_encoding::percent_decode_str;
use regex::Regex;
use serde_json::{Map, Value, json};

/// The number of a part.
pub(super) type PartId = usize;

/// How many references, one to the next, are followed for the words of one part.
const LONGEST_CHAIN: usize = 16;

/// The keywords that are a part's own: they say something of the value itself, not of what is inside it, and name no
/// other part.
const OWN_RULES: [&str; 19] = [
    "type",
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "required",
    "dependentRequired",
];

/// A schema, and its parts by number. The first one is the whole.
pub(crate) struct Outline {
    schema: Arc<Value>,
    parts: Vec<SchemaPart>,
    checks_formats: bool,
}

/// One schema inside a schema.
#[derive(Default)]
pub(super) struct SchemaPart {
    /// Where it stands: a JSON pointer.
    place: String,
    /// Whether it is `false`.
    pub(super) takes_nothing: bool,
    /// What holds of the same value: the target of `$ref`, the members of `allOf`.
    pub(super) same: Vec<PartId>,
    pub(super) choices: Vec<PartChoice>,
    pub(super) not: Option<PartId>,
    pub(super) condition: Option<(PartId, Option<PartId>, Option<PartId>)>,
    pub(super) dependent: Vec<(String, PartId)>,
    pub(super) properties: HashMap<String, PartId>,
    pub(super) patterns: Vec<(Regex, PartId)>,
    pub(super) additional: Option<PartId>,
    pub(super) unevaluated: Option<PartId>,
    pub(super) names: Option<PartId>,
    pub(super) prefix: Vec<PartId>,
    pub(super) items: Option<PartId>,
    pub(super) contains: Option<PartId>,
    /// The validator of the part's own rules, and the one of everything in it; made when it is first asked for.
    rules: OnceLock<Option<Validator>>,
    whole: OnceLock<Option<Validator>>,
}

/// `anyOf` or `oneOf`.
#[derive(Debug, Clone)]
pub(super) struct PartChoice {
    /// Whether it is `oneOf`.
    pub(super) takes_one: bool,
    pub(super) ways: Vec<PartId>,
}

/// How schemas are compiled: with a linear engine, so that no pattern runs for ever, and without a retriever, so that a
/// reference to elsewhere is an error and nothing is fetched.
pub(super) fn options(checks_formats: bool) -> jsonschema::ValidationOptions<'static> {
    let options =
        jsonschema::options().with_draft(Draft::Draft202012).with_pattern_options(PatternOptions::regex());
    if checks_formats { options.should_validate_formats(true) } else { options }
}

impl Outline {
    /// The outline of a schema that has been compiled. `checks_formats` is how.
    pub(crate) fn new(schema: Arc<Value>, checks_formats: bool) -> Self {
        let mut parts = PartsReader { schema: &schema, found: HashMap::new(), parts: Vec::new() };
        parts.at(String::new());
        let parts = parts.parts;
        Self { schema, parts, checks_formats }
    }

    pub(super) fn part(&self, id: PartId) -> &SchemaPart {
        &self.parts[id]
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The schema at a part.
    pub(super) fn words(&self, id: PartId) -> &Value {
        self.schema.pointer(&self.parts[id].place).unwrap_or(&Value::Null)
    }

    /// The validator of a part's own rules, if it has any.
    pub(super) fn rules(&self, id: PartId) -> Option<&Validator> {
        let make = || {
            let words = self.words(id).as_object()?;
            let own = words.iter().filter(|(keyword, _)| OWN_RULES.contains(&keyword.as_str()));
            let own: Map<String, Value> = own.map(|(key, value)| (key.clone(), value.clone())).collect();
            (!own.is_empty()).then(|| options(self.checks_formats).build(&Value::Object(own)).ok()).flatten()
        };
        self.parts[id].rules.get_or_init(make).as_ref()
    }

    /// Whether a value is valid by a part and everything in it. One that can't be asked takes everything.
    pub(super) fn takes(&self, id: PartId, value: &Value) -> bool {
        const ROOT: &str = "urn:mcp-server:schema";
        let make = || {
            let mut root = (*self.schema).clone();
            let own = root.get("$id").and_then(Value::as_str).map(str::to_owned);
            if let (None, Value::Object(words)) = (&own, &mut root) {
                words.insert("$id".to_owned(), ROOT.into());
            }
            let target = format!("{}#{}", own.as_deref().unwrap_or(ROOT), fragment(&self.parts[id].place));
            let schema = json!({ "$id": "urn:mcp-server:part", "$ref": target, "$defs": { "root": root } });
            options(self.checks_formats).build(&schema).ok()
        };
        self.parts[id].whole.get_or_init(make).as_ref().is_none_or(|validator| validator.is_valid(value))
    }

    /// Looks for a fact in the words of a part and of what else holds of the same value, references followed.
    pub(super) fn find<'o, T>(
        &'o self,
        id: PartId,
        fact: &mut dyn FnMut(&'o Value, &'o SchemaPart) -> Option<T>,
    ) -> Option<T> {
        self.find_within(id, LONGEST_CHAIN, fact)
    }

    fn find_within<'o, T>(
        &'o self,
        id: PartId,
        left: usize,
        fact: &mut dyn FnMut(&'o Value, &'o SchemaPart) -> Option<T>,
    ) -> Option<T> {
        let part = &self.parts[id];
        let left = left.checked_sub(1)?;
        fact(self.words(id), part)
            .or_else(|| part.same.iter().find_map(|same| self.find_within(*same, left, fact)))
    }

    /// The values that a part allows, if it lists them.
    pub(super) fn listed(&self, id: PartId) -> Option<&[Value]> {
        self.find(id, &mut |words, _| match (words.get("const"), words.get("enum")) {
            (Some(value), _) => Some(std::slice::from_ref(value)),
            (None, Some(Value::Array(values))) => Some(values.as_slice()),
            _ => None,
        })
    }

    /// Whether a value of this JSON type can't be one of the part's, as far as its `type` says.
    pub(super) fn excludes_type(&self, id: PartId, value: &Value) -> bool {
        let excludes = |words: &Value, _: &SchemaPart| match words.get("type") {
            Some(Value::String(kind)) => (!is_of_type(value, kind)).then_some(()),
            Some(Value::Array(kinds)) => {
                let fits = kinds.iter().filter_map(Value::as_str).any(|kind| is_of_type(value, kind));
                (!fits).then_some(())
            }
            _ => None,
        };
        self.find(id, &mut { excludes }).is_some()
    }

    /// Whether it says of objects that they have a member of this name: itself, or anything that it is made of.
    pub(super) fn names_member(&self, id: PartId, name: &str) -> bool {
        self.names_member_within(id, name, LONGEST_CHAIN)
    }

    fn names_member_within(&self, id: PartId, name: &str, left: usize) -> bool {
        let part = &self.parts[id];
        let Some(left) = left.checked_sub(1) else { return false };
        part.properties.contains_key(name)
            || part.additional.is_some()
            || part.patterns.iter().any(|(pattern, _)| pattern.is_match(name))
            || part.in_place().any(|id| self.names_member_within(id, name, left))
    }

    /// The names that an object may hold, by a part and what it is made of.
    pub(super) fn known_members(&self, id: PartId) -> Vec<&str> {
        let (mut names, mut seen, mut open) = (Vec::new(), HashSet::new(), vec![id]);
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                let properties = self.words(id).get("properties").and_then(Value::as_object);
                names.extend(properties.into_iter().flat_map(Map::keys).map(String::as_str));
                open.extend(self.parts[id].in_place());
            }
        }
        names
    }
}

impl SchemaPart {
    /// All parts that may hold of the same value.
    pub(super) fn in_place(&self) -> impl Iterator<Item = PartId> {
        let condition = self.condition.iter().flat_map(|(first, then, other)| {
            [Some(*first), *then, *other].into_iter().flatten().collect::<Vec<_>>()
        });
        let ways = self.choices.iter().flat_map(|choice| choice.ways.iter().copied());
        let dependent = self.dependent.iter().map(|(_, id)| *id);
        self.same.iter().copied().chain(ways).chain(condition).chain(dependent)
    }

    /// The parts that hold of a member of an object.
    pub(super) fn of_member(&self, name: &str) -> Vec<PartId> {
        let mut found: Vec<PartId> = self.properties.get(name).copied().into_iter().collect();
        found.extend(self.patterns.iter().filter(|(pattern, _)| pattern.is_match(name)).map(|(_, id)| *id));
        if found.is_empty() {
            found.extend(self.additional);
        }
        found
    }

    /// The part that holds of an array's item.
    pub(super) fn of_item(&self, index: usize) -> Option<PartId> {
        self.prefix.get(index).copied().or(self.items)
    }
}

/// Whether a value is of a type, as JSON Schema names them.
pub(super) fn is_of_type(value: &Value, kind: &str) -> bool {
    match (value, kind) {
        (Value::Null, "null")
        | (Value::Bool(_), "boolean")
        | (Value::Number(_), "number")
        | (Value::String(_), "string")
        | (Value::Array(_), "array")
        | (Value::Object(_), "object") => true,
        (Value::Number(number), "integer") => {
            !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        _ => false,
    }
}

/// Reads the parts of a schema.
struct PartsReader<'s> {
    schema: &'s Value,
    found: HashMap<String, PartId>,
    parts: Vec<SchemaPart>,
}

impl PartsReader<'_> {
    /// The part at a pointer.
    fn at(&mut self, place: String) -> PartId {
        if let Some(id) = self.found.get(&place) {
            return *id;
        }
        let id = self.parts.len();
        self.parts.push(SchemaPart { place: place.clone(), ..SchemaPart::default() });
        self.found.insert(place.clone(), id);
        match self.schema.pointer(&place) {
            Some(Value::Bool(false)) => self.parts[id].takes_nothing = true,
            // One with an identifier of its own has references of its own: it is for the validator alone.
            Some(Value::Object(words)) if place.is_empty() || !words.contains_key("$id") => {
                self.parts[id] = self.read(place, words);
            }
            _ => {}
        }
        id
    }

    fn read(&mut self, place: String, words: &Map<String, Value>) -> SchemaPart {
        let mut part = SchemaPart { same: self.referred(words), ..SchemaPart::default() };
        part.same.extend(self.list(&place, words, "allOf"));
        for (keyword, takes_one) in [("anyOf", false), ("oneOf", true)] {
            let ways = self.list(&place, words, keyword);
            part.choices.extend((!ways.is_empty()).then_some(PartChoice { takes_one, ways }));
        }
        part.not = self.one(&place, words, "not");
        if let Some(first) = self.one(&place, words, "if") {
            part.condition = Some((first, self.one(&place, words, "then"), self.one(&place, words, "else")));
        }
        part.dependent = self.named(&place, words, "dependentSchemas");
        part.properties = self.named(&place, words, "properties").into_iter().collect();
        let patterns = self.named(&place, words, "patternProperties").into_iter();
        part.patterns = patterns.filter_map(|(pattern, id)| Some((Regex::new(&pattern).ok()?, id))).collect();
        part.additional = self.one(&place, words, "additionalProperties");
        part.unevaluated = self.one(&place, words, "unevaluatedProperties");
        part.names = self.one(&place, words, "propertyNames");
        part.prefix = self.list(&place, words, "prefixItems");
        part.items = self.one(&place, words, "items").or_else(|| self.one(&place, words, "unevaluatedItems"));
        part.contains = self.one(&place, words, "contains");
        part.place = place;
        part
    }

    /// The target of a reference into this schema.
    fn referred(&mut self, words: &Map<String, Value>) -> Vec<PartId> {
        let reference = words.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        let Some(target) = reference.and_then(|target| percent_decode_str(target).decode_utf8().ok()) else {
            return Vec::new();
        };
        let is_there = self.schema.pointer(&target).is_some();
        if is_there { vec![self.at(target.into_owned())] } else { Vec::new() }
    }

    fn one(&mut self, place: &str, words: &Map<String, Value>, keyword: &str) -> Option<PartId> {
        words.contains_key(keyword).then(|| self.at(format!("{place}/{keyword}")))
    }

    fn list(&mut self, place: &str, words: &Map<String, Value>, keyword: &str) -> Vec<PartId> {
        let count = words.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).map(|at| self.at(format!("{place}/{keyword}/{at}"))).collect()
    }

    fn named(&mut self, place: &str, words: &Map<String, Value>, keyword: &str) -> Vec<(String, PartId)> {
        let names = words.get(keyword).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
        names.map(|name| (name.clone(), self.at(format!("{place}/{keyword}/{}", escaped(name))))).collect()
    }
}

/// A JSON pointer as the fragment of a URI.
fn fragment(pointer: &str) -> String {
    percent_encoding::utf8_percent_encode(pointer, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2F", "/")
}

impl fmt::Debug for Outline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outline").field("parts", &self.parts.len()).finish_non_exhaustive()
    }
}
