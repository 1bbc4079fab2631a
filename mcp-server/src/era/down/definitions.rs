//! What listings show, for a revision.

use serde_json::{Value, json};

use super::{Feature, content, knows};
use crate::{
    catalog::{PromptEntry, ResourceEntry, ToolEntry},
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
    let wrapped = definition.output_schema.filter(|_| tool.returns_bare_value()).map(wrap);
    if !knows(revision, Feature::Structured) {
        definition.output_schema = None;
    } else if !knows(revision, Feature::BareValues) && wrapped.is_some() {
        definition.output_schema = wrapped.as_ref();
    }
    write_json(out, &definition);
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

/// The schema of an object that holds a value in its member `result`.
fn wrap(schema: &Value) -> Value {
    let mut inner = schema.clone();
    let definitions = inner.as_object_mut().and_then(|keywords| keywords.shift_remove("$defs"));
    move_references(&mut inner);
    let mut outer = json!({ "type": "object", "properties": { "result": inner }, "required": ["result"] });
    if let Some(mut definitions) = definitions {
        move_references(&mut definitions);
        outer["$defs"] = definitions;
    }
    outer
}

/// Has references to the schema's root, and into it, follow it to where it is now. Definitions stay at the root.
fn move_references(schema: &mut Value) {
    match schema {
        Value::Object(keywords) => {
            if let Some(Value::String(reference)) = keywords.get_mut("$ref")
                && (reference == "#" || (reference.starts_with("#/") && !reference.starts_with("#/$defs/")))
            {
                *reference = reference.replacen('#', "#/properties/result", 1);
            }
            keywords.values_mut().for_each(move_references);
        }
        Value::Array(items) => items.iter_mut().for_each(move_references),
        _ => {}
    }
}
