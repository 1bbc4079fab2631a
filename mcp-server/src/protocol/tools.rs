//! A tool as `tools/list` shows it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{content::Content, lifecycle::Icon, message::write_json};

/// A tool's entry in a listing.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Definition<'a> {
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<&'a str>,
    pub(crate) description: &'a str,
    pub(crate) input_schema: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output_schema: Option<&'a Value>,
    #[serde(skip_serializing_if = "Hints::is_empty")]
    pub(crate) annotations: Hints,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) icons: &'a [Icon],
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub(crate) meta: Option<&'a Map<String, Value>>,
}

/// What a tool does to the world, for a client that decides whether to ask first.
///
/// Hints only: nothing is enforced by them. `None` leaves the protocol's default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Hints {
    /// Changes nothing. Default: false.
    #[serde(rename = "readOnlyHint", skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    /// May destroy something. Default: true, unless read-only.
    #[serde(rename = "destructiveHint", skip_serializing_if = "Option::is_none")]
    pub destructive: Option<bool>,
    /// The same call twice does no more than once. Default: false.
    #[serde(rename = "idempotentHint", skip_serializing_if = "Option::is_none")]
    pub idempotent: Option<bool>,
    /// Reaches beyond this server. Default: true.
    #[serde(rename = "openWorldHint", skip_serializing_if = "Option::is_none")]
    pub open_world: Option<bool>,
}

impl Hints {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a tool gives back: content blocks, or a structured value, or both.
///
/// Functions return their own types; this one is for what they can't express, such as a structured value with
/// hand-written content beside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToolResult {
    pub(crate) content: Vec<Content>,
    /// A JSON text. With no content beside it, it is the content too, as text.
    pub(crate) structured: Option<String>,
    pub(crate) is_error: bool,
    pub(crate) meta: Map<String, Value>,
}

impl ToolResult {
    /// A result of these blocks.
    pub fn new(content: impl IntoIterator<Item = impl Into<Content>>) -> Self {
        Self { content: content.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// A result that is one block of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { content: vec![Content::text(text)], ..Self::default() }
    }

    /// A result that is an error, told to the model.
    pub(crate) fn error(text: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::text(text) }
    }

    /// A result that is one structured value; its JSON is the text for clients that know no structure.
    ///
    /// # Errors
    ///
    /// When the value has no JSON form (a map whose keys aren't strings, a serializer that fails).
    pub fn structured(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        let mut json = serde_json::to_string(value)?;
        // Raw parts of a value keep their line breaks, which stand between tokens only and would end an event.
        if json.contains(['\n', '\r']) {
            json = json.replace(['\n', '\r'], " ");
        }
        Ok(Self { structured: Some(json), ..Self::default() })
    }

    /// The result as JSON text, by itself.
    pub(crate) fn to_json(&self) -> String {
        let mut out = b"{\"resultType\":\"complete\",\"content\":".to_vec();
        match &self.structured {
            Some(json) if self.content.is_empty() => write_json(&mut out, &[Content::text(json)]),
            _ => write_json(&mut out, &self.content),
        }
        if let Some(json) = &self.structured {
            out.extend_from_slice(b",\"structuredContent\":");
            out.extend_from_slice(json.as_bytes());
        }
        if self.is_error {
            out.extend_from_slice(b",\"isError\":true");
        }
        if !self.meta.is_empty() {
            out.extend_from_slice(b",\"_meta\":");
            write_json(&mut out, &self.meta);
        }
        out.push(b'}');
        // Every part is text.
        String::from_utf8(out).unwrap_or_default()
    }

    /// Adds a content block.
    #[must_use]
    pub fn with(mut self, block: impl Into<Content>) -> Self {
        self.content.push(block.into());
        self
    }

    /// Adds an entry to the result's `_meta`.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.meta.insert(key.into(), value.into());
        self
    }
}
