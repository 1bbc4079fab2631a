//! The messages of a conversation with a model, and what they are made of.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::protocol::content::{Audio, Content, Image, Role, Text};

/// One message of a conversation with a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SamplingMessage {
    pub(crate) role: Role,
    #[serde(serialize_with = "one_or_many")]
    pub(crate) content: Vec<SamplingContent>,
    #[serde(rename = "_meta", skip_serializing_if = "Map::is_empty")]
    pub(crate) meta: Map<String, Value>,
}

/// One block of a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SamplingContent {
    /// A text.
    Text(Text),
    /// An image.
    Image(Image),
    /// A sound. Known since revision 2025-03-26.
    Audio(Audio),
    /// The model wants a tool to be used. Known since revision 2025-11-25.
    ToolUse(ToolUse),
    /// What using a tool gave. Known since revision 2025-11-25.
    ToolResult(ToolUseResult),
}

/// What a model wants of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolUse {
    /// What the result refers to.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments. Nobody has checked them against the tool's schema.
    pub input: Map<String, Value>,
    /// What the client wants to have back with it.
    #[serde(rename = "_meta", default, skip_serializing_if = "Map::is_empty")]
    pub meta: Map<String, Value>,
}

/// What using a tool gave, for the model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolUseResult {
    pub(super) tool_use_id: String,
    pub(crate) content: Vec<Content>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) structured_content: Option<Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_error: bool,
}

impl SamplingMessage {
    /// What the person says.
    pub fn user(content: impl Into<SamplingContent>) -> Self {
        Self::of(Role::User, vec![content.into()])
    }

    /// What the model says.
    pub fn assistant(content: impl Into<SamplingContent>) -> Self {
        Self::of(Role::Assistant, vec![content.into()])
    }

    /// What using tools gave: one result for each use in the model's message before. Nothing else fits beside them.
    pub fn results(results: impl IntoIterator<Item = ToolUseResult>) -> Self {
        Self::of(Role::User, results.into_iter().map(SamplingContent::ToolResult).collect())
    }

    /// Adds a block.
    #[must_use]
    pub fn and(mut self, content: impl Into<SamplingContent>) -> Self {
        self.content.push(content.into());
        self
    }

    pub(super) fn of(role: Role, content: Vec<SamplingContent>) -> Self {
        Self { role, content, meta: Map::new() }
    }
}

impl SamplingContent {
    /// A block of text.
    pub fn text(text: impl Into<String>) -> Self {
        Text::new(text).into()
    }

    pub(super) fn is_of_a_tool(&self) -> bool {
        matches!(self, Self::ToolUse(_) | Self::ToolResult(_))
    }
}

impl ToolUseResult {
    /// The result of the use of this id.
    pub fn new<C: Into<Content>>(id: impl Into<String>, content: impl IntoIterator<Item = C>) -> Self {
        let content = content.into_iter().map(Into::into).collect();
        Self { tool_use_id: id.into(), content, structured_content: None, is_error: false }
    }

    /// A structured value beside the content.
    #[must_use]
    pub fn structured(mut self, value: impl Into<Value>) -> Self {
        self.structured_content = Some(value.into());
        self
    }

    /// The use failed, and the content says why.
    #[must_use]
    pub fn error(mut self) -> Self {
        self.is_error = true;
        self
    }
}

/// One block stands alone, as every revision knows it.
fn one_or_many<S: Serializer>(content: &[SamplingContent], serializer: S) -> Result<S::Ok, S::Error> {
    match content {
        [only] => only.serialize(serializer),
        several => several.serialize(serializer),
    }
}

macro_rules! block {
    ($($type:ident => $variant:ident),*) => {$(
        impl From<$type> for SamplingContent {
            fn from(block: $type) -> Self {
                Self::$variant(block)
            }
        }
    )*};
}

block!(Text => Text, Image => Image, Audio => Audio, ToolUse => ToolUse, ToolUseResult => ToolResult);

macro_rules! text {
    ($($type:ty),*) => {$(
        impl From<$type> for SamplingContent {
            fn from(text: $type) -> Self {
                Self::text(text)
            }
        }

        impl From<$type> for SamplingMessage {
            fn from(text: $type) -> Self {
                Self::user(text)
            }
        }
    )*};
}

text!(String, &str);
