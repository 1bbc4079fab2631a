//! What a tool, a resource or a prompt shows of itself.

use super::{function, source::Source, values};
use crate::{attr::Entry, diag::Errors, offered::Offered};

/// What an offer shows of itself.
#[derive(Debug)]
pub(crate) struct Card {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: String,
    pub(crate) icon: Option<String>,
    pub(crate) meta: Option<String>,
}

/// What the keys say of it.
#[derive(Debug, Default)]
pub(super) struct Keys {
    name: Text,
    title: Text,
    description: Text,
    icon: Text,
    meta: Text,
}

/// What a key says.
#[derive(Debug, Default)]
enum Text {
    #[default]
    Absent,
    /// Something that it can't say. That is told already.
    Wrong,
    Given(String),
}

impl Text {
    /// What the key says, if it is there.
    fn value(&self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Wrong => Some(String::new()),
            Self::Given(text) => Some(text.clone()),
        }
    }
}

impl Keys {
    /// Reads one of these keys.
    pub(super) fn read(&mut self, entry: &Entry, offered: Offered, errors: &mut Errors) {
        let key = match &*entry.name() {
            "name" => &mut self.name,
            "title" => &mut self.title,
            "description" => &mut self.description,
            "icon" => &mut self.icon,
            _ => &mut self.meta,
        };
        *key = text(entry, offered, errors);
    }

    /// The card, for which the function stands where the keys say nothing.
    pub(super) fn card(&self, source: &Source<'_>, errors: &mut Errors) -> Card {
        let [name, title, description, icon, meta] =
            [&self.name, &self.title, &self.description, &self.icon, &self.meta].map(Text::value);
        Card {
            name: name.unwrap_or_else(|| function::name(source, errors)),
            description: description.unwrap_or_else(|| function::description(source, errors)),
            title,
            icon,
            meta,
        }
    }
}

fn text(entry: &Entry, offered: Offered, errors: &mut Errors) -> Text {
    let Some(text) = values::text(entry, errors) else { return Text::Wrong };
    let value = text.value.trim();
    let wrong = match &*entry.name() {
        "name" => values::refuses_name(offered.noun(), &text.value, 128),
        "icon" if !["https://", "http://", "data:"].iter().any(|scheme| value.starts_with(scheme)) => {
            Some("`icon` is the address of an image: `https://..`, or `data:image/..`".to_owned())
        }
        "meta" if !(value.starts_with('{') && value.ends_with('}')) => {
            Some("`meta` is a JSON object: `meta = r#\"{\"key\": 1}\"#`".to_owned())
        }
        _ => None,
    };
    match wrong {
        None => Text::Given(text.value),
        Some(wrong) => {
            errors.at(&text, wrong);
            Text::Wrong
        }
    }
}
