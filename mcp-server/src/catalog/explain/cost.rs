//! What it costs to refuse a value, and to say why: bounded by the value's length, whatever the schema and the value.
//! Steps and bytes are counted; no time is measured.

use std::{
    alloc::System,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use jsonschema::{Keyword, ValidationError};
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use super::{
    super::{
        argument_limits::ArgumentLimits,
        arguments::Validator,
        invocation::Arguments,
        outline::{Outline, options},
    },
    Explainer, walk,
};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many steps the validator and the walk may take for each byte of the value.
const STEPS_PER_BYTE: usize = 40;
/// How many bytes may be allocated for each byte of the value, and for the text that is told.
const ALLOCATED_PER_BYTE: usize = 700;
const ALLOCATED_FOR_TEXT: usize = 64 * 1024;

/// Runs a test in a process of its own: what others allocate beside it would be counted too.
fn alone(test: &str, run: impl FnOnce()) {
    const ALONE: &str = "MCP_COUNTED_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return run();
    }
    let path = module_path!().split_once("::").map_or("", |(_, path)| path);
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let output = command.args([&format!("{path}::{test}"), "--exact"]).env(ALONE, "1").output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

/// The fewest bytes that this allocates in three runs: the test harness may allocate beside it.
fn allocated(run: impl Fn()) -> usize {
    let once = |_| {
        let region = Region::new(COUNTED);
        run();
        let change = region.change();
        change.bytes_allocated + usize::try_from(change.bytes_reallocated).unwrap_or_default()
    };
    (0..3).map(once).min().unwrap()
}

/// A keyword that counts how often it is asked.
struct CountingKeyword(Arc<AtomicUsize>);

impl Keyword<'_> for CountingKeyword {
    fn validate(&self, instance: &Value) -> Result<(), ValidationError<'static>> {
        self.is_valid(instance);
        Ok(())
    }

    fn is_valid(&self, _: &Value) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        true
    }
}

/// How many schemas the validator holds against values for its verdict, and how many steps the walk takes.
fn steps(schema: &Value, value: &Value) -> (usize, usize) {
    let mut counting = schema.clone();
    count_everywhere(&mut counting);
    let counted = Arc::new(AtomicUsize::new(0));
    let step = Arc::clone(&counted);
    let options = options(false).with_keyword("x-step", move |_, _, _| {
        Ok(Box::new(CountingKeyword(Arc::clone(&step))) as Box<dyn for<'i> Keyword<'i>>)
    });
    let verdict = options.build(&counting).unwrap().is_valid(value);
    let outline = Outline::new(Arc::new(schema.clone()), false);
    let walked =
        if verdict { 0 } else { walk::problems(Explainer { outline: &outline, secrets: &[] }, value).steps };
    (counted.load(Ordering::Relaxed), walked)
}

/// Adds the keyword to every schema that has a type.
fn count_everywhere(schema: &mut Value) {
    match schema {
        Value::Object(words) => {
            if words.get("type").is_some_and(Value::is_string) || words.contains_key("$ref") {
                words.insert("x-step".to_owned(), true.into());
            }
            words.values_mut().for_each(count_everywhere);
        }
        Value::Array(items) => items.iter_mut().for_each(count_everywhere),
        _ => {}
    }
}

/// Numbers that look random, from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

const MEMBERS: [&str; 3] = ["a", "b", "c"];

/// A schema whose definitions refer to each other, in ways that are told apart or not.
fn schema(dice: &mut Dice) -> Value {
    let count = 1 + dice.roll(3);
    let definitions: Map<String, Value> =
        (0..count).map(|id| (format!("D{id}"), definition(dice, count))).collect();
    json!({
        "type": "object",
        "properties": { "value": reference(dice, count) },
        "required": ["value"],
        "additionalProperties": false,
        "$defs": definitions,
    })
}

fn reference(dice: &mut Dice, count: usize) -> Value {
    let to = json!({ "$ref": format!("#/$defs/D{}", dice.roll(count)) });
    match dice.roll(5) {
        0 => json!({ "type": "array", "items": to }),
        1 => json!({ "type": "object", "additionalProperties": to }),
        2 => json!({ "anyOf": [to, { "type": "null" }] }),
        _ => to,
    }
}

fn definition(dice: &mut Dice, count: usize) -> Value {
    let kind = dice.roll(4);
    let ways: Vec<Value> = (0..2 + dice.roll(3)).map(|way| one_way(dice, kind, way, count)).collect();
    match kind {
        0 => json!({ "oneOf": ways }),
        1 => json!({ "anyOf": ways }),
        2 => json!({ "oneOf": ways, "type": "object" }),
        _ => json!({ "allOf": [{ "anyOf": ways }, { "type": "object" }] }),
    }
}

fn one_way(dice: &mut Dice, kind: usize, way: usize, count: usize) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    if kind == 0 {
        properties.insert("tag".to_owned(), json!({ "type": "string", "const": format!("t{way}") }));
        required.push("tag");
    }
    for name in &MEMBERS[..=dice.roll(2)] {
        properties.insert((*name).to_owned(), reference(dice, count));
    }
    properties.insert("leaf".to_owned(), json!({ "type": "integer" }));
    if dice.roll(3) == 0 {
        required.push("leaf");
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

/// A value that follows a schema for so many levels, and is wrong at its ends, or only there where it is deepest.
fn value(dice: &mut Dice, root: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(to) = schema["$ref"].as_str() {
        return value(dice, root, root.pointer(&to[1..]).unwrap(), depth);
    }
    if let Some(ways) = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[*word].as_array()) {
        let ways: Vec<&Value> = ways.iter().filter(|way| way["type"] != "null").collect();
        let pick = if schema.get("allOf").is_some() { 0 } else { dice.roll(ways.len()) };
        return value(dice, root, ways[pick], depth);
    }
    if depth == 0 {
        return if dice.roll(2) == 0 { json!({ "leaf": "wrong" }) } else { json!(0) };
    }
    if schema["type"] == "array" {
        return (0..=dice.roll(2))
            .map(|at| value(dice, root, &schema["items"], if at == 0 { depth - 1 } else { 0 }))
            .collect();
    }
    let mut members = Map::new();
    if let Some(inner) = schema.get("additionalProperties").filter(|inner| inner.is_object()) {
        members.insert("k".to_owned(), value(dice, root, inner, depth - 1));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let inner = match (name.as_str(), property.get("const")) {
            (_, Some(tag)) => tag.clone(),
            ("leaf", _) => json!(1),
            ("a", _) => value(dice, root, property, depth - 1),
            // One branch is deep, the others end at once.
            _ => {
                let depth = dice.roll(2).min(depth - 1);
                value(dice, root, property, depth)
            }
        };
        members.insert(name.clone(), inner);
    }
    Value::Object(members)
}

fn validator(schema: Value) -> Validator {
    let mut wrong = Vec::new();
    Validator::compile(schema, &mut wrong).unwrap_or_else(|| panic!("{wrong:?}"))
}

fn length(value: &Value) -> usize {
    value.to_string().len()
}

/// What a server without limits of its own would do: what is proved here is the walk's bound.
const NO_LIMITS: ArgumentLimits = ArgumentLimits { depth: usize::MAX, name: usize::MAX };

/// Refuses arguments, twice: what is compiled when it is first needed costs as much as the schema is long.
fn refusal(validator: &Validator, arguments: &Value) -> (String, usize) {
    let arguments = arguments.as_object().unwrap();
    let refuse = || validator.check(arguments.clone(), NO_LIMITS).unwrap_err().explain();
    let text = refuse();
    (text, allocated(|| drop(refuse())))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    fn steps_and_bytes(seed in any::<u64>(), depth in 1_usize..60) {
        let mut dice = Dice(seed);
        let schema = schema(&mut dice);
        let arguments = json!({ "value": value(&mut dice, &schema, &schema["properties"]["value"], depth) });
        let length = length(&arguments);
        let (asked, walked) = steps(&schema, &arguments);
        prop_assert!(asked <= STEPS_PER_BYTE * length, "{asked} steps of {length} bytes: {schema} {arguments}");
        prop_assert!(walked <= STEPS_PER_BYTE * length, "walk: {walked} steps of {length} bytes: {schema} {arguments}");
        let validator = validator(schema.clone());
        if validator.check(arguments.as_object().unwrap().clone(), NO_LIMITS).is_err() {
            let (text, bytes) = refusal(&validator, &arguments);
            prop_assert!(text.contains("\n- "), "{text}");
            prop_assert!(
                bytes <= ALLOCATED_FOR_TEXT + ALLOCATED_PER_BYTE * length,
                "{bytes} bytes for {length}: {schema} {arguments}"
            );
        }
    }
}

#[test]
fn steps_and_bytes_of_a_refusal_grow_as_the_value_does() {
    alone("steps_and_bytes_of_a_refusal_grow_as_the_value_does", steps_and_bytes);
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "lowercase")]
#[allow(dead_code)]
enum NestedFilter {
    And { filters: Vec<NestedFilter> },
    Or { filters: Vec<NestedFilter> },
    Eq { field: String, value: String },
}

fn filters() -> Value {
    let mut input = super::super::input::Input::new();
    input.argument::<NestedFilter>(crate::__private::ArgumentRules {
        name: "filter",
        description: None,
        keywords: &[],
        secret: false,
        complete: None,
    });
    super::super::schema::of_arguments(input, &mut Vec::new()).0
}

fn nested(depth: usize) -> Value {
    let leaf = json!({ "op": "eq", "field": "a" });
    json!({ "filter": (0..depth).fold(leaf, |inner, _| json!({ "op": "and", "filters": [inner] })) })
}

#[test]
fn tr_11_nested_filters_cost_what_they_are_long() {
    alone("tr_11_nested_filters_cost_what_they_are_long", || {
        let validator = validator(filters());
        for depth in [1, 16, 20, 31, 60] {
            let arguments = nested(depth);
            let (text, bytes) = refusal(&validator, &arguments);
            let path = format!("filter{}.value", ".filters[0]".repeat(depth));
            let told = if path.len() < 400 {
                format!("`{path}`: required, but missing.")
            } else {
                path[..400].to_owned()
            };
            assert!(text.contains(&told) && text.matches("\n- ").count() == 1, "{text}");
            assert!(bytes < ALLOCATED_FOR_TEXT + 200 * length(&arguments), "{bytes} bytes at depth {depth}");
            let (asked, walked) = steps(&filters(), &arguments);
            assert!(
                asked.max(walked) <= STEPS_PER_BYTE * length(&arguments),
                "{asked} and {walked} at depth {depth}"
            );
        }
    });
}

#[test]
fn tr_11_a_long_name_is_not_copied_for_each_problem_under_it() {
    alone("tr_11_a_long_name_is_not_copied_for_each_problem_under_it", || {
        let schema = json!({"type": "object", "properties": {"map": {
        "type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}}});
        let arguments = json!({"map": {"x".repeat(1_000_000): vec![0; 1_000]}});
        let (text, bytes) = refusal(&validator(schema), &arguments);
        assert!(text.len() < 8 * 600 && text.contains("and 992 more"), "{}", text.len());
        assert!(bytes < 3_000_000, "{bytes} bytes");
    });
}

#[test]
fn what_can_be_told_apart_by_nothing_is_asked_about_once() {
    let schema = json!({"type": "object", "properties": {"value": {"$ref": "#/$defs/E"}}, "$defs": {"E": {"anyOf": [
        {"type": "object", "properties": {"inner": {"$ref": "#/$defs/E"}, "first": {"type": "integer"}}, "required": ["inner", "first"]},
        {"type": "object", "properties": {"inner": {"$ref": "#/$defs/E"}}, "required": ["inner"]},
        {"type": "integer"},
    ]}}});
    let value = (0..60).fold(json!("leaf"), |inner, _| json!({"inner": inner, "first": 1}));
    let arguments: Arguments = Map::from_iter([("value".to_owned(), value)]);
    let (asked, walked) = steps(&schema, &Value::Object(arguments.clone()));
    assert!(asked < 60 * 200 && walked < 1_000, "{asked} and {walked}");
    let text = validator(schema).check(arguments, NO_LIMITS).unwrap_err().explain();
    assert!(text.contains("`value`: the value fits none of the forms"), "{text}");
}
