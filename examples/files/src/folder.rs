//! One folder, and no way out of it.

use std::io::{self, Read};

use cap_std::{ambient_authority, fs::Dir};
use mcp_server::ToolError;

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// How deep folders are listed, and how many files.
const MAX_DEPTH: usize = 16;
const MAX_FILES: usize = 1_000;

/// A folder. Paths are resolved in it by the system: none that leads out is followed, whether by `..`, from the root, or by
/// a link.
pub(crate) struct Folder(Dir);

impl Folder {
    /// Opens the folder at this path, and makes it when it isn't there.
    pub(crate) fn open(path: &str) -> io::Result<Self> {
        let authority = ambient_authority();
        Dir::create_ambient_dir_all(path, authority)?;
        Ok(Self(Dir::open_ambient_dir(path, authority)?))
    }

    /// The paths of all files, in order.
    pub(crate) fn list(&self) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        list(&self.0, "", MAX_DEPTH, &mut files)?;
        files.sort();
        Ok(files)
    }

    pub(crate) fn read(&self, path: &str) -> Result<String, ToolError> {
        // Looked at first: opening a pipe would wait for somebody to write into it.
        if !self.0.metadata(path).map_err(|error| told(path, error))?.is_file() {
            return Err(not_a_file(path));
        }
        let file = self.0.open(path).map_err(|error| told(path, error))?;
        let mut text = String::new();
        match file.take(MAX_BYTES + 1).read_to_string(&mut text) {
            Ok(read) if read as u64 > MAX_BYTES => {
                Err(ToolError::tell(format!("`{path}` is larger than {MAX_BYTES} bytes")))
            }
            Ok(_) => Ok(text),
            Err(error) => Err(told(path, error)),
        }
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> Result<(), ToolError> {
        let is_plain = |part: &str| !matches!(part, "" | "." | "..");
        if let Some((folder, _)) = path.rsplit_once('/')
            && folder.split('/').all(is_plain)
        {
            self.0.create_dir_all(folder).map_err(|error| told(path, error))?;
        }
        if self.0.metadata(path).is_ok_and(|there| !there.is_file()) {
            return Err(not_a_file(path));
        }
        self.0.write(path, text).map_err(|error| told(path, error))
    }

    pub(crate) fn delete(&self, path: &str) -> Result<(), ToolError> {
        self.0.remove_file(path).map_err(|error| told(path, error))
    }
}

/// Adds the files of a folder whose path is `path`. Links and devices are left out.
fn list(dir: &Dir, path: &str, depth: usize, files: &mut Vec<String>) -> io::Result<()> {
    for entry in dir.entries()? {
        let entry = entry?;
        let (Ok(name), kind) = (entry.file_name().into_string(), entry.file_type()?) else { continue };
        let path = format!("{path}{name}");
        if kind.is_file() && files.len() < MAX_FILES {
            files.push(path);
        } else if kind.is_dir() && depth > 0 {
            list(&entry.open_dir()?, &format!("{path}/"), depth - 1, files)?;
        }
    }
    Ok(())
}

fn not_a_file(path: &str) -> ToolError {
    ToolError::tell(format!("`{path}` is not the path of a file in the folder"))
}

/// What the model is told of a path that can't be used. The system's own words stay in the log.
fn told(path: &str, error: io::Error) -> ToolError {
    match error.kind() {
        io::ErrorKind::NotFound => {
            ToolError::tell(format!("there is no file `{path}`; `list_files` says what there is"))
        }
        io::ErrorKind::InvalidData => ToolError::tell(format!("`{path}` is not a text")),
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::InvalidFilename
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::NotADirectory => not_a_file(path),
        _ => error.into(),
    }
}
