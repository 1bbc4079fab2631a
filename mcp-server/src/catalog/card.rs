//! What a tool, a resource or a prompt shows of itself: name, title, description, icons and `_meta`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::descriptor::CardDescriptor;
use crate::protocol::lifecycle::Icon;

/// What an offer shows of itself.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) name: Cow<'static, str>,
    pub(crate) title: Option<Cow<'static, str>>,
    pub(crate) description: Cow<'static, str>,
    pub(crate) icons: Vec<Icon>,
    /// As an annotation says it, a JSON text.
    declared_meta: Option<&'static str>,
    /// As it is said entry by entry.
    pub(super) meta: Map<String, Value>,
}

impl Card {
    pub(super) fn new(name: impl Into<Cow<'static, str>>, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            title: None,
            description: description.into(),
            icons: Vec::new(),
            declared_meta: None,
            meta: Map::new(),
        }
    }

    /// The `_meta`; says what is wrong with the card.
    pub(super) fn check(&self, wrong: &mut Vec<String>) -> Option<Map<String, Value>> {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if self.name.is_empty() || self.name.len() > 128 || !self.name.chars().all(legal) {
            let name = &self.name;
            wrong.push(format!("a name is 1 to 128 of the characters A-Z a-z 0-9 _ - . and `{name}` isn't"));
        }
        if self.description.trim().is_empty() {
            wrong.push("a description is required: a model can't choose what it can't read about".to_owned());
        }
        let mut meta = match self.declared_meta.map(serde_json::from_str::<Map<String, Value>>) {
            Some(Ok(declared)) => Some(declared),
            Some(Err(error)) => {
                wrong.push(format!("`meta` must be a JSON object: {error}"));
                None
            }
            None => None,
        };
        if !self.meta.is_empty() {
            meta.get_or_insert_default().extend(self.meta.clone());
        }
        meta
    }
}

impl From<&CardDescriptor> for Card {
    fn from(descriptor: &CardDescriptor) -> Self {
        Self {
            name: descriptor.name.into(),
            title: descriptor.title.map(Into::into),
            description: descriptor.description.into(),
            icons: descriptor.icon.map(|src| Icon { src: src.into() }).into_iter().collect(),
            declared_meta: descriptor.meta,
            meta: Map::new(),
        }
    }
}
