//! What listings show, for a revision.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{Feature, content, knows};
use crate::{
    catalog::{self, PromptEntry, ResourceEntry, ToolEntry},
    protocol::{lifecycle::Implementation, message::write_json, version::Revision},
};

/// A tool's entry in a listing.
pub(in crate::era) fn write_tool(out: &mut Vec<u8>, tool: &ToolEntry, revision: Revision) {
    let mut definition = tool.definition();
    if !knows(revision, Feature::Icons) {
        definition.icons = &[];
    }
    if !knows(revision, Feature::Titles) {
        definition.title = None;
    }
    if !knows(revision, Feature::Meta) {
        definition.meta = None;
    }
    if !knows(revision, Feature::ToolAnnotations) {
        definition.annotations = crate::protocol::tools::Hints::default();
    }
    let input = known_schema(Cow::Borrowed(definition.input_schema), revision);
    let output = definition.output_schema.filter(|_| knows(revision, Feature::Structured)).map(|schema| {
        let bare = tool.returns_bare_value() && !knows(revision, Feature::BareValues);
        known_schema(if bare { Cow::Owned(catalog::wrap(schema)) } else { Cow::Borrowed(schema) }, revision)
    });
    definition.input_schema = &input;
    definition.output_schema = output.as_deref();
    write_json(out, &definition);
}

/// A schema whose properties all have objects for schemas: clients of older revisions drop the whole listing
/// otherwise.
fn known_schema(schema: Cow<'_, Value>, revision: Revision) -> Cow<'_, Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let known = properties.is_none_or(|properties| !properties.values().any(Value::is_boolean));
    if known || knows(revision, Feature::BooleanSchemas) {
        return schema;
    }
    let mut schema = schema.into_owned();
    for property in schema["properties"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        match property {
            Value::Bool(true) => *property = json!({}),
            Value::Bool(false) => *property = json!({ "not": {} }),
            _ => {}
        }
    }
    Cow::Owned(schema)
}

/// A resource's entry in a listing, or a template's.
pub(in crate::era) fn write_resource(out: &mut Vec<u8>, resource: &ResourceEntry, revision: Revision) {
    let mut definition = resource.definition();
    if !knows(revision, Feature::Icons) {
        definition.icons = &[];
    }
    if !knows(revision, Feature::Titles) {
        definition.title = None;
    }
    if !knows(revision, Feature::Meta) {
        definition.meta = None;
    }
    definition.annotations = definition.annotations.and_then(|full| content::annotations(full, revision));
    write_json(out, &definition);
}

/// A prompt's entry in a listing.
pub(in crate::era) fn write_prompt(out: &mut Vec<u8>, prompt: &PromptEntry, revision: Revision) {
    let mut definition = prompt.definition();
    if !knows(revision, Feature::Icons) {
        definition.icons = &[];
    }
    if !knows(revision, Feature::Titles) {
        definition.title = None;
    }
    if !knows(revision, Feature::Meta) {
        definition.meta = None;
    }
    write_json(out, &definition);
}

/// A server's identity.
pub(in crate::era) fn implementation(full: &Implementation, revision: Revision) -> Implementation {
    let mut known = full.clone();
    if !knows(revision, Feature::Icons) {
        known.icons.clear();
    }
    if !knows(revision, Feature::Titles) {
        known.title = None;
    }
    known
}
