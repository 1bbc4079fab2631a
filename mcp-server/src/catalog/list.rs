//! Things of one kind, found by their keys, in one order, on pages.

use std::{collections::HashMap, hash::Hasher, sync::Arc};

use serde::Serialize;

use super::{
    limits::ItemLimits, pages::Pages, prompt::PromptEntry, resource::ResourceEntry, tool::ToolEntry,
};
use crate::protocol::skills::{Child, Skill};

/// What stands in a list.
pub(crate) trait Listed {
    /// What it is found by: a name or a URI, unique in its list.
    fn key(&self) -> &str;

    /// What a listing shows of it, for the list's fingerprint.
    fn definition(&self) -> impl Serialize;

    /// Takes the place of another one of the same key.
    fn replace(&mut self, _before: &Self) {}
}

/// Things of one kind, in the order of their keys.
#[derive(Debug)]
pub(crate) struct List<E> {
    entries: Vec<Arc<E>>,
    by_key: Arc<HashMap<Box<str>, usize>>,
    pages: Pages,
}

impl<E> Clone for List<E> {
    fn clone(&self) -> Self {
        let Self { entries, by_key, pages } = self;
        Self { entries: entries.clone(), by_key: Arc::clone(by_key), pages: pages.clone() }
    }
}

impl<E: Listed> List<E> {
    pub(super) fn new(mut entries: Vec<Arc<E>>, page_size: usize) -> Self {
        entries.sort_by(|a, b| a.key().cmp(b.key()));
        let by_key = entries.iter().enumerate().map(|(at, entry)| (entry.key().into(), at)).collect();
        let mut fingerprint = std::hash::DefaultHasher::new();
        for entry in &entries {
            let shown = serde_json::to_vec(&entry.definition()).unwrap_or_default();
            fingerprint.write(&shown);
        }
        let pages = Pages::new(entries.len(), page_size, fingerprint.finish());
        Self { entries, by_key: Arc::new(by_key), pages }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Arc<E>> {
        self.by_key.get(key).and_then(|at| self.entries.get(*at))
    }

    /// Everything, in the order in which it is listed.
    pub(crate) fn entries(&self) -> &[Arc<E>] {
        &self.entries
    }

    pub(crate) fn pages(&self) -> &Pages {
        &self.pages
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The list with one more entry, instead of one of the same key.
    pub(super) fn with(&self, mut entry: E, page_size: usize) -> Self {
        if let Some(before) = self.get(entry.key()) {
            entry.replace(before);
        }
        let others = self.entries.iter().filter(|other| other.key() != entry.key()).cloned();
        let mut entries: Vec<_> = others.collect();
        entries.push(Arc::new(entry));
        Self::new(entries, page_size)
    }

    /// The list of those that `holds` is true of.
    pub(super) fn only(&self, page_size: usize, holds: impl Fn(&E) -> bool) -> Self {
        Self::new(self.entries.iter().filter(|entry| holds(entry)).cloned().collect(), page_size)
    }

    /// The list without the entry of this key.
    pub(super) fn without(&self, key: &str, page_size: usize) -> Self {
        Self::new(self.entries.iter().filter(|entry| entry.key() != key).cloned().collect(), page_size)
    }
}

macro_rules! listed {
    ($($entry:ty: $key:ident),*) => {$(
        impl Listed for $entry {
            fn key(&self) -> &str {
                self.$key()
            }

            fn definition(&self) -> impl Serialize {
                self.definition()
            }

            fn replace(&mut self, before: &Self) {
                ItemLimits::take_over(self.limits_mut(), before.limits());
            }
        }
    )*};
}

listed!(ToolEntry: name, ResourceEntry: uri, PromptEntry: name);

macro_rules! listed_as_it_is {
    ($($entry:ty),*) => {$(
        impl Listed for $entry {
            fn key(&self) -> &str {
                &self.uri
            }

            fn definition(&self) -> impl Serialize {
                self
            }
        }
    )*};
}

listed_as_it_is!(Skill, Child);
