//! A prompt: what is published of it, and the function that writes its messages.

use std::{borrow::Cow, fmt, future::Future, sync::Arc, time::Duration};

use serde_json::{Map, Value};

use super::{
    access::{Access, Admission, Words, words_by_hand},
    arguments::Validator,
    card::Card,
    completion::{self, Complete, Completers, suggester},
    descriptor::{PromptDescriptor, Rate, Rules},
    input::{Input, Needs},
    invocation::{Handled, Handler, Invocation},
    limits::ItemLimits,
    output::PromptOutput,
    schema,
};
use crate::{
    error::{Place, Problem, ToolError},
    protocol::{
        lifecycle::Icon,
        prompts::{Argument, Definition, PromptResult},
    },
};

/// A prompt built by hand: for arguments that are known at run time only, and for functions that are closures.
///
/// # Example
///
/// ```standalone_crate
/// use mcp_server::{Invocation, McpServer, Prompt};
///
/// let greet = Prompt::new("greet", "Greet somebody.", |mut call: Invocation| async move {
///     let name: String = call.argument("name")?;
///     Ok(format!("Say hello to {name}."))
/// })
/// .argument("name", "Who is greeted", true);
/// let server = McpServer::new("greeter").prompt(greet).build()?;
/// # Ok::<(), mcp_server::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Prompt {
    card: Card,
    words: Words,
    rules: Rules,
    arguments: Arguments,
    completers: Completers,
    handler: Handler<PromptResult>,
    place: Place,
}

#[derive(Clone)]
enum Arguments {
    Declared(fn(&mut Input)),
    Given(Vec<Argument>),
}

impl Prompt {
    /// A prompt of this name and description, without arguments.
    #[track_caller]
    pub fn new<F, Fut, R>(
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
        function: F,
    ) -> Self
    where
        F: Fn(Invocation) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, ToolError>> + Send + 'static,
        R: PromptOutput,
    {
        let handler = move |invocation| {
            let future = function(invocation);
            Handled::Running(Box::pin(async move { Ok(future.await?.into_prompt()) }) as _)
        };
        Self {
            card: Card::new(name, description),
            words: Words::default(),
            rules: Rules::NONE,
            arguments: Arguments::Given(Vec::new()),
            completers: Completers::new(),
            handler: Arc::new(handler),
            place: Place::caller(),
        }
    }

    pub(crate) fn of(descriptor: &'static PromptDescriptor, handler: Handler<PromptResult>) -> Self {
        Self {
            card: Card::from(&descriptor.card),
            words: Words::from(&descriptor.rules),
            rules: descriptor.rules,
            arguments: Arguments::Declared(descriptor.input),
            completers: Completers::new(),
            handler,
            place: descriptor.place,
        }
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

    /// Adds an entry to the prompt's `_meta` in the listing.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.card.meta.insert(key.into(), value.into());
        self
    }

    /// Adds an argument, which is a text.
    #[must_use]
    pub fn argument(
        mut self,
        name: impl Into<String>,
        description: impl Into<String>,
        required: bool,
    ) -> Self {
        if let Arguments::Given(arguments) = &mut self.arguments {
            arguments.push(Argument { name: name.into(), description: Some(description.into()), required });
        }
        self
    }

    /// Has this function suggest values for an argument.
    #[must_use]
    pub fn complete<Way>(
        mut self,
        argument: impl Into<String>,
        function: impl Complete<Way> + Clone + Send + Sync + 'static,
    ) -> Self {
        self.completers.insert(argument.into(), suggester(function));
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.card.name
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }
}

words_by_hand!(Prompt);

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt")
            .field("name", &self.card.name)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// A prompt that is ready to be listed and written.
pub(crate) struct PromptEntry {
    prompt: Prompt,
    access: Access,
    limits: Arc<ItemLimits>,
    meta: Option<Map<String, Value>>,
    arguments: Vec<Argument>,
    completers: Completers,
    validator: Validator,
    needs: Needs,
}

impl PromptEntry {
    /// Compiles a prompt; says everything that is wrong with it.
    pub(super) fn compile(prompt: Prompt, admission: &Admission) -> Result<Self, Vec<Problem>> {
        let mut wrong = Vec::new();
        let meta = prompt.card.check(&mut wrong);
        let access = prompt.words.access(admission, &mut wrong);
        let limits = Arc::new(ItemLimits::new(&prompt.rules, admission.rate));
        let mut completers = prompt.completers.clone();
        let (arguments, schema, needs) = match &prompt.arguments {
            Arguments::Given(arguments) => {
                (arguments.clone(), schema::of_prompt(arguments), Needs::of_a_call())
            }
            Arguments::Declared(declare) => {
                let mut input = Input::new();
                declare(&mut input);
                let arguments = input.arguments.iter().map(published).collect();
                completers.extend(input.completers());
                let (schema, needs) = schema::of_arguments(input, &mut wrong);
                (arguments, schema, needs)
            }
        };
        let validator = Validator::compile(schema, &mut wrong);
        let known = validator.as_ref().map(|validator| completion::unknown(&completers, validator));
        wrong.extend(known.unwrap_or_default());
        match validator {
            Some(validator) if wrong.is_empty() => {
                Ok(Self { prompt, access, limits, meta, arguments, completers, validator, needs })
            }
            _ => {
                let subject = format!("prompt `{}`", prompt.card.name);
                Err(wrong.into_iter().map(|text| Problem::new(prompt.place, &subject, text)).collect())
            }
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.prompt.name()
    }

    pub(crate) fn description(&self) -> &str {
        &self.prompt.card.description
    }

    pub(crate) fn place(&self) -> Place {
        self.prompt.place
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
        &self.prompt.rules
    }

    pub(crate) fn needs(&self) -> &Needs {
        &self.needs
    }

    pub(crate) fn completers(&self) -> &Completers {
        &self.completers
    }

    pub(crate) fn validator(&self) -> &Validator {
        &self.validator
    }

    /// What a listing shows.
    pub(crate) fn definition(&self) -> Definition<'_> {
        let card = &self.prompt.card;
        Definition {
            name: &card.name,
            title: card.title.as_deref(),
            description: &card.description,
            arguments: &self.arguments,
            icons: &card.icons,
            meta: self.meta.as_ref(),
        }
    }

    /// Calls the function.
    pub(crate) fn call(&self, invocation: Invocation) -> Handled<PromptResult> {
        (self.prompt.handler)(invocation)
    }
}

impl fmt::Debug for PromptEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.prompt.fmt(f)
    }
}

/// An argument as a listing shows it.
fn published(argument: &super::input::Argument) -> Argument {
    Argument {
        name: argument.rules.name.to_owned(),
        description: argument.rules.description.map(str::to_owned),
        required: !argument.may_be_absent(),
    }
}
