//! The protocol's revisions, by date, and their two lifecycles.

use std::fmt;

/// A revision of the Model Context Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(non_camel_case_types)]
pub(crate) enum Revision {
    /// 2024-11-05: HTTP with SSE.
    V2024_11_05,
    /// 2025-03-26: Streamable HTTP, sessions, audio.
    V2025_03_26,
    /// 2025-06-18: structured results, elicitation, the version header.
    V2025_06_18,
    /// 2025-11-25: icons, JSON Schema 2020-12, stream polling.
    V2025_11_25,
    /// 2026-07-28: stateless.
    V2026_07_28,
}

/// How a client and a server agree on what they speak.
///
/// Terms of the [specification](https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning#terminology).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Era {
    /// An `initialize` handshake opens a session.
    Legacy,
    /// Every request says its revision and capabilities itself.
    Modern,
}

impl Revision {
    /// Every revision this server speaks, newest first.
    pub(crate) const ALL: [Self; 5] =
        [Self::V2026_07_28, Self::V2025_11_25, Self::V2025_06_18, Self::V2025_03_26, Self::V2024_11_05];

    /// The newest revision that begins with `initialize`.
    pub(crate) const NEWEST_LEGACY: Self = Self::V2025_11_25;

    /// The revision's date, as it travels on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// The revision of that date, if this server speaks it.
    pub(crate) fn parse(date: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|revision| revision.as_str() == date)
    }

    /// The revision's place in [`Revision::ALL`].
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::V2026_07_28 => 0,
            Self::V2025_11_25 => 1,
            Self::V2025_06_18 => 2,
            Self::V2025_03_26 => 3,
            Self::V2024_11_05 => 4,
        }
    }

    /// The lifecycle this revision has.
    pub(crate) const fn era(self) -> Era {
        match self {
            Self::V2026_07_28 => Era::Modern,
            Self::V2024_11_05 | Self::V2025_03_26 | Self::V2025_06_18 | Self::V2025_11_25 => Era::Legacy,
        }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
