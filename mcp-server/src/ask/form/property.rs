//! A property made flat: references followed, an `Option` made optional, and only what forms know left.

use serde_json::{Map, Value, json};

use super::{bounds, choices::Choices, secrecy};

/// How long a chain of references may be. A longer one goes round in a circle.
const LONGEST_CHAIN: usize = 16;

/// The formats of texts that clients know.
const FORMATS: [&str; 4] = ["email", "uri", "date", "date-time"];

/// A schema that is being made flat.
pub(super) struct Flattening<'s> {
    pub(super) root: &'s Value,
}

/// What is left of a property, and whether its type says that it may be left out.
type Property = (Map<String, Value>, bool);

impl Flattening<'_> {
    /// A schema's keywords, with those of what it refers to. What stands beside a reference says more.
    pub(super) fn resolved(&self, schema: &Value) -> Result<Map<String, Value>, String> {
        let Value::Object(keywords) = schema else {
            return Err("can be anything; a form asks for texts, numbers, booleans and choices".to_owned());
        };
        let mut keywords = keywords.clone();
        for _ in 0..LONGEST_CHAIN {
            let referred = if let Some(reference) = keywords.shift_remove("$ref") {
                self.referred(&reference)?
            } else if let Some([only]) = keywords.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                let only = only.clone();
                keywords.shift_remove("allOf");
                only
            } else {
                return Ok(keywords);
            };
            let Value::Object(referred) = referred else { return self.resolved(&referred) };
            for (keyword, value) in referred {
                keywords.entry(keyword).or_insert(value);
            }
        }
        Err("refers to itself; a form is flat".to_owned())
    }

    fn referred(&self, reference: &Value) -> Result<Value, String> {
        let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
        let referred = pointer.and_then(|pointer| self.root.pointer(pointer)).cloned();
        referred.ok_or_else(|| format!("refers to {reference}, and there is nothing"))
    }

    /// A property with what forms know of it.
    pub(super) fn property(&self, name: &str, schema: &Value) -> Result<Property, Vec<String>> {
        let one = |text: String| vec![text];
        let (mut keywords, optional) = self.without_null(self.resolved(schema).map_err(one)?).map_err(one)?;
        keywords.retain(|keyword, _| !ignored(keyword));
        let choices = Choices::take(&mut keywords, self).map_err(one)?;
        let mut property = match choices {
            Some(choices) => single(&choices, &mut keywords).map_err(one)?,
            None => self.simple(name, &mut keywords).map_err(one)?,
        };
        if let Some(default) = keywords.shift_remove("default").filter(|default| !default.is_null()) {
            property.insert("default".to_owned(), default);
        }
        let kind = property["type"].as_str().unwrap_or_default();
        let left: Vec<String> = keywords.keys().map(|keyword| refuse(keyword, kind)).collect();
        if left.is_empty() { Ok((property, optional)) } else { Err(left) }
    }

    /// The keywords without `null`, and whether there was one: an `Option` is a property that may be left out.
    fn without_null(&self, mut keywords: Map<String, Value>) -> Result<Property, String> {
        let mut optional = false;
        for ways in ["anyOf", "oneOf"] {
            let Some(Value::Array(all)) = keywords.get(ways) else { continue };
            let left: Vec<Value> = all.iter().filter(|way| !is_null(way)).cloned().collect();
            if left.len() == all.len() {
                continue;
            }
            optional = true;
            keywords.shift_remove(ways);
            if let [only] = &*left {
                for (keyword, value) in self.resolved(only)? {
                    keywords.entry(keyword).or_insert(value);
                }
            } else {
                keywords.insert(ways.to_owned(), left.into());
            }
        }
        if let Some(Value::Array(kinds)) = keywords.get_mut("type") {
            let before = kinds.len();
            kinds.retain(|kind| kind != "null");
            optional |= kinds.len() < before;
            if let [only] = &**kinds {
                let only = only.clone();
                keywords.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(values)) = keywords.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        Ok((keywords, optional))
    }

    /// A property that is no choice.
    fn simple(&self, name: &str, keywords: &mut Map<String, Value>) -> Result<Map<String, Value>, String> {
        let kind = keywords.shift_remove("type");
        let mut property = begun(kind.as_ref().and_then(Value::as_str).unwrap_or_default(), keywords);
        match kind.as_ref().and_then(Value::as_str) {
            Some("string") if secrecy::is_secret(name) => Err(SECRET.to_owned()),
            Some("string") => {
                if keywords.get("format").is_some_and(|format| FORMATS.iter().any(|known| format == known)) {
                    carry(keywords, &mut property, &["format"]);
                }
                carry(keywords, &mut property, &["minLength", "maxLength"]);
                Ok(property)
            }
            Some("integer" | "number") => {
                carry(keywords, &mut property, &["minimum", "maximum"]);
                if let Some(Value::String(format)) = keywords.shift_remove("format") {
                    bounds::add(&format, &mut property);
                }
                Ok(property)
            }
            Some("boolean") => Ok(property),
            Some("array") => self.multiple(keywords, property),
            Some("object") => Err("is an object, and a form is flat; ask for its members one by one, \
                 as with `#[serde(flatten)]`"
                .to_owned()),
            _ if kind.is_some() => Err("has several types, and a form's property has one".to_owned()),
            _ => Err("says no type; a form asks for texts, numbers, booleans and choices".to_owned()),
        }
    }

    /// A choice of several.
    fn multiple(
        &self,
        keywords: &mut Map<String, Value>,
        mut property: Map<String, Value>,
    ) -> Result<Map<String, Value>, String> {
        const RULE: &str =
            "is a list, and a form's list is a choice of several: a `Vec` of an enum without data";
        carry(keywords, &mut property, &["minItems", "maxItems"]);
        let items = keywords.shift_remove("items").ok_or(RULE)?;
        let mut items = self.resolved(&items)?;
        let choices = Choices::take(&mut items, self)?.ok_or(RULE)?;
        let is_text = items.shift_remove("type").is_none_or(|kind| kind == "string");
        items.retain(|keyword, _| !ignored(keyword) && !matches!(&**keyword, "title" | "description"));
        if !is_text || !items.is_empty() {
            return Err(RULE.to_owned());
        }
        let items = if choices.is_titled() {
            json!({ "anyOf": choices.titled() })
        } else {
            json!({ "type": "string", "enum": choices.values() })
        };
        property.insert("items".to_owned(), items);
        Ok(property)
    }
}

const SECRET: &str = "is a secret by its name, and what is said in a form passes through the client; \
    have the person open a page of yours instead, or rename it";

fn is_null(way: &Value) -> bool {
    way.get("type").is_some_and(|kind| kind == "null") || way.get("const").is_some_and(Value::is_null)
}

/// A choice of one.
fn single(choices: &Choices, keywords: &mut Map<String, Value>) -> Result<Map<String, Value>, String> {
    if keywords.shift_remove("type").is_some_and(|kind| kind != "string") {
        return Err("is a choice of something else than texts".to_owned());
    }
    let mut property = begun("string", keywords);
    if choices.is_titled() {
        property.insert("oneOf".to_owned(), choices.titled());
        return Ok(property);
    }
    property.insert("enum".to_owned(), choices.values());
    if let Some(names) = keywords.shift_remove("enumNames") {
        let texts = names.as_array().map(|names| names.iter().filter(|name| name.is_string()).count());
        if texts != Some(choices.len()) {
            return Err("needs as many texts in `enumNames` as it has choices".to_owned());
        }
        property.insert("enumNames".to_owned(), names);
    }
    Ok(property)
}

/// A property of a type, with what people read of it.
fn begun(kind: &str, keywords: &mut Map<String, Value>) -> Map<String, Value> {
    let mut property = Map::new();
    property.insert("type".to_owned(), kind.into());
    carry(keywords, &mut property, &["title", "description"]);
    property
}

fn carry(from: &mut Map<String, Value>, to: &mut Map<String, Value>, keywords: &[&str]) {
    for keyword in keywords {
        to.extend(from.shift_remove(*keyword).map(|value| ((*keyword).to_owned(), value)));
    }
}

/// Why a property can't have a keyword.
fn refuse(keyword: &str, kind: &str) -> String {
    let (rule, fix) = match keyword {
        "pattern" => {
            ("clients don't know it", "say in the description what is wanted, and check it in the type")
        }
        "format" => {
            ("clients know `email`, `uri`, `date` and `date-time`", "remove it, and check it in the type")
        }
        "exclusiveMinimum" => ("clients don't know it", "use `minimum`"),
        "exclusiveMaximum" => ("clients don't know it", "use `maximum`"),
        "uniqueItems" => ("clients don't know it", "take a `Vec`"),
        "enumNames" => ("the choices have titles already", "remove it"),
        _ => ("clients don't know it", "remove it"),
    };
    let what = match kind {
        "array" => "a choice of several",
        "integer" | "number" => "a number",
        "boolean" => "a boolean",
        _ => "a text",
    };
    format!("is {what} of a form, which can't have `{keyword}`: {rule}; {fix}")
}

/// Whether a keyword says nothing that a form loses with it.
pub(super) fn ignored(keyword: &str) -> bool {
    const IGNORED: [&str; 10] = [
        "$schema",
        "$id",
        "$anchor",
        "$comment",
        "$defs",
        "definitions",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
    ];
    IGNORED.contains(&keyword) || keyword.starts_with("x-")
}
