//! Scopes as sets of bits: those that a server's functions need, those that a token has, and which imply which.
//!
//! Takes names, gives sets that are compared in two instructions. Knows nothing of tokens or of what needs a scope.
//!
//! Source: [RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).

use std::{collections::HashMap, fmt, sync::Arc};

use arc_swap::ArcSwap;

/// How many scopes the functions of one server may need.
pub(crate) const MOST_SCOPES: usize = 128;

/// A set of the scopes that a server knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct ScopeSet(u128);

impl ScopeSet {
    /// Whether everything in `other` is in this one.
    pub(crate) fn contains(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    pub(crate) fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// Why something can't be a scope. Source: [RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
pub(crate) fn flaw(scope: &str) -> Option<String> {
    let legal = |c: char| matches!(c, '\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E');
    if scope.is_empty() {
        return Some("a scope is empty; give it a text, or leave it out".to_owned());
    }
    let illegal = scope.chars().find(|c| !legal(*c))?;
    Some(match illegal {
        ' ' => format!("the scope `{scope}` has a space in it; give several one by one"),
        _ => format!(
            "the scope {scope:?} has {illegal:?} in it, \
             and scopes consist of printable ASCII without space, `\"` and `\\` (RFC 6749, section 3.3)"
        ),
    })
}

/// A server would have to know more scopes than it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are more than {MOST_SCOPES} different scopes on this server; let some functions share one")]
pub(crate) struct TooManyScopes;

/// The scopes that a server knows. Cheap to clone; scopes are added and never taken away.
#[derive(Clone, Default)]
pub(crate) struct Scopes(Arc<ArcSwap<Table>>);

/// Each known scope: its own bit, and with it those of everything that it implies.
#[derive(Clone, Default)]
struct Table {
    known: HashMap<Box<str>, Bits>,
}

#[derive(Clone, Copy)]
struct Bits {
    own: ScopeSet,
    implied: ScopeSet,
}

impl Scopes {
    /// Scopes of which some imply others, and what these imply.
    pub(crate) fn new(implications: &[(String, Vec<String>)]) -> Result<Self, TooManyScopes> {
        let mut table = Table::default();
        for (broad, narrow) in implications {
            let narrow = narrow
                .iter()
                .try_fold(ScopeSet::default(), |set, name| table.own(name).map(|own| set.with(own)))?;
            table.own(broad)?;
            table.imply(broad, narrow);
        }
        table.close();
        Ok(Self(Arc::new(ArcSwap::from_pointee(table))))
    }

    /// The set of exactly these, which are known from now on.
    pub(crate) fn needed<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<ScopeSet, TooManyScopes> {
        let mut table = Table::clone(&self.0.load());
        let known = table.known.len();
        let mut set = ScopeSet::default();
        for name in names {
            set = set.with(table.own(name)?);
        }
        if table.known.len() > known {
            self.0.store(Arc::new(table));
        }
        Ok(set)
    }

    /// What somebody has who was granted these, with everything that they imply. Unknown ones are good for nothing here.
    pub(crate) fn held<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> ScopeSet {
        let table = self.0.load();
        let known = names.into_iter().filter_map(|name| table.known.get(name));
        known.fold(ScopeSet::default(), |set, bits| set.with(bits.implied))
    }

    /// The scope of this name, if it is known.
    pub(crate) fn known(&self, name: &str) -> Option<ScopeSet> {
        self.0.load().known.get(name).map(|bits| bits.own)
    }

    /// The names of the scopes in a set, in their order and separated by spaces.
    pub(crate) fn names(&self, set: ScopeSet) -> String {
        if set == ScopeSet::default() {
            return String::new();
        }
        let table = self.0.load();
        let known = table.known.iter().filter(|(_, bits)| set.contains(bits.own));
        let mut names: Vec<&str> = known.map(|(name, _)| &**name).collect();
        names.sort_unstable();
        names.join(" ")
    }

    /// How many are known: what was computed from fewer has to be computed again.
    pub(crate) fn count(&self) -> usize {
        self.0.load().known.len()
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.load().known.keys()).finish()
    }
}

impl Table {
    /// The bit of a scope.
    fn own(&mut self, name: &str) -> Result<ScopeSet, TooManyScopes> {
        if let Some(bits) = self.known.get(name) {
            return Ok(bits.own);
        }
        let number = self.known.len();
        if number >= MOST_SCOPES {
            return Err(TooManyScopes);
        }
        let own = ScopeSet(1 << number);
        self.known.insert(name.into(), Bits { own, implied: own });
        Ok(own)
    }

    fn imply(&mut self, broad: &str, narrow: ScopeSet) {
        if let Some(bits) = self.known.get_mut(broad) {
            bits.implied = bits.implied.with(narrow);
        }
    }

    /// Adds what the implied ones imply, until there is nothing to add.
    fn close(&mut self) {
        loop {
            let all: Vec<Bits> = self.known.values().copied().collect();
            let mut is_closed = true;
            for bits in self.known.values_mut() {
                let more = all.iter().filter(|other| bits.implied.contains(other.own));
                let more = more.fold(bits.implied, |set, other| set.with(other.implied));
                is_closed &= more == bits.implied;
                bits.implied = more;
            }
            if is_closed {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Scopes {
        let implies = |broad: &str, narrow: &str| (broad.to_owned(), vec![narrow.to_owned()]);
        Scopes::new(&[implies("files:admin", "files:write"), implies("files:write", "files:read")]).unwrap()
    }

    #[test]
    fn rs_20_a_broader_scope_is_as_good_as_a_narrower_one_and_not_the_other_way_round() {
        let scopes = files();
        let read = scopes.needed(["files:read"]).unwrap();
        let both = scopes.needed(["files:read", "files:write"]).unwrap();
        for held in [&["files:admin"][..], &["files:write"], &["files:read", "files:write"]] {
            assert!(scopes.held(held.iter().copied()).contains(both), "{held:?}");
        }
        assert!(scopes.held(["files:read"]).contains(read));
        assert!(!scopes.held(["files:read"]).contains(both));
    }

    #[test]
    fn rs_20_scopes_are_whole_words_in_their_case() {
        let scopes = files();
        let write = scopes.needed(["files:write"]).unwrap();
        for held in ["files:writer", "files", "files:*", "FILES:WRITE", "files:write ", "*", ""] {
            assert!(!scopes.held([held]).contains(write), "{held:?}");
        }
    }

    #[test]
    fn a_set_gives_the_names_that_it_was_made_of() {
        let scopes = files();
        let set = scopes.needed(["files:write", "files:admin"]).unwrap();
        assert_eq!(scopes.names(set), "files:admin files:write", "without what these imply");
        assert_eq!(scopes.names(ScopeSet::default()), "");
        assert_eq!(scopes.known("files:read"), scopes.needed(["files:read"]).ok());
        assert_eq!(scopes.known("files:reader"), None);
    }

    #[test]
    fn circles_end() {
        let implies = |broad: &str, narrow: &str| (broad.to_owned(), vec![narrow.to_owned()]);
        let scopes = Scopes::new(&[implies("a", "b"), implies("b", "c"), implies("c", "a")]).unwrap();
        let all = scopes.needed(["a", "b", "c"]).unwrap();
        assert!(["a", "b", "c"].iter().all(|name| scopes.held([*name]).contains(all)));
    }

    #[test]
    fn there_is_an_end_to_the_scopes_of_one_server() {
        let scopes = Scopes::default();
        let names: Vec<String> = (0..MOST_SCOPES).map(|number| format!("s{number}")).collect();
        let all = scopes.needed(names.iter().map(String::as_str)).unwrap();
        assert!(scopes.held(names.iter().map(String::as_str)).contains(all));
        assert_eq!(scopes.needed(["one more"]), Err(TooManyScopes));
        assert_eq!(scopes.needed(["s0"]), Ok(scopes.held(["s0"])));
        assert_eq!(scopes.count(), MOST_SCOPES);
    }

    #[test]
    fn scopes_have_the_characters_of_rfc_6749() {
        let legal = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
        for c in '\0'..='\u{100}' {
            assert_eq!(flaw(&format!("a{c}")).is_none(), legal(c), "{c:?}");
        }
        assert!(flaw("").is_some());
    }
}
