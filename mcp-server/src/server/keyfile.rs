//! The file with a server's keys, in its data directory.

use std::{
    fs::{self, DirBuilder, Metadata, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::ask::{InvalidStateKeys, StateKeys};

const NAME: &str = "state.key";
/// The most that is read of the file, in bytes: more than a hundred keys.
const LONGEST: u64 = 8 * 1024;

const DIRECTORY: &str = "name a directory that this server's user may read and write";

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyFileError {
    #[error("`{}` can't be made: {source}; {DIRECTORY}", path.display())]
    Unmade { path: PathBuf, source: io::Error },
    #[error("`{}` can't be read: {source}; {DIRECTORY}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{}` is not a file; move it away, and the next start makes one", path.display())]
    NotAFile { path: PathBuf },
    #[error("`{}` is open to every user of this machine (mode {mode:03o}); `chmod 600` it, and change the key if others have been here", path.display())]
    Exposed { path: PathBuf, mode: u32 },
    #[error("`{}` has no keys: {source}; move it away, and the next start makes one", path.display())]
    Malformed { path: PathBuf, source: InvalidStateKeys },
}

/// The keys of the data directory. Both are made when they aren't there, for the server's user only.
pub(super) fn keys(data: &Path) -> Result<StateKeys, KeyFileError> {
    let path = data.join(NAME);
    if !exists(&path)? {
        make(data, &path).map_err(|source| KeyFileError::Unmade { path: path.clone(), source })?;
    }
    let text = read(&path)?;
    text.parse().map_err(|source| KeyFileError::Malformed { path, source })
}

fn exists(path: &Path) -> Result<bool, KeyFileError> {
    path.try_exists().map_err(|source| KeyFileError::Unreadable { path: path.to_owned(), source })
}

/// Makes the directory and a file with a new key, unless another process is faster: then that one's stays.
fn make(data: &Path, path: &Path) -> io::Result<()> {
    private_directory().create(data)?;
    let text = StateKeys::random_text()?;
    // Written elsewhere and linked to when it is whole: whoever finds the file finds all of it, and it is there once.
    let draft = data.join(format!(".{NAME}.{:08x}", getrandom::u32()?));
    let mut file = private_file().open(&draft)?;
    let linked =
        writeln!(file, "{}", *text).and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

fn read(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let unreadable = |source| KeyFileError::Unreadable { path: path.to_owned(), source };
    // Before it is opened: opening a pipe would wait for somebody who writes.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(KeyFileError::NotAFile { path: path.to_owned() });
    }
    let file = fs::File::open(path).map_err(unreadable)?;
    if let Some(mode) = exposed(&file.metadata().map_err(unreadable)?) {
        return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

fn private_directory() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true);
    builder
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true);
    options
}

/// The file's mode, when it lets everybody in. Its group is the operator's choice: Kubernetes gives a pod's group all
/// files of a volume.
#[cfg(unix)]
fn exposed(file: &Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let mode = file.mode() & 0o777;
    (mode & 0o007 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn exposed(_file: &Metadata) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn ids(data: &Path) -> String {
        format!("{:?}", keys(data).unwrap())
    }

    fn names(data: &Path) -> Vec<String> {
        fs::read_dir(data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn the_first_start_makes_a_key_and_the_next_ones_read_it() {
        let folder = folder();
        let data = folder.path().join("a/b");
        let first = ids(&data);
        assert_eq!(ids(&data), first);
        assert_eq!(names(&data), [NAME], "nothing else is left there");
        assert_ne!(ids(&folder.path().join("c")), first);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_made_is_the_users_only() {
        use std::os::unix::fs::MetadataExt as _;
        let folder = folder();
        let data = folder.path().join("data");
        ids(&data);
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!((mode(&data), mode(&data.join(NAME))), (0o700, 0o600));
    }

    #[test]
    fn copies_that_start_at_once_agree() {
        let folder = folder();
        for round in 0..20 {
            let data = &folder.path().join(round.to_string());
            let found: Vec<String> = thread::scope(|scope| {
                let started: Vec<_> = (0..8).map(|_| scope.spawn(|| ids(data))).collect();
                started.into_iter().map(|copy| copy.join().unwrap()).collect()
            });
            assert!(found.iter().all(|ids| *ids == found[0]), "{found:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_for_everybody_is_refused_and_one_for_the_group_is_not() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder();
        let first = ids(folder.path());
        let path = folder.path().join(NAME);
        let set = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        for mode in [0o644, 0o602, 0o601] {
            set(mode);
            let error = keys(folder.path()).unwrap_err().to_string();
            assert!(error.contains(&format!("(mode {mode:o}); `chmod 600` it")), "{error}");
        }
        for mode in [0o660, 0o400] {
            set(mode);
            assert_eq!(ids(folder.path()), first);
        }
    }

    #[test]
    fn what_is_no_key_is_named_and_not_shown() {
        let folder = folder();
        let path = folder.path().join(NAME);
        ids(folder.path());
        for (text, flaw) in [("", "key 1 is empty"), ("s€cret", "key 1 is not base64")] {
            fs::write(&path, text).unwrap();
            let error = keys(folder.path()).unwrap_err().to_string();
            assert!(error.contains(flaw) && error.contains("move it away"), "{error}");
            assert!(error.contains(NAME) && !error.contains("s€cret"), "{error}");
        }
        fs::write(&path, [0xff; 32]).unwrap();
        assert!(matches!(keys(folder.path()), Err(KeyFileError::Unreadable { .. })));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(matches!(keys(folder.path()), Err(KeyFileError::NotAFile { .. })));
    }

    #[test]
    fn a_place_where_nothing_can_be_made_is_named() {
        let folder = folder();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = keys(&file).unwrap_err().to_string();
        assert!(error.contains("can't be") && error.contains(DIRECTORY), "{error}");
    }
}
