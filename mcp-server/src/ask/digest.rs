//! What stands for a value where two are compared: a hash that they share only if they are the same.
//!
//! What is hashed says of each part what it is and how long, so one text of bytes is the text of one value only. What
//! a function could tell apart is told apart: `1`, `1.0` and `"1"`, `0.0` and `-0.0`, `null` and nothing. The order of
//! an object's members is all that doesn't count. Texts are taken as they are, without Unicode normalisation.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Number, Value};
use sha2::{Digest as _, Sha256};

use crate::call::Principal;

/// The hash of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// Of a JSON value.
    pub(crate) fn of_value(value: &Value) -> Self {
        let mut hash = Hash::default();
        hash.value(value);
        hash.finish()
    }

    /// Of a JSON object: the same as that of the value.
    pub(crate) fn of_object(members: &Map<String, Value>) -> Self {
        let mut hash = Hash::default();
        hash.object(members);
        hash.finish()
    }

    /// Of a principal.
    pub(crate) fn of_principal(principal: &Principal) -> Self {
        Fields::new("principal").text("owner", principal.owner().name()).digest()
    }

    /// Half of it, as text: what tells the few questions of one call apart.
    pub(crate) fn short(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0[..16])
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Several texts under their names, to be hashed together. No two lists of fields are the same bytes.
///
/// The kind says what the fields describe: two kinds share no digest, also with the same fields.
#[derive(Debug)]
pub(crate) struct Fields(Hash);

impl Fields {
    pub(crate) fn new(kind: &str) -> Self {
        let mut hash = Hash::default();
        hash.bytes(b'F', kind.as_bytes());
        Self(hash)
    }

    #[must_use]
    pub(crate) fn text(mut self, name: &str, text: &str) -> Self {
        self.0.bytes(b'k', name.as_bytes());
        self.0.bytes(b's', text.as_bytes());
        self
    }

    /// What is hashed already.
    #[must_use]
    pub(crate) fn hashed(mut self, name: &str, digest: Digest) -> Self {
        self.0.bytes(b'k', name.as_bytes());
        self.0.bytes(b'h', digest.as_bytes());
        self
    }

    pub(crate) fn digest(self) -> Digest {
        self.0.finish()
    }
}

/// Writes a tag for each part, and a length where there isn't always the same.
#[derive(Debug, Default)]
struct Hash(Sha256);

impl Hash {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.0.update(b"n"),
            Value::Bool(false) => self.0.update(b"f"),
            Value::Bool(true) => self.0.update(b"t"),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.bytes(b's', text.as_bytes()),
            Value::Array(items) => {
                self.counted(b'a', items.len());
                for item in items {
                    self.value(item);
                }
            }
            Value::Object(members) => self.object(members),
        }
    }

    fn object(&mut self, members: &Map<String, Value>) {
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        self.counted(b'o', sorted.len());
        for (key, value) in sorted {
            self.bytes(b'k', key.as_bytes());
            self.value(value);
        }
    }

    fn number(&mut self, number: &Number) {
        if let Some(natural) = number.as_u64() {
            self.fixed(b'u', natural.to_be_bytes());
        } else if let Some(negative) = number.as_i64() {
            self.fixed(b'i', negative.to_be_bytes());
        } else if let Some(fraction) = number.as_f64() {
            // Its bits: `-0.0` and `0.0` are equal, and a function can tell them apart.
            self.fixed(b'd', fraction.to_bits().to_be_bytes());
        } else {
            // Only `arbitrary_precision` has more, and with it no server starts.
            self.bytes(b'x', number.to_string().as_bytes());
        }
    }

    fn bytes(&mut self, tag: u8, bytes: &[u8]) {
        self.counted(tag, bytes.len());
        self.0.update(bytes);
    }

    fn counted(&mut self, tag: u8, count: usize) {
        self.fixed(tag, (count as u64).to_be_bytes());
    }

    fn fixed(&mut self, tag: u8, bytes: [u8; 8]) {
        self.0.update([tag]);
        self.0.update(bytes);
    }

    fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{
        call,
        protocol::json::{Unreadable, parse},
    };

    /// Values so small that two of them are often the same, and more often nearly so.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(Value::from),
            (-2..3_i64).prop_map(Value::from),
            (-2..3_i32).prop_map(|number| Value::from(f64::from(number) * 0.5)),
            Just(json!(-0.0)),
            any::<Option<u64>>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[01as]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::hash_map("[ab]{0,2}", inner, 0..3)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Whether a function sees the same, looked at in another way than by the hash.
    fn same(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.to_string() == b.to_string(),
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
            }
            (a, b) => a == b,
        }
    }

    fn reordered(value: &Value, by: usize) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| reordered(item, by)).collect(),
            Value::Object(members) => {
                let mut members: Vec<_> =
                    members.iter().map(|(key, value)| (key.clone(), reordered(value, by))).collect();
                let middle = by % members.len().max(1);
                members.rotate_left(middle);
                Value::Object(members.into_iter().collect())
            }
            other => other.clone(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

        #[test]
        fn two_values_share_a_digest_only_if_they_are_the_same(a in value(), b in value()) {
            prop_assert_eq!(Digest::of_value(&a) == Digest::of_value(&b), same(&a, &b), "{} {}", a, b);
        }

        #[test]
        fn the_order_of_members_does_not_count(a in value(), by in 0..6_usize) {
            prop_assert_eq!(Digest::of_value(&a), Digest::of_value(&reordered(&a, by)));
        }
    }

    /// All texts of up to three letters that are tags too, in twos.
    #[test]
    fn what_a_text_says_is_not_mistaken_for_structure() {
        let mut texts = vec![String::new()];
        for shorter in 0..7 {
            texts.extend(["k", "s"].map(|tag| format!("{tag}{}", texts[shorter])));
        }
        let pairs: Vec<_> = texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))).collect();
        let arrays: HashSet<_> = pairs.iter().map(|(a, b)| Digest::of_value(&json!([a, b]))).collect();
        let objects: HashSet<_> = pairs.iter().map(|(a, b)| Digest::of_value(&json!({*a: b}))).collect();
        let fields: HashSet<_> = pairs.iter().map(|(a, b)| Fields::new("").text(a, b).digest()).collect();
        let kinds: HashSet<_> = pairs.iter().map(|(a, b)| Fields::new(a).text(b, "").digest()).collect();
        assert_eq!([arrays, objects, fields, kinds].map(|all| all.len()), [15 * 15; 4]);
    }

    #[test]
    fn values_that_are_alike_differ() {
        let texts = [
            "null",
            "false",
            "true",
            "0",
            "0.0",
            "-0.0",
            "1",
            "1.0",
            "\"1\"",
            "-1",
            "9007199254740992",
            "9007199254740993",
            "9007199254740992.0",
            "18446744073709551615",
            "-9223372036854775808",
            "\"\"",
            "\"null\"",
            "\"\u{e9}\"",
            "\"e\u{301}\"",
            "[]",
            "{}",
            "[null]",
            "[[]]",
            "[[],[]]",
            "[[[]]]",
            "[1,2]",
            "[2,1]",
            "[[1],2]",
            "[12]",
            "[\"a\",\"b\"]",
            "[\"ab\"]",
            "{\"a\":null}",
            "{\"a\":1}",
            "{\"a\":{\"b\":1}}",
            "{\"a\":{},\"b\":1}",
            "{\"a\":\"b\"}",
            "[\"a\",\"\",\"b\"]",
        ];
        let digests: HashSet<Digest> = texts
            .iter()
            .map(|text| Digest::of_value(&parse(text.as_bytes()).unwrap().into_value()))
            .collect();
        assert_eq!(digests.len(), texts.len());
    }

    #[test]
    fn an_object_is_the_same_by_itself_and_as_a_value() {
        let value = json!({"b": [1, {"d": 1, "c": 2}], "a": "x"});
        assert_eq!(Digest::of_value(&value), Digest::of_object(value.as_object().unwrap()));
    }

    /// `serde_json` keeps the last of two members, so their digest would be that of another body.
    #[test]
    fn a_body_with_a_duplicate_key_has_no_digest() {
        for body in [r#"{"a":1,"a":1}"#, r#"{"arguments":{"a":1,"\u0061":2}}"#] {
            assert!(matches!(parse(body.as_bytes()), Err(Unreadable::Ambiguous(_))), "{body}");
        }
    }

    #[test]
    fn principals_are_told_apart() {
        let of = |issuer: &str, subject: &str, client: &str| {
            Digest::of_principal(&call::somebody(issuer, subject, client))
        };
        let digests = HashSet::from([
            Digest::of_principal(&Principal::default()),
            of("", "", ""),
            of("ab", "c", ""),
            of("a", "bc", ""),
            of("", "ab", "c"),
            of("anonymous", "", ""),
            of("c", "ab", ""),
        ]);
        assert_eq!(digests.len(), 7);
        assert_eq!(of("i", "s", "c"), of("i", "s", "c"));
    }
}
