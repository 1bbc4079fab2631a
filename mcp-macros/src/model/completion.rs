//! The keys of `#[mcp_completion(..)]`, and whether the function takes what a completion is asked with.

use super::{
    Call, Parameter,
    keys::{self, Own},
    resource,
    shape::Shape,
    source::Source,
    template::Uri,
    values::{self, Spanned},
};
use crate::{
    attr::{self, Annotation, Entry},
    diag::{Errors, nearest},
};

const FORM: &str = "`#[mcp_completion(prompt = \"review\", arg = \"language\")]`, \
    or `#[mcp_completion(resource = \"notes://{id}\", arg = \"id\")]`";

/// A completion, ready to be written down.
#[derive(Debug)]
pub(crate) struct Completion {
    pub(crate) of: Completed,
    pub(crate) argument: String,
}

/// What has the argument.
#[derive(Debug)]
pub(crate) enum Completed {
    Prompt(String),
    Resource(String),
}

/// What the keys say.
#[derive(Debug, Default)]
struct Keys {
    prompt: Option<Spanned<String>>,
    resource: Option<Spanned<String>>,
    argument: Option<Spanned<String>>,
}

impl Own for Keys {
    const KNOWN: &'static [&'static str] = &["prompt", "resource", "arg", "blocking"];

    fn read(&mut self, entry: &Entry, errors: &mut Errors) {
        let text = values::text(entry, errors);
        match &*entry.name() {
            "prompt" => self.prompt = text,
            "resource" => self.resource = text,
            _ => self.argument = text,
        }
    }
}

/// Reads a completion; says everything that is wrong with it.
pub(super) fn read(annotation: &Annotation, source: &Source<'_>, errors: &mut Errors) -> (Completion, Call) {
    let mut entries = values::distinct(attr::entries(annotation.arguments.clone(), errors), errors);
    entries.retain(|entry| !says_who(entry, errors));
    lacking(&entries, annotation, errors);
    let mut own = Keys::default();
    let keys = keys::read(entries, source, &mut own, errors);
    let call = keys.call(source, errors);
    if source.parameters() == 0 {
        let fix = "add a first parameter, `typed: String`";
        errors.at(&call.function, format!("a completion takes what was typed so far; {fix}"));
    }
    takes_what_was_typed(&call.parameters, errors);
    let uri = own.resource.as_ref().and_then(|text| template(text, errors));
    if let (Some(uri), Some(argument)) = (&uri, &own.argument) {
        has_variables(uri, argument, &call.parameters, errors);
    }
    let of = match (own.prompt, own.resource) {
        (Some(prompt), _) => Completed::Prompt(prompt.value),
        (None, resource) => Completed::Resource(resource.map(|uri| uri.value).unwrap_or_default()),
    };
    (Completion { of, argument: own.argument.map(|name| name.value).unwrap_or_default() }, call)
}

/// Whether a key would say who may use it, which is said of its owner.
fn says_who(entry: &Entry, errors: &mut Errors) -> bool {
    let name = entry.name();
    let says = matches!(&*name, "scope" | "scopes" | "public" | "authenticated" | "start");
    if says {
        let rule = "a completion is for those who may use what it completes";
        errors.at(&entry.key, format!("{rule}; write `{name}` there, and remove it here"));
    }
    says
}

/// Exactly one owner, and its argument.
fn lacking(entries: &[Entry], annotation: &Annotation, errors: &mut Errors) {
    let find = |name: &str| entries.iter().find(|entry| entry.name() == name);
    // A key that isn't known is told, and is what was meant.
    let is_misspelt = entries.iter().any(|entry| !Keys::KNOWN.contains(&&*entry.name()));
    match (find("prompt"), find("resource")) {
        (Some(_), Some(resource)) => {
            let rule = "a completion is of one argument, of a prompt or of a resource";
            errors.at(&resource.key, format!("{rule}; remove one of `prompt` and `resource`"));
        }
        _ if is_misspelt => {}
        (None, None) => {
            errors.at(&annotation.blame, format!("a completion says what it completes: {FORM}"));
        }
        _ if find("arg").is_none() => {
            errors.at(&annotation.blame, format!("a completion says which argument it completes: {FORM}"));
        }
        _ => {}
    }
}

/// The template, of which only variables can be completed.
fn template(text: &Spanned<String>, errors: &mut Errors) -> Option<Uri> {
    let uri = resource::parsed(text, errors)?;
    if uri.is_template {
        return Some(uri);
    }
    errors.at(text, "a fixed URI has nothing to complete; name a template, as the resource writes it");
    None
}

/// The argument is a variable, and what else the function takes are variables too.
fn has_variables(uri: &Uri, argument: &Spanned<String>, parameters: &[Parameter], errors: &mut Errors) {
    let others = parameters.iter().filter(|parameter| parameter.is_argument()).skip(1);
    for name in std::iter::once(argument).chain(others.map(|parameter| &parameter.name)) {
        let (given, known) = (&name.value, uri.names());
        if !known.contains(&&**given) {
            let listed = uri.listed();
            let message = match nearest(given, &known) {
                Some(near) => {
                    format!("the template has no variable `{given}`; did you mean `{near}`? It has {listed}")
                }
                None => format!("the template has no variable `{given}`; it has {listed}"),
            };
            errors.at(name, message);
        }
    }
}

/// The first argument is what was typed, and every other one may not be known yet.
fn takes_what_was_typed(parameters: &[Parameter], errors: &mut Errors) {
    let mut arguments = parameters.iter().filter(|parameter| parameter.is_argument());
    let typed = arguments.next().filter(|typed| typed.shape.is_known() && !typed.shape.is_text());
    if let Some(typed) = typed {
        let what = typed.shape.what();
        let message = format!("what was typed so far is a text, not yet {what}; take it as a `String`");
        errors.at(&typed.ty, message);
    }
    for other in arguments.filter(|other| other.shape.is_known() && !Shape::is_option(&other.ty)) {
        let message = "another argument may not be known yet; take it as an `Option`";
        errors.at(&other.ty, message);
    }
}
