//! Folders of skills on the disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A folder that a test writes skills into.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// An empty folder for the test of this name.
    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("skills").join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, and the folders that it is in.
    pub(crate) fn file(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("its folders");
        fs::write(path, contents).expect("a file");
        self
    }

    /// Writes a `SKILL.md` that is right in every way.
    pub(crate) fn skill(self, name: &str) -> Self {
        let text = format!("---\nname: \"{name}\"\ndescription: Does {name}.\n---\n\n# {name}\n");
        self.file(&format!("{name}/SKILL.md"), text)
    }

    /// Makes a pipe: what reads it waits for somebody who writes.
    #[cfg(unix)]
    pub(crate) fn pipe(self, path: &str) -> Self {
        let made = std::process::Command::new("mkfifo").arg(self.0.join(path)).status().expect("mkfifo");
        assert!(made.success(), "a pipe");
        self
    }

    /// Makes a link to a path, relative to the folder that the link is in.
    #[cfg(unix)]
    pub(crate) fn link(self, path: &str, to: &str) -> Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("its folders");
        std::os::unix::fs::symlink(to, path).expect("a link");
        self
    }
}
