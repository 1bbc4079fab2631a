//! Why arguments don't match their schema, for a model that will try again.
//!
//! Takes a value that a validator has refused, and walks it beside the schema's outline. Where the schema has several
//! ways for a value, only the one that is meant is walked, so the work is that of reading the value once, however
//! deeply ways are nested. Knows nothing of who is told.

mod choice;
#[cfg(test)]
mod cost;
#[cfg(test)]
mod tests;
mod walk;

use std::fmt::Write as _;

use serde_json::Value;

use super::outline::Outline;
use crate::protocol::shortened::shortened;

/// How many problems of one call are told at once.
const MOST_TOLD: usize = 8;
/// How many more of them are counted.
const MOST_COUNTED: usize = 1_000;
/// How many parts of a schema are held against parts of a value, before the search ends: twice as many as a message may
/// hold values.
const MOST_STEPS: usize = 1_000_000;
/// How long the text of one problem may be, in bytes.
const LONGEST_TOLD: usize = 500;
/// The longest value that is shown with its problem, in bytes.
const LONGEST_SHOWN: usize = 100;

/// What a schema's author says of its values, beside what a validator says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Explainer<'v> {
    pub(crate) outline: &'v Outline,
    /// The arguments whose values are shown to nobody.
    pub(crate) secrets: &'v [Box<str>],
}

impl Explainer<'_> {
    /// A text that begins with this sentence. Bounded, whatever was sent: an error must not be larger than its cause.
    pub(crate) fn explain(self, begin: &str, value: &Value) -> String {
        let found = walk::problems(self, value);
        let mut text = begin.to_owned();
        for line in &found.told {
            let _ = write!(text, "\n- {line}");
        }
        match found.more {
            0 if found.told.is_empty() => {
                text.push_str("\n- A rule of the schema that can't be told from the others is broken.");
            }
            0 => {}
            MOST_COUNTED.. => text.push_str("\n- and many more"),
            more => {
                let _ = write!(text, "\n- and {more} more");
            }
        }
        text
    }
}

/// What is wrong with a value.
#[derive(Debug, Default)]
struct Problems {
    told: Vec<String>,
    /// How many more there are, as far as they were counted.
    more: usize,
    /// How many steps it took to find them.
    steps: usize,
}

impl Problems {
    /// Adds one. Its text is made only if it is told.
    fn add(&mut self, text: impl FnOnce() -> String) {
        if self.told.len() == MOST_TOLD {
            self.more += 1;
            return;
        }
        let mut line = text();
        if line.len() > LONGEST_TOLD {
            line.truncate(line.floor_char_boundary(LONGEST_TOLD));
            line.push('…');
        }
        self.told.push(line);
    }

    fn are_enough(&self) -> bool {
        self.more >= MOST_COUNTED
    }
}

/// Where a value stands in what was sent. It lives on the stack: a path is written only for a problem that is told.
#[derive(Debug, Clone, Copy)]
enum ValuePath<'p> {
    Root,
    Member(&'p ValuePath<'p>, &'p str),
    Item(&'p ValuePath<'p>, usize),
}

impl ValuePath<'_> {
    /// The path, as a model writes it: `filter.tags[2]`.
    fn path(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(parent, name) => join(&parent.path(), name),
            Self::Item(parent, index) => format!("{}[{index}]", parent.path()),
        }
    }

    /// The argument in which it stands.
    fn argument(&self) -> Option<&str> {
        match self {
            Self::Root => None,
            Self::Member(Self::Root, name) => Some(name),
            Self::Member(parent, _) | Self::Item(parent, _) => parent.argument(),
        }
    }

    /// A text about the value here.
    fn say(&self, text: &str) -> String {
        let path = self.path();
        if path.is_empty() { text.to_owned() } else { format!("`{path}`: {text}") }
    }
}

/// A member's path. The end of a long name is left out, so that a name isn't copied for each problem under it.
fn join(path: &str, name: &str) -> String {
    let name = shortened(name);
    if path.is_empty() { name.into_owned() } else { format!("{path}.{name}") }
}

fn unknown_member(spot: &ValuePath<'_>, name: &str, known: &[&str]) -> String {
    let name_there = join(&spot.path(), name);
    if known.is_empty() {
        return format!("`{name_there}`: unknown; no arguments are taken here.");
    }
    format!("`{name_there}`: unknown.{} Known here: {}.", suggestion(name, known), known.join(", "))
}

/// "Did you mean …?", when one of the names is near.
fn suggestion(given: &str, known: &[&str]) -> String {
    crate::error::nearest(given, known.iter().copied())
        .map_or_else(String::new, |name| format!(" Did you mean `{name}`?"))
}
