//! A skill as it was found, and what becomes of it.

use std::{collections::HashMap, future::ready, sync::Arc};

use serde_json::{Map, Value};

use super::{MANIFEST, file::File};
use crate::{
    catalog::resource::Resource,
    error::Place,
    protocol::skills::{Child, FOLDER, Skill},
};

/// A skill as it was found.
#[derive(Debug)]
pub(super) struct Source {
    /// Its own name, and that of its folder.
    pub(super) name: String,
    pub(super) frontmatter: Map<String, Value>,
    pub(super) files: Vec<File>,
    /// The folder, as the server was given it.
    pub(super) shown: String,
    pub(super) place: Place,
}

impl Source {
    /// The folder's URI.
    fn uri(&self) -> String {
        format!("skill://{}", self.name)
    }

    fn description(&self) -> &str {
        self.frontmatter.get("description").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn skill(&self) -> Skill {
        let folder = self.uri();
        Skill {
            uri: format!("{folder}/{MANIFEST}"),
            frontmatter: self.frontmatter.clone(),
            resources: self.files.iter().map(|file| file.listed(&folder)).collect(),
        }
    }

    /// A file as something to be read. Only the manifest's name and description are ever listed.
    pub(super) fn resource(&self, file: &File) -> Resource {
        let body = Arc::clone(file.body());
        Resource::new(file.uri(&self.uri()), self.name.clone(), self.description().to_owned(), move |_| {
            ready(Ok(body.contents()))
        })
        .mime_type(file.media())
        .size(file.size())
        .placed(self.place)
        .implied()
    }

    /// The folders and what is directly in each. One without files isn't there.
    pub(super) fn folders(&self) -> HashMap<String, Vec<Child>> {
        let mut folders: HashMap<String, Vec<Child>> = HashMap::new();
        for file in &self.files {
            let mut parent = self.uri();
            for (uri, name) in file.folders(&self.uri()) {
                let children = folders.entry(parent).or_default();
                if !children.iter().any(|child| child.uri == uri) {
                    children.push(subfolder(uri.clone(), name));
                }
                parent = uri;
            }
            folders.entry(parent).or_default().push(self.child(file));
        }
        folders
    }

    /// A file as its folder shows it: the manifest as the listing of resources does.
    fn child(&self, file: &File) -> Child {
        let (name, description) = if file.is_manifest() {
            (self.name.clone(), Some(self.description().to_owned()))
        } else {
            (file.name().to_owned(), None)
        };
        let uri = file.uri(&self.uri());
        Child { uri, name, description, mime_type: file.media(), size: Some(file.size()) }
    }
}

/// A folder as the one that it is in shows it.
fn subfolder(uri: String, name: &str) -> Child {
    Child { uri, name: name.to_owned(), description: None, mime_type: FOLDER, size: None }
}
