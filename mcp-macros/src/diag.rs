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

/// The sentence for a key that isn't one of the known ones: the nearest of them, and all.
pub(crate) fn unknown_key(owner: &str, given: &str, known: &[&str]) -> String {
    let keys = list(known);
    match nearest(given, known) {
        Some(near) => format!("{owner} has no key `{given}`; did you mean `{near}`? Its keys are {keys}"),
        None => format!("{owner} has no key `{given}`; its keys are {keys}"),
    }
}

/// Words as a sentence lists them.
pub(crate) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The known word that is most like the given one, if one is near enough to be meant.
pub(crate) fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let given = given.to_lowercase();
    let is_near = |word: &str| {
        strsim::jaro_winkler(&given, word) > 0.8 || strsim::damerau_levenshtein(&given, word) == 1
    };
    let near = known.iter().copied().filter(|word| is_near(word));
    near.min_by_key(|word| strsim::damerau_levenshtein(&given, word))
}
