//! All the files of one skill, within the limits.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{
    file::File,
    folder::{Entry, Walk},
};

/// The most files of a skill.
const MOST_FILES: usize = 512;

/// The most bytes of a skill's files together: 16 MiB.
const MOST_BYTES: u64 = 16 << 20;

/// One reading of a skill's files.
pub(super) struct Reading<'r, 'w> {
    walk: &'r mut Walk<'w>,
    /// The skill's folder.
    shown: &'r Path,
    /// What was read so far.
    files: Vec<File>,
    bytes: u64,
    /// The names of the folders that are being read, below the skill's.
    path: Vec<String>,
    /// Where they are, and the skill's, without links.
    above: Vec<PathBuf>,
}

/// A limit was passed: there is nothing more to read.
struct Full;

impl<'r, 'w> Reading<'r, 'w> {
    /// Reads the files in a skill's folder and below. Says everything that is wrong with them.
    pub(super) fn files(walk: &'r mut Walk<'w>, skill: &'r Entry) -> Vec<File> {
        let (files, path, above) = (Vec::new(), Vec::new(), Vec::new());
        let mut all = Self { walk, shown: &skill.shown, files, bytes: 0, path, above };
        // What is wrong was said.
        let (Ok(()) | Err(Full)) = all.folder(skill);
        all.files
    }

    fn folder(&mut self, folder: &Entry) -> Result<(), Full> {
        if self.above.contains(&folder.real) {
            self.walk.wrong(&folder.shown, "is a link to a folder that it is in; remove it");
            return Ok(());
        }
        self.above.push(folder.real.clone());
        for entry in self.walk.entries(&folder.shown, &folder.real) {
            self.path.push(entry.name.clone());
            if entry.is_folder {
                self.folder(&entry)?;
            } else {
                self.file(&entry)?;
            }
            self.path.pop();
        }
        self.above.pop();
        Ok(())
    }

    fn file(&mut self, entry: &Entry) -> Result<(), Full> {
        if self.files.len() == MOST_FILES {
            return self
                .full(format!("has more than {MOST_FILES} files; remove some, or make two skills of it"));
        }
        let left = MOST_BYTES - self.bytes;
        let bytes = match beginning(&entry.real, left + 1) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.walk.wrong(&entry.shown, format!("can't be read: {error}"));
                return Ok(());
            }
        };
        let size = bytes.len() as u64;
        if size > left {
            return self.full("has more than 16 MiB of files; remove some, or make two skills of it");
        }
        self.bytes += size;
        self.files.push(File::new(self.path.clone(), bytes));
        Ok(())
    }

    fn full(&mut self, text: impl Into<String>) -> Result<(), Full> {
        self.walk.wrong(self.shown, text);
        Err(Full)
    }
}

/// A file's first bytes, `most` of them if there are so many.
fn beginning(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
