//! The keys that state is sealed with.

use std::{fmt, str::FromStr};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_PAD_INDIFFERENT, URL_SAFE_NO_PAD, URL_SAFE_PAD_INDIFFERENT},
};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// How long a key is, in bytes.
const LENGTH: usize = 32;

/// The keys with which a server seals what it gives a client to keep (`requestState`): 32 secret bytes each.
///
/// The first one seals, and every one opens. So a key is replaced without a client noticing: put the new one first on
/// every copy of the server, and take the old one away when what it sealed has expired
/// ([`McpServer::state_ttl`](crate::McpServer::state_ttl)). With several copies, first give all of them the new key
/// as the *second*, so that each can open what another seals already.
///
/// Read from text, keys are base64 or base64url, with commas between: `openssl rand -base64 32` makes one.
///
/// # Example
///
/// ```
/// use mcp_server::StateKeys;
///
/// # let (new, old) = ("LGqDGmPkqOL6hngHlMHRWaXWBeqG00fOtOOscOUyqxE=", "ImXqyEDXLkqNtYJYy8L/mZJc92VgcZeeCLNlp+4mw9Y=");
/// let keys: StateKeys = format!("{new},{old}").parse()?;
/// # Ok::<(), mcp_server::InvalidStateKeys>(())
/// ```
#[derive(Clone)]
pub struct StateKeys {
    sealing: Key,
    older: Vec<Key>,
}

impl StateKeys {
    /// A key that seals and opens. It must be secret, and random.
    pub fn new(key: [u8; LENGTH]) -> Self {
        Self { sealing: Key::new(Zeroizing::new(key)), older: Vec::new() }
    }

    /// One more key that opens.
    #[must_use]
    pub fn opening(mut self, key: [u8; LENGTH]) -> Self {
        self.older.push(Key::new(Zeroizing::new(key)));
        self
    }

    /// A key that nobody else has.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        Ok(Self { sealing: Key::new(random()?), older: Vec::new() })
    }

    /// The text of a key that nobody else has.
    pub(crate) fn random_text() -> Result<Zeroizing<String>, getrandom::Error> {
        Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(random()?.as_slice())))
    }

    pub(super) fn sealing(&self) -> &Key {
        &self.sealing
    }

    pub(super) fn named(&self, id: KeyId) -> Option<&Key> {
        self.all().find(|key| key.id == id)
    }

    fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.sealing).chain(&self.older)
    }
}

fn random() -> Result<Zeroizing<[u8; LENGTH]>, getrandom::Error> {
    let mut key = Zeroizing::new([0; LENGTH]);
    getrandom::fill(&mut *key)?;
    Ok(key)
}

/// The keys' ids only, which everybody may see.
impl fmt::Debug for StateKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all().map(|key| key.id)).finish()
    }
}

impl FromStr for StateKeys {
    type Err = InvalidStateKeys;

    fn from_str(text: &str) -> Result<Self, InvalidStateKeys> {
        let mut keys: Vec<Key> = Vec::new();
        for (at, part) in text.split(',').enumerate() {
            let invalid = |flaw| InvalidStateKeys { key: at + 1, flaw };
            let key = Key::read(part.trim()).map_err(invalid)?;
            if let Some(first) = keys.iter().position(|known| known.id == key.id) {
                return Err(invalid(Flaw::Repeated { first: first + 1 }));
            }
            keys.push(key);
        }
        // A text has at least one part, as empty as it may be.
        let sealing = keys.remove(0);
        Ok(Self { sealing, older: keys })
    }
}

/// Why a text is not the text of [`StateKeys`]. Doesn't hold any of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("key {key} {flaw}; a key is 32 bytes in base64, and `openssl rand -base64 32` makes one")]
pub struct InvalidStateKeys {
    /// Which one, from 1.
    key: usize,
    flaw: Flaw,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Flaw {
    #[error("is empty")]
    Empty,
    #[error("is not base64")]
    NotBase64,
    #[error("has {0} bytes")]
    Length(usize),
    #[error("is key {first} again")]
    Repeated { first: usize },
}

/// What a key is called in public.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyId(pub(super) [u8; KeyId::LENGTH]);

impl KeyId {
    pub(super) const LENGTH: usize = 8;
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

/// A key, wiped from memory when it is dropped.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: KeyId,
    bytes: Zeroizing<[u8; LENGTH]>,
}

impl Key {
    fn new(bytes: Zeroizing<[u8; LENGTH]>) -> Self {
        let hash =
            Sha256::new().chain_update(b"mcp-server: the id of a state key").chain_update(bytes.as_slice());
        let hash: [u8; 32] = hash.finalize().into();
        let mut id = [0; KeyId::LENGTH];
        id.copy_from_slice(&hash[..KeyId::LENGTH]);
        Self { id: KeyId(id), bytes }
    }

    fn read(text: &str) -> Result<Self, Flaw> {
        if text.is_empty() {
            return Err(Flaw::Empty);
        }
        let url_safe = text.contains(['-', '_']);
        let alphabet = if url_safe { &URL_SAFE_PAD_INDIFFERENT } else { &STANDARD_PAD_INDIFFERENT };
        // What base64 says of its input holds a part of it.
        let bytes = alphabet.decode(text).map(Zeroizing::new).map_err(|_| Flaw::NotBase64)?;
        let mut key = Zeroizing::new([0; LENGTH]);
        if bytes.len() != key.len() {
            return Err(Flaw::Length(bytes.len()));
        }
        key.copy_from_slice(&bytes);
        Ok(Self::new(key))
    }

    pub(super) fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.bytes).into())
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

    use super::*;

    fn ids(text: &str) -> Vec<KeyId> {
        text.parse::<StateKeys>().unwrap().all().map(|key| key.id).collect()
    }

    #[test]
    fn a_key_is_read_in_every_way_it_is_written() {
        let key = [0xfb; 32];
        let written = [
            STANDARD.encode(key),
            STANDARD_NO_PAD.encode(key),
            URL_SAFE.encode(key),
            URL_SAFE_NO_PAD.encode(key),
        ];
        for text in &written {
            assert_eq!(ids(&format!(" {text}\n")), [StateKeys::new(key).sealing.id], "{text}");
        }
        let two = format!("{}, {}", written[0], STANDARD.encode([7; 32]));
        let expected = StateKeys::new(key).opening([7; 32]);
        assert_eq!(ids(&two), expected.all().map(|key| key.id).collect::<Vec<_>>());
        assert_eq!(ids(&StateKeys::random_text().unwrap()).len(), 1);
    }

    #[test]
    fn a_wrong_key_is_named_and_not_shown() {
        let good = STANDARD.encode([1; 32]);
        let short = STANDARD.encode([2; 31]);
        for (text, flaw) in [
            (String::new(), "key 1 is empty"),
            (format!("{good},"), "key 2 is empty"),
            (format!("{good},, "), "key 2 is empty"),
            (format!("{good},se€ret"), "key 2 is not base64"),
            (format!("+_{good}"), "key 1 is not base64"),
            (format!("{good},{short}"), "key 2 has 31 bytes"),
            (STANDARD.encode([2; 33]), "key 1 has 33 bytes"),
            (format!("{good},{good}"), "key 2 is key 1 again"),
        ] {
            let error = text.parse::<StateKeys>().unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.starts_with(flaw) && shown.contains("openssl rand -base64 32"), "{shown}");
            assert!(!shown.contains(&good) && !shown.contains(&short) && !shown.contains("ret"), "{shown}");
        }
    }

    #[test]
    fn debug_shows_ids_only() {
        let shown = format!("{:?}", StateKeys::new([0x41; 32]).opening([0x42; 32]));
        assert_eq!(shown.len(), "[0123456789abcdef, 0123456789abcdef]".len(), "{shown}");
        assert!(!shown.contains("4141") && !shown.contains("4242"), "{shown}");
    }
}
