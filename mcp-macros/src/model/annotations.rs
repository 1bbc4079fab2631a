//! `annotations`: who a resource is for, how much it matters, and when it last changed.

use super::values::{self, Spanned};
use crate::{
    attr::{Entry, Item, Kind, Literal},
    diag::{Errors, unknown_key},
};

const FORM: &str =
    "`annotations(audience = \"user\", priority = 0.5, last_modified = \"2025-01-12T15:00:58Z\")`";

/// MCP's annotations of a resource.
#[derive(Debug, Default)]
pub(crate) struct Annotations {
    pub(crate) audience: Vec<Reader>,
    pub(crate) priority: Option<f64>,
    pub(crate) last_modified: Option<String>,
}

/// A side of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    User,
    Assistant,
}

const READERS: [(&str, Reader); 2] = [("user", Reader::User), ("assistant", Reader::Assistant)];

pub(super) fn read(entry: &Entry, errors: &mut Errors) -> Option<Annotations> {
    let Kind::List(items) = &entry.value.kind else {
        errors.at(entry.blame(), format!("`annotations` takes a list: {FORM}"));
        return None;
    };
    if items.is_empty() {
        errors.at(entry.blame(), format!("`annotations` says nothing here; write {FORM}, or remove it"));
    }
    let mut annotations = Annotations::default();
    let mut seen: Vec<String> = Vec::new();
    for item in items {
        match item {
            Item::Value(value) => errors.at(&value.tokens, format!("a key is expected here: {FORM}")),
            Item::Entry(entry) if seen.contains(&entry.name()) => {
                errors.at(&entry.key, format!("`{}` is given twice; keep one of them", entry.name()));
            }
            Item::Entry(entry) => {
                seen.push(entry.name());
                annotations.read(entry, errors);
            }
        }
    }
    Some(annotations)
}

impl Annotations {
    fn read(&mut self, entry: &Entry, errors: &mut Errors) {
        match &*entry.name() {
            "audience" => self.audience = audience(entry, errors),
            "priority" => self.priority = priority(entry, errors),
            "last_modified" => self.last_modified = time(entry, errors),
            other => {
                let known = ["audience", "priority", "last_modified"];
                errors.at(&entry.key, unknown_key("`annotations`", other, &known));
            }
        }
    }
}

fn audience(entry: &Entry, errors: &mut Errors) -> Vec<Reader> {
    let Kind::Literal(Literal::Array(items)) = &entry.value.kind else {
        return values::choice(entry, &READERS, errors).into_iter().collect();
    };
    let mut readers = Vec::new();
    for item in items {
        let known = READERS.iter().find(|(word, _)| matches!(item, Literal::Text(text) if text == word));
        match known {
            Some((_, reader)) if !readers.contains(reader) => readers.push(*reader),
            Some((word, _)) => {
                errors.at(&entry.value.tokens, format!("`{word}` is listed twice; remove one"));
            }
            None => errors.at(&entry.value.tokens, values::no_choice(entry, item, &READERS)),
        }
    }
    readers
}

fn priority(entry: &Entry, errors: &mut Errors) -> Option<f64> {
    let number = values::number(entry, errors)?;
    let value = match number.value {
        Literal::Integer(0) => Some(0.0),
        Literal::Integer(1) => Some(1.0),
        Literal::Float(number) => Some(number).filter(|number| (0.0..=1.0).contains(number)),
        _ => None,
    };
    if value.is_none() {
        errors.at(&number, "`priority` goes from 0, which is optional, to 1, which is required");
    }
    value
}

/// A time as RFC 3339 writes it, which is what ISO 8601 means here.
fn time(entry: &Entry, errors: &mut Errors) -> Option<String> {
    let text = values::string(entry, "last_modified = \"2025-01-12T15:00:58Z\"", errors)?;
    if is_time(&text.value) {
        return Some(text.value);
    }
    wrong_time(&text, errors);
    None
}

fn wrong_time(text: &Spanned<String>, errors: &mut Errors) {
    errors.at(text, "`last_modified` is a date, a time and a zone (RFC 3339), as in `2025-01-12T15:00:58Z`");
}

fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let zone = time.strip_suffix('Z').or_else(|| {
        let (time, zone) = time.split_at_checked(time.len().checked_sub(6)?)?;
        let clock = zone.strip_prefix(['+', '-'])?;
        numbers(clock, ':', &[(2, 0, 23), (2, 0, 59)]).then_some(time)
    });
    let Some(time) = zone else { return false };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    numbers(date, '-', &[(4, 0, 9999), (2, 1, 12), (2, 1, 31)])
        && numbers(clock, ':', &[(2, 0, 23), (2, 0, 59), (2, 0, 60)])
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is numbers of these lengths, from the least to the most, with something between.
fn numbers(text: &str, between: char, each: &[(usize, u32, u32)]) -> bool {
    let parts: Vec<&str> = text.split(between).collect();
    let fits = |(part, (length, least, most)): (&&str, &(usize, u32, u32))| {
        part.len() == *length
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse().is_ok_and(|number: u32| (*least..=*most).contains(&number))
    };
    parts.len() == each.len() && parts.iter().zip(each).all(fits)
}
