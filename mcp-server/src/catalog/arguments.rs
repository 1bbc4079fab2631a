//! A call's arguments against the published schema: the verdict is the schema's, and the message is for a model
//! that will try again.

use std::fmt::Write as _;

use http::HeaderName;
use jsonschema::{
    Draft, PatternOptions, ValidationError, error::ValidationErrorKind as Rule, paths::LocationSegment,
};
use serde_json::{Map, Value};

use super::{invocation::Arguments, schema};

/// How many problems of one call are told at once.
const MOST_TOLD: usize = 8;
/// How many more of them are counted.
const MOST_COUNTED: usize = 1_000;
/// How long the text of one problem may be, in bytes.
const LONGEST_TOLD: usize = 500;
/// The longest value that is shown with its problem, in bytes.
const LONGEST_SHOWN: usize = 100;

/// A compiled input schema.
#[derive(Debug)]
pub(crate) struct Validator {
    schema: Value,
    compiled: jsonschema::Validator,
    defaults: Vec<(String, Value)>,
    headers: Vec<HeaderArgument>,
    secrets: Vec<Box<str>>,
}

/// An argument that a client repeats in the header `Mcp-Param-{header}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderArgument {
    /// The name of the header, `mcp-param-` included.
    pub(crate) header: HeaderName,
    /// Where the argument stands: the keys from the root on.
    pub(crate) path: Vec<String>,
}

impl Validator {
    /// Compiles the schema, or says what is wrong with it.
    pub(super) fn compile(schema: Value, wrong: &mut Vec<String>) -> Option<Self> {
        let before = wrong.len();
        if !schema::is_object(&schema) {
            wrong.push("the input schema must have `\"type\": \"object\"`".to_owned());
        }
        if !schema::check(&schema, "input", wrong) {
            return None;
        }
        // A linear engine: a pattern can't be made to run for ever. Without a retriever, a reference to
        // elsewhere is an error and nothing is fetched.
        let options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_pattern_options(PatternOptions::regex());
        let compiled = match options.build(&schema) {
            Ok(compiled) => compiled,
            Err(error) => {
                wrong.push(format!("the input schema can't be used: {error}"));
                return None;
            }
        };
        let mut headers = Vec::new();
        find_headers(&schema, &mut Vec::new(), &mut headers, wrong);
        if wrong.len() == before && annotations(&schema) > headers.len() {
            wrong.push(
                "`x-mcp-header` may stand on properties only that a chain of `properties` reaches, and clients drop \
                 a tool that has it elsewhere"
                    .to_owned(),
            );
        }
        let defaults = defaults(&schema, wrong);
        let secrets = properties(&schema).filter(|(_, schema)| schema["writeOnly"] == true);
        let secrets = secrets.map(|(name, _)| name.as_str().into()).collect();
        (wrong.len() == before).then_some(Self { schema, compiled, defaults, headers, secrets })
    }

    pub(crate) fn schema(&self) -> &Value {
        &self.schema
    }

    pub(crate) fn headers(&self) -> &[HeaderArgument] {
        &self.headers
    }

    /// Fills in the defaults and checks the rest.
    ///
    /// # Errors
    ///
    /// A text for the model: for each problem the path, the rule, and the nearest right name.
    pub(crate) fn check(&self, arguments: Arguments) -> Result<Arguments, String> {
        let mut value = Value::Object(arguments);
        if !self.compiled.is_valid(&value) {
            return Err(self.explain(&value));
        }
        if let Value::Object(arguments) = &mut value {
            for (name, default) in &self.defaults {
                arguments.entry(name).or_insert_with(|| default.clone());
            }
        }
        match value {
            Value::Object(arguments) => Ok(arguments),
            _ => unreachable!("an object was put in"),
        }
    }

    /// Checks arguments that travel as texts: those of a prompt, and a URI's. Each becomes what its schema says.
    ///
    /// # Errors
    ///
    /// As [`Validator::check`].
    pub(crate) fn check_texts(&self, texts: Arguments) -> Result<Arguments, String> {
        let read = |(name, value): (String, Value)| match value {
            Value::String(text) => {
                let value = self.read_text(&name, text);
                (name, value)
            }
            other => (name, other),
        };
        self.check(texts.into_iter().map(read).collect())
    }

    /// A text as a value of the argument's type. A text that is none stays one, and the schema says what is wrong.
    pub(crate) fn read_text(&self, name: &str, text: String) -> Value {
        let property = self.schema.get("properties").and_then(|properties| properties.get(name));
        match property {
            Some(property) if !schema::takes_text(property, &self.schema) => {
                serde_json::from_str(&text).unwrap_or_else(|_| text.into())
            }
            _ => text.into(),
        }
    }

    /// The names of the arguments.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        properties(&self.schema).map(|(name, _)| name.as_str())
    }

    /// Whether there is an argument of this name.
    pub(crate) fn takes(&self, name: &str) -> bool {
        self.schema.get("properties").is_some_and(|properties| properties.get(name).is_some())
    }

    /// A text for the model. Bounded, whatever was sent: an error must not be larger than its cause.
    fn explain(&self, value: &Value) -> String {
        let mut text = "The arguments don't match the schema, so nothing was run.".to_owned();
        let mut lines = self.compiled.iter_errors(value).flat_map(|problem| self.say(&problem));
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
    fn say(&self, problem: &ValidationError<'_>) -> Vec<String> {
        let path = path_of(problem);
        let text =
            || if self.keeps_back(problem) { problem.masked().to_string() } else { problem.to_string() };
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
                let options = options.as_array().into_iter().flatten().filter_map(Value::as_str);
                let given = problem.instance().as_str().unwrap_or_default();
                format!("`{path}`: {}.{}", text(), suggestion(given, &options.collect::<Vec<_>>()))
            }
            _ if path.is_empty() => format!("{}.", text()),
            _ => format!("`{path}`: {}.", text()),
        }]
    }

    /// Whether a problem is told without the value that has it: one that is secret, or long.
    fn keeps_back(&self, problem: &ValidationError<'_>) -> bool {
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

    /// The arguments whose values are shown to nobody.
    pub(crate) fn secrets(&self) -> &[Box<str>] {
        &self.secrets
    }

    /// The names that the object with the problem may hold.
    fn known_members(&self, problem: &ValidationError<'_>) -> Vec<&str> {
        let keyword = problem.schema_path().as_str();
        let parent = keyword.rsplit_once('/').map_or("", |(parent, _)| parent);
        let members = self.schema.pointer(parent).and_then(|schema| schema.get("properties"));
        members.and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str).collect()
    }
}

/// The properties that a schema names.
fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
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

/// The defaults of the arguments, each of which must hold what its own schema says.
fn defaults(schema: &Value, wrong: &mut Vec<String>) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, property) in properties(schema) {
        let Some(default) = property.get("default") else { continue };
        let mut alone = property.clone();
        if let (Value::Object(alone), Some(definitions)) = (&mut alone, schema.get("$defs")) {
            alone.insert("$defs".to_owned(), definitions.clone());
        }
        match jsonschema::options().with_draft(Draft::Draft202012).build(&alone) {
            Ok(validator) => match validator.validate(default) {
                Ok(()) => found.push((name.clone(), default.clone())),
                Err(error) => wrong.push(format!("the default of `{name}` breaks its own schema: {error}")),
            },
            Err(error) => wrong.push(format!("the schema of `{name}` can't be used: {error}")),
        }
    }
    found
}

/// Finds `x-mcp-header` where it may stand: on properties that a chain of `properties` reaches.
fn find_headers(
    schema: &Value,
    path: &mut Vec<String>,
    found: &mut Vec<HeaderArgument>,
    wrong: &mut Vec<String>,
) {
    for (name, property) in properties(schema) {
        path.push(name.clone());
        if let Some(header) = property.get("x-mcp-header") {
            if !matches!(property["type"].as_str(), Some("string" | "integer" | "boolean")) {
                wrong.push(format!(
                    "`header` of `{name}` needs an argument that is a string, an integer or a boolean"
                ));
            }
            match header.as_str().and_then(header_name) {
                Some(header) => {
                    if found.iter().any(|known| known.header == header) {
                        wrong.push(format!("two arguments have the header `{header}`"));
                    }
                    found.push(HeaderArgument { header, path: path.clone() });
                }
                None => {
                    wrong.push(format!("the header of `{name}` must be a token of RFC 9110, not {header}"));
                }
            }
        }
        find_headers(property, path, found, wrong);
        path.pop();
    }
}

/// How often `x-mcp-header` stands in a schema, anywhere but as a property's name or in a value.
fn annotations(schema: &Value) -> usize {
    let Value::Object(keywords) = schema else {
        return schema.as_array().into_iter().flatten().map(annotations).sum();
    };
    let inside = keywords.iter().map(|(keyword, value)| match (keyword.as_str(), value) {
        ("properties" | "patternProperties" | "$defs" | "dependentSchemas", Value::Object(schemas)) => {
            schemas.values().map(annotations).sum()
        }
        ("x-mcp-header" | "default" | "examples" | "enum" | "const", _) => 0,
        (_, schema) => annotations(schema),
    });
    usize::from(keywords.contains_key("x-mcp-header")) + inside.sum::<usize>()
}

/// The header of this annotation, if that is a token (RFC 9110, section 5.6.2).
fn header_name(annotation: &str) -> Option<HeaderName> {
    let name = HeaderName::try_from(format!("mcp-param-{annotation}")).ok();
    name.filter(|_| !annotation.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
}
