//! Skills: folders of instructions, served as they are.
//!
//! Takes the folders that a server is given, gives [`Skills`]: what each skill says of itself, its files, and what is
//! in its folders. All of it is read once, at the start, so that a digest is always that of what is read. Knows
//! nothing of methods.

mod file;
mod files;
mod folder;
mod frontmatter;
mod source;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::Arc};

pub(crate) use folder::Folder;
use source::Source;

use super::{
    access::Admission,
    list::List,
    resource::{Resource, ResourceEntry},
};
use crate::{
    error::Problem,
    protocol::skills::{Child, Skill},
};

/// The file that makes a folder a skill.
const MANIFEST: &str = "SKILL.md";

/// The skills of a server. They don't change while it runs.
#[derive(Debug)]
pub(crate) struct Skills {
    list: List<Skill>,
    /// Every file but the manifests, which are listed with the other resources.
    files: HashMap<Box<str>, Arc<ResourceEntry>>,
    folders: HashMap<Box<str>, Arc<List<Child>>>,
}

impl Skills {
    /// Reads folders. Gives the skills in them, and the resources to list: their manifests.
    pub(super) fn read(
        folders: &[Folder],
        page_size: usize,
        admission: &Admission,
        problems: &mut Vec<Problem>,
    ) -> (Self, Vec<Resource>) {
        let found = folders.iter().flat_map(|folder| folder.read(problems)).collect();
        let sources = of_different_names(found, problems);
        let mut skills = Self {
            list: List::new(sources.iter().map(|source| Arc::new(source.skill())).collect(), page_size),
            files: HashMap::new(),
            folders: HashMap::new(),
        };
        let mut manifests = Vec::with_capacity(sources.len());
        for source in sources {
            for (uri, children) in source.folders() {
                let children = children.into_iter().map(Arc::new).collect();
                skills.folders.insert(uri.into(), Arc::new(List::new(children, page_size)));
            }
            for file in &source.files {
                let resource = source.resource(file);
                if file.is_manifest() {
                    manifests.push(resource);
                    continue;
                }
                match ResourceEntry::compile(resource, admission) {
                    Ok(entry) => _ = skills.files.insert(entry.uri().into(), Arc::new(entry)),
                    Err(wrong) => problems.extend(wrong),
                }
            }
        }
        (skills, manifests)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The skills, by the URIs of their manifests.
    pub(crate) fn list(&self) -> &List<Skill> {
        &self.list
    }

    /// What is directly in the folder at a URI.
    pub(crate) fn folder(&self, uri: &str) -> Option<&Arc<List<Child>>> {
        self.folders.get(uri)
    }

    /// A file that no listing of resources has.
    pub(super) fn file(&self, uri: &str) -> Option<&Arc<ResourceEntry>> {
        self.files.get(uri)
    }

    /// Those files, in no order.
    pub(super) fn files(&self) -> impl Iterator<Item = &Arc<ResourceEntry>> + Clone {
        self.files.values()
    }

    /// Whether a URI is that of a skill's file or folder.
    pub(super) fn has(&self, uri: &str) -> bool {
        self.list.get(uri).is_some() || self.files.contains_key(uri) || self.folders.contains_key(uri)
    }

    /// What is wrong with a resource at a URI that a skill has: a digest would no longer be that of what is read.
    pub(super) fn clash(&self, resource: &Resource) -> Option<Problem> {
        let uri = resource.uri();
        self.has(uri).then(|| {
            let text = "a skill has this URI; choose another";
            Problem::new(resource.place(), format!("resource `{uri}`"), text)
        })
    }
}

/// The first skill of each name.
fn of_different_names(mut found: Vec<Source>, problems: &mut Vec<Problem>) -> Vec<Source> {
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sources: Vec<Source> = Vec::with_capacity(found.len());
    for source in found {
        match sources.last() {
            Some(first) if first.name == source.name => {
                let text = format!("has the same name as the skill `{}`; rename one of them", first.shown);
                problems.push(Problem::new(source.place, format!("skills: `{}`", source.shown), text));
            }
            _ => sources.push(source),
        }
    }
    sources
}
