//! Resources as listings show them and as reading gives them.
//!
//! Source: [Resources](https://modelcontextprotocol.io/specification/2026-07-28/server/resources).

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{content::Annotations, lifecycle::Icon};

/// A resource's entry in a listing: one of a fixed URI, or one of a template.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Definition<'a> {
    #[serde(flatten)]
    pub(crate) address: Address<'a>,
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mime_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) annotations: Option<Annotations>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) icons: &'a [Icon],
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub(crate) meta: Option<&'a Map<String, Value>>,
}

/// Where a resource is.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum Address<'a> {
    /// At this URI.
    #[serde(rename = "uri")]
    Fixed(&'a str),
    /// At every URI that this template makes (RFC 6570).
    #[serde(rename = "uriTemplate")]
    Template(&'a str),
}

/// A resource's contents: a text, or bytes.
///
/// What a resource's function leaves open is filled in: the URI is the one that was asked for, and the media type
/// is the resource's.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceContents {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(flatten)]
    body: Body,
    #[serde(rename = "_meta", skip_serializing_if = "Map::is_empty")]
    meta: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Body {
    Text(String),
    Blob(String),
}

impl ResourceContents {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Body::Text(text.into()))
    }

    /// Bytes, which travel as base64.
    pub fn blob(bytes: impl AsRef<[u8]>) -> Self {
        Self::of(Body::Blob(STANDARD.encode(bytes)))
    }

    /// A value as JSON, of the media type `application/json`.
    ///
    /// # Errors
    ///
    /// When the value has no JSON form (a map whose keys aren't strings, a serializer that fails).
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, serde_json::Error> {
        Ok(Self::text(serde_json::to_string(value)?).mime_type("application/json"))
    }

    /// Bytes that are base64 already.
    pub(super) fn encoded(base64: String) -> Self {
        Self::of(Body::Blob(base64))
    }

    fn of(body: Body) -> Self {
        Self { uri: String::new(), mime_type: None, body, meta: Map::new() }
    }

    /// The URI of these contents, when it isn't the one that was asked for.
    #[must_use]
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = uri.into();
        self
    }

    /// The media type.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Adds an entry to the contents' `_meta`.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.meta.insert(key.into(), value.into());
        self
    }

    /// Fills in what was left open.
    pub(crate) fn complete(&mut self, uri: &str, mime_type: Option<&str>) {
        if self.uri.is_empty() {
            uri.clone_into(&mut self.uri);
        }
        if self.mime_type.is_none() {
            self.mime_type = mime_type.map(str::to_owned);
        }
    }

    /// Whether there is no `_meta`.
    pub(super) fn is_plain(&self) -> bool {
        self.meta.is_empty()
    }

    /// Leaves out what revisions before 2025-06-18 don't know.
    pub(crate) fn without_meta(&self) -> Self {
        Self { meta: Map::new(), ..self.clone() }
    }
}

/// For how long a client may keep a result, and for whom.
///
/// Source: [Caching](https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cache {
    /// How long it may be taken for fresh; sent in milliseconds.
    pub ttl: Duration,
    /// Who may be given it.
    pub scope: CacheScope,
}

impl Cache {
    /// Not at all: it is stale at once, and for nobody else.
    pub const NONE: Self = Self { ttl: Duration::ZERO, scope: CacheScope::Private };
}

/// Who may be given a result that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheScope {
    /// Anybody.
    Public,
    /// Whoever it was made for.
    Private,
}
