//! A tool: what is published of it, what must hold, and the function.

use std::{borrow::Cow, fmt, future::Future, sync::Arc, time::Duration};

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::{
    access::{Access, Admission, Words, words_by_hand},
    arguments::Validator,
    card::Card,
    descriptor::{Rate, Rules, ToolDescriptor},
    input::{Input, Needs},
    invocation::{Handled, Handler, Invocation},
    limits::ItemLimits,
    result::{CheckedResults, ResultSchema},
    schema,
};
use crate::{
    error::{Place, Problem, ToolError},
    protocol::{
        lifecycle::Icon,
        tools::{Definition, Hints, ToolResult},
    },
};

/// A tool built by hand: for schemas that come from elsewhere, and for functions that are closures.
///
/// An annotated function is shorter and says more. Everything of this kind is checked when the server is built.
///
/// # Example
///
/// ```standalone_crate
/// use mcp_server::{McpServer, Tool, prelude::*};
/// use serde_json::json;
///
/// let shout = Tool::new("shout", "Say it loudly.", |mut call: mcp_server::Invocation| async move {
///     let text: String = call.argument("text")?;
///     Ok(ToolResult::text(text.to_uppercase()))
/// })
/// .input_schema(json!({
///     "type": "object",
///     "properties": {"text": {"type": "string"}},
///     "required": ["text"],
/// }));
/// let server = McpServer::new("shouter").tool(shout).build()?;
/// # Ok::<(), mcp_server::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Tool {
    card: Card,
    hints: Hints,
    words: Words,
    rules: Rules,
    schemas: Schemas,
    handler: Handler<ToolResult>,
    place: Place,
}

#[derive(Clone)]
enum Schemas {
    Declared(&'static ToolDescriptor),
    Given { input: Value, output: Option<Value> },
}

impl Tool {
    /// A tool of this name and description, without arguments until it is given a schema.
    ///
    /// # Panics
    ///
    /// Never; what is wrong with a tool is said by `McpServer::build`.
    #[track_caller]
    pub fn new<F, Fut>(
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
        function: F,
    ) -> Self
    where
        F: Fn(Invocation) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<ToolResult, ToolError>> + Send + 'static,
    {
        Self {
            card: Card::new(name, description),
            hints: Hints::default(),
            words: Words::default(),
            rules: Rules::NONE,
            schemas: Schemas::Given { input: schema::of_nothing(), output: None },
            handler: Arc::new(move |invocation| Handled::Running(Box::pin(function(invocation)))),
            place: Place::caller(),
        }
    }

    /// The schema of the arguments: JSON Schema 2020-12, `"type": "object"`, without references to elsewhere.
    /// Published as it is.
    #[must_use]
    pub fn input_schema(mut self, schema: Value) -> Self {
        self.schemas = match self.schemas {
            Schemas::Given { output, .. } => Schemas::Given { input: schema, output },
            Schemas::Declared(_) => Schemas::Given { input: schema, output: None },
        };
        self
    }

    /// The schema of the structured result, a JSON object. Every result is held against it, formats included: one that
    /// breaks it, or that has no structured value, is an error of the call, with path and rule in the log.
    ///
    /// Where it says that the value may be `null`, the value is published as the member `result` of an object, in every
    /// revision: many clients can't tell `null` from a result that isn't there.
    #[must_use]
    pub fn output_schema(mut self, schema: Value) -> Self {
        if let Schemas::Given { output, .. } = &mut self.schemas {
            *output = Some(schema);
        }
        self
    }

    /// A name for people.
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.card.title = Some(title.into());
        self
    }

    /// Adds an icon, by its URL.
    #[must_use]
    pub fn icon(mut self, src: impl Into<String>) -> Self {
        self.card.icons.push(Icon { src: src.into() });
        self
    }

    /// Adds an entry to the tool's `_meta` in the listing.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.card.meta.insert(key.into(), value.into());
        self
    }

    /// What the tool does to the world.
    #[must_use]
    pub fn hints(mut self, hints: Hints) -> Self {
        self.hints = hints;
        self
    }

    pub(crate) fn of(descriptor: &'static ToolDescriptor, handler: Handler<ToolResult>) -> Self {
        Self {
            card: Card::from(&descriptor.card),
            hints: descriptor.hints,
            words: Words::from(&descriptor.rules),
            rules: descriptor.rules,
            schemas: Schemas::Declared(descriptor),
            handler,
            place: descriptor.place,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.card.name
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }
}

words_by_hand!(Tool);

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.card.name)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// A tool that is ready to be listed and called.
pub(crate) struct ToolEntry {
    tool: Tool,
    access: Access,
    limits: Arc<ItemLimits>,
    meta: Option<Map<String, Value>>,
    validator: Validator,
    result: Option<ResultSchema>,
    needs: Needs,
}

impl ToolEntry {
    /// Compiles a tool; says everything that is wrong with it.
    pub(super) fn compile(
        tool: Tool,
        admission: &Admission,
        checks_all_results: bool,
    ) -> Result<Self, Vec<Problem>> {
        let place = tool.place;
        let subject = format!("tool `{}`", tool.card.name);
        let mut wrong = Vec::new();
        let meta = tool.card.check(&mut wrong);
        let access = tool.words.access(admission, &mut wrong);
        let limits = Arc::new(ItemLimits::new(&tool.rules, admission.rate));
        let (input, output_schema, needs) = tool.schemas.build(&mut wrong);
        let validator = Validator::compile(input, &mut wrong);
        // Who writes a schema by hand says more than a type does.
        let is_derived = matches!(tool.schemas, Schemas::Declared(_)) && !checks_all_results;
        let which = if is_derived { CheckedResults::WhereNeeded } else { CheckedResults::All };
        let result = output_schema.and_then(|schema| ResultSchema::compile(schema, which, &mut wrong));
        match validator {
            Some(validator) if wrong.is_empty() => {
                Ok(Self { tool, access, limits, meta, validator, result, needs })
            }
            _ => Err(wrong.into_iter().map(|text| Problem::new(place, &subject, text)).collect()),
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.tool.name()
    }

    pub(crate) fn description(&self) -> &str {
        &self.tool.card.description
    }

    pub(crate) fn place(&self) -> Place {
        self.tool.place
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    pub(crate) fn limits(&self) -> &Arc<ItemLimits> {
        &self.limits
    }

    pub(super) fn limits_mut(&mut self) -> &mut Arc<ItemLimits> {
        &mut self.limits
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.tool.rules
    }

    pub(crate) fn needs(&self) -> &Needs {
        &self.needs
    }

    /// What a listing shows.
    pub(crate) fn definition(&self) -> Definition<'_> {
        Definition {
            name: &self.tool.card.name,
            title: self.tool.card.title.as_deref(),
            description: &self.tool.card.description,
            input_schema: self.validator.schema(),
            output_schema: self.result.as_ref().map(ResultSchema::schema),
            annotations: self.tool.hints,
            icons: &self.tool.card.icons,
            meta: self.meta.as_ref(),
        }
    }

    /// The arguments' schema, compiled.
    pub(crate) fn validator(&self) -> &Validator {
        &self.validator
    }

    /// Whether the structured result is something else than an object, which only the newest revision takes.
    pub(crate) fn returns_bare_value(&self) -> bool {
        self.result.as_ref().is_some_and(|result| !schema::is_object(result.schema()))
    }

    /// Makes what the function gave what is published of it.
    ///
    /// # Errors
    ///
    /// When it breaks the tool's own schema. For the log.
    pub(crate) fn publish(&self, result: ToolResult) -> Result<ToolResult, ToolError> {
        match &self.result {
            Some(schema) => schema.keep(result).map_err(ToolError::masked),
            None => Ok(result),
        }
    }

    /// Whether it asks something before its body runs.
    pub(crate) fn asks_first(&self) -> bool {
        self.needs.asks_first
    }

    /// Calls the function.
    pub(crate) fn call(&self, invocation: Invocation) -> Handled<ToolResult> {
        (self.tool.handler)(invocation)
    }
}

impl fmt::Debug for ToolEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tool.fmt(f)
    }
}

impl Schemas {
    /// The schemas of the arguments and of the result, and what the parameters need.
    fn build(&self, wrong: &mut Vec<String>) -> (Value, Option<Value>, Needs) {
        match self {
            Self::Given { input, output } => (input.clone(), output.clone(), Needs::of_a_call()),
            Self::Declared(descriptor) => {
                let mut input = Input::new();
                (descriptor.input)(&mut input);
                let (arguments, needs) = schema::of_arguments(input, wrong);
                let settings = SchemaSettings::draft2020_12()
                    .for_serialize()
                    .with(|settings| settings.meta_schema = None);
                let mut generator = settings.into_generator();
                let output = (descriptor.output)(&mut generator);
                (arguments, output.map(|root| schema::of_result(root, &mut generator)), needs)
            }
        }
    }
}
