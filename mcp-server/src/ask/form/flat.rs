//! A type's schema made flat: one object, of properties that clients know.

use serde_json::{Map, Value, json};

use super::property::{Flattening, ignored};

/// The flat schema of a form.
///
/// # Errors
///
/// Everything that a form can't hold.
pub(super) fn flattened(root: &Value) -> Result<Value, Vec<String>> {
    let flattening = Flattening { root };
    let mut keywords = flattening.resolved(root).map_err(|wrong| vec![format!("the form {wrong}")])?;
    let mut wrong = Vec::new();
    if keywords.shift_remove("type").is_none_or(|kind| kind != "object") {
        wrong.push("a form is an object: a struct with named fields, or `\"type\": \"object\"`".to_owned());
        return Err(wrong);
    }
    let properties = match keywords.shift_remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    let required = keywords.shift_remove("required");
    unknown(&properties, required.as_ref(), &mut wrong);
    for (keyword, value) in &keywords {
        wrong.extend(refuse_of_form(keyword, value));
    }
    let mut kept = Kept { properties: Map::new(), required: Vec::new() };
    for (name, property) in &properties {
        match flattening.property(name, property) {
            Ok((property, optional)) => {
                let is_required = names(required.as_ref()).any(|required| required == name);
                kept.required.extend((is_required && !optional).then(|| name.clone()));
                kept.properties.insert(name.clone(), Value::Object(property));
            }
            Err(text) => wrong.extend(text.into_iter().map(|text| format!("`{name}` {text}"))),
        }
    }
    if wrong.is_empty() { Ok(kept.into_schema()) } else { Err(wrong) }
}

struct Kept {
    properties: Map<String, Value>,
    required: Vec<String>,
}

impl Kept {
    fn into_schema(self) -> Value {
        let mut schema = json!({ "type": "object", "properties": self.properties });
        if !self.required.is_empty() {
            schema["required"] = self.required.into();
        }
        schema
    }
}

fn names(required: Option<&Value>) -> impl Iterator<Item = &str> {
    required.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn unknown(properties: &Map<String, Value>, required: Option<&Value>, wrong: &mut Vec<String>) {
    let unknown = names(required).filter(|name| !properties.contains_key(*name));
    wrong.extend(unknown.map(|name| format!("`{name}` is required, and there is no such property")));
}

/// Why a form can't have a keyword beside its properties.
fn refuse_of_form(keyword: &str, value: &Value) -> Option<String> {
    let (rule, fix) = match keyword {
        "title" | "description" | "default" => return None,
        "additionalProperties" | "unevaluatedProperties" if *value == Value::Bool(false) => return None,
        "additionalProperties" | "patternProperties" | "unevaluatedProperties" => {
            ("a form's properties have names", "remove the map, also one under `#[serde(flatten)]`")
        }
        "oneOf" | "anyOf" | "allOf" => (
            "a form is one object, always the same",
            "ask for an enum without data first, and then for the rest",
        ),
        _ if ignored(keyword) => return None,
        _ => ("clients don't know it", "remove it"),
    };
    Some(format!("a form can't have `{keyword}`: {rule}; {fix}"))
}
