//! Schemas to publish: JSON Schema 2020-12, self-contained, the same at every start.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Number, Value, json};

use super::{
    input::{Argument, Input, Needs},
    template::Variable,
};
use crate::protocol::prompts;

/// The schema of a tool without arguments.
pub(super) fn of_nothing() -> Value {
    json!({ "type": "object", "properties": {}, "additionalProperties": false })
}

/// The schema of a template's variables, where no function's signature says more of them.
pub(super) fn of_texts<'t>(variables: impl Iterator<Item = Variable<'t>>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for Variable { name, optional } in variables {
        // A list of segments is an array.
        properties.insert(name.to_owned(), json!({ "type": ["string", "array"] }));
        required.extend((!optional).then(|| Value::from(name)));
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

/// The schema of the arguments of a prompt that was built by hand.
pub(super) fn of_prompt(arguments: &[prompts::Argument]) -> Value {
    let properties: Map<String, Value> =
        arguments.iter().map(|argument| (argument.name.clone(), json!({ "type": "string" }))).collect();
    let required = arguments.iter().filter(|argument| argument.required);
    let required: Vec<&str> = required.map(|argument| &*argument.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The schema of the arguments that a function declared. Unknown arguments are refused, so that a misspelt
/// optional one is an error and not a silence.
pub(super) fn of_arguments(mut input: Input, wrong: &mut Vec<String>) -> (Value, Needs) {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for argument in input.arguments {
        let name = argument.rules.name;
        if !argument.may_be_absent() {
            required.push(Value::from(name));
        }
        if properties.insert(name.to_owned(), property(argument, wrong)).is_some() {
            wrong.push(format!(
                "two arguments are named `{name}`; `#[arg(rename = \"..\")]` tells them apart"
            ));
        }
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = Value::Array(required);
    }
    add_definitions(&mut schema, &mut input.generator);
    (schema, input.needs)
}

/// The schema of one argument: its type's, with what the annotation says of it.
fn property(argument: Argument, wrong: &mut Vec<String>) -> Value {
    let Argument { rules, schema, optional } = argument;
    let mut schema = match schema.to_value() {
        Value::Object(keywords) => keywords,
        Value::Bool(true) => Map::new(),
        other => return other,
    };
    if let Some(description) = rules.description {
        schema.insert("description".to_owned(), description.into());
    }
    for (keyword, text) in rules.keywords {
        match serde_json::from_str(text) {
            Ok(value) => {
                schema.insert((*keyword).to_owned(), value);
            }
            Err(error) => wrong.push(format!("`{}` of `{}` isn't JSON: {error}", keyword, rules.name)),
        }
    }
    if rules.secret {
        schema.insert("writeOnly".to_owned(), true.into());
    }
    if schema.contains_key("x-mcp-header") {
        one_type(optional, &mut schema);
    }
    keyword_problems(rules.name, &schema, wrong);
    Value::Object(schema)
}

/// A mirrored argument says its type with one word, without `null`: clients drop a tool whose annotation stands
/// on anything else than a string, an integer or a boolean.
///
/// Source: [x-mcp-header](https://modelcontextprotocol.io/specification/2026-07-28/server/tools#x-mcp-header).
fn one_type(optional: bool, schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get("type")
        && optional
        && let [only] = &*types.iter().filter(|kind| *kind != "null").collect::<Vec<_>>()
    {
        let only = (*only).clone();
        schema.insert("type".to_owned(), only);
    }
}

/// Rules that can never apply to the type they stand on.
fn keyword_problems(name: &str, schema: &Map<String, Value>, wrong: &mut Vec<String>) {
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let applies = [
        ("minimum", "min", &["integer", "number"][..]),
        ("maximum", "max", &["integer", "number"]),
        ("minLength", "min_length", &["string"]),
        ("maxLength", "max_length", &["string"]),
        ("pattern", "pattern", &["string"]),
    ];
    for (keyword, key, kinds) in applies {
        if schema.contains_key(keyword) && !types.iter().any(|kind| kinds.contains(kind)) {
            wrong.push(format!(
                "`{key}` of `{name}` is for a {}, and `{name}` is {}",
                kinds[0],
                types.join(" or ")
            ));
        }
    }
}

/// The schema of what a function returns.
pub(super) fn of_result(root: Schema, generator: &mut SchemaGenerator) -> Value {
    let mut schema = root.to_value();
    add_definitions(&mut schema, generator);
    schema
}

fn add_definitions(schema: &mut Value, generator: &mut SchemaGenerator) {
    let definitions = generator.take_definitions(true);
    if let Value::Object(keywords) = schema
        && !definitions.is_empty()
    {
        keywords.insert("$defs".to_owned(), Value::Object(definitions));
    }
}

/// Whether a text can be a value of this schema, as far as its types say so. What says no type takes anything.
pub(super) fn takes_text(schema: &Value, root: &Value) -> bool {
    /// References to references end somewhere, or say nothing.
    const LONGEST: usize = 8;
    let refer = |schema: &Value| root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?).cloned();
    let referred = std::iter::successors(Some(schema.clone()), refer).take(LONGEST).last();
    let schema = referred.unwrap_or_default();
    match (schema.get("type"), schema.get("anyOf").or_else(|| schema.get("oneOf"))) {
        (Some(Value::Array(kinds)), _) => kinds.iter().any(|kind| kind == "string"),
        (Some(kind), _) => kind == "string",
        // `Option` of a type with a definition.
        (None, Some(Value::Array(several))) => several.iter().any(|one| {
            one.get("type").is_none_or(|kind| kind == "string")
                && (one.get("$ref").is_none()
                    || refer(one).is_none_or(|one| one.get("type").is_none_or(|kind| kind == "string")))
        }),
        _ => true,
    }
}

/// Whether every value the schema allows is an object.
pub(super) fn is_object(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("object")
}

/// Whether this is a schema at all; what is wrong is said under the name of what it is for.
pub(super) fn check(schema: &Value, of: &str, wrong: &mut Vec<String>) -> bool {
    match jsonschema::draft202012::meta::validate(schema) {
        Ok(()) => true,
        Err(error) => {
            wrong.push(format!("the {of} schema is not JSON Schema 2020-12: {error}"));
            false
        }
    }
}

/// Whether a result may have this schema: the protocol takes no `true` for one.
pub(super) fn check_output(schema: &Value, wrong: &mut Vec<String>) -> bool {
    if schema.is_boolean() {
        wrong.push("the output schema must be a JSON object; `{}` allows everything".to_owned());
    }
    !schema.is_boolean() && check(schema, "output", wrong)
}

/// The schema of an object that holds a value in its member `result`.
pub(crate) fn wrap(schema: &Value) -> Value {
    let mut inner = schema.clone();
    let definitions = inner.as_object_mut().and_then(|keywords| keywords.shift_remove("$defs"));
    move_references(&mut inner);
    let mut outer = json!({ "type": "object", "properties": { "result": inner }, "required": ["result"] });
    if let Some(mut definitions) = definitions {
        move_references(&mut definitions);
        outer["$defs"] = definitions;
    }
    outer
}

/// Has references to the schema's root, and into it, follow it to where it is now. Definitions stay at the root.
fn move_references(schema: &mut Value) {
    match schema {
        Value::Object(keywords) => {
            if let Some(Value::String(reference)) = keywords.get_mut("$ref")
                && (reference == "#" || (reference.starts_with("#/") && !reference.starts_with("#/$defs/")))
            {
                *reference = reference.replacen('#', "#/properties/result", 1);
            }
            keywords.values_mut().for_each(move_references);
        }
        Value::Array(items) => items.iter_mut().for_each(move_references),
        _ => {}
    }
}

/// The value with every number like `1.0` as an integer, where there is one.
pub(crate) fn with_whole_numbers(value: &Value) -> Option<Value> {
    has_whole_float(value).then(|| {
        let mut value = value.clone();
        make_whole(&mut value);
        value
    })
}

/// The integer that a float is. A float without a fraction is exactly an integer, however large.
fn whole(number: &Number) -> Option<i64> {
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    let float = number.as_f64().filter(|_| number.is_f64())?;
    #[allow(clippy::cast_possible_truncation)] // whole and less than 2^63
    (float.fract() == 0.0 && float.abs() < BOUND).then_some(float as i64)
}

fn has_whole_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => whole(number).is_some(),
        Value::Array(items) => items.iter().any(has_whole_float),
        Value::Object(members) => members.values().any(has_whole_float),
        _ => false,
    }
}

fn make_whole(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(whole) = whole(number) {
                *number = whole.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_whole),
        Value::Object(members) => members.values_mut().for_each(make_whole),
        _ => {}
    }
}
