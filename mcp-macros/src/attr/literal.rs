//! Literals: values that have a JSON form.

use std::fmt;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Lit;

use super::chunks;
use crate::diag::Errors;

/// A value that has a JSON form, which is what it displays.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Integer(i128),
    Float(f64),
    Bool(bool),
    Array(Vec<Literal>),
}

/// A literal, a negative number, or an array of them.
pub(super) fn literal(tokens: TokenStream, errors: &mut Errors) -> Option<Literal> {
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
