//! Values of keys: the type each key takes, and the rules of durations, rates, names and scopes.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::{
    attr::{Entry, Kind, Literal},
    diag::{Errors, list, nearest},
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

/// The literal of an entry, if it fits: `form` is how to write it, such as "a string: `name = \"..\"`".
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
        errors.at(entry.blame(), format!("`{}` takes {form}", entry.name()));
    }
    value.map(|value| Spanned { value, tokens: entry.blame() })
}

/// A text that isn't empty.
pub(super) fn text(entry: &Entry, errors: &mut Errors) -> Option<Spanned<String>> {
    let name = entry.name();
    string(entry, &format!("{name} = \"..\""), errors)
}

/// A text that isn't empty; `example` is one, as it is written.
pub(super) fn string(entry: &Entry, example: &str, errors: &mut Errors) -> Option<Spanned<String>> {
    let text = literal(entry, &format!("a string: `{example}`"), errors, |literal| match literal {
        Literal::Text(text) => Some(text.clone()),
        _ => None,
    })?;
    if text.value.trim().is_empty() {
        errors.at(&text, format!("`{}` is empty; give it a text, or leave it out", entry.name()));
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
            errors.at(entry.blame(), format!("`{name}` takes a boolean: `{name}`, or `{name} = false`"));
            None
        }
    }
}

/// A number of things, from `least` on.
pub(super) fn count(entry: &Entry, least: u32, errors: &mut Errors) -> Option<Spanned<u32>> {
    let name = entry.name();
    let form = format!("an integer from {least} on: `{name} = 4`");
    literal(entry, &form, errors, |literal| match literal {
        Literal::Integer(number) => u32::try_from(*number).ok().filter(|number| *number >= least),
        _ => None,
    })
}

/// A number of bytes.
pub(super) fn size(entry: &Entry, errors: &mut Errors) -> Option<u64> {
    let name = entry.name();
    let form = format!("a number of bytes: `{name} = 1_024`");
    let size = literal(entry, &form, errors, |literal| match literal {
        Literal::Integer(number) => u64::try_from(*number).ok(),
        _ => None,
    });
    size.map(|size| size.value)
}

/// One of these words, and what it means.
pub(super) fn choice<T: Copy>(entry: &Entry, words: &[(&str, T)], errors: &mut Errors) -> Option<T> {
    let form = format!("a string, one of {}", list(&names(words)));
    let text = literal(entry, &form, errors, |literal| match literal {
        Literal::Text(text) => Some(literal.clone()).filter(|_| !text.is_empty()),
        _ => None,
    })?;
    let known = words.iter().find(|(word, _)| matches!(&text.value, Literal::Text(text) if text == word));
    if known.is_none() {
        errors.at(&text, no_choice(entry, &text.value, words));
    }
    known.map(|(_, meaning)| *meaning)
}

/// What is said of something that isn't one of these words.
pub(super) fn no_choice<T>(entry: &Entry, given: &Literal, words: &[(&str, T)]) -> String {
    let (name, names) = (entry.name(), names(words));
    let known = list(&names);
    let near = match given {
        Literal::Text(text) => nearest(text, &names),
        _ => None,
    };
    match near {
        Some(near) => format!("`{name}` is not {given}; did you mean `{near}`? There are {known}"),
        None => format!("`{name}` is not {given}; there are {known}"),
    }
}

fn names<'w, T>(words: &[(&'w str, T)]) -> Vec<&'w str> {
    words.iter().map(|(word, _)| *word).collect()
}

/// Any value with a JSON form.
pub(super) fn any(entry: &Entry, errors: &mut Errors) -> Option<Spanned<Literal>> {
    let name = entry.name();
    let form = format!("a literal: a string, a number, a boolean, or an array of them, as in `{name} = 1`");
    literal(entry, &form, errors, |literal| Some(literal.clone()))
}

/// A number.
pub(super) fn number(entry: &Entry, errors: &mut Errors) -> Option<Spanned<Literal>> {
    let name = entry.name();
    literal(entry, &format!("a number without a suffix: `{name} = 1`"), errors, |literal| match literal {
        Literal::Integer(_) | Literal::Float(_) => Some(literal.clone()),
        _ => None,
    })
}

/// A time, such as `"30s"`.
pub(super) fn duration(entry: &Entry, errors: &mut Errors) -> Option<Duration> {
    let name = entry.name();
    let text = string(entry, &format!("{name} = \"30s\""), errors)?;
    let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    let digits = text.value.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = units.iter().find(|(unit, _)| *unit == &text.value[digits.len()..]);
    let millis = unit.and_then(|(_, millis)| digits.parse::<u64>().ok()?.checked_mul(*millis));
    let wrong = match millis {
        Some(0) => format!("this is no time at all; give `{name}` a longer one, or leave it out"),
        Some(millis) => return Some(Duration::from_millis(millis)),
        None => {
            let form = "`\"500ms\"`, `\"30s\"`, `\"10m\"`, `\"1h\"` or `\"1d\"`";
            format!("`{name}` is an integer and a unit: {form}")
        }
    };
    errors.at(&text, wrong);
    None
}

/// A number of calls in a time, such as `"10/min"`.
pub(super) fn rate(entry: &Entry, errors: &mut Errors) -> Option<(u32, Duration)> {
    let text = string(entry, "rate = \"10/min\"", errors)?;
    let units = [("s", 1), ("min", 60), ("h", 3_600), ("d", 86_400)];
    let parts = text.value.split_once('/').and_then(|(calls, unit)| {
        let (_, seconds) = units.iter().find(|(name, _)| *name == unit)?;
        Some((calls.parse::<u32>().ok()?, Duration::from_secs(*seconds)))
    });
    let wrong = match parts {
        Some((0, _)) => "a rate of 0 allows no call; give a higher one, or leave `rate` out",
        Some(rate) => return Some(rate),
        None => "`rate` is a number of calls and a time: `\"10/s\"`, `\"10/min\"`, `\"10/h\"` or `\"10/d\"`",
    };
    errors.at(&text, wrong);
    None
}

/// Why something can't be a name on the wire, where clients and models take no more than these characters. `what`
/// is what it would be the name of.
pub(super) fn refuses_name(what: &str, name: &str, longest: usize) -> Option<String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let wrong = match name.chars().find(|c| !legal(*c)) {
        Some(illegal) => format!("{illegal:?} is none of them"),
        None if !(1..=longest).contains(&name.len()) => format!("these are {}", name.len()),
        None => return None,
    };
    Some(format!("{what}'s name is 1 to {longest} of the characters A-Z a-z 0-9 _ - . and {wrong}"))
}

/// Checks one scope. Source: [RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
pub(super) fn scope(text: Spanned<String>, errors: &mut Errors) -> Option<Spanned<String>> {
    let legal = |c: char| matches!(c, '\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E');
    let wrong = match text.value.chars().find(|c| !legal(*c)) {
        None => return Some(text),
        Some(' ') => {
            let parts: Vec<String> = text.value.split_whitespace().map(|part| format!("{part:?}")).collect();
            format!("a scope has no space in it; write several as `scopes({})`", parts.join(", "))
        }
        Some(illegal) => format!(
            "{illegal:?} can't be in a scope, \
             which consists of printable ASCII without space, `\"` and `\\` (RFC 6749, section 3.3)"
        ),
    };
    errors.at(&text, wrong);
    None
}

/// The entries without those whose key stood before.
pub(super) fn distinct(entries: Vec<Entry>, errors: &mut Errors) -> Vec<Entry> {
    let mut seen: Vec<String> = Vec::new();
    let mut kept = Vec::new();
    for entry in entries {
        let name = entry.name();
        if seen.contains(&name) {
            let fix = match &*name {
                "scope" => "write `scopes(\"a\", \"b\")` for several",
                _ => "keep one of them",
            };
            errors.at(&entry.key, format!("`{name}` is given twice; {fix}"));
        } else {
            seen.push(name);
            kept.push(entry);
        }
    }
    kept
}
