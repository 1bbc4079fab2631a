use serde_json::{Map, Value, json};

use super::super::{argument_limits::ArgumentLimits, arguments::Validator};

fn validator(schema: Value) -> Validator {
    let mut wrong = Vec::new();
    Validator::compile(schema, &mut wrong).unwrap_or_else(|| panic!("{wrong:?}"))
}

fn told(schema: Value, arguments: Value) -> String {
    match arguments {
        Value::Object(arguments) => {
            // Longer names than a server takes: what explains must bear them by itself.
            let limits = ArgumentLimits { name: usize::MAX, ..ArgumentLimits::default() };
            validator(schema).check(arguments, limits).unwrap_err().explain()
        }
        _ => panic!("arguments are an object"),
    }
}

#[test]
fn a_message_names_path_rule_and_the_nearest_name() {
    let schema = json!({
        "type": "object",
        "properties": {
            "colour": {"type": "string", "enum": ["red", "green"]},
            "size": {"type": "integer", "minimum": 1},
            "box": {"$ref": "#/$defs/Box"},
        },
        "required": ["size"],
        "additionalProperties": false,
        "$defs": {"Box": {
            "type": "object",
            "properties": {"width": {"type": "number"}},
            "additionalProperties": false,
        }},
    });
    let text = told(schema.clone(), json!({"color": "red"}));
    assert!(text.contains("`color`: unknown. Did you mean `colour`?"), "{text}");
    assert!(text.contains("`size`: required, but missing."), "{text}");
    let text = told(schema.clone(), json!({"size": "1"}));
    assert!(text.contains("`size`:") && text.contains("integer"), "{text}");
    let text = told(schema.clone(), json!({"size": 1, "colour": "reed"}));
    assert!(text.contains("Did you mean `red`?"), "{text}");
    let text = told(schema, json!({"size": 1, "box": {"widht": 2}}));
    assert!(text.contains("`box.widht`: unknown. Did you mean `width`?"), "{text}");
}

#[test]
fn many_problems_are_cut() {
    let schema =
        json!({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}});
    let text = told(schema, json!({"a": vec![0; 100]}));
    assert!(text.contains("and 92 more"), "{text}");
}

#[test]
fn an_error_is_no_larger_than_it_must_be() {
    let schema = json!({"type": "object", "properties": {
        "colour": {"type": "string", "maxLength": 3}}, "additionalProperties": false});
    let many: Map<String, Value> = (0..50_000).map(|n| (format!("k{n}"), Value::Null)).collect();
    assert!(told(schema.clone(), Value::Object(many)).len() < 2_000);
    let text = told(schema.clone(), json!({"colour": "ü".repeat(100_000)}));
    assert!(text.len() < 300 && text.contains("`colour`: value is longer"), "{text}");
    assert!(told(schema, json!({"x".repeat(100_000): 1})).len() < 1_000);
}

#[test]
fn a_secret_is_not_told() {
    let schema = json!({"type": "object", "properties": {
        "password": {"type": "string", "minLength": 12, "writeOnly": true}, "user": {"type": "string"}}});
    let text = told(schema.clone(), json!({"password": "hunter2"}));
    assert!(text.contains("`password`: value is shorter") && !text.contains("hunter2"), "{text}");
    assert!(told(schema, json!({"user": 7})).contains('7'));
}

#[test]
fn a_reference_to_elsewhere_is_refused_and_not_fetched() {
    let mut wrong = Vec::new();
    let schema = json!({"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:9/x"}}});
    assert!(Validator::compile(schema, &mut wrong).is_none());
    assert!(wrong[0].contains("can't be used"), "{wrong:?}");
}

#[test]
fn of_several_ways_the_one_that_is_meant_is_explained() {
    let unit = json!({"type": "string", "enum": ["metric", "imperial"]});
    let point = json!({
        "type": "object",
        "properties": {"x": {"type": "integer"}},
        "required": ["x"],
        "additionalProperties": false,
    });
    let shape = |kind: &str, member: &str| {
        json!({
            "type": "object",
            "properties": {"kind": {"const": kind}, member: {"type": "number"}},
            "required": ["kind", member],
        })
    };
    let schema = json!({"type": "object", "properties": {
        "unit": {"anyOf": [unit, {"type": "null"}]},
        "point": {"anyOf": [point, {"type": "null"}]},
        "colour": {"oneOf": [{"const": "red", "description": "Red."}, {"const": "green"}]},
        "shape": {"oneOf": [shape("circle", "radius"), shape("square", "side")]},
        "either": {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 3}]},
    }});
    for (arguments, line) in [
        (
            json!({"unit": "metrik"}),
            r#"`unit`: "metrik" is not one of "metric", "imperial". Did you mean `metric`?"#,
        ),
        (json!({"point": {"y": 1}}), "`point.x`: required, but missing."),
        (json!({"point": {"x": "a"}}), r#"`point.x`: "a" is not of type "integer"."#),
        (
            json!({"colour": "greem"}),
            r#"`colour`: "greem" is not one of "red", "green". Did you mean `green`?"#,
        ),
        (json!({"shape": {"kind": "square"}}), "`shape.side`: required, but missing."),
        (json!({"shape": {"kind": "squar"}}), r#"`shape.kind`: "squar" is not one of "circle", "square"."#),
        (json!({"either": "ab"}), r#"`either`: "ab" is shorter than 3 characters."#),
    ] {
        let text = told(schema.clone(), arguments.clone());
        assert!(text.contains(line), "{arguments}: {text}");
    }
}
