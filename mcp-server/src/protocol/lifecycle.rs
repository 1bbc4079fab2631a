//! Who a server is and what it can do: the parts of `server/discover` and `initialize`.

use serde::Serialize;
use serde_json::{Map, Value};

/// A program's identity, as it names itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Implementation {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    pub(crate) version: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) icons: Vec<Icon>,
}

/// An image that stands for a server or a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Icon {
    pub(crate) src: String,
}

/// What a server offers. Each member is an object; absent means: not offered.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Capabilities {
    pub(crate) logging: Map<String, Value>,
    pub(crate) tools: ListCapability,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resources: Option<ListCapability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prompts: Option<ListCapability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) completions: Option<Map<String, Value>>,
    /// By their identifiers, each with its settings.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) extensions: Map<String, Value>,
}

/// What a server does about a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListCapability {
    /// It tells who subscribed to one of the list's things that this has changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) subscribe: bool,
    /// It tells that the list has changed.
    pub(crate) list_changed: bool,
}

impl Default for ListCapability {
    fn default() -> Self {
        Self { subscribe: false, list_changed: true }
    }
}

/// The answer to `server/discover`, without what every modern result carries.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DiscoverResult<'a> {
    pub(crate) supported_versions: &'a [&'static str],
    pub(crate) capabilities: &'a Capabilities,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) instructions: Option<&'a str>,
}

/// The answer to `initialize`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InitializeResult<'a> {
    pub(crate) protocol_version: &'static str,
    pub(crate) capabilities: &'a Capabilities,
    pub(crate) server_info: Implementation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) instructions: Option<&'a str>,
}
