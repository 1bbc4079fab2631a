//! URIs of resources: fixed ones, and templates (RFC 6570) read backwards, from a URI to its variables.
//!
//! RFC 6570 says how a template makes a URI. Which values a URI was made of is only clear where the template leaves
//! no doubt, so prefixes (`{var:3}`) and lists but of path segments (`{/path*}`) are not taken. And of all texts that
//! could be read as the same values, only the one that the template makes of them is taken: a resource has one spelling.

mod expansion;
mod footprint;
mod parse;
#[cfg(test)]
mod tests;

use percent_encoding::percent_decode_str;
use regex::Regex;
use serde_json::{Map, Value};

pub(crate) use footprint::{Footprint, Span};
pub(crate) use parse::{is_template, literal_flaw};

/// A template, compiled.
#[derive(Debug)]
pub(crate) struct Template {
    parts: Vec<TemplatePart>,
    regex: Regex,
    footprint: Footprint,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum TemplatePart {
    /// A text as it stands. That of an expression's operator isn't the author's own.
    Literal { text: String, is_own: bool },
    /// The value of a variable.
    Value { name: String, charset: Charset, place: UriComponent },
    /// A parameter of a path segment: `;name=value`, or `;name` for an empty value.
    Parameter { name: String },
    /// Path segments, at least one, each after a `/`.
    Segments { name: String, place: UriComponent },
    /// Those of these variables that there are, in this order, the first after this character and each next after `&`.
    Query { first: char, names: Vec<String> },
}

/// What a value consists of in a URI. Everything else is percent-encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    /// Unreserved characters.
    Unreserved,
    /// Unreserved characters but for `.`, which separates.
    Label,
    /// Reserved characters too.
    Reserved { comma: bool, query: bool },
}

/// Where a value stands in the URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UriComponent {
    /// At the beginning of the path, or where the authority would be: a `/` may stand first.
    Root,
    Path,
    /// In the query or the fragment.
    Query,
}

/// A variable of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable<'t> {
    pub(crate) name: &'t str,
    /// A URI may lack it.
    pub(crate) optional: bool,
}

impl Template {
    /// Compiles a template, or says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let parts = parse::parts(text)?;
        let pattern: String = parts.iter().map(TemplatePart::pattern).collect();
        let regex = Regex::new(&format!("^{pattern}$")).map_err(|error| error.to_string())?;
        let footprint = Footprint::of(&parts)?;
        let template = Self { parts, regex, footprint };
        let names: Vec<&str> = template.variables().map(|variable| variable.name).collect();
        match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
            Some((_, name)) => Err(format!("`{text}` has the variable `{name}` twice")),
            None => Ok(template),
        }
    }

    /// Whether every URI of one is one of the other's too, whatever their variables are called.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }

    /// How many bytes stand outside its expressions: the more, the earlier it is tried.
    pub(crate) fn literal(&self) -> usize {
        let own = |part: &TemplatePart| match part {
            TemplatePart::Literal { text, is_own: true } => text.len(),
            _ => 0,
        };
        self.parts.iter().map(own).sum()
    }

    /// Which URIs may be taken for its own, however they are spelled.
    pub(crate) fn footprint(&self) -> &Footprint {
        &self.footprint
    }

    /// The variables, in the order in which they stand.
    pub(crate) fn variables(&self) -> impl Iterator<Item = Variable<'_>> {
        self.parts.iter().flat_map(|part| {
            let (names, optional) = match part {
                TemplatePart::Literal { .. } => (&[][..], false),
                TemplatePart::Value { name, .. }
                | TemplatePart::Parameter { name }
                | TemplatePart::Segments { name, .. } => (std::slice::from_ref(name), false),
                TemplatePart::Query { names, .. } => (names.as_slice(), true),
            };
            names.iter().map(move |name| Variable { name, optional })
        })
    }

    /// The values of which the template makes exactly this URI, if there are such.
    pub(crate) fn read(&self, uri: &str) -> Option<Map<String, Value>> {
        if let Some(TemplatePart::Literal { text, .. }) = self.parts.first()
            && !uri.starts_with(text.as_str())
        {
            return None;
        }
        let captures = self.regex.captures(uri)?;
        let mut texts = captures.iter().skip(1).map(|capture| capture.map_or("", |capture| capture.as_str()));
        let mut values = Map::new();
        for part in self.parts.iter().filter(|part| !matches!(part, TemplatePart::Literal { .. })) {
            part.read(texts.next()?, &mut values)?;
        }
        (self.expand(&values) == uri).then_some(values)
    }
}

impl TemplatePart {
    /// Reads what stands in its place.
    fn read(&self, text: &str, values: &mut Map<String, Value>) -> Option<()> {
        match self {
            Self::Literal { .. } => {}
            Self::Value { name, charset, place } => {
                let value = decoded(text)?;
                place.takes(&value, *charset).then(|| values.insert(name.clone(), value.into()))?;
            }
            Self::Parameter { name } => {
                let value = decoded(text.trim_start_matches('='))?;
                let is_fit = value.is_empty() || UriComponent::Path.takes(&value, Charset::Unreserved);
                is_fit.then(|| values.insert(name.clone(), value.into()))?;
            }
            Self::Segments { name, place } => {
                let segments = text.split('/').skip(1).map(|segment| {
                    let segment = decoded(segment)?;
                    place.takes(&segment, Charset::Unreserved).then(|| Value::from(segment))
                });
                values.insert(name.clone(), Value::Array(segments.collect::<Option<_>>()?));
            }
            Self::Query { first, .. } => {
                let pairs = text.strip_prefix(*first).map(|pairs| pairs.split('&'));
                for pair in pairs.into_iter().flatten() {
                    let (name, value) = pair.split_once('=')?;
                    let value = decoded(value)?;
                    // One that stands there twice is found when the URI is made again.
                    UriComponent::Query
                        .takes(&value, Charset::Unreserved)
                        .then(|| values.insert(name.to_owned(), value.into()))?;
                }
            }
        }
        Some(())
    }
}

impl UriComponent {
    /// Whether something here may have this value. What a path is made of is never hidden in a percent-encoding, and
    /// no value is, or has, a segment `.` or `..`, nor in a path one without a name.
    fn takes(self, value: &str, charset: Charset) -> bool {
        let is_dots = |piece: &str| matches!(piece, "." | "..");
        let pieces = |value: &str| value.split(['/', '\\']).all(|piece| !is_dots(piece));
        match (self, charset) {
            (Self::Query, _) => pieces(value),
            (_, Charset::Unreserved | Charset::Label) => !value.contains(['/', '\\']) && !is_dots(value),
            (_, Charset::Reserved { .. }) => {
                let value = if self == Self::Root { value.strip_prefix('/').unwrap_or(value) } else { value };
                let is_segment = |piece: &str| !piece.is_empty() && !is_dots(piece);
                !value.contains('\\') && value.split('/').all(is_segment)
            }
        }
    }
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(String::from)
}
