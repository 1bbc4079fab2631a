//! A call's arguments against the published schema: the verdict is the schema's.

use std::sync::Arc;

use http::HeaderName;
use jsonschema::Draft;
use serde_json::Value;

use super::{
    argument_limits::ArgumentLimits,
    explain::Explainer,
    invocation::Arguments,
    outline::{Outline, options},
    reading, schema,
};

/// What a model is told before it is told what is wrong.
const BEGIN: &str = "The arguments don't match the schema, so nothing was run.";

/// A compiled input schema.
#[derive(Debug)]
pub(crate) struct Validator {
    schema: Arc<Value>,
    compiled: jsonschema::Validator,
    outline: Outline,
    /// Whether a valid value may cost serde more than its length.
    may_repeat: bool,
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
        let compiled = match options(false).build(&schema) {
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
        if wrong.len() > before {
            return None;
        }
        let schema = Arc::new(schema);
        let outline = Outline::new(Arc::clone(&schema), false);
        let may_repeat = reading::may_repeat(&outline);
        Some(Self { schema, compiled, outline, may_repeat, defaults, headers, secrets })
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
    /// What is wrong, which costs nothing until it is explained.
    pub(crate) fn check(&self, arguments: Arguments, limits: ArgumentLimits) -> Result<Arguments, Unfit<'_>> {
        if let Err(line) = limits.check(&arguments) {
            return Err(Unfit { validator: self, why: Why::Beyond(line) });
        }
        let mut value = Value::Object(arguments);
        if !self.compiled.is_valid(&value) {
            return Err(Unfit { validator: self, why: Why::Invalid(value) });
        }
        let Value::Object(arguments) = &mut value else { unreachable!("an object was put in") };
        if self.may_repeat
            && let Some(name) = reading::too_costly(&self.outline, arguments)
        {
            let line = format!(
                "`{name}`: nested too deeply for a value whose form no tag tells, so that it would be read again at each \
                 level; send it flatter."
            );
            return Err(Unfit { validator: self, why: Why::Beyond(line) });
        }
        for (name, default) in &self.defaults {
            arguments.entry(name).or_insert_with(|| default.clone());
        }
        Ok(std::mem::take(arguments))
    }

    /// Checks arguments that travel as texts: those of a prompt, and a URI's. Each becomes what its schema says.
    ///
    /// # Errors
    ///
    /// As [`Validator::check`].
    pub(crate) fn check_texts(
        &self,
        texts: Arguments,
        limits: ArgumentLimits,
    ) -> Result<Arguments, Unfit<'_>> {
        let read = |(name, value): (String, Value)| match value {
            Value::String(text) => {
                let value = self.read_text(&name, text);
                (name, value)
            }
            other => (name, other),
        };
        self.check(texts.into_iter().map(read).collect(), limits)
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

    /// The arguments whose values are shown to nobody.
    pub(crate) fn secrets(&self) -> &[Box<str>] {
        &self.secrets
    }
}

/// Arguments that can't be taken.
#[derive(Debug)]
pub(crate) struct Unfit<'v> {
    validator: &'v Validator,
    why: Why,
}

#[derive(Debug)]
enum Why {
    /// They are refused whatever the schema says.
    Beyond(String),
    /// They break the schema.
    Invalid(Value),
}

impl Unfit<'_> {
    /// A text for the model: for each problem the path, the rule, and the nearest right name.
    pub(crate) fn explain(self) -> String {
        match self.why {
            Why::Beyond(line) => format!("{BEGIN}\n- {line}"),
            Why::Invalid(value) => {
                let Validator { outline, secrets, .. } = self.validator;
                Explainer { outline, secrets }.explain(BEGIN, &value)
            }
        }
    }
}

/// The properties that a schema names.
fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// The defaults of an object's properties, each of which must hold what its own schema says.
pub(crate) fn defaults(schema: &Value, wrong: &mut Vec<String>) -> Vec<(String, Value)> {
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
