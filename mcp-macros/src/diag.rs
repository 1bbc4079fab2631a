//! Errors for people: collected, so that all are told at once, each at its own tokens.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// What is wrong, so far.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    found: Option<syn::Error>,
    /// Something is wrong that rustc says better.
    left: bool,
}

impl Errors {
    /// An error at these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// An error that has its place already.
    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Something is wrong, and rustc says it without us: no glue, and no second message.
    pub(crate) fn leave_to_rustc(&mut self) {
        self.left = true;
    }

    /// Whether the function can be a tool.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none() && !self.left
    }

    /// The errors as code that doesn't compile.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.found.map(|found| found.to_compile_error()).unwrap_or_default()
    }
}

/// The sentence for a word that isn't one of the known ones: the nearest of them, and all.
pub(crate) fn unknown(what: &str, given: &str, known: &[&str]) -> String {
    let list = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match nearest(given, known) {
        Some(near) => format!("there is no {what} `{given}`; did you mean `{near}`? There are {list}"),
        None => format!("there is no {what} `{given}`; there are {list}"),
    }
}

/// The known word that is most like the given one, if one is near enough to be meant.
pub(crate) fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |word: &str| strsim::jaro_winkler(&given.to_lowercase(), word);
    let near = known.iter().map(|word| (likeness(word), *word)).filter(|(likeness, _)| *likeness > 0.8);
    near.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, word)| word)
}
