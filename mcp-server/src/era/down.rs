//! The newest model, rendered down for older revisions: the one table of what each of them lacks.

use serde_json::{Value, json};

use crate::{
    catalog::Entry,
    protocol::{message::write_json, version::Revision},
};

/// What some revisions know and others don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    /// `resultType`, cache hints and the server's identity in every result.
    ResultEnvelope,
    /// A structured value that isn't an object.
    BareValues,
    /// `icons`.
    Icons,
    /// `structuredContent` and `outputSchema`.
    Structured,
    /// `title` and `_meta` of a tool.
    Titles,
}

impl Feature {
    const fn since(self) -> Revision {
        match self {
            Self::ResultEnvelope | Self::BareValues => Revision::V2026_07_28,
            Self::Icons => Revision::V2025_11_25,
            Self::Structured | Self::Titles => Revision::V2025_06_18,
        }
    }

    pub(super) fn is_known_to(self, revision: Revision) -> bool {
        revision >= self.since()
    }
}

/// A tool's entry in a listing.
pub(super) fn write_definition(out: &mut Vec<u8>, tool: &Entry, revision: Revision) {
    let knows = |feature: Feature| feature.is_known_to(revision);
    let mut definition = tool.definition();
    if !knows(Feature::Icons) {
        definition.icons = &[];
    }
    if !knows(Feature::Titles) {
        definition.title = None;
        definition.meta = None;
    }
    let wrapped = definition.output_schema.filter(|_| tool.returns_bare_value()).map(wrap);
    if !knows(Feature::Structured) {
        definition.output_schema = None;
    } else if !knows(Feature::BareValues) && wrapped.is_some() {
        definition.output_schema = wrapped.as_ref();
    }
    write_json(out, &definition);
}

/// The schema of an object that holds a value in its member `result`.
fn wrap(schema: &Value) -> Value {
    let mut inner = schema.clone();
    let definitions = inner.as_object_mut().and_then(|keywords| keywords.shift_remove("$defs"));
    let mut outer = json!({ "type": "object", "properties": { "result": inner }, "required": ["result"] });
    if let Some(definitions) = definitions {
        outer["$defs"] = definitions;
    }
    outer
}
