//! A compiled form: the schema that clients are shown, and the check of what they send.

use std::sync::Arc;

use jsonschema::{Draft, Validator};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::flat;
use crate::catalog::{Explainer, Outline, defaults};

/// The member that the form of a single value has.
pub(super) const ANSWER: &str = "answer";

/// What an answer's author is told before what is wrong with it.
const BEGIN: &str = "The answer doesn't fit the form.";

/// A type's form, or what is wrong with it.
pub type Compiled = Result<FormSchema, Vec<String>>;

/// A JSON Schema that no form can be made of: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct InvalidForm(Vec<String>);

impl InvalidForm {
    /// Each with the property, the rule and the fix.
    pub fn problems(&self) -> &[String] {
        &self.0
    }
}

/// A form that is ready to be asked.
///
/// [`Form`](crate::Form) makes one of a type. This is for forms that are made while the server runs.
///
/// # Example
///
/// ```
/// use mcp_server::FormSchema;
/// use serde_json::json;
///
/// let form = FormSchema::from_value(json!({
///     "type": "object",
///     "properties": {"city": {"type": "string", "enum": ["Ulm", "Bern"]}},
///     "required": ["city"],
/// }));
/// assert!(form.is_ok());
/// ```
#[derive(Debug, Clone)]
pub struct FormSchema {
    schema: Arc<Value>,
    compiled: Arc<Validator>,
    outline: Arc<Outline>,
}

impl FormSchema {
    /// Makes a form of a JSON Schema: an object whose properties are texts, numbers, booleans and choices. References
    /// are followed, and annotations that forms don't know are left out.
    ///
    /// # Errors
    ///
    /// Everything that a form can't hold, each with the property, the rule and the fix.
    pub fn from_value(schema: Value) -> Result<Self, InvalidForm> {
        Self::compile(&schema).map_err(InvalidForm)
    }

    pub(super) fn compile(schema: &Value) -> Compiled {
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            return Err(vec![format!("the form's schema is not JSON Schema 2020-12: {error}")]);
        }
        let schema = flat::flattened(schema)?;
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let compiled = match options.build(&schema) {
            Ok(compiled) => compiled,
            Err(error) => return Err(vec![format!("the form's schema can't be used: {error}")]),
        };
        let mut wrong = Vec::new();
        defaults(&schema, &mut wrong);
        if wrong.is_empty() {
            let schema = Arc::new(schema);
            let outline = Arc::new(Outline::new(Arc::clone(&schema), true));
            Ok(Self { schema, compiled: Arc::new(compiled), outline })
        } else {
            Err(wrong)
        }
    }

    /// The schema, as the newest revision has it.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// The schema, shared.
    pub(crate) fn shared(&self) -> Arc<Value> {
        Arc::clone(&self.schema)
    }

    /// The values of an answer, without those that nobody asked for.
    ///
    /// # Errors
    ///
    /// A text that says what is wrong with it, for whoever filled the form in.
    pub(crate) fn read(&self, mut content: Map<String, Value>) -> Result<Map<String, Value>, String> {
        let asked = |name: &String| self.schema["properties"].get(name).is_some();
        content.retain(|name, _| asked(name));
        let content = Value::Object(content);
        match content {
            content if !self.compiled.is_valid(&content) => {
                // What the user wrote is nothing for a log.
                let names = self.schema["properties"].as_object().into_iter().flat_map(Map::keys);
                let secrets: Vec<Box<str>> = names.map(|name| name.as_str().into()).collect();
                let explainer = Explainer { outline: &self.outline, secrets: &secrets };
                Err(explainer.explain(BEGIN, &content))
            }
            Value::Object(content) => Ok(content),
            _ => unreachable!("an object was put in"),
        }
    }
}

impl PartialEq for FormSchema {
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema
    }
}

/// The form of a struct.
pub(crate) fn of_type<T: JsonSchema>() -> Compiled {
    FormSchema::compile(&generator().into_root_schema_for::<T>().to_value())
}

/// The form of a single value: an object with it.
pub(crate) fn of_answer<T: JsonSchema>() -> Compiled {
    let mut generator = generator();
    let answer = generator.subschema_for::<T>();
    let definitions = generator.take_definitions(true);
    FormSchema::compile(&json!({
        "type": "object",
        "properties": { ANSWER: answer },
        "required": [ANSWER],
        "$defs": definitions,
    }))
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None).into_generator()
}
