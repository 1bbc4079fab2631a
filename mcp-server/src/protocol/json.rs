//! A JSON tree that borrows from the request's bytes.
//!
//! One pass over the bytes gives the whole message. Strings without escapes are slices of the body, objects
//! keep their members in a vector. What `serde_json::Value` lets pass is refused here: duplicate keys (it keeps
//! the last one, a proxy in front may keep the first) and messages of more values than a body limit implies.

use std::{borrow::Cow, cell::Cell, collections::HashSet, fmt, str::Utf8Error};

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value, error::Category};

use super::shortened::shortened;

/// The most values (of any kind, at any depth) one message may hold. A 4 MiB body of `[0,0,…]` would hold two
/// million, at 32 bytes each; real messages hold hundreds.
pub(crate) const MAX_VALUES: usize = 500_000;

/// From this many members on, duplicate keys are looked for with a set instead of by comparing all pairs.
const PAIRWISE_MEMBERS: usize = 16;

/// A JSON value whose strings are slices of the text they were read from, where they hold no escapes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// The members of a JSON object, in the order they were sent, each key once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

/// Why bytes aren't a message we take: not JSON, or JSON that two readers could understand differently.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// Not UTF-8.
    NotText(Utf8Error),
    /// Not JSON, or nested deeper than 128 levels.
    Syntax(serde_json::Error),
    /// JSON, but with a duplicate key or with too many values.
    Ambiguous(serde_json::Error),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText(error) => error.fmt(f),
            Self::Syntax(error) | Self::Ambiguous(error) => error.fmt(f),
        }
    }
}

/// Reads one JSON value that fills `bytes`.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json<'_>, Unreadable> {
    // Once for the whole text: `from_slice` would look at each string by itself.
    let text = str::from_utf8(bytes).map_err(Unreadable::NotText)?;
    let left = Cell::new(MAX_VALUES);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Tree { left: &left }
        .deserialize(&mut deserializer)
        .and_then(|tree| deserializer.end().map(|()| tree));
    read.map_err(|error| match error.classify() {
        Category::Data => Unreadable::Ambiguous(error),
        Category::Io | Category::Syntax | Category::Eof => Unreadable::Syntax(error),
    })
}

impl<'a> Json<'a> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if it is one that fits.
    pub(crate) fn as_i64(&self) -> Option<i64> {
        match self {
            Json::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    pub(crate) fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// What kind of value this is, as an error message names it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// How many values it is, with all that it holds: what counts towards [`MAX_VALUES`].
    fn values(&self) -> usize {
        match self {
            Self::Array(items) => 1 + items.iter().map(Json::values).sum::<usize>(),
            Self::Object(object) => object.values(),
            _ => 1,
        }
    }

    /// The same value, owned.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(value) => Value::Number(value),
            Self::String(value) => Value::String(value.into_owned()),
            Self::Array(items) => Value::Array(items.into_iter().map(Json::into_value).collect()),
            Self::Object(object) => Value::Object(object.into_map()),
        }
    }
}

impl<'a> Object<'a> {
    pub(crate) fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Takes a member out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Json<'a>> {
        let place = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.swap_remove(place).1)
    }

    /// How many values it holds, itself included.
    pub(crate) fn values(&self) -> usize {
        1 + self.0.iter().map(|(_, value)| value.values()).sum::<usize>()
    }

    pub(crate) fn into_map(self) -> serde_json::Map<String, Value> {
        self.0.into_iter().map(|(name, value)| (name.into_owned(), value.into_value())).collect()
    }
}

/// Reads a value and everything in it, counting.
#[derive(Clone, Copy)]
struct Tree<'c> {
    left: &'c Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Json<'de>;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => {
                return Err(de::Error::custom(format_args!(
                    "a message may hold {MAX_VALUES} values at most"
                )));
            }
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
        let mut object = Vec::new();
        let mut seen = HashSet::new();
        while let Some(key) = members.next_key_seed(Key)? {
            if repeats(&object, &mut seen, &key) {
                let key = shortened(&key);
                return Err(de::Error::custom(format_args!("the key {key:?} occurs twice in one object")));
            }
            let value = members.next_value_seed(self)?;
            object.push((key, value));
        }
        Ok(Json::Object(Object(object)))
    }
}

/// Whether `key` is among the members read so far. `seen` is filled only for large objects.
fn repeats<'de>(object: &[(Cow<'de, str>, Json<'de>)], seen: &mut HashSet<Cow<'de, str>>, key: &str) -> bool {
    if object.len() < PAIRWISE_MEMBERS {
        return object.iter().any(|(name, _)| name == key);
    }
    if seen.is_empty() {
        seen.extend(object.iter().map(|(name, _)| name.clone()));
    }
    !seen.insert(Cow::Owned(key.to_owned()))
}

/// Reads a key, borrowed where it can be.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_without_escapes_are_borrowed() {
        let tree = parse(br#"{"a":"plain","b":"es\"caped"}"#).unwrap();
        let object = tree.as_object().unwrap();
        assert!(matches!(object.get("a"), Some(Json::String(Cow::Borrowed("plain")))));
        assert_eq!(object.get("b").and_then(Json::as_str), Some("es\"caped"));
    }

    #[test]
    fn a_duplicate_key_is_ambiguous_in_small_and_large_objects_and_when_escaped() {
        let large: Vec<String> = (0..40).map(|n| format!("\"k{n}\":0")).collect();
        let cases = [
            r#"{"a":1,"a":2}"#.to_owned(),
            r#"{"a":{"b":1,"\u0062":2}}"#.to_owned(),
            format!("{{{},\"k7\":1}}", large.join(",")),
        ];
        for text in cases {
            assert!(matches!(parse(text.as_bytes()), Err(Unreadable::Ambiguous(_))), "{text}");
        }
        assert!(parse(format!("{{{}}}", large.join(",")).as_bytes()).is_ok());
    }

    #[test]
    fn depth_and_number_of_values_are_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(127).as_bytes()).is_ok());
        assert!(matches!(parse(nested(200).as_bytes()), Err(Unreadable::Syntax(_))));
        let many = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(parse(many(MAX_VALUES - 1).as_bytes()).is_ok());
        assert!(matches!(parse(many(MAX_VALUES).as_bytes()), Err(Unreadable::Ambiguous(_))));
    }

    #[test]
    fn what_follows_the_value_is_an_error() {
        assert!(matches!(parse(b"{} {}"), Err(Unreadable::Syntax(_))));
        assert!(matches!(parse(b""), Err(Unreadable::Syntax(_))));
        assert!(matches!(parse(b"\"\xff\""), Err(Unreadable::NotText(_))));
    }
}
