//! The keys of `#[arg(..)]`, and whether they fit the parameter's type where that is plain to see.

use super::{
    keys::distinct,
    shape::Shape,
    values::{self, Spanned},
};
use crate::{
    attr::{Entry, Literal},
    diag::{Errors, unknown},
};

const KNOWN: [&str; 10] = [
    "min", "max", "min_length", "max_length", "pattern", "default", "example", "rename", "header", "secret",
];

/// What the attributes of a parameter say.
#[derive(Debug, Default)]
pub(crate) struct Arg {
    /// JSON Schema keywords and their values as JSON texts, in the order they were written.
    pub(crate) keywords: Vec<(&'static str, String)>,
    pub(crate) rename: Option<Spanned<String>>,
    pub(crate) secret: bool,
    pub(super) header: Option<Spanned<String>>,
    limits: Limits,
}

/// The values that must agree with each other.
#[derive(Debug, Default)]
struct Limits {
    min: Option<Spanned<Literal>>,
    max: Option<Spanned<Literal>>,
    min_length: Option<Spanned<u32>>,
    max_length: Option<Spanned<u32>>,
    default: Option<Spanned<Literal>>,
    examples: Option<Spanned<Literal>>,
}

/// Reads the keys; says everything that is wrong with them.
pub(super) fn read(entries: Vec<Entry>, shape: Shape, errors: &mut Errors) -> Arg {
    let mut arg = Arg::default();
    for entry in distinct(entries, errors) {
        let before = errors.count();
        shape.admits_key(&entry, errors);
        if errors.count() == before {
            arg.take(&entry, errors);
        }
    }
    if let (true, Some(header)) = (arg.secret, &arg.header) {
        errors.at(header, "a secret is not repeated in a header, which proxies log; remove `header` or `secret`");
    }
    arg.limits.check(shape, errors);
    arg
}

impl Arg {
    fn take(&mut self, entry: &Entry, errors: &mut Errors) {
        match &*entry.name() {
            "min" => self.limits.min = self.keyword("minimum", values::number(entry, errors)),
            "max" => self.limits.max = self.keyword("maximum", values::number(entry, errors)),
            "min_length" => self.limits.min_length = self.length("minLength", entry, errors),
            "max_length" => self.limits.max_length = self.length("maxLength", entry, errors),
            "default" => self.limits.default = self.keyword("default", values::any(entry, errors)),
            "example" => {
                let example = values::any(entry, errors);
                let listed = example.clone().and_then(|example| Some(Literal::Array(vec![example])));
                self.keyword("examples", listed);
                self.limits.examples = example;
            }
            "pattern" => {
                let pattern = values::text_like(entry, "pattern = \"^[a-z]+$\"", errors);
                self.keyword("pattern", pattern.and_then(|text| regular(text, errors)));
            }
            "rename" => {
                let name = values::text(entry, errors);
                self.rename = name.and_then(|name| wire_name(name, errors));
            }
            "header" => {
                let header = values::text_like(entry, "header = \"Region\"", errors);
                let header = header.and_then(|header| token(header, errors));
                self.keyword("x-mcp-header", header.clone().and_then(|header| header.and_then(|text| Some(Literal::Text(text)))));
                self.header = header;
            }
            "secret" => self.secret = values::flag(entry, errors),
            other => errors.at(&entry.key, unknown("key of `#[arg]`", other, &KNOWN)),
        }
    }

    fn keyword(&mut self, keyword: &'static str, value: Option<Spanned<Literal>>) -> Option<Spanned<Literal>> {
        if let Some(value) = &value {
            self.keywords.push((keyword, value.value.to_string()));
        }
        value
    }
}
