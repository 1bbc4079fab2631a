//! What a tool's structured result must be: the schema that is published for it, and what is done so that it holds.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    explain::Explainer,
    outline::{Outline, options},
    schema,
};
use crate::protocol::tools::ToolResult;

/// What the log is told before what is wrong with a result.
const BEGIN: &str = "the result breaks the output schema that is published for it, and clients would refuse it (a float that is \
                     infinite or not a number has no JSON form, and is written as `null`)";

/// The schema of a tool's structured result.
#[derive(Debug)]
pub(super) struct ResultSchema {
    schema: Arc<Value>,
    /// Whether the value is the member `result` of what is published. Many clients can't tell a `null` from a result that
    /// isn't there.
    is_wrapped: bool,
    /// What each result is held against; none where the type can't break its schema.
    checked: Option<CheckedSchema>,
}

#[derive(Debug)]
struct CheckedSchema {
    validator: jsonschema::Validator,
    outline: Outline,
}

/// Which results are held against their schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CheckedResults {
    /// All.
    All,
    /// Those whose schema says more than a derived type keeps to by itself.
    WhereNeeded,
}

/// A result that isn't what was published. For the log: its values aren't in it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct ResultBreach(String);

impl ResultSchema {
    /// Compiles a schema; says what is wrong with it.
    pub(super) fn compile(schema: Value, which: CheckedResults, wrong: &mut Vec<String>) -> Option<Self> {
        if !schema::check_output(&schema, wrong) {
            return None;
        }
        let schema = Arc::new(schema);
        let outline = Outline::new(Arc::clone(&schema), true);
        let is_wrapped = says_null(&outline);
        let is_needed = which == CheckedResults::All || may_break(&outline);
        let (schema, outline) = if is_wrapped {
            let schema = Arc::new(schema::wrap(&schema));
            (Arc::clone(&schema), Outline::new(schema, true))
        } else {
            (schema, outline)
        };
        let validator = options(true).build(&schema);
        let validator =
            validator.map_err(|error| wrong.push(format!("the output schema can't be used: {error}")));
        let checked = is_needed.then_some(CheckedSchema { validator: validator.ok()?, outline });
        Some(Self { schema, is_wrapped, checked })
    }

    pub(super) fn schema(&self) -> &Value {
        &self.schema
    }

    /// Makes a result what was published.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(super) fn keep(&self, mut result: ToolResult) -> Result<ToolResult, ResultBreach> {
        if result.is_error {
            return Ok(result);
        }
        let Some(json) = &mut result.structured else {
            return Err(ResultBreach(
                "the tool has an output schema, and this result has no structured value; `ToolResult::structured(&value)?` \
                 makes one"
                    .to_owned(),
            ));
        };
        if self.is_wrapped {
            *json = format!("{{\"result\":{json}}}");
        }
        match &self.checked {
            // What is nested too deeply to be read here is for the client to judge.
            Some(checked) if let Ok(value) = serde_json::from_str(json) => checked.check(&value)?,
            _ => {}
        }
        Ok(result)
    }
}

impl CheckedSchema {
    fn check(&self, value: &Value) -> Result<(), ResultBreach> {
        if self.validator.is_valid(value) {
            return Ok(());
        }
        // What a function gives is for its caller, and nothing for a log.
        let names = value.as_object().into_iter().flat_map(Map::keys);
        let secrets: Vec<Box<str>> = names.map(|name| name.as_str().into()).chain([Box::default()]).collect();
        let explainer = Explainer { outline: &self.outline, secrets: &secrets };
        Err(ResultBreach(explainer.explain(BEGIN, value)))
    }
}

/// Whether a schema says in so many words that its value may be `null`. One that says nothing of its value doesn't.
fn says_null(outline: &Outline) -> bool {
    let (mut open, mut left) = (vec![0], outline.len());
    while let Some(id) = open.pop() {
        let words = outline.words(id);
        let is_null = |word: &Value| word == "null";
        let of_type = words.get("type").is_some_and(|kind| {
            is_null(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_null))
        });
        let listed =
            words.get("enum").and_then(Value::as_array).is_some_and(|all| all.contains(&Value::Null));
        if of_type || listed || words.get("const").is_some_and(Value::is_null) {
            return true;
        }
        let Some(fewer) = left.checked_sub(1) else { return false };
        left = fewer;
        open.extend(outline.part(id).in_place());
    }
    false
}

/// Whether a value of a type that derives both its schema and how it is written could break this schema.
///
/// Objects of integers, texts and booleans can't, nor lists and maps and options of them. Whatever else is said might be
/// said by hand: bounds, patterns, formats, choices. And a float may be written as `null`.
fn may_break(outline: &Outline) -> bool {
    (0..outline.len()).any(|id| match outline.words(id) {
        Value::Object(words) => words.iter().any(|(keyword, value)| !is_kept(keyword, value, words)),
        // What `additionalProperties: false` excludes, no type adds.
        _ => false,
    })
}

/// Whether every derived type keeps to a keyword.
fn is_kept(keyword: &str, value: &Value, words: &Map<String, Value>) -> bool {
    match keyword {
        "$ref"
        | "$defs"
        | "$schema"
        | "$comment"
        | "title"
        | "description"
        | "default"
        | "examples"
        | "deprecated"
        | "readOnly"
        | "writeOnly"
        | "properties"
        | "required"
        | "additionalProperties"
        | "items" => true,
        "type" => value != "number" && value.as_array().is_none_or(|kinds| !kinds.contains(&json!("number"))),
        "format" => integer(value).is_some(),
        "minimum" | "maximum" => {
            let bounds = words.get("format").and_then(integer);
            bounds.is_some_and(|(least, most)| *value == if keyword == "minimum" { least } else { most })
        }
        // An `Option` of a type with a name.
        "anyOf" => {
            matches!(value.as_array().map(Vec::as_slice), Some([_, null]) if *null == json!({"type": "null"}))
        }
        keyword => keyword.starts_with("x-"),
    }
}

/// The least and the greatest value of an integer's format, as schemas of Rust's types write them; `null` where they don't.
fn integer(format: &Value) -> Option<(Value, Value)> {
    Some(match format.as_str()? {
        "int8" => (json!(i8::MIN), json!(i8::MAX)),
        "int16" => (json!(i16::MIN), json!(i16::MAX)),
        "uint8" => (json!(0), json!(u8::MAX)),
        "uint16" => (json!(0), json!(u16::MAX)),
        "uint32" | "uint64" | "uint128" | "uint" => (json!(0), Value::Null),
        "int32" | "int64" | "int128" | "int" => (Value::Null, Value::Null),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use schemars::JsonSchema;
    use serde::Serialize;

    use super::*;

    #[derive(Serialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct PlainResult {
        id: u64,
        small: u8,
        signed: i16,
        name: Option<String>,
        tags: Vec<String>,
        counts: HashMap<String, i32>,
        inner: Option<Box<PlainResult>>,
    }

    #[derive(Serialize, JsonSchema)]
    struct Measured {
        plain: Vec<Length>,
    }

    #[derive(Serialize, JsonSchema)]
    struct Length {
        metres: f32,
    }

    #[derive(Serialize, JsonSchema)]
    struct Bounded {
        #[schemars(range(max = 10))]
        count: u32,
    }

    fn schema_of<T: JsonSchema>() -> Value {
        schemars::schema_for!(T).to_value()
    }

    fn is_checked(schema: Value) -> bool {
        let mut wrong = Vec::new();
        let compiled = ResultSchema::compile(schema, CheckedResults::WhereNeeded, &mut wrong);
        compiled.unwrap_or_else(|| panic!("{wrong:?}")).checked.is_some()
    }

    #[test]
    fn only_what_a_type_can_break_is_checked_at_each_call() {
        for schema in [
            schema_of::<i64>(),
            schema_of::<bool>(),
            schema_of::<PlainResult>(),
            schema_of::<Vec<Option<PlainResult>>>(),
            schema_of::<BTreeMap<String, u32>>(),
            schema_of::<Value>().as_bool().map_or_else(schema_of::<Value>, |_| json!({})),
        ] {
            assert!(!is_checked(schema.clone()), "{schema}");
        }
        for schema in [
            schema_of::<f64>(),
            schema_of::<Measured>(),
            schema_of::<Option<f32>>(),
            schema_of::<Bounded>(),
            json!({"type": "string", "pattern": "^a"}),
            json!({"type": "string", "enum": ["a"]}),
            json!({"type": "integer", "format": "uint8", "minimum": 1, "maximum": 255}),
        ] {
            assert!(is_checked(schema.clone()), "{schema}");
        }
    }

    #[test]
    fn a_breach_names_path_and_rule_and_no_value() {
        let schema = json!({"type": "object", "properties": {
            "name": {"type": "string", "maxLength": 3}, "of": {"type": "array", "items": {"type": "number"}}}});
        let compiled = ResultSchema::compile(schema, CheckedResults::WhereNeeded, &mut Vec::new()).unwrap();
        let keep = |value: Value| compiled.keep(ToolResult::structured(&value).unwrap());
        assert!(keep(json!({"name": "abc", "of": [0.5]})).is_ok());
        let text = keep(json!({"name": "hush", "of": [0.5, null]})).unwrap_err().to_string();
        assert!(text.contains("`of[1]`: value is not of type \"number\""), "{text}");
        assert!(text.contains("`name`: value is longer than 3"), "{text}");
        assert!(!text.contains("hush"), "{text}");
        let text = compiled.keep(ToolResult::text("a")).unwrap_err().to_string();
        assert!(text.contains("has no structured value"), "{text}");
        assert!(compiled.keep(ToolResult::error("a")).is_ok());
    }

    #[test]
    fn what_may_be_null_is_a_member() {
        let mut wrong = Vec::new();
        let mut keep = |schema: Value, value: Value| {
            let compiled = ResultSchema::compile(schema, CheckedResults::All, &mut wrong).unwrap();
            let result = compiled.keep(ToolResult::structured(&value).unwrap()).unwrap();
            (compiled.schema().clone(), result.structured.unwrap())
        };
        let (schema, json) = keep(schema_of::<Option<PlainResult>>(), Value::Null);
        assert_eq!(json, r#"{"result":null}"#);
        assert_eq!((&schema["type"], &schema["required"]), (&json!("object"), &json!(["result"])));
        assert_eq!(keep(schema_of::<i64>(), json!(7)).1, "7");
        assert_eq!(keep(json!({}), json!(null)).1, "null");
    }
}
