//! Folders of skills on the disk. Whatever links there are, nothing is read that is not in the folder.

use std::{
    fs::{self, DirEntry},
    io,
    path::{Path, PathBuf},
};

use super::{MANIFEST, files::Reading, frontmatter, source::Source};
use crate::error::{Place, Problem};

/// A folder of skills, as a server is given it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    place: Place,
}

/// Something in a folder.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Where it is, in the folder as the server was given it.
    pub(super) shown: PathBuf,
    /// Where it is without links.
    pub(super) real: PathBuf,
    pub(super) is_folder: bool,
}

/// One reading of a folder.
pub(super) struct Walk<'w> {
    place: Place,
    /// The folder, without links.
    root: PathBuf,
    problems: &'w mut Vec<Problem>,
}

impl Folder {
    pub(crate) fn new(path: PathBuf, place: Place) -> Self {
        Self { path, place }
    }

    /// Reads every skill in it. Adds everything that is wrong to `problems`.
    pub(super) fn read(&self, problems: &mut Vec<Problem>) -> Vec<Source> {
        let real = self.path.canonicalize();
        let root = real.as_deref().unwrap_or(&self.path).to_owned();
        let mut walk = Walk { place: self.place, root: root.clone(), problems };
        if let Err(error) = real {
            let text = format!("can't be read: {error}; a relative path begins at the working directory");
            walk.wrong(&self.path, text);
            return Vec::new();
        }
        if root.join(MANIFEST).exists() {
            walk.wrong(&self.path, "is a skill itself; give the folder that it is in");
            return Vec::new();
        }
        let entries = walk.entries(&self.path, &root);
        entries.iter().filter(|entry| entry.is_folder).filter_map(|entry| walk.skill(entry)).collect()
    }
}

impl Walk<'_> {
    /// Says what is wrong with a file or a folder.
    pub(super) fn wrong(&mut self, shown: &Path, text: impl Into<String>) {
        self.problems.push(Problem::new(self.place, format!("skills: `{}`", shown.display()), text));
    }

    /// What is in a folder, by name, but for what is hidden.
    pub(super) fn entries(&mut self, shown: &Path, real: &Path) -> Vec<Entry> {
        let listed: io::Result<Vec<DirEntry>> = fs::read_dir(real).and_then(Iterator::collect);
        let listed = listed.unwrap_or_else(|error| {
            self.wrong(shown, format!("can't be read: {error}"));
            Vec::new()
        });
        let mut entries = Vec::with_capacity(listed.len());
        for one in listed {
            let name = one.file_name();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let shown = shown.join(&name);
            match self.entry(name.to_str(), &one.path()) {
                Ok((name, real, is_folder)) => entries.push(Entry { name, shown, real, is_folder }),
                Err(text) => self.wrong(&shown, text),
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        entries
    }

    /// The name of something, where it really is, and whether it is a folder.
    fn entry(&self, name: Option<&str>, path: &Path) -> Result<(String, PathBuf, bool), String> {
        let name = name.ok_or("must have a name in UTF-8; rename it")?;
        let unreadable = |error| format!("can't be read: {error}");
        let real = path.canonicalize().map_err(unreadable)?;
        if !real.starts_with(&self.root) {
            return Err(
                "is a link that leads out of the folder; put what it leads to into the folder".to_owned()
            );
        }
        let kind = fs::metadata(&real).map_err(unreadable)?.file_type();
        if !kind.is_file() && !kind.is_dir() {
            return Err("is neither a file nor a folder; remove it".to_owned());
        }
        Ok((name.to_owned(), real, kind.is_dir()))
    }

    /// Reads the skill in a folder.
    fn skill(&mut self, folder: &Entry) -> Option<Source> {
        let (name, shown, before) = (&folder.name, &folder.shown, self.problems.len());
        if !frontmatter::is_name(name) {
            let rule = "is no name for a skill, which is 1 to 64 of the characters a-z 0-9 -, with no hyphen first, last \
                        or after another; rename the folder";
            self.wrong(shown, rule);
        }
        // Of a folder that is none of ours nothing is read.
        if fs::symlink_metadata(folder.real.join(MANIFEST)).is_err() {
            self.wrong(shown, format!("has no `{MANIFEST}`; add one, or move the folder elsewhere"));
            return None;
        }
        let files = Reading::files(self, folder);
        let Some(manifest) = files.iter().find(|file| file.is_manifest()) else {
            if self.problems.len() == before {
                self.wrong(shown, format!("has no file `{MANIFEST}` of just this name; add one"));
            }
            return None;
        };
        let text = manifest.body().text().ok_or_else(|| vec!["must be text in UTF-8".to_owned()]);
        match text.and_then(|text| frontmatter::read(text, name)) {
            // A skill that has problems would have more of them as a resource.
            Ok(_) if self.problems.len() > before => None,
            Ok(frontmatter) => {
                let shown = shown.display().to_string();
                Some(Source { name: name.clone(), frontmatter, files, shown, place: self.place })
            }
            Err(texts) => {
                for text in texts {
                    self.wrong(&shown.join(MANIFEST), text);
                }
                None
            }
        }
    }
}
