//! What `WWW-Authenticate` says, read as strictly as RFC 9110 has it.

use std::collections::BTreeMap;

use crate::wire::Reply;

/// A challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme.
    pub scheme: String,
    /// The parameters.
    pub params: BTreeMap<String, String>,
}

impl Challenge {
    /// The only challenge of an answer.
    ///
    /// # Panics
    ///
    /// When there is none, more than one, or one that isn't `scheme name="value", …`.
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        let all: Vec<_> = reply.headers.get_all("www-authenticate").iter().collect();
        let [header] = all[..] else { panic!("one challenge, not {all:?}: {reply:?}") };
        let header = header.to_str().expect("text");
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        let mut params = BTreeMap::new();
        for param in rest.split(", ").filter(|param| !param.is_empty()) {
            let (name, value) = param.split_once('=').unwrap_or_else(|| panic!("no parameter: {header}"));
            let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            let value = value.unwrap_or_else(|| panic!("no quoted value: {header}"));
            assert!(!value.contains(['"', '\\']), "a quote within: {header}");
            let before = params.insert(name.to_owned(), value.to_owned());
            assert_eq!(before, None, "twice: {header}");
        }
        Self { scheme: scheme.to_owned(), params }
    }

    /// A parameter; empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }
}
