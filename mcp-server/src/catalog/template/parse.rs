//! From a template's text to its parts, and from these to a regular expression.

use super::{Charset, TemplatePart, UriComponent};
use crate::protocol::uri::{is_reserved, is_unreserved};

/// Whether a URI has expressions in it.
pub(crate) fn is_template(uri: &str) -> bool {
    uri.contains(['{', '}'])
}

/// What is wrong with a text that stands outside of expressions: it would have two spellings, or none.
pub(crate) fn literal_flaw(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'%' {
            let triplet = text.get(at..at + 3).unwrap_or_default();
            // A sign isn't a digit, though a number may begin with it.
            let digits =
                triplet.get(1..).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
            let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            match code {
                None => {
                    return Some(
                        "`%` stands before two hexadecimal digits; write `%25` for itself".to_owned(),
                    );
                }
                Some(code) if is_unreserved(code) => {
                    let plain = char::from(code);
                    return Some(format!(
                        "`{triplet}` is `{plain}`, which is written as itself; write `{plain}`"
                    ));
                }
                Some(_) if triplet.bytes().any(|byte| byte.is_ascii_lowercase()) => {
                    let upper = triplet.to_ascii_uppercase();
                    return Some(format!("`{triplet}` is written in upper case; write `{upper}`"));
                }
                Some(_) => {}
            }
        } else if byte.is_ascii() && !is_unreserved(*byte) && !is_reserved(*byte) {
            return Some(format!("{:?} can't be in a URI; write `%{byte:02X}`", char::from(*byte)));
        }
    }
    None
}

/// The parts of a template, or what is wrong with it.
pub(super) fn parts(text: &str) -> Result<Vec<TemplatePart>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(start);
        let inside = from.strip_prefix('{').and_then(|from| from.split_once('}'));
        let Some((expression, after)) = inside.filter(|(expression, _)| !expression.contains('{')) else {
            return Err(format!("`{text}` has a brace without its other"));
        };
        literal(before, true, &mut parts);
        // What may follow isn't part of what stands before it.
        let query_follows = after.contains("{?") || after.contains("{&");
        self::expression(expression, query_follows, &mut parts)?;
        rest = after;
    }
    literal(rest, true, &mut parts);
    let flaw = parts.iter().find_map(|part| match part {
        TemplatePart::Literal { text, .. } => literal_flaw(text),
        _ => None,
    });
    flaw.map_or(Ok(parts), |flaw| Err(format!("`{text}`: {flaw}")))
}

fn literal(text: &str, is_own: bool, parts: &mut Vec<TemplatePart>) {
    if !text.is_empty() {
        parts.push(TemplatePart::Literal { text: text.to_owned(), is_own });
    }
}

/// Adds the parts of one expression: RFC 6570, section 3.2.
fn expression(expression: &str, query_follows: bool, parts: &mut Vec<TemplatePart>) -> Result<(), String> {
    let operator = expression.chars().next().filter(|first| "+#./;?&=,!@|".contains(*first));
    let names = expression.strip_prefix(|first| Some(first) == operator).unwrap_or(expression);
    let names: Vec<&str> = names.split(',').collect();
    if let ([name], Some('/')) = (&*names, operator)
        && let Some(name) = name.strip_suffix('*')
    {
        let place = spot(parts);
        parts.push(TemplatePart::Segments { name: self::name(name, expression)?, place });
        return Ok(());
    }
    let names = names.iter().map(|name| self::name(name, expression)).collect::<Result<Vec<_>, _>>()?;
    let comma = names.len() == 1;
    let (first, between, charset) = match operator {
        None => ("", ",", Charset::Unreserved),
        Some('+') => ("", ",", Charset::Reserved { comma, query: !query_follows }),
        Some('#') => ("#", ",", Charset::Reserved { comma, query: true }),
        Some('.') => (".", ".", Charset::Label),
        Some('/') => ("/", "/", Charset::Unreserved),
        Some(';') => {
            parts.extend(names.into_iter().map(|name| TemplatePart::Parameter { name }));
            return Ok(());
        }
        Some(first @ ('?' | '&')) => {
            parts.push(TemplatePart::Query { first, names });
            return Ok(());
        }
        Some(reserved) => return Err(format!("`{{{expression}}}`: RFC 6570 keeps `{reserved}` for later")),
    };
    for (at, name) in names.into_iter().enumerate() {
        literal(if at == 0 { first } else { between }, false, parts);
        let place = spot(parts);
        parts.push(TemplatePart::Value { name, charset, place });
    }
    Ok(())
}

/// Where what comes next stands.
fn spot(parts: &[TemplatePart]) -> UriComponent {
    let is_query = |part: &TemplatePart| match part {
        TemplatePart::Literal { text, .. } => text.contains(['?', '#']),
        TemplatePart::Query { .. } => true,
        _ => false,
    };
    match parts {
        _ if parts.iter().any(is_query) => UriComponent::Query,
        [TemplatePart::Literal { text, .. }] => {
            let (_, after_scheme) = text.split_once(':').unwrap_or_default();
            if matches!(after_scheme, "" | "//") { UriComponent::Root } else { UriComponent::Path }
        }
        _ => UriComponent::Path,
    }
}

/// Checks a variable's name: RFC 6570, section 2.3, but for what is no name of an argument.
fn name(name: &str, expression: &str) -> Result<String, String> {
    let wrong = match name.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '_') {
        Some(':') => {
            "a prefix doesn't say the whole value, so it can't be read back; leave it out".to_owned()
        }
        Some('*') => "only path segments make a list: `{/path*}`".to_owned(),
        Some(c) => format!("{c:?} can't be in a variable's name; use letters, digits and `_`"),
        None if name.is_empty() => "a variable has a name".to_owned(),
        None => return Ok(name.to_owned()),
    };
    Err(format!("`{{{expression}}}`: {wrong}"))
}

/// A character of a value that is percent-encoded but for unreserved characters.
const UNRESERVED: &str = "(?:[-A-Za-z0-9._~]|%[0-9A-F]{2})";

impl TemplatePart {
    /// The regular expression of what may stand there; each part but a literal has one group.
    pub(super) fn pattern(&self) -> String {
        match self {
            Self::Literal { text, .. } => regex::escape(text),
            Self::Value { charset, .. } => format!("({}+)", charset.pattern()),
            Self::Parameter { name } => format!(";{name}((?:={UNRESERVED}+)?)"),
            Self::Segments { .. } => format!("((?:/{UNRESERVED}+)+)"),
            Self::Query { first, names } => {
                let pair = format!("(?:{})={UNRESERVED}*", names.join("|"));
                format!(r"((?:\{first}{pair}(?:&{pair})*)?)")
            }
        }
    }
}

impl Charset {
    fn pattern(self) -> String {
        match self {
            Self::Unreserved => UNRESERVED.to_owned(),
            Self::Label => UNRESERVED.replace('.', ""),
            Self::Reserved { comma, query } => {
                let mut reserved = r":/\[\]@!$&'()*+;=".to_owned();
                reserved.push_str(if comma { "," } else { "" });
                reserved.push_str(if query { "?#" } else { "" });
                format!("(?:[-A-Za-z0-9._~{reserved}]|%[0-9A-F]{{2}})")
            }
        }
    }
}
