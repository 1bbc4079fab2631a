//! The newest model, rendered down for older revisions: the one table of what each of them lacks.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::{
    catalog::Entry,
    protocol::{
        content::{Annotations, Content, Extras},
        lifecycle::Implementation,
        message::write_json,
        version::Revision,
    },
};

/// What some revisions know and others don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    /// `resultType`, cache hints and the server's identity in every result.
    ResultEnvelope,
    /// A structured value that isn't an object.
    BareValues,
    /// A property whose schema is `true` or `false`.
    BooleanSchemas,
    /// `icons`.
    Icons,
    /// `structuredContent` and `outputSchema`.
    Structured,
    /// Content that links to a resource.
    Links,
    /// `title`.
    Titles,
    /// `_meta` of a tool and of a block, and when a block last changed.
    Meta,
}

impl Feature {
    const fn since(self) -> Revision {
        match self {
            Self::ResultEnvelope | Self::BareValues | Self::BooleanSchemas => Revision::V2026_07_28,
            Self::Icons => Revision::V2025_11_25,
            Self::Structured | Self::Links | Self::Titles | Self::Meta => Revision::V2025_06_18,
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
    }
    if !knows(Feature::Meta) {
        definition.meta = None;
    }
    let input = known_schema(Cow::Borrowed(definition.input_schema), revision);
    let output = definition.output_schema.filter(|_| knows(Feature::Structured)).map(|schema| {
        let bare = tool.returns_bare_value() && !knows(Feature::BareValues);
        known_schema(if bare { Cow::Owned(wrap(schema)) } else { Cow::Borrowed(schema) }, revision)
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
    if known || Feature::BooleanSchemas.is_known_to(revision) {
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

/// The blocks of a result. A link becomes a text that names it.
pub(super) fn write_content(out: &mut Vec<u8>, content: &[Content], revision: Revision) {
    let knows = |feature: Feature| feature.is_known_to(revision);
    if knows(Feature::Links) && knows(Feature::Meta) {
        return write_json(out, content);
    }
    let render = |block| {
        let block = if knows(Feature::Links) { Cow::Borrowed(block) } else { without_link(block) };
        if knows(Feature::Meta) { block } else { without_meta(block) }
    };
    write_json(out, &content.iter().map(render).collect::<Vec<_>>());
}

fn without_link(block: &Content) -> Cow<'_, Content> {
    match block {
        Content::ResourceLink(link) => Cow::Owned(link.to_text().into()),
        other => Cow::Borrowed(other),
    }
}

fn without_meta(block: Cow<'_, Content>) -> Cow<'_, Content> {
    let mut annotations = block.extras().annotations.clone();
    if let Some(annotations) = &mut annotations {
        annotations.last_modified = None;
    }
    let known = Extras {
        annotations: annotations.filter(|some| *some != Annotations::default()),
        ..Extras::default()
    };
    if *block.extras() == known { block } else { Cow::Owned(block.into_owned().with_extras(known)) }
}

/// A server's identity.
pub(super) fn implementation(full: &Implementation, revision: Revision) -> Implementation {
    let mut known = full.clone();
    if !Feature::Icons.is_known_to(revision) {
        known.icons.clear();
    }
    if !Feature::Titles.is_known_to(revision) {
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
