//! Skills as listings show them, and what is in the folders of their files.
//!
//! Source: [SEP-2640](https://modelcontextprotocol.io/seps/2640-skills-extension), the extension [`SKILLS`].

use serde::Serialize;
use serde_json::{Map, Value};

/// The extension's identifier.
pub(crate) const SKILLS: &str = "io.modelcontextprotocol/skills";

/// The media type of a folder.
pub(crate) const FOLDER: &str = "inode/directory";

/// A skill: what its `SKILL.md` says of it, and all its files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Skill {
    /// The URI of its `SKILL.md`.
    pub(crate) uri: String,
    pub(crate) frontmatter: Map<String, Value>,
    pub(crate) resources: Vec<SkillFile>,
}

/// One file of a skill, by which a client knows whether what it has is what there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SkillFile {
    pub(crate) uri: String,
    /// `sha256:` and 64 hexadecimal digits, of the file's bytes.
    pub(crate) digest: String,
    /// In bytes.
    pub(crate) size: u64,
}

/// What is directly in a folder: a file, or another folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Child {
    pub(crate) uri: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) mime_type: &'static str,
    /// A file's, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
}
