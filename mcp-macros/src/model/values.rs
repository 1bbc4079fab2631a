//! Values of keys: the type each key takes, and the rules of durations, rates, names and scopes.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::{
    attr::{Entry, Kind, Literal},
    diag::Errors,
};

/// A value, and the tokens to complain about.
#[derive(Debug, Clone)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) tokens: TokenStream,
}

impl<T> ToTokens for Spanned<T> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
    }
}

/// The literal of an entry that one form fits: `form` is how to write it, such as `name = ".."`.
fn literal<T>(
    entry: &Entry,
    form: &str,
    errors: &mut Errors,
    fits: impl FnOnce(&Literal) -> Option<T>,
) -> Option<Spanned<T>> {
    let value = match &entry.value.kind {
        Kind::Literal(literal) => fits(literal),
        _ => None,
    };
    if value.is_none() {
        errors.at(entry.blame(), format!("`{}` is written `{form}`", entry.name()));
    }
    value.map(|value| Spanned { value, tokens: entry.blame() })
}

/// A text that isn't empty.
pub(super) fn text(entry: &Entry, errors: &mut Errors) -> Option<Spanned<String>> {
    let name = entry.name();
    text_like(entry, &format!("{name} = \"..\""), errors)
}

/// A text that isn't empty, with an example of what it says.
pub(super) fn text_like(entry: &Entry, form: &str, errors: &mut Errors) -> Option<Spanned<String>> {
    let text = literal(entry, form, errors, |literal| match literal {
        Literal::Text(text) => Some(text.clone()),
        _ => None,
    })?;
    if text.value.trim().is_empty() {
        errors.at(&text, format!("`{}` is empty; write something, or leave it out", entry.name()));
        return None;
    }
    Some(text)
}

/// A flag that stands alone.
pub(super) fn flag(entry: &Entry, errors: &mut Errors) -> bool {
    let alone = matches!(entry.value.kind, Kind::Absent);
    if !alone {
        let name = entry.name();
        errors.at(entry.blame(), format!("`{name}` takes no value; write `{name}`, or leave it out"));
    }
    alone
}

/// A flag that stands alone or has a value.
pub(super) fn hint(entry: &Entry, errors: &mut Errors) -> Option<bool> {
    match entry.value.kind {
        Kind::Absent => Some(true),
        Kind::Literal(Literal::Bool(value)) => Some(value),
        _ => {
            let name = entry.name();
            errors.at(entry.blame(), format!("`{name}` is written `{name}` or `{name} = false`"));
            None
        }
    }
}

/// A number of things, from `least` on.
pub(super) fn count(entry: &Entry, least: u32, errors: &mut Errors) -> Option<Spanned<u32>> {
    let name = entry.name();
    literal(entry, &format!("{name} = 4`, a whole number from {least} on, such as `4"), errors, |literal| {
        match literal {
            Literal::Integer(number) => u32::try_from(*number).ok().filter(|number| *number >= least),
            _ => None,
        }
    })
}

/// Any value with a JSON form.
pub(super) fn any(entry: &Entry, errors: &mut Errors) -> Option<Spanned<Literal>> {
    let name = entry.name();
    let form = format!("{name} = ..`, with a text, a number, a boolean, or an array of them: `{name} = 1");
    literal(entry, &form, errors, |literal| Some(literal.clone()))
}

/// A number.
pub(super) fn number(entry: &Entry, errors: &mut Errors) -> Option<Spanned<Literal>> {
    let name = entry.name();
    literal(entry, &format!("{name} = 1"), errors, |literal| match literal {
        Literal::Integer(_) | Literal::Float(_) => Some(literal.clone()),
        _ => None,
    })
}

/// A time, such as `"30s"`.
pub(super) fn duration(entry: &Entry, errors: &mut Errors) -> Option<Duration> {
    let name = entry.name();
    let text = text_like(entry, &format!("{name} = \"30s\""), errors)?;
    let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    let digits = text.value.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = &text.value[digits.len()..];
    let millis = units.iter().find(|(name, _)| *name == unit).and_then(|(_, millis)| {
        let number = digits.parse::<u64>().ok()?;
        number.checked_mul(*millis)
    });
    match millis {
        None => errors.at(
            &text,
            format!("`{name}` is a whole number and a unit: `\"500ms\"`, `\"30s\"`, `\"10m\"`, `\"1h\"` or `\"1d\"`"),
        ),
        Some(0) => errors.at(&text, format!("`{name}` must be longer than nothing; leave it out for no limit")),
        Some(millis) => return Some(Duration::from_millis(millis)),
    }
    None
}

/// A number of calls in a time, such as `"10/min"`.
pub(super) fn rate(entry: &Entry, errors: &mut Errors) -> Option<(u32, Duration)> {
    let text = text_like(entry, "rate = \"10/min\"", errors)?;
    let units = [("s", 1), ("min", 60), ("h", 3_600), ("d", 86_400)];
    let parts = text.value.split_once('/').and_then(|(calls, unit)| {
        let (_, seconds) = units.iter().find(|(name, _)| *name == unit)?;
        Some((calls.parse::<u32>().ok()?, Duration::from_secs(*seconds)))
    });
    match parts {
        None => errors.at(
            &text,
            "`rate` is a number of calls and a time: `\"10/s\"`, `\"10/min\"`, `\"10/h\"` or `\"10/d\"`",
        ),
        Some((0, _)) => errors.at(&text, "a `rate` of 0 would allow no call; leave the tool out instead"),
        Some(rate) => return Some(rate),
    }
    None
}

/// A name on the wire: what clients and models take.
pub(super) fn is_name(name: &str, longest: usize) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (1..=longest).contains(&name.len()) && name.chars().all(legal)
}

/// Checks one scope. Source: [RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
pub(super) fn scope(text: Spanned<String>, errors: &mut Errors) -> Option<Spanned<String>> {
    let legal = |c: char| matches!(c, '\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E');
    let illegal = text.value.chars().find(|c| !legal(*c));
    match illegal {
        None => return Some(text),
        Some(' ') => {
            let parts = text
                .value
                .split_whitespace()
                .map(|part| format!("\"{part}\""))
                .collect::<Vec<_>>()
                .join(", ");
            errors.at(&text, format!("a scope has no space in it; write several as `scopes({parts})`"));
        }
        Some(illegal) => {
            errors.at(&text, format!(
                "{illegal:?} can't be in a scope; it consists of printable ASCII without space, `\"` and `\\` (RFC 6749, section 3.3)"
            ));
        }
    }
    None
}
