//! The keys of `#[arg(..)]`, and whether they fit each other and the parameter's type.

use std::cmp::Ordering;

use syn::Path;

use super::{
    shape::Shape,
    values::{self, Spanned},
};
use crate::{
    attr::{Entry, Kind, Literal},
    diag::{Errors, unknown_key},
    offered::Offered,
};

const KNOWN: [&str; 11] = [
    "min",
    "max",
    "min_length",
    "max_length",
    "pattern",
    "default",
    "example",
    "rename",
    "header",
    "secret",
    "complete",
];

/// What the attributes of a parameter say.
#[derive(Debug, Default)]
pub(crate) struct Arg {
    /// JSON Schema keywords and their values as JSON texts, in the order they were written.
    pub(crate) keywords: Vec<(&'static str, String)>,
    pub(crate) rename: Option<Spanned<String>>,
    pub(crate) header: Option<Spanned<String>>,
    pub(crate) secret: bool,
    /// The function that suggests values.
    pub(crate) complete: Option<Path>,
}

/// Why a key can't stand on an argument of such a function.
fn refuses(offered: Offered, key: &str) -> Option<String> {
    let (rule, fix) = match (offered, key) {
        (_, key) if !KNOWN.contains(&key) => return None,
        (Offered::Tool, "complete") => (
            "MCP completes arguments of prompts and of resource templates only",
            "remove it, or take an `enum`, whose values the schema lists",
        ),
        (Offered::Tool, _) | (Offered::Completion, "rename") => return None,
        (Offered::Completion, _) => {
            ("what was typed so far is not finished, so it keeps no rule", "remove it")
        }
        (_, "header") => ("clients repeat arguments of tools only in headers", "remove it"),
        (Offered::Resource, "example") => {
            ("a template publishes the names of its variables only", "remove it")
        }
        (_, "example") => {
            ("a prompt publishes names and descriptions only", "put the example into the doc comment")
        }
        (Offered::Resource, "secret") => {
            ("a URI is shown and logged everywhere", "take a secret from the call")
        }
        (_, "secret") => {
            ("a prompt's arguments are shown in the conversation", "take a secret from the call")
        }
        _ => return None,
    };
    Some(format!("`{key}` can't stand here: {rule}; {fix}"))
}

/// The values that must agree with each other.
#[derive(Debug, Default)]
struct Limits {
    min: Option<Spanned<Literal>>,
    max: Option<Spanned<Literal>>,
    min_length: Option<Spanned<u32>>,
    max_length: Option<Spanned<u32>>,
    /// `default` and `example`.
    values: Vec<(&'static str, Spanned<Literal>)>,
}

/// Reads the keys; says everything that is wrong with them.
pub(super) fn read(entries: Vec<Entry>, offered: Offered, shape: Shape, errors: &mut Errors) -> Arg {
    let mut arg = Arg::default();
    let mut limits = Limits::default();
    for entry in values::distinct(entries, errors) {
        let name = entry.name();
        match refuses(offered, &name).or_else(|| shape.refuses_key(&name)) {
            Some(reason) => errors.at(&entry.key, reason),
            None => match &*name {
                "min" | "max" | "min_length" | "max_length" | "default" | "example" => {
                    arg.keywords.extend(limits.read(&entry, shape, errors));
                }
                _ => arg.read(&entry, errors),
            },
        }
    }
    if let (true, Some(header)) = (arg.secret, &arg.header) {
        let message =
            "a secret isn't repeated in a header, where proxies read it; remove `header` or `secret`";
        errors.at(header, message);
    }
    for (key, value) in limits.values.iter().filter(|_| arg.secret) {
        let message = format!("the {key} of a secret is published in the schema; remove `{key}` or `secret`");
        errors.at(value, message);
    }
    limits.check(errors);
    arg
}

impl Arg {
    fn read(&mut self, entry: &Entry, errors: &mut Errors) {
        match &*entry.name() {
            "pattern" => {
                let pattern = values::string(entry, "pattern = \"^[a-z]+$\"", errors);
                if let Some(pattern) = pattern.and_then(|text| regular(text, errors)) {
                    self.keywords.push(("pattern", Literal::Text(pattern.value).to_string()));
                }
            }
            "rename" => self.rename = values::text(entry, errors).and_then(|name| property(name, errors)),
            "header" => {
                let header = values::string(entry, "header = \"Region\"", errors);
                if let Some(header) = header.and_then(|header| token(header, errors)) {
                    self.keywords.push(("x-mcp-header", Literal::Text(header.value.clone()).to_string()));
                    self.header = Some(header);
                }
            }
            "secret" => self.secret = values::flag(entry, errors),
            "complete" => self.complete = completer(entry, errors),
            other => errors.at(&entry.key, unknown_key("`#[arg]`", other, &KNOWN)),
        }
    }
}

impl Limits {
    /// Keeps a limit, a default or an example, and gives its keyword.
    fn read(&mut self, entry: &Entry, shape: Shape, errors: &mut Errors) -> Option<(&'static str, String)> {
        match &*entry.name() {
            "min_length" => {
                let length = self.min_length.insert(values::count(entry, 0, errors)?);
                Some(("minLength", length.value.to_string()))
            }
            "max_length" => {
                let length = self.max_length.insert(values::count(entry, 0, errors)?);
                Some(("maxLength", length.value.to_string()))
            }
            "min" => {
                let number = fitting(entry, values::number(entry, errors)?, shape, errors)?;
                Some(("minimum", self.min.insert(number).value.to_string()))
            }
            "max" => {
                let number = fitting(entry, values::number(entry, errors)?, shape, errors)?;
                Some(("maximum", self.max.insert(number).value.to_string()))
            }
            name => {
                let value = fitting(entry, values::any(entry, errors)?, shape, errors)?;
                let json = value.value.to_string();
                let (key, keyword) = match name {
                    "default" => ("default", ("default", json)),
                    _ => ("example", ("examples", format!("[{json}]"))),
                };
                self.values.push((key, value));
                Some(keyword)
            }
        }
    }

    fn check(&self, errors: &mut Errors) {
        if let (Some(min), Some(max)) = (&self.min, &self.max)
            && is_less(&max.value, &min.value)
        {
            let message =
                format!("`max` is less than `min`, which is {}, so no value fits; swap them", min.value);
            errors.at(max, message);
        }
        if let (Some(min), Some(max)) = (&self.min_length, &self.max_length)
            && max.value < min.value
        {
            let message = format!("`max_length` is less than `min_length`, which is {}", min.value);
            errors.at(max, format!("{message}, so no string fits; swap them"));
        }
        for (name, value) in &self.values {
            if let Some(reason) = self.refuse(&value.value) {
                errors.at(
                    value,
                    format!("`{name}` breaks the parameter's own rule: {reason}; change one of the two"),
                );
            }
        }
    }

    /// Which limit a default or an example breaks.
    fn refuse(&self, value: &Literal) -> Option<String> {
        if let Some(min) = self.min.as_ref().filter(|min| is_less(value, &min.value)) {
            return Some(format!("`min` is {}", min.value));
        }
        if let Some(max) = self.max.as_ref().filter(|max| is_less(&max.value, value)) {
            return Some(format!("`max` is {}", max.value));
        }
        let Literal::Text(text) = value else { return None };
        let length = text.chars().count();
        let longer = |limit: u32| usize::try_from(limit).is_ok_and(|limit| length > limit);
        let shorter = |limit: u32| usize::try_from(limit).is_ok_and(|limit| length < limit);
        if let Some(min) = self.min_length.as_ref().filter(|min| shorter(min.value)) {
            return Some(format!("`min_length` is {}, and it has {length}", min.value));
        }
        let max = self.max_length.as_ref().filter(|max| longer(max.value))?;
        Some(format!("`max_length` is {}, and it has {length}", max.value))
    }
}

fn completer(entry: &Entry, errors: &mut Errors) -> Option<Path> {
    if let Kind::Path(path) = &entry.value.kind {
        return Some(path.clone());
    }
    let message = "`complete` takes the path of a function: `complete = languages`, \
        with `fn languages(typed: mcp_server::Completing) -> Vec<String>`, `async` or not";
    errors.at(entry.blame(), message);
    None
}

/// The value, if it can be one of the parameter's type.
fn fitting(
    entry: &Entry,
    value: Spanned<Literal>,
    shape: Shape,
    errors: &mut Errors,
) -> Option<Spanned<Literal>> {
    let Some(reason) = shape.refuses(&value.value) else { return Some(value) };
    errors.at(&value, format!("`{}` doesn't fit the parameter's type: {reason}", entry.name()));
    None
}

/// Whether a number is less than another. What isn't a number isn't less.
fn is_less(a: &Literal, b: &Literal) -> bool {
    #[allow(clippy::cast_precision_loss)] // for the comparison with a float only
    let float = |literal: &Literal| match literal {
        Literal::Integer(number) => Some(*number as f64),
        Literal::Float(number) => Some(*number),
        _ => None,
    };
    match (a, b) {
        (Literal::Integer(a), Literal::Integer(b)) => a < b,
        _ => float(a).partial_cmp(&float(b)) == Some(Ordering::Less) && float(a).is_some(),
    }
}

/// Checks a regular expression, with the reason of the parser that will read it.
fn regular(pattern: Spanned<String>, errors: &mut Errors) -> Option<Spanned<String>> {
    let Err(error) = regex_syntax::Parser::new().parse(&pattern.value) else { return Some(pattern) };
    let reason = match &error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other.to_string(),
    };
    errors.at(&pattern, format!("`pattern` can't be used: {reason}"));
    None
}

/// Checks an argument's name on the wire: what models' interfaces take for a property.
fn property(name: Spanned<String>, errors: &mut Errors) -> Option<Spanned<String>> {
    let Some(reason) = values::refuses_name("an argument", &name.value, 64) else { return Some(name) };
    errors.at(&name, reason);
    None
}

/// Checks the name of a header. Source: [RFC 9110, section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
fn token(header: Spanned<String>, errors: &mut Errors) -> Option<Spanned<String>> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let Some(illegal) = header.value.chars().find(|c| !legal(*c)) else { return Some(header) };
    let message = format!(
        "{illegal:?} can't be in a header's name, \
         which consists of letters, digits and !#$%&'*+-.^_`|~ (RFC 9110, section 5.6.2)"
    );
    errors.at(&header, message);
    None
}
