//! Which URIs may be taken for those of a template, however they are spelled.
//!
//! A template makes each of its URIs in one spelling. What is protected is what a function reads, and that may be named
//! in other ways too: `vault://a(1)` is a fixed URI, and `vault://{name}` makes `vault://a%281%29` of the same name. So
//! who may read a URI is decided by all entries whose footprint covers it: decoded, and with its query in any order.

use std::collections::{BTreeSet, HashSet};

use percent_encoding::percent_decode_str;
use regex::Regex;

use super::{Charset, TemplatePart};

/// What a URI says, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    /// Everything before the query and the fragment.
    path: String,
    /// What stands between `&` in the query, and the fragment with the last of it.
    pairs: BTreeSet<String>,
}

impl Span {
    pub(crate) fn of(uri: &str) -> Self {
        let (path, rest) = uri.split_at(uri.find(['?', '#']).unwrap_or(uri.len()));
        let pairs = pairs(rest).map(decoded).collect();
        Self { path: decoded(path), pairs }
    }
}

/// The spans that a template covers: at least those of its own URIs.
#[derive(Debug)]
pub(crate) struct Footprint {
    path: Regex,
    steps: Automaton,
    /// What the path begins with.
    prefix: String,
    /// Pairs that are always there.
    pairs: BTreeSet<String>,
    /// Others may be there too.
    is_open: bool,
}

impl Footprint {
    pub(super) fn of(parts: &[TemplatePart]) -> Result<Self, String> {
        let mut tracing = Tracing::default();
        for part in parts {
            tracing.add(part);
        }
        let Tracing { pattern, steps, prefix, query, mut is_open, .. } = tracing;
        let path = Regex::new(&format!("(?s)^{pattern}$")).map_err(|error| error.to_string())?;
        let (open, fixed): (Vec<&str>, Vec<&str>) = pairs(&query).partition(|pair| pair.contains(VARIABLE));
        is_open |= !open.is_empty();
        let pairs = fixed.into_iter().map(decoded).collect();
        Ok(Self { path, steps, prefix: prefix.text, pairs, is_open })
    }

    /// Whether a URI may be taken for one of these.
    pub(crate) fn covers(&self, span: &Span) -> bool {
        let has_pairs = self.pairs.is_subset(&span.pairs);
        span.path.starts_with(&self.prefix)
            && has_pairs
            && (self.is_open || self.pairs.len() == span.pairs.len())
            && self.path.is_match(&span.path)
    }

    /// Whether there may be a URI that both cover. It may say so where there is none.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let fits = |one: &Self, other: &Self| one.is_open || other.pairs.is_subset(&one.pairs);
        let name = |pair: &str| pair.split_once('=').map(|(name, _)| name.to_owned());
        let differs = |pair: &String| {
            let same = |other: &&String| name(other).is_some() && name(other) == name(pair);
            !other.pairs.contains(pair) && other.pairs.iter().any(|pair| same(&pair))
        };
        let prefixes = self.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&self.prefix);
        prefixes
            && fits(self, other)
            && fits(other, self)
            && !self.pairs.iter().any(differs)
            && self.steps.meets(&other.steps)
    }
}

/// Stands for a variable in a query's text. No URI has it.
const VARIABLE: char = '\0';

/// A footprint in the making.
#[derive(Default)]
struct Tracing {
    pattern: String,
    steps: Automaton,
    prefix: Prefix,
    query: String,
    is_in_query: bool,
    is_open: bool,
    /// A value may have taken the beginning of the query: nothing that follows is certain.
    is_over: bool,
}

/// What stands before the first variable.
#[derive(Default)]
struct Prefix {
    text: String,
    is_over: bool,
}

impl Tracing {
    fn add(&mut self, part: &TemplatePart) {
        if self.is_over {
            return;
        }
        match part {
            TemplatePart::Literal { text, .. } => self.literal(text),
            TemplatePart::Query { .. } => (self.is_in_query, self.is_open) = (true, true),
            _ if self.is_in_query => self.query.push(VARIABLE),
            TemplatePart::Value { charset: Charset::Unreserved | Charset::Label, .. } => {
                self.variable("[^/]+", |steps| steps.many(Class::Segment));
            }
            TemplatePart::Value { charset: Charset::Reserved { query, .. }, .. } => {
                // A query that the value begins with leaves nothing for the path.
                if *query {
                    self.variable(".*", |steps| steps.any_number(Class::Any));
                } else {
                    self.variable(".+", |steps| steps.many(Class::Any));
                }
                (self.is_over, self.is_open) = (*query, self.is_open || *query);
            }
            TemplatePart::Parameter { name } => {
                self.literal(&format!(";{name}"));
                self.variable("(?:=[^/]*)?", Automaton::value);
            }
            TemplatePart::Segments { .. } => self.variable("(?:/[^/]+)+", Automaton::segments),
        }
    }

    fn literal(&mut self, text: &str) {
        if self.is_in_query {
            return self.query.push_str(text);
        }
        let (path, query) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
        let path = decoded(path);
        self.pattern.push_str(&regex::escape(&path));
        self.steps.literal(&path);
        if !self.prefix.is_over {
            self.prefix.text.push_str(&path);
        }
        self.query.push_str(query);
        self.is_in_query = !query.is_empty();
    }

    fn variable(&mut self, pattern: &str, step: impl FnOnce(&mut Automaton)) {
        self.pattern.push_str(pattern);
        step(&mut self.steps);
        self.prefix.is_over = true;
    }
}

/// What stands between `&`, without the `?` before it.
fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.strip_prefix('?').unwrap_or(query).split('&').filter(|pair| !pair.is_empty())
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The paths of a footprint, byte by byte: from the first state to the last.
#[derive(Debug)]
struct Automaton(Vec<Vec<(Class, usize)>>);

/// Which bytes lead from a state to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// None: the next state is reached without one.
    Nothing,
    Byte(u8),
    /// All but `/`.
    Segment,
    Any,
}

impl Class {
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => false,
            (Self::Byte(one), Self::Byte(other)) => one == other,
            (Self::Byte(byte), Self::Segment) | (Self::Segment, Self::Byte(byte)) => byte != b'/',
            _ => true,
        }
    }
}

impl Default for Automaton {
    fn default() -> Self {
        Self(vec![Vec::new()])
    }
}

impl Automaton {
    fn last(&self) -> usize {
        self.0.len() - 1
    }

    /// Goes on from the last state to a new one.
    fn step(&mut self, class: Class) {
        let next = self.0.len();
        self.0.extend([Vec::new()]);
        self.edge(next - 1, class, next);
    }

    fn edge(&mut self, from: usize, class: Class, to: usize) {
        if let Some(edges) = self.0.get_mut(from) {
            edges.push((class, to));
        }
    }

    fn literal(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.step(Class::Byte(byte)));
    }

    /// One of these or more.
    fn many(&mut self, class: Class) {
        self.step(class);
        self.edge(self.last(), class, self.last());
    }

    /// None of these or more.
    fn any_number(&mut self, class: Class) {
        self.step(Class::Nothing);
        self.edge(self.last(), class, self.last());
    }

    /// Nothing, or a value after `=`.
    fn value(&mut self) {
        let before = self.last();
        self.step(Class::Byte(b'='));
        self.edge(self.last(), Class::Segment, self.last());
        self.step(Class::Nothing);
        self.edge(before, Class::Nothing, self.last());
    }

    /// Path segments, each after a `/`.
    fn segments(&mut self) {
        self.step(Class::Byte(b'/'));
        let slash = self.last();
        self.many(Class::Segment);
        self.edge(self.last(), Class::Byte(b'/'), slash);
    }

    fn edges(&self, state: usize) -> &[(Class, usize)] {
        self.0.get(state).map_or(&[], Vec::as_slice)
    }

    /// Whether there is a text that leads through both.
    fn meets(&self, other: &Self) -> bool {
        let (mut seen, mut open) = (HashSet::from([(0, 0)]), vec![(0, 0)]);
        let goal = (self.last(), other.last());
        while let Some((one, two)) = open.pop() {
            if (one, two) == goal {
                return true;
            }
            let alone = |edges: &[(Class, usize)]| -> Vec<usize> {
                edges.iter().filter(|(class, _)| *class == Class::Nothing).map(|(_, to)| *to).collect()
            };
            let (ours, theirs) = (self.edges(one), other.edges(two));
            let mut next: Vec<_> = alone(ours).into_iter().map(|to| (to, two)).collect();
            next.extend(alone(theirs).into_iter().map(|to| (one, to)));
            for (class, to) in ours {
                next.extend(
                    theirs.iter().filter(|(other, _)| class.meets(*other)).map(|(_, other)| (*to, *other)),
                );
            }
            open.extend(next.into_iter().filter(|pair| seen.insert(*pair)));
        }
        false
    }
}
