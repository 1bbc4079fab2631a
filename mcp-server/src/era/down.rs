//! The newest model, rendered down for older revisions: the one table of what each of them lacks.

use serde_json::{Value, json};

use crate::{
    catalog::Entry,
    protocol::{message::write_json, version::Revision},
};

/// What a revision knows of tools.
pub(super) struct Knows {
    /// `resultType`, cache hints and the server's identity in every result.
    pub(super) result_envelope: bool,
    /// A structured value that isn't an object.
    pub(super) bare_values: bool,
    /// `structuredContent` and `outputSchema`.
    pub(super) structured: bool,
    /// `title` and `_meta` of a tool.
    pub(super) titles: bool,
    /// `icons`.
    pub(super) icons: bool,
}

/// What this revision knows.
pub(super) const fn knows(revision: Revision) -> Knows {
    let [result_envelope, bare_values, structured, titles, icons] = match revision {
        Revision::V2026_07_28 => [true, true, true, true, true],
        Revision::V2025_11_25 => [false, false, true, true, true],
        Revision::V2025_06_18 => [false, false, true, true, false],
        Revision::V2025_03_26 => [false, false, false, false, false],
    };
    Knows { result_envelope, bare_values, structured, titles, icons }
}

/// A tool's entry in a listing.
pub(super) fn write_definition(out: &mut Vec<u8>, tool: &Entry, revision: Revision) {
    let knows = knows(revision);
    let mut definition = tool.definition();
    if !knows.icons {
        definition.icons = &[];
    }
    if !knows.titles {
        definition.title = None;
        definition.meta = None;
    }
    let wrapped = definition.output_schema.filter(|_| tool.returns_bare_value()).map(wrap);
    if !knows.structured {
        definition.output_schema = None;
    } else if !knows.bare_values && wrapped.is_some() {
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
