//! The keys of `#[mcp_resource(..)]`, and whether the function takes what its URI says.

use std::time::Duration;

use super::{
    Call, Card, Parameter, Rules,
    annotations::{self, Annotations},
    keys::{self, Own},
    source::Source,
    template::{Form, Uri, Variable},
    values::{self, Spanned},
};
use crate::{
    attr::{self, Annotation, Entry, Kind, Literal, Value},
    diag::{Errors, nearest},
};

const FORM: &str =
    "`#[mcp_resource(\"notes://today\")]`, or `#[mcp_resource(\"notes://{id}\")]` for a template";

/// A resource, ready to be written down.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) uri: String,
    pub(crate) card: Card,
    pub(crate) facts: Facts,
    pub(crate) rules: Rules,
}

/// What only resources say of themselves.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) mime: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) annotations: Option<Annotations>,
    pub(crate) ttl: Option<Duration>,
    /// Whoever keeps it may give it to anybody.
    pub(crate) is_shared: bool,
}

impl Own for Facts {
    const KNOWN: &'static [&'static str] = &[
        "name",
        "title",
        "description",
        "icon",
        "meta",
        "mime",
        "size",
        "annotations",
        "ttl",
        "cache",
        "scope",
        "scopes",
        "public",
        "authenticated",
        "start",
        "timeout",
        "rate",
        "concurrency",
        "blocking",
    ];

    fn read(&mut self, entry: &Entry, errors: &mut Errors) {
        match &*entry.name() {
            "mime" => self.mime = mime(entry, errors),
            "size" => self.size = values::size(entry, errors),
            "annotations" => self.annotations = annotations::read(entry, errors),
            "ttl" => self.ttl = values::duration(entry, errors),
            _ => {
                let scopes = [("private", false), ("public", true)];
                self.is_shared = values::choice(entry, &scopes, errors).unwrap_or_default();
            }
        }
    }
}

/// Reads a resource; says everything that is wrong with it.
pub(super) fn read(annotation: &Annotation, source: &Source<'_>, errors: &mut Errors) -> (Resource, Call) {
    let (head, entries) = attr::headed(annotation.arguments.clone(), errors);
    let mut entries = values::distinct(entries, errors);
    let head = head.or_else(|| misplaced(&mut entries, errors));
    let text = text(head, annotation, errors);
    let uri = text.as_ref().and_then(|text| parsed(text, errors));
    contradictions(&entries, uri.as_ref(), errors);
    let mut facts = Facts::default();
    let keys = keys::read(entries, source, &mut facts, errors);
    let mut call = keys.call(source, errors);
    // A parameter that can't be read has its error already.
    let all_are_read = call.parameters.len() == source.parameters();
    if let (Some(uri), Some(text), true) = (&uri, &text, all_are_read) {
        takes_its_variables(uri, text, &mut call.parameters, errors);
    }
    let uri = text.map(|text| text.value).unwrap_or_default();
    (Resource { uri, card: keys.card(source, errors), facts, rules: keys.rules }, call)
}

/// What was meant for the URI, where it has a key or is a constant.
fn misplaced(entries: &mut Vec<Entry>, errors: &mut Errors) -> Option<Value> {
    let is_meant = |entry: &Entry| {
        let name = entry.name();
        let is_constant = matches!(entry.value.kind, Kind::Absent) && !Facts::KNOWN.contains(&&*name);
        matches!(&*name, "uri" | "url" | "template" | "uri_template") || is_constant
    };
    let entry = entries.remove(entries.iter().position(is_meant)?);
    if matches!(entry.value.kind, Kind::Absent) {
        return Some(Value { kind: Kind::Other, tokens: entry.blame() });
    }
    errors.at(&entry.key, format!("the URI stands first, without a key: {FORM}"));
    Some(Value { kind: Kind::Absent, tokens: entry.blame() })
}

/// The URI's text.
fn text(head: Option<Value>, annotation: &Annotation, errors: &mut Errors) -> Option<Spanned<String>> {
    match head {
        Some(Value { kind: Kind::Literal(Literal::Text(value)), tokens }) => Some(Spanned { value, tokens }),
        // That is told already.
        Some(Value { kind: Kind::Absent, .. }) => None,
        Some(other) => {
            errors.at(
                other.tokens,
                format!("the URI is a string literal, which is checked while compiling: {FORM}"),
            );
            None
        }
        None => {
            errors.at(&annotation.blame, format!("a resource has a URI, which stands first: {FORM}"));
            None
        }
    }
}

/// The URI, taken apart.
pub(super) fn parsed(text: &Spanned<String>, errors: &mut Errors) -> Option<Uri> {
    Uri::read(&text.value).map_err(|wrong| errors.at(text, wrong)).ok()
}

/// Checks a media type: RFC 9110, section 8.3.1.
fn mime(entry: &Entry, errors: &mut Errors) -> Option<String> {
    let text = values::string(entry, "mime = \"text/markdown\"", errors)?;
    let is_token = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&^_.+-".contains(c))
    };
    let essence = text.value.split(';').next().unwrap_or_default().trim_end();
    if essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype)) {
        return Some(text.value);
    }
    errors.at(&text, "a media type is a type and a subtype, as in `text/markdown`");
    None
}

/// Keys that can't both mean what they say.
fn contradictions(entries: &[Entry], uri: Option<&Uri>, errors: &mut Errors) {
    let find = |name: &str| entries.iter().find(|entry| entry.name() == name);
    if let (Some(size), Some(Uri { is_template: true, .. })) = (find("size"), uri) {
        errors.at(&size.key, "the resources of a template have sizes of their own; remove `size`");
    }
    let Some(cache) = find("cache") else { return };
    let shares = matches!(&cache.value.kind, Kind::Literal(Literal::Text(text)) if text == "public");
    if find("ttl").is_none() {
        let rule = "`cache` says who may be given what is kept, and without `ttl` nothing is kept";
        errors.at(&cache.key, format!("{rule}; add `ttl = \"60s\"`, or remove `cache`"));
    } else if let Some(known) = find("scope").or(find("scopes")).or(find("authenticated")).filter(|_| shares)
    {
        let name = known.name();
        let lacked = if name == "authenticated" { "a token".to_owned() } else { format!("the `{name}`") };
        let rule = format!("what is kept for everybody reaches callers without {lacked}");
        errors.at(&cache.value.tokens, format!("{rule}; write `cache = \"private\"`, or remove `{name}`"));
    }
}

/// Each variable has a parameter of its name, and each argument a variable.
fn takes_its_variables(uri: &Uri, text: &Spanned<String>, parameters: &mut [Parameter], errors: &mut Errors) {
    let names: Vec<String> = parameters.iter().map(|parameter| parameter.name.value.clone()).collect();
    for parameter in &mut *parameters {
        match uri.variables.iter().find(|variable| variable.name == parameter.name.value) {
            Some(_) if parameter.ask.is_some() => {
                let rule = "the client sends this in the URI, so nobody is asked for it";
                errors.at(&parameter.name, format!("{rule}; remove `#[ask]`, or give it another name"));
            }
            Some(variable) => fits(variable, parameter, errors),
            None if parameter.ask.is_some() => {}
            None if parameter.is_argument() => {
                errors.at(&parameter.name, no_variable(uri, parameter, &names));
            }
            // Its type's traits say what it is.
            None => parameter.injected = true,
        }
    }
    for variable in uri.variables.iter().filter(|variable| !names.contains(&variable.name)) {
        // An argument that is called nearly like it has its error already.
        let is_meant = |parameter: &Parameter| {
            parameter.is_argument() && nearest(&parameter.name.value, &[&variable.name]).is_some()
        };
        if !parameters.iter().any(is_meant) {
            errors.at(text, no_parameter(&variable.name, uri, &names));
        }
    }
}

fn no_parameter(name: &str, uri: &Uri, taken: &[String]) -> String {
    let known = uri.names();
    let free: Vec<&str> = taken.iter().map(|name| &**name).filter(|name| !known.contains(name)).collect();
    match nearest(name, &free) {
        Some(near) => {
            format!("the function takes no `{name}`; did you mean its `{near}`? Call both the same")
        }
        None => format!("the function takes no `{name}`; add a parameter `{name}: String`"),
    }
}

fn no_variable(uri: &Uri, parameter: &Parameter, taken: &[String]) -> String {
    let name = &parameter.name.value;
    if !uri.is_template {
        return format!(
            "a fixed URI has no variables, so nobody sends `{name}`; write `{{{name}}}` into the URI, or remove the parameter"
        );
    }
    let free: Vec<&str> =
        uri.names().into_iter().filter(|variable| taken.iter().all(|name| name != variable)).collect();
    let known = uri.listed();
    if let Some(near) = nearest(name, &free) {
        return format!("the URI has no variable `{name}`; did you mean `{near}`? Its variables are {known}");
    }
    let fix = "write it into the URI, or remove the parameter";
    format!("the URI has no variable `{name}`, its variables are {known}; {fix}")
}

/// Whether a parameter can take what its variable holds.
fn fits(variable: &Variable, parameter: &Parameter, errors: &mut Errors) {
    let name = &variable.name;
    let default = parameter.arg.keywords.iter().any(|(keyword, _)| *keyword == "default");
    match variable.form {
        Form::Segments if parameter.shape.is_known() => {
            let rule =
                format!("`{{/{name}*}}` is a list of segments, and this is {}", parameter.shape.what());
            errors.at(
                &parameter.ty,
                format!("{rule}; take `Vec<String>`, or write `{{+{name}}}` for one text"),
            );
        }
        Form::Query if parameter.shape.is_known() && !parameter.may_be_absent() => {
            let fix = "take an `Option` of it, or add `#[arg(default = ..)]`";
            errors.at(&parameter.ty, format!("a URI may lack `{name}`, which stands in its query; {fix}"));
        }
        Form::One | Form::Segments if default => {
            let rule = format!("every URI has a value for `{name}`, so the default is never taken");
            errors.at(&parameter.name, format!("{rule}; remove `default`, or write `{{?{name}}}`"));
        }
        _ => {}
    }
}
