//! Suggestions for an argument of a prompt or of a resource's template.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fmt,
    future::Future,
    sync::Arc,
};

use serde_json::Value;

use super::{
    argument_limits::ArgumentLimits,
    arguments::{Unfit, Validator},
    descriptor::{Completed, CompletionDescriptor},
    input::{Input, Needs},
    invocation::{Arguments, Handled, Handler, Invocation},
    output::CompletionOutput,
    registry::Offer,
    schema,
};
use crate::{
    call::Call,
    error::{Place, Problem, ToolError, nearest},
    protocol::{completion::Completion, uri::ascii},
};

/// A function that suggests values, as `#[arg(complete = ..)]` writes it down.
pub type Completer = fn(Completing) -> Handled<Completion>;

/// Functions that suggest values, by the names of the arguments.
pub(crate) type Completers = BTreeMap<String, Suggester>;

/// A function that suggests values.
pub(crate) type Suggester = Arc<dyn Fn(Completing) -> Handled<Completion> + Send + Sync>;

/// A function that is asked again and again.
pub(super) fn suggester<Way>(function: impl Complete<Way> + Clone + Send + Sync + 'static) -> Suggester {
    Arc::new(move |typed| function.clone().complete(typed))
}

/// Completers of arguments that aren't there.
pub(super) fn unknown(completers: &Completers, validator: &Validator) -> Vec<String> {
    let unknown = completers.keys().filter(|name| !validator.takes(name)).map(|name| {
        let hint = nearest(name, validator.names());
        let hint = hint.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        format!("there is no argument `{name}` to complete{hint}")
    });
    unknown.collect()
}

/// What is being typed.
///
/// # Example
///
/// ```
/// use mcp_server::Completing;
///
/// fn languages(typed: Completing) -> Vec<&'static str> {
///     ["python", "perl", "rust"].into_iter().filter(|name| name.starts_with(&typed.value)).collect()
/// }
/// ```
#[derive(Debug)]
pub struct Completing {
    /// What was typed so far.
    pub value: String,
    /// The other arguments, as far as they are known. Clients send them since revision 2025-06-18.
    pub arguments: BTreeMap<String, String>,
    /// The call.
    pub call: Call,
}

/// A function that `#[arg(complete = ..)]` can name: it takes what is being typed and gives suggestions, at once or
/// in a while. `Way` tells the two apart and is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't complete an argument",
    label = "not a function from `Completing` to suggestions",
    note = "a completer is `fn(mcp_server::Completing) -> Vec<String>`, `async` or not"
)]
pub trait Complete<Way> {
    /// Suggests.
    fn complete(self, typed: Completing) -> Handled<Completion>;
}

/// The way of a function that answers at once.
#[derive(Debug)]
pub enum AtOnce {}

/// The way of an `async` function.
#[derive(Debug)]
pub enum InAWhile {}

impl<F, R> Complete<(AtOnce, R)> for F
where
    F: FnOnce(Completing) -> R,
    R: CompletionOutput,
{
    fn complete(self, typed: Completing) -> Handled<Completion> {
        Handled::Ready(Ok(self(typed).into_completion()))
    }
}

impl<F, Fut, R> Complete<(InAWhile, R)> for F
where
    F: FnOnce(Completing) -> Fut,
    Fut: Future<Output = R> + Send + 'static,
    R: CompletionOutput,
{
    fn complete(self, typed: Completing) -> Handled<Completion> {
        let future = self(typed);
        Handled::Running(Box::pin(async move { Ok(future.await.into_completion()) }))
    }
}

/// A completion of its own: a function for one argument of one prompt or template.
#[derive(Clone)]
pub(crate) struct CompletionSource {
    pub(crate) descriptor: &'static CompletionDescriptor,
    pub(crate) handler: Handler<Completion>,
}

impl CompletionSource {
    pub(crate) fn place(&self) -> Place {
        self.descriptor.place
    }

    pub(crate) fn of(&self) -> Completed {
        self.descriptor.of
    }

    pub(crate) fn argument(&self) -> &'static str {
        self.descriptor.argument
    }
}

impl fmt::Debug for CompletionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.descriptor.fmt(f)
    }
}

/// What suggests values for one argument.
pub(crate) enum Suggest<'o> {
    /// A plain function.
    Function(Suggester),
    /// A function with parameters of its own.
    Declared(&'o Declared),
}

/// A completion's function, ready to be called.
pub(crate) struct Declared {
    handler: Handler<Completion>,
    /// The parameter that takes what was typed.
    typed: String,
    validator: Validator,
    needs: Needs,
    place: Place,
}

impl fmt::Debug for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Declared").field("typed", &self.typed).finish_non_exhaustive()
    }
}

impl Declared {
    /// Compiles a completion; says everything that is wrong with it.
    pub(super) fn compile(source: &CompletionSource) -> Result<Self, Vec<Problem>> {
        let mut wrong = Vec::new();
        let mut input = Input::new();
        (source.descriptor.input)(&mut input);
        let typed = input.arguments.first().map(|argument| argument.rules.name.to_owned());
        for argument in input.arguments.iter().skip(1).filter(|argument| !argument.optional) {
            wrong.push(format!(
                "`{}` must be an `Option`: another argument may not be known yet",
                argument.rules.name
            ));
        }
        if typed.is_none() {
            wrong.push("takes no argument; the first one is what was typed".to_owned());
        }
        let (schema, needs) = schema::of_arguments(input, &mut wrong);
        match (typed, Validator::compile(schema, &mut wrong)) {
            (Some(typed), Some(validator)) if wrong.is_empty() => {
                Ok(Self { handler: source.handler.clone(), typed, validator, needs, place: source.place() })
            }
            _ => {
                let subject = format!("completion of `{}`", source.argument());
                Err(wrong.into_iter().map(|text| Problem::new(source.place(), &subject, text)).collect())
            }
        }
    }

    /// The parameters that take other arguments than the one that is typed.
    pub(super) fn others(&self) -> impl Iterator<Item = &str> {
        self.validator.names().filter(|name| *name != self.typed)
    }

    pub(crate) fn needs(&self) -> &Needs {
        &self.needs
    }

    /// What was typed, and what else the function takes. A known argument that isn't finished either, so that it
    /// doesn't fit its type, is as good as unknown.
    fn arguments(
        &self,
        typed: String,
        known: BTreeMap<String, String>,
        limits: ArgumentLimits,
    ) -> Result<Arguments, Unfit<'_>> {
        let typed = (self.typed.clone(), Value::from(typed));
        let check = |known: &[(String, Value)]| {
            self.validator.check_texts(known.iter().chain([&typed]).cloned().collect(), limits)
        };
        let known = known.into_iter().filter(|(name, _)| *name != self.typed && self.validator.takes(name));
        let known = known.map(|(name, text)| (name, Value::from(text)));
        let fitting: Vec<_> = known.filter(|one| check(std::slice::from_ref(one)).is_ok()).collect();
        check(&fitting)
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }
}

impl Suggest<'_> {
    /// Asks for suggestions.
    pub(crate) fn suggest(&self, typed: Completing, limits: ArgumentLimits) -> Handled<Completion> {
        match self {
            Self::Function(function) => function(typed),
            Self::Declared(declared) => {
                let Completing { value, arguments, call } = typed;
                match declared.arguments(value, arguments, limits) {
                    Ok(arguments) => (declared.handler)(Invocation { arguments, call, secrets: Vec::new() }),
                    Err(unfit) => Handled::Ready(Err(ToolError::tell(unfit.explain()))),
                }
            }
        }
    }
}

/// The argument of a prompt or of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CompletedArgument {
    of_prompt: bool,
    owner: Box<str>,
    pub(super) argument: Box<str>,
}

impl CompletedArgument {
    pub(super) fn new(of_prompt: bool, owner: &str, argument: &str) -> Self {
        Self { of_prompt, owner: owner.into(), argument: argument.into() }
    }
}

impl Offer {
    /// The completions that are functions of their own.
    pub(super) fn completions(
        &self,
        sources: &[CompletionSource],
        problems: &mut Vec<Problem>,
    ) -> HashMap<CompletedArgument, Declared> {
        let mut all = HashMap::new();
        for source in sources {
            if let Some(problem) = self.unknown_owner(source) {
                problems.push(problem);
                continue;
            }
            let argument = source.argument();
            let (of_prompt, owner, own) = match source.of() {
                Completed::Prompt(name) => {
                    (true, name, self.prompts.get(name).map(|prompt| prompt.completers()))
                }
                Completed::Resource(uri) => {
                    (false, uri, self.templates.get(&ascii(uri)).map(|entry| entry.completers()))
                }
            };
            let key = CompletedArgument::new(
                of_prompt,
                &if of_prompt { Cow::Borrowed(owner) } else { ascii(owner) },
                argument,
            );
            if all.contains_key(&key) || own.is_some_and(|own| own.contains_key(argument)) {
                let text = format!("`{argument}` of `{owner}` has a completion already; keep one");
                problems.push(Problem::new(source.place(), "completion", text));
                continue;
            }
            match Declared::compile(source) {
                Ok(declared) if let Some(text) = self.unknown_others(source, &declared) => {
                    problems.push(Problem::new(source.place(), "completion", text));
                }
                Ok(declared) => _ = all.insert(key, declared),
                Err(wrong) => problems.extend(wrong),
            }
        }
        all
    }

    /// What is wrong with what a completion is for.
    fn unknown_owner(&self, source: &CompletionSource) -> Option<Problem> {
        let (what, owner, validator, known) = match source.of() {
            Completed::Prompt(name) => (
                "prompt",
                name,
                self.prompts.get(name).map(|prompt| prompt.validator()),
                self.prompts.entries().iter().map(|prompt| prompt.name()).collect::<Vec<_>>(),
            ),
            Completed::Resource(uri) => (
                "resource template",
                uri,
                self.templates.get(&ascii(uri)).map(|template| template.validator()),
                self.templates.entries().iter().map(|template| template.uri()).collect(),
            ),
        };
        let argument = source.argument();
        let (text, near) = match validator {
            None => (format!("there is no {what} `{owner}`"), nearest(owner, known)),
            Some(validator) if !validator.takes(argument) => (
                format!("the {what} `{owner}` has no argument `{argument}`"),
                nearest(argument, validator.names()),
            ),
            Some(_) => return None,
        };
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Some(Problem::new(source.place(), "completion", format!("{text}{hint}")))
    }

    /// Which of a completion's other parameters names no argument of its owner: it would never be known.
    fn unknown_others(&self, source: &CompletionSource, declared: &Declared) -> Option<String> {
        let (owner, validator) = match source.of() {
            Completed::Prompt(name) => (name, self.prompts.get(name)?.validator()),
            Completed::Resource(uri) => (uri, self.templates.get(&ascii(uri))?.validator()),
        };
        let unknown = declared.others().find(|name| !validator.takes(name))?;
        let hint = nearest(unknown, validator.names());
        let hint = hint.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Some(format!("takes `{unknown}`, which is no argument of `{owner}`{hint}"))
    }
}
