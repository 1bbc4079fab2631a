//! The pages of a listing.
//!
//! Source: [Pagination](https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/pagination).

use std::ops::Range;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The pages of a listing, and the opaque texts under which a client asks for all but the first.
///
/// A cursor is valid for one version of one listing: after a change it is unknown, not a different page.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    entries: usize,
    size: usize,
    cursors: Vec<String>,
}

impl Pages {
    /// Pages of a listing with this fingerprint.
    pub(super) fn new(entries: usize, size: usize, fingerprint: u64) -> Self {
        let size = size.max(1);
        let cursor = |page: usize| {
            let mut bytes = fingerprint.to_be_bytes().to_vec();
            bytes.extend_from_slice(&page.to_be_bytes());
            URL_SAFE_NO_PAD.encode(bytes)
        };
        Self { entries, size, cursors: (1..entries.div_ceil(size)).map(cursor).collect() }
    }

    /// The number of the page that a cursor names.
    pub(crate) fn page(&self, cursor: &str) -> Option<usize> {
        self.cursors.iter().position(|known| known == cursor).map(|before| before + 1)
    }

    /// The cursor of the page after this one, if there is one.
    pub(crate) fn after(&self, page: usize) -> Option<&str> {
        self.cursors.get(page).map(String::as_str)
    }

    /// The entries of each page. There is always one page.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let count = self.cursors.len() + 1;
        (0..count).map(|page| page * self.size..self.entries.min((page + 1) * self.size))
    }
}
