//! The syntax: the keys and values of our attributes, each with its own tokens, and what stands under them. Knows
//! no key and no rule.
//!
//! Entries are separated by their commas first and read one by one, so that a slip in one doesn't hide the others.

mod block;
mod function;
mod literal;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, Meta, Path, ext::IdentExt, parse::Parser};

use self::literal::literal;
pub(crate) use self::{
    block::{Block, Member},
    function::{Function, is_arg, is_ask, is_doc},
    literal::Literal,
};
use crate::{diag::Errors, offered::Offered};

/// One of our attributes on a function.
#[derive(Debug)]
pub(crate) struct Annotation {
    pub(crate) offered: Offered,
    /// Where to complain about the whole of it.
    pub(crate) blame: TokenStream,
    /// What stands in its parentheses.
    pub(crate) arguments: TokenStream,
}

impl Annotation {
    /// The attribute that the compiler is expanding.
    pub(crate) fn expanding(offered: Offered, arguments: TokenStream) -> Self {
        Self { offered, blame: quote_spanned!(Span::call_site()=> _), arguments }
    }

    /// The attribute, if it is one of ours.
    pub(crate) fn of(attribute: &Attribute) -> Option<Self> {
        let offered = Offered::of(attribute)?;
        let arguments = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        Some(Self { offered, blame: attribute.to_token_stream(), arguments })
    }
}

/// `key`, `key = value` or `key(..)`.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

impl Entry {
    /// The key's name.
    pub(crate) fn name(&self) -> String {
        self.key.unraw().to_string()
    }

    /// Whether the key stands alone, or says yes or a list.
    pub(crate) fn means_yes(&self) -> bool {
        matches!(self.value.kind, Kind::Absent | Kind::Literal(Literal::Bool(true)) | Kind::List(_))
    }

    /// Where to complain about the value: at the key, when there is none.
    pub(crate) fn blame(&self) -> TokenStream {
        if self.value.tokens.is_empty() { self.key.to_token_stream() } else { self.value.tokens.clone() }
    }
}

/// A value and the tokens it was written with.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) kind: Kind,
    pub(crate) tokens: TokenStream,
}

/// What was written for a value.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Nothing: the key stands alone.
    Absent,
    Literal(Literal),
    Path(Path),
    /// `key(..)`
    List(Vec<Item>),
    /// Anything else.
    Other,
}

/// Something in a list: `"value"` or `key = value`.
#[derive(Debug)]
pub(crate) enum Item {
    Value(Value),
    Entry(Entry),
}

/// Reads the entries of `#[attribute("value", ..)]`, and the value that stands before them, which has no key.
pub(crate) fn headed(tokens: TokenStream, errors: &mut Errors) -> (Option<Value>, Vec<Entry>) {
    let mut chunks = chunks(tokens, errors);
    let at = chunks.iter().enumerate().position(|(at, chunk)| is_head(at, chunk));
    let head = at.map(|at| {
        let mut chunk = chunks.remove(at);
        if at > 0 {
            errors.at(&chunk[0], "this stands first, before the keys");
        }
        if let [TokenTree::Literal(_), next, ..] = &*chunk {
            errors.at(next, "`,` is expected before this");
            chunk.truncate(1);
        }
        value(chunk.into_iter().collect(), errors)
    });
    (head, chunks.into_iter().filter_map(|chunk| entry(chunk, errors)).collect())
}

/// Whether these tokens are a value without a key. A word may begin one where no key is: `notes::URI`.
fn is_head(at: usize, chunk: &[TokenTree]) -> bool {
    match chunk {
        [TokenTree::Ident(_), TokenTree::Punct(colon), ..] => at == 0 && matches!(colon.as_char(), ':' | '!'),
        [TokenTree::Ident(_), ..] => false,
        _ => true,
    }
}

/// Reads the entries of `#[attribute(..)]`.
pub(crate) fn entries(tokens: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    chunks(tokens, errors).into_iter().filter_map(|chunk| entry(chunk, errors)).collect()
}

/// Splits at commas. An empty place between two is an error; a comma at the end is not.
fn chunks(tokens: TokenStream, errors: &mut Errors) -> Vec<Vec<TokenTree>> {
    let mut chunks = Vec::new();
    let mut chunk = Vec::new();
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => match std::mem::take(&mut chunk) {
                empty if empty.is_empty() => errors.at(token, "nothing stands before this comma; remove it"),
                full => chunks.push(full),
            },
            _ => chunk.push(token),
        }
    }
    if !chunk.is_empty() {
        chunks.push(chunk);
    }
    chunks
}

fn entry(chunk: Vec<TokenTree>, errors: &mut Errors) -> Option<Entry> {
    let mut tokens = chunk.into_iter();
    let key = match tokens.next()? {
        TokenTree::Ident(key) => key,
        other => {
            errors.at(other, "a key is expected here, as in `key = value`");
            return None;
        }
    };
    let rest: Vec<TokenTree> = tokens.collect();
    let value = match &*rest {
        [] => Value { kind: Kind::Absent, tokens: TokenStream::new() },
        [TokenTree::Punct(equals)] if equals.as_char() == '=' => {
            errors.at(&rest[0], format!("`{key} =` lacks its value; write one, or remove the key"));
            return None;
        }
        [TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' => {
            self::value(value.iter().cloned().collect(), errors)
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
            let kind = Kind::List(items(group.stream(), errors));
            Value { kind, tokens: group.to_token_stream() }
        }
        [other, ..] => {
            errors.at(other, format!("`=`, `(` or `,` is expected after `{key}`"));
            return None;
        }
    };
    Some(Entry { key, value })
}

fn items(tokens: TokenStream, errors: &mut Errors) -> Vec<Item> {
    let mut items = Vec::new();
    for chunk in chunks(tokens, errors) {
        let is_entry = matches!(
            &*chunk,
            [TokenTree::Ident(_), TokenTree::Punct(equals), ..] if equals.as_char() == '='
        );
        if is_entry {
            items.extend(entry(chunk, errors).map(Item::Entry));
        } else {
            items.push(Item::Value(value(chunk.into_iter().collect(), errors)));
        }
    }
    items
}

fn value(tokens: TokenStream, errors: &mut Errors) -> Value {
    let kind = if let Some(literal) = literal(tokens.clone(), errors) {
        Kind::Literal(literal)
    } else if let Ok(path) = Path::parse_mod_style.parse2(tokens.clone()) {
        Kind::Path(path)
    } else {
        Kind::Other
    };
    Value { kind, tokens }
}
