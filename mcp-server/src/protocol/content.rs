//! Content blocks: what a result is made of.
//!
//! Source: [Tool result](https://modelcontextprotocol.io/specification/2026-07-28/server/tools#tool-result).

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::resources::ResourceContents;

/// One block of a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// Text for the model.
    Text(Text),
    /// An image.
    Image(Image),
    /// A sound. Known since revision 2025-03-26.
    Audio(Audio),
    /// A link to a resource that the client may read. Known since revision 2025-06-18.
    ResourceLink(ResourceLink),
    /// A resource's contents, in the result itself.
    #[serde(rename = "resource")]
    Embedded(EmbeddedResource),
}

/// Text for the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Text {
    text: String,
    #[serde(flatten)]
    extras: Extras,
}

/// An image, as bytes of a media type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    data: String,
    mime_type: String,
    #[serde(flatten)]
    extras: Extras,
}

/// A sound, as bytes of a media type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Audio {
    data: String,
    mime_type: String,
    #[serde(flatten)]
    extras: Extras,
}

/// A link to a resource.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLink {
    uri: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(flatten)]
    extras: Extras,
}

/// A resource's contents, carried in a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EmbeddedResource {
    resource: ResourceContents,
    #[serde(flatten)]
    extras: Extras,
}

/// What every block may carry beside itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Extras {
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
    #[serde(rename = "_meta", default, skip_serializing_if = "Map::is_empty")]
    meta: Map<String, Value>,
}

/// Who a block is for, how much it matters, and when it last changed.
///
/// Source: [Annotations](https://modelcontextprotocol.io/specification/2026-07-28/server/resources#annotations).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    /// Who the block is meant for; empty says nothing about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<Role>,
    /// From 0 (optional) to 1 (required).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<f64>,
    /// An ISO 8601 time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// A side of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// What is read of a block whose bytes travel as base64.
macro_rules! encoded {
    ($type:ident) => {
        impl $type {
            /// The bytes. `None` where they aren't base64, which only a hand-written block can be.
            pub fn bytes(&self) -> Option<Vec<u8>> {
                STANDARD.decode(&self.data).ok()
            }

            /// The media type.
            pub fn mime_type(&self) -> &str {
                &self.mime_type
            }
        }
    };
}

encoded!(Image);
encoded!(Audio);

macro_rules! block {
    ($type:ident, $variant:ident) => {
        impl $type {
            /// Adds [annotations](Annotations).
            #[must_use]
            pub fn annotations(mut self, annotations: Annotations) -> Self {
                self.extras.annotations = Some(annotations);
                self
            }

            /// Adds an entry to the block's `_meta`.
            #[must_use]
            pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
                self.extras.meta.insert(key.into(), value.into());
                self
            }
        }

        impl From<$type> for Content {
            fn from(block: $type) -> Self {
                Self::$variant(block)
            }
        }
    };
}

block!(Text, Text);
block!(Image, Image);
block!(Audio, Audio);
block!(ResourceLink, ResourceLink);
block!(EmbeddedResource, Embedded);

impl Content {
    /// A block of text.
    pub fn text(text: impl Into<String>) -> Self {
        Text::new(text).into()
    }

    /// Whether a revision that knows neither `_meta` nor when something was modified knows all of this block.
    pub(crate) fn is_plain(&self) -> bool {
        let contents = match self {
            Self::Embedded(block) => block.resource.is_plain(),
            _ => true,
        };
        contents && self.extras().is_plain()
    }

    /// The block with as much as such a revision knows.
    pub(crate) fn made_plain(mut self) -> Self {
        if let Self::Embedded(block) = &mut self {
            block.resource = block.resource.without_meta();
        }
        let extras = self.extras_mut();
        extras.meta.clear();
        extras.annotations = extras.annotations.take().and_then(Annotations::made_plain);
        self
    }

    fn extras(&self) -> &Extras {
        match self {
            Self::Text(Text { extras, .. })
            | Self::Image(Image { extras, .. })
            | Self::Audio(Audio { extras, .. })
            | Self::ResourceLink(ResourceLink { extras, .. })
            | Self::Embedded(EmbeddedResource { extras, .. }) => extras,
        }
    }

    fn extras_mut(&mut self) -> &mut Extras {
        match self {
            Self::Text(Text { extras, .. })
            | Self::Image(Image { extras, .. })
            | Self::Audio(Audio { extras, .. })
            | Self::ResourceLink(ResourceLink { extras, .. })
            | Self::Embedded(EmbeddedResource { extras, .. }) => extras,
        }
    }
}

impl Extras {
    fn is_plain(&self) -> bool {
        self.meta.is_empty()
            && self.annotations.as_ref().is_none_or(|annotations| annotations.last_modified.is_none())
    }
}

impl Annotations {
    /// Without when something was modified, if anything is left.
    pub(crate) fn made_plain(mut self) -> Option<Self> {
        self.last_modified = None;
        (self != Self::default()).then_some(self)
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl Text {
    /// Text for the model.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), extras: Extras::default() }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Image {
    /// An image of a media type such as `image/png`. The bytes travel as base64.
    pub fn new(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self { data: STANDARD.encode(bytes), mime_type: mime_type.into(), extras: Extras::default() }
    }
}

impl Audio {
    /// The sound as a resource, for clients that know no sounds.
    pub(crate) fn as_resource(&self, uri: String) -> EmbeddedResource {
        let Self { data, mime_type, extras } = self.clone();
        EmbeddedResource { resource: ResourceContents::encoded(data).uri(uri).mime_type(mime_type), extras }
    }

    /// A sound of a media type such as `audio/wav`. The bytes travel as base64.
    pub fn new(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self { data: STANDARD.encode(bytes), mime_type: mime_type.into(), extras: Extras::default() }
    }
}

impl ResourceLink {
    /// A link to `uri`, shown as `name`.
    pub fn new(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            name: name.into(),
            title: None,
            description: None,
            mime_type: None,
            size: None,
            extras: Extras::default(),
        }
    }

    /// The link in words, for clients that know no links.
    pub(crate) fn to_text(&self) -> Text {
        let text = format!("{}: {}", self.title.as_ref().unwrap_or(&self.name), self.uri);
        Text { text, extras: self.extras.clone() }
    }

    /// A name for people.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What the resource is, for the model.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The resource's media type.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// The resource's size in bytes.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }
}

impl EmbeddedResource {
    /// These contents.
    pub fn new(contents: ResourceContents) -> Self {
        Self { resource: contents, extras: Extras::default() }
    }

    /// A text resource.
    pub fn text(uri: impl Into<String>, mime_type: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(ResourceContents::text(text).uri(uri).mime_type(mime_type))
    }

    /// A binary resource. The bytes travel as base64.
    pub fn blob(uri: impl Into<String>, mime_type: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        Self::new(ResourceContents::blob(bytes).uri(uri).mime_type(mime_type))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_have_the_shapes_of_the_schema() {
        let cases = [
            (Content::text("hi"), json!({"type": "text", "text": "hi"})),
            (
                Image::new([1, 2], "image/png").into(),
                json!({"type": "image", "data": "AQI=", "mimeType": "image/png"}),
            ),
            (
                Audio::new([1], "audio/wav").meta("k", 1).into(),
                json!({"type": "audio", "data": "AQ==", "mimeType": "audio/wav", "_meta": {"k": 1}}),
            ),
            (
                ResourceLink::new("a://b", "b").size(3).into(),
                json!({"type": "resource_link", "uri": "a://b", "name": "b", "size": 3}),
            ),
            (
                EmbeddedResource::text("a://b", "text/plain", "x").into(),
                json!({"type": "resource", "resource": {"uri": "a://b", "mimeType": "text/plain", "text": "x"}}),
            ),
            (
                EmbeddedResource::blob("a://b", "image/png", [0])
                    .annotations(Annotations { audience: vec![Role::User], ..Annotations::default() })
                    .into(),
                json!({
                    "type": "resource",
                    "resource": {"uri": "a://b", "mimeType": "image/png", "blob": "AA=="},
                    "annotations": {"audience": ["user"]},
                }),
            ),
        ];
        for (block, expected) in cases {
            assert_eq!(serde_json::to_value(&block).unwrap(), expected);
        }
    }
}
