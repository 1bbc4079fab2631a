//! The syntax: the keys and values of our attributes, each with its own tokens, and the function under them. Knows
//! no key and no rule.
//!
//! Entries are separated by their commas first and read one by one, so that a slip in one doesn't hide the others.

use std::fmt;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, Lit, Meta, Path, Signature, Visibility,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

use crate::diag::Errors;

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

/// A value that has a JSON form, which is what it displays.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Integer(i128),
    Float(f64),
    Bool(bool),
    Array(Vec<Literal>),
}

/// A function whose body is anything: a mistake in there is rustc's to tell.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    visibility: Visibility,
    pub(crate) signature: Signature,
    body: TokenStream,
}

impl Function {
    /// Reads a function, or tells why the item is none.
    pub(crate) fn read(item: &TokenStream, errors: &mut Errors) -> Option<Self> {
        let read = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            match input.cursor().token_tree() {
                Some((TokenTree::Ident(first), _)) if !BEFORE_A_NAME.contains(&&*first.to_string()) => {
                    Err(syn::Error::new(first.span(), "`#[mcp_tool]` is for functions; put it on a `fn`"))
                }
                _ => Ok(Self { attributes, visibility, signature: input.parse()?, body: input.parse()? }),
            }
        };
        read.parse2(item.clone()).map_err(|error| errors.add(error)).ok()
    }
}

/// What a function may begin with.
const BEFORE_A_NAME: [&str; 6] = ["const", "async", "unsafe", "safe", "extern", "fn"];

/// Without the attributes of parameters that are ours: rustc takes none of them there.
impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, signature, body } = self;
        let mut signature = signature.clone();
        for input in &mut signature.inputs {
            let attributes = match input {
                FnArg::Receiver(receiver) => &mut receiver.attrs,
                FnArg::Typed(typed) => &mut typed.attrs,
            };
            attributes.retain(|attribute| !is_ours(attribute));
        }
        tokens.extend(quote!(#(#attributes)* #visibility #signature #body));
    }
}

/// Whether the attribute of a parameter is for us.
fn is_ours(attribute: &Attribute) -> bool {
    is_arg(attribute) || is_doc(attribute)
}

/// Whether the attribute is `#[arg]`.
pub(crate) fn is_arg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("arg")
}

/// Whether the attribute is a line of a doc comment, also one whose text isn't there yet (`include_str!`).
pub(crate) fn is_doc(attribute: &Attribute) -> bool {
    attribute.path().is_ident("doc") && matches!(attribute.meta, Meta::NameValue(_))
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

/// A literal, a negative number, or an array of them.
fn literal(tokens: TokenStream, errors: &mut Errors) -> Option<Literal> {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match &*all {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => literal(group.stream(), errors),
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            let items = chunks(group.stream(), errors).into_iter();
            items
                .map(|item| literal(item.into_iter().collect(), errors))
                .collect::<Option<_>>()
                .map(Literal::Array)
        }
        [TokenTree::Punct(minus), number] if minus.as_char() == '-' => {
            match literal(number.to_token_stream(), errors)? {
                Literal::Integer(number) => Some(Literal::Integer(-number)),
                Literal::Float(number) => Some(Literal::Float(-number)),
                _ => None,
            }
        }
        _ => match syn::parse2(tokens).ok()? {
            Lit::Str(text) => Some(Literal::Text(text.value())),
            Lit::Bool(flag) => Some(Literal::Bool(flag.value)),
            Lit::Int(number) if number.suffix().is_empty() => {
                number.base10_parse().ok().map(Literal::Integer)
            }
            Lit::Float(number) if number.suffix().is_empty() => {
                number.base10_parse().ok().filter(|number: &f64| number.is_finite()).map(Literal::Float)
            }
            _ => None,
        },
    }
}

impl Literal {
    /// What it is, for a message.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a fraction",
            Self::Bool(_) => "a boolean",
            Self::Array(_) => "an array",
        }
    }
}

/// As JSON.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write_json_text(text, f),
            Self::Integer(number) => number.fmt(f),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Bool(flag) => flag.fmt(f),
            Self::Array(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
        }
    }
}

fn write_json_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            control if control < ' ' => write!(f, "\\u{:04x}", u32::from(control))?,
            other => write!(f, "{other}")?,
        }
    }
    f.write_str("\"")
}
