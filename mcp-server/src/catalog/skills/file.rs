//! One file of a skill: its URI, its digest, and its contents.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::MANIFEST;
use crate::protocol::{resources::ResourceContents, skills::SkillFile};

/// What is written in percents in a segment of a URI: all that RFC 3986 does not leave unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A file of a skill.
#[derive(Debug)]
pub(super) struct File {
    /// The names of the folders that it is in, and its own.
    path: Vec<String>,
    body: Arc<Body>,
    size: u64,
    digest: String,
}

/// What is in a file.
#[derive(Debug)]
pub(super) enum Body {
    Text(String),
    Bytes(Vec<u8>),
}

impl File {
    pub(super) fn new(path: Vec<String>, bytes: Vec<u8>) -> Self {
        let (size, digest) = (bytes.len() as u64, digest(&bytes));
        Self { path, body: Arc::new(Body::of(bytes)), size, digest }
    }

    pub(super) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    pub(super) fn is_manifest(&self) -> bool {
        matches!(&*self.path, [name] if name == MANIFEST)
    }

    pub(super) fn body(&self) -> &Arc<Body> {
        &self.body
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The file's URI in the skill's folder of this one.
    pub(super) fn uri(&self, skill: &str) -> String {
        self.path.iter().fold(skill.to_owned(), |uri, name| within(&uri, name))
    }

    /// The URIs and names of the folders that it is in, from the outermost on.
    pub(super) fn folders(&self, skill: &str) -> impl Iterator<Item = (String, &str)> {
        let folders = self.path.split_last().map_or(&[][..], |(_, folders)| folders);
        folders.iter().scan(skill.to_owned(), |uri, name| {
            *uri = within(uri, name);
            Some((uri.clone(), name.as_str()))
        })
    }

    /// The file as the skill's entry shows it.
    pub(super) fn listed(&self, skill: &str) -> SkillFile {
        SkillFile { uri: self.uri(skill), digest: self.digest.clone(), size: self.size }
    }

    /// The media type, by the name's ending. One that contradicts the contents isn't taken: `.ts` is a film too.
    pub(super) fn media(&self) -> &'static str {
        let guess = mime_guess::from_path(self.name()).first_raw();
        match (&*self.body, guess) {
            (Body::Text(_), Some(guess)) if !is_binary(guess) => guess,
            (Body::Text(_), _) => "text/plain",
            (Body::Bytes(_), Some(guess)) if !guess.starts_with("text/") => guess,
            (Body::Bytes(_), _) => "application/octet-stream",
        }
    }
}

impl Body {
    /// Text is what is UTF-8 and has no NUL.
    fn of(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => Self::Text(text),
            Ok(text) => Self::Bytes(text.into_bytes()),
            Err(error) => Self::Bytes(error.into_bytes()),
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(_) => None,
        }
    }

    pub(super) fn contents(&self) -> ResourceContents {
        match self {
            Self::Text(text) => ResourceContents::text(text.as_str()),
            Self::Bytes(bytes) => ResourceContents::blob(bytes),
        }
    }
}

/// Whether nothing of this media type is text.
fn is_binary(media: &str) -> bool {
    let of = |kind: &str| media.starts_with(kind);
    of("video/") || of("audio/") || of("font/") || (of("image/") && !media.ends_with("+xml"))
}

/// The URI of something in a folder.
fn within(folder: &str, name: &str) -> String {
    format!("{folder}/{}", utf8_percent_encode(name, SEGMENT))
}

fn digest(bytes: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
    }
    text
}
