//! One revision's schema, compiled.

use std::{collections::HashMap, error::Error, fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use boon::{Compiler, Format, SchemaIndex, Schemas};
use serde_json::Value;

use crate::{process::installed, wire::MODERN};

/// Where `./check` installs the schemas.
const FOLDER: &str = "specification/installed/mcp_fuzzer/schemas/mcp-spec/schema";

/// What the extensions that this server has add to the newest revision's schema. No package has theirs.
const EXTENSIONS: &str = include_str!("../../specification/extensions.json");

/// A schema, every definition of which can be asked by name, and every part by its place.
pub(super) struct Schema {
    root: Value,
    /// Where the definitions are: in `definitions`, or in `$defs` since JSON Schema 2020-12.
    definitions: &'static str,
    schemas: Schemas,
    /// What can be validated against: the definitions, and the branches of what is one of several things.
    indices: HashMap<String, SchemaIndex>,
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schema").field("places", &self.indices.len()).finish_non_exhaustive()
    }
}

impl Schema {
    /// Reads the schema of a revision, with what extensions add to it.
    pub(super) fn read(revision: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(revision).join("schema.json");
        let text = fs::read(installed(file)).expect("the schema of a revision");
        let mut root = serde_json::from_slice(&text).expect("a schema is JSON");
        if revision == MODERN {
            add(&mut root, serde_json::from_str(EXTENSIONS).expect("the extensions' part is JSON"));
        }
        Self::compile(root)
    }

    /// Compiles a schema whose definitions are all that it says.
    pub(super) fn compile(root: Value) -> Self {
        const URL: &str = "test:///schema.json";
        let definitions = if root.get("$defs").is_some() { "$defs" } else { "definitions" };
        let named = members(&root[definitions]);
        let mut places: Vec<_> = named.map(|(name, _)| format!("/{definitions}/{}", escaped(name))).collect();
        find_branches(&root, "", &mut places);
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.register_format(Format { name: "byte", func: base64 });
        compiler.add_resource(URL, root.clone()).expect("a schema");
        let mut schemas = Schemas::new();
        let mut compile = |place: String| {
            let index = compiler.compile(&format!("{URL}#{}", in_url(&place)), &mut schemas);
            (place, index.unwrap_or_else(|error| panic!("{error:#}")))
        };
        let indices = places.into_iter().map(&mut compile).collect();
        Self { root, definitions, schemas, indices }
    }

    /// The definitions, by name.
    pub(super) fn definitions(&self) -> impl Iterator<Item = (&str, &Value)> {
        members(&self.root[self.definitions])
    }

    pub(super) fn has(&self, definition: &str) -> bool {
        self.root.pointer(&self.place(definition)).is_some()
    }

    /// The first of these definitions that there is: one thing is called differently in different revisions.
    pub(super) fn first<'d>(&self, definitions: &[&'d str]) -> &'d str {
        let found = definitions.iter().find(|definition| self.has(definition));
        found.unwrap_or_else(|| panic!("no definition is called {}", definitions.join(" or ")))
    }

    /// The place of a definition, as a JSON pointer.
    pub(super) fn place(&self, definition: &str) -> String {
        format!("/{}/{}", self.definitions, escaped(definition))
    }

    /// The part of a definition at this pointer.
    pub(super) fn at(&self, definition: &str, pointer: &str) -> &Value {
        self.get(&(self.place(definition) + pointer))
    }

    /// The part of the schema at this pointer.
    pub(super) fn get(&self, place: &str) -> &Value {
        self.root.pointer(place).unwrap_or_else(|| panic!("the schema has nothing at {place}"))
    }

    /// What a reference refers to. All of them refer to this schema.
    pub(super) fn target(&self, reference: &str) -> &Value {
        self.get(reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads elsewhere")))
    }

    /// What is wrong with a value by a definition.
    pub(super) fn invalid(&self, definition: &str, value: &Value) -> Vec<String> {
        let place = self.place(definition);
        let index = self.indices.get(&place).unwrap_or_else(|| panic!("there is no `{definition}`"));
        match self.schemas.validate(value, *index) {
            Ok(()) => Vec::new(),
            // The first line names the schema, the others are the reasons.
            Err(error) => error.to_string().lines().skip(1).map(str::to_owned).collect(),
        }
    }

    /// Whether a value is what a branch wants.
    pub(super) fn is(&self, value: &Value, place: &str) -> bool {
        let index = self.indices.get(place).unwrap_or_else(|| panic!("{place} is not a branch"));
        self.schemas.validate(value, *index).is_ok()
    }
}

/// What a part of a schema may be one of, each with the end of its pointer.
pub(super) fn branches(part: &Value) -> impl Iterator<Item = (String, &Value)> {
    ["anyOf", "oneOf"].into_iter().flat_map(move |keyword| {
        let list = part.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate();
        list.map(move |(at, branch)| (format!("/{keyword}/{at}"), branch))
    })
}

/// The members of an object.
pub(super) fn members(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// A name as a part of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A pointer as the fragment of a URL, where `$` may stand but a space may not.
fn in_url(pointer: &str) -> String {
    pointer.replace('%', "%25").replace(' ', "%20")
}

/// Adds the place of every branch under `part`.
fn find_branches(part: &Value, place: &str, found: &mut Vec<String>) {
    found.extend(branches(part).map(|(end, _)| format!("{place}{end}")));
    match part {
        Value::Object(keywords) => {
            for (keyword, value) in keywords {
                find_branches(value, &format!("{place}/{}", escaped(keyword)), found);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                find_branches(value, &format!("{place}/{at}"), found);
            }
        }
        _ => {}
    }
}

/// The format of base64, which the specification calls so.
fn base64(value: &Value) -> Result<(), Box<dyn Error>> {
    let Some(text) = value.as_str() else { return Ok(()) };
    STANDARD.decode(text).map(|_| ()).map_err(Into::into)
}

/// Adds members to objects, and items to lists.
fn add(schema: &mut Value, more: Value) {
    match (schema, more) {
        (Value::Object(members), Value::Object(more)) => {
            for (name, value) in more {
                match members.get_mut(&name) {
                    Some(member) => add(member, value),
                    None => _ = members.insert(name, value),
                }
            }
        }
        (Value::Array(items), Value::Array(more)) => items.extend(more),
        (schema, more) => assert_eq!(*schema, more, "an extension changes what there is"),
    }
}
