//! The URI of a resource, in the one spelling that is compared.
//!
//! Sources: [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986), and for what is not ASCII
//! [RFC 3987, section 3.1](https://www.rfc-editor.org/rfc/rfc3987#section-3.1).

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The most bytes of a URI, once it is ASCII: 8 KiB. What matching costs, and what it expands to, follows from it.
pub(crate) const MOST_URI_BYTES: usize = 8 * 1024;

/// A URI is longer than [`MOST_URI_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a URI has {MOST_URI_BYTES} bytes at most (8 KiB), and this one has {0}; shorten it")]
pub(crate) struct UriTooLong(usize);

/// A URI whose characters beyond ASCII are percent-encoded UTF-8. Nothing else of it is changed: what percent-encodes
/// something else, or writes it in lower case, is another URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CanonicalUri<'a>(Cow<'a, str>);

impl<'a> CanonicalUri<'a> {
    /// The URI, or IRI, that a client sends.
    pub(crate) fn read(text: &'a str) -> Result<Self, UriTooLong> {
        let short = |length: usize| if length > MOST_URI_BYTES { Err(UriTooLong(length)) } else { Ok(()) };
        short(text.len())?;
        let uri = ascii(text);
        short(uri.len())?;
        Ok(Self(uri))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text with what is not ASCII as percent-encoded UTF-8: a URI of an IRI, a template's text of one with such letters.
pub(crate) fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { utf8_percent_encode(text, NOTHING).into() }
}

/// What is encoded of ASCII.
const NOTHING: &AsciiSet = &without_controls();

const fn without_controls() -> AsciiSet {
    let (mut set, mut byte) = (CONTROLS.remove(0x7f), 0);
    while byte < 0x20 {
        set = set.remove(byte);
        byte += 1;
    }
    set
}

/// Whether RFC 3986 leaves a byte unreserved: written as itself wherever it stands.
pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Whether RFC 3986 gives a byte a meaning of its own.
pub(crate) fn is_reserved(byte: u8) -> bool {
    b":/?#[]@!$&'()*+,;=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ascii_has_one_spelling_and_everything_else_the_one_that_it_has() {
        for (text, uri) in [
            ("notes://gr\u{fc}n", "notes://gr%C3%BCn"),
            ("notes://gr%C3%BCn", "notes://gr%C3%BCn"),
            ("notes://gr%c3%bcn", "notes://gr%c3%bcn"),
            ("notes://\u{1f600}\u{fc}", "notes://%F0%9F%98%80%C3%BC"),
            ("notes://%73 \u{7f}\n\"<>|", "notes://%73 \u{7f}\n\"<>|"),
            ("", ""),
        ] {
            assert_eq!(CanonicalUri::read(text).unwrap().as_str(), uri, "{text}");
        }
    }

    #[test]
    fn a_uri_has_8_kib_at_most_once_it_is_ascii() {
        let of = |text: &str| CanonicalUri::read(text).map(drop);
        assert_eq!(of(&"a".repeat(MOST_URI_BYTES)), Ok(()));
        assert_eq!(of(&"a".repeat(MOST_URI_BYTES + 1)), Err(UriTooLong(MOST_URI_BYTES + 1)));
        assert_eq!(of(&"\u{fc}".repeat(MOST_URI_BYTES / 6)), Ok(()));
        assert_eq!(of(&"\u{fc}".repeat(MOST_URI_BYTES / 6 + 1)), Err(UriTooLong(8196)));
    }
}
