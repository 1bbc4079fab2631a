//! Why arguments don't match their schema, for a model that will try again.

use std::fmt::Write as _;

use jsonschema::{
    JsonType, ValidationError,
    error::{TypeKind, ValidationErrorKind as Rule},
    paths::LocationSegment,
};
use serde_json::{Map, Value};

/// How many problems of one call are told at once.
const MOST_TOLD: usize = 8;
/// How many more of them are counted.
const MOST_COUNTED: usize = 1_000;
/// How long the text of one problem may be, in bytes.
const LONGEST_TOLD: usize = 500;
/// The longest value that is shown with its problem, in bytes.
const LONGEST_SHOWN: usize = 100;

/// What a schema's author says of its values, beside what a validator says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Explainer<'v> {
    pub(crate) schema: &'v Value,
    /// The arguments whose values are shown to nobody.
    pub(crate) secrets: &'v [Box<str>],
}

impl<'v> Explainer<'v> {
    /// A text that begins with this sentence. Bounded, whatever was sent: an error must not be larger than its cause.
    pub(crate) fn explain(self, begin: &str, compiled: &jsonschema::Validator, value: &Value) -> String {
        let mut text = begin.to_owned();
        let mut lines = compiled.iter_errors(value).flat_map(|problem| self.say(&problem));
        for mut line in lines.by_ref().take(MOST_TOLD) {
            if line.len() > LONGEST_TOLD {
                line.truncate(line.floor_char_boundary(LONGEST_TOLD));
                line.push('…');
            }
            let _ = write!(text, "\n- {line}");
        }
        match lines.take(MOST_COUNTED).count() {
            0 => {}
            MOST_COUNTED => text.push_str("\n- and many more"),
            more => {
                let _ = write!(text, "\n- and {more} more");
            }
        }
        text
    }

    /// One problem, in a line for each argument that has it.
    fn say(self, problem: &ValidationError<'_>) -> Vec<String> {
        let path = path_of(problem);
        let at_path = |text: String| if path.is_empty() { text } else { format!("`{path}`: {text}") };
        vec![match problem.kind() {
            Rule::AdditionalProperties { unexpected } | Rule::UnevaluatedProperties { unexpected } => {
                let known = self.known_members(problem);
                let named = unexpected.iter().take(MOST_TOLD + MOST_COUNTED);
                return named.map(|name| unknown_member(&path, name, &known)).collect();
            }
            Rule::Required { property } => {
                format!("`{}`: required, but missing.", join(&path, property.as_str().unwrap_or_default()))
            }
            Rule::Enum { options } => {
                let options: Vec<&Value> = options.as_array().into_iter().flatten().collect();
                at_path(self.not_one_of(problem, &options))
            }
            Rule::AnyOf { context } | Rule::OneOfNotValid { context } => {
                return self.none_fits(problem, context);
            }
            _ => at_path(format!("{}.", self.text(problem))),
        }]
    }

    /// A value for which the schema has several ways, none of which it goes: the problems of the one that is meant,
    /// where that can be told.
    fn none_fits(self, problem: &ValidationError<'_>, ways: &[Vec<ValidationError<'static>>]) -> Vec<String> {
        // An `Option`'s other way is `null`, which nobody who sends a value means.
        let ways: Vec<_> = ways.iter().filter(|way| !is_not_null(way)).collect();
        let choices: Option<Vec<Vec<&Value>>> = ways.iter().map(|way| choices(way, problem)).collect();
        if let Some(choices) = choices.filter(|choices| !choices.is_empty()) {
            let path = path_of(problem);
            let choices: Vec<&Value> =
                choices.into_iter().flatten().filter(|value| !value.is_null()).collect();
            return vec![format!("`{path}`: {}", self.not_one_of(problem, &choices))];
        }
        // A way that is told apart by a value which this one doesn't have is not meant; nor is one of another type.
        let meant: Vec<_> =
            ways.iter().filter(|way| !way.iter().any(|one| rules_out(one, problem))).collect();
        if let [way] = &*meant {
            return way.iter().flat_map(|one| self.say(one)).collect();
        }
        let tags: Vec<(&ValidationError<'_>, &Value)> = ways.iter().filter_map(|way| tag(way)).collect();
        if let Some((first, _)) = tags.first()
            && tags.len() == ways.len()
        {
            let options: Vec<&Value> = tags.iter().map(|(_, value)| *value).collect();
            return vec![format!("`{}`: {}", path_of(first), self.not_one_of(first, &options))];
        }
        vec![format!("`{}`: {}.", path_of(problem), self.text(problem))]
    }

    /// "… is not one of …", with the nearest.
    fn not_one_of(self, problem: &ValidationError<'_>, options: &[&Value]) -> String {
        let given = problem.instance().as_str().unwrap_or_default();
        let names: Vec<&str> = options.iter().filter_map(|option| option.as_str()).collect();
        let value =
            if self.keeps_back(problem) { "the value".to_owned() } else { problem.instance().to_string() };
        let listed: Vec<String> = options.iter().map(ToString::to_string).collect();
        format!("{value} is not one of {}.{}", listed.join(", "), suggestion(given, &names))
    }

    /// What the validator says of a problem.
    fn text(self, problem: &ValidationError<'_>) -> String {
        if self.keeps_back(problem) { problem.masked().to_string() } else { problem.to_string() }
    }

    /// Whether a problem is told without the value that has it: one that is secret, or long.
    fn keeps_back(self, problem: &ValidationError<'_>) -> bool {
        let long = match &**problem.instance() {
            Value::String(text) => text.len() > LONGEST_SHOWN,
            Value::Array(_) | Value::Object(_) => true,
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        };
        long || match problem.instance_path().into_iter().next() {
            Some(LocationSegment::Property(name)) => self.secrets.iter().any(|secret| **secret == *name),
            _ => !self.secrets.is_empty(),
        }
    }

    /// The names that the object with the problem may hold.
    fn known_members(self, problem: &ValidationError<'_>) -> Vec<&'v str> {
        let keyword = problem.schema_path().as_str();
        let parent = keyword.rsplit_once('/').map_or("", |(parent, _)| parent);
        let members = self.schema.pointer(parent).and_then(|schema| schema.get("properties"));
        members.and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str).collect()
    }
}

/// Whether all that is wrong with a value is that it isn't `null`.
fn is_not_null(way: &[ValidationError<'_>]) -> bool {
    matches!(way, [one] if matches!(one.kind(), Rule::Type { kind: TypeKind::Single(JsonType::Null) }))
}

/// The values that a way allows for the value with the problem, if it says them.
fn choices<'w>(way: &'w [ValidationError<'static>], problem: &ValidationError<'_>) -> Option<Vec<&'w Value>> {
    match way {
        [one] if one.instance_path() == problem.instance_path() => match one.kind() {
            Rule::Constant { expected_value } => Some(vec![&**expected_value]),
            Rule::Enum { options } => Some(options.as_array()?.iter().collect()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a way isn't meant because of this: its type is another one, or something inside tells it apart.
fn rules_out(one: &ValidationError<'_>, problem: &ValidationError<'_>) -> bool {
    let inside = one.instance_path() != problem.instance_path();
    match one.kind() {
        Rule::Constant { .. } => inside,
        Rule::Type { .. } => !inside,
        _ => false,
    }
}

/// What tells a way apart: the constant that something inside the value must be.
fn tag<'w>(way: &'w [ValidationError<'static>]) -> Option<(&'w ValidationError<'static>, &'w Value)> {
    way.iter().find_map(|one| match one.kind() {
        Rule::Constant { expected_value } => Some((one, &**expected_value)),
        _ => None,
    })
}

/// The path of the value with the problem, as a model writes it: `filter.tags[2]`.
fn path_of(problem: &ValidationError<'_>) -> String {
    let mut path = String::new();
    for segment in problem.instance_path() {
        match segment {
            LocationSegment::Property(name) => path = join(&path, &name),
            LocationSegment::Index(index) => {
                let _ = write!(path, "[{index}]");
            }
        }
    }
    path
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn unknown_member(path: &str, name: &str, known: &[&str]) -> String {
    let name_there = join(path, name);
    if known.is_empty() {
        return format!("`{name_there}`: unknown; no arguments are taken here.");
    }
    format!("`{name_there}`: unknown.{} Known here: {}.", suggestion(name, known), known.join(", "))
}

/// "Did you mean …?", when one of the names is near.
fn suggestion(given: &str, known: &[&str]) -> String {
    crate::error::nearest(given, known.iter().copied())
        .map_or_else(String::new, |name| format!(" Did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::arguments::Validator;
    use super::*;

    fn validator(schema: Value) -> Validator {
        let mut wrong = Vec::new();
        Validator::compile(schema, &mut wrong).unwrap_or_else(|| panic!("{wrong:?}"))
    }

    fn told(schema: Value, arguments: Value) -> String {
        match arguments {
            Value::Object(arguments) => validator(schema).check(arguments).unwrap_err(),
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
            (
                json!({"shape": {"kind": "squar"}}),
                r#"`shape.kind`: "squar" is not one of "circle", "square"."#,
            ),
            (json!({"either": "ab"}), r#"`either`: "ab" is shorter than 3 characters."#),
        ] {
            let text = told(schema.clone(), arguments.clone());
            assert!(text.contains(line), "{arguments}: {text}");
        }
    }
}
