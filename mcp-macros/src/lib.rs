//! The attribute macros of `mcp-server`, which re-exports them. Nothing here is for use without that crate.
//!
//! The way of a function: `attr` reads the syntax, `model` knows every rule and message, `expand` writes the
//! code, and `diag` keeps what is wrong, so that all of it is told at once.

mod attr;
mod diag;
mod expand;
mod model;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use crate::{attr::Function, diag::Errors};

#[doc = include_str!("mcp_tool.md")]
#[proc_macro_attribute]
pub fn mcp_tool(
    attribute: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    tool(attribute.into(), &item.into()).into()
}

/// The function as it was, then its glue, or what is wrong with it.
fn tool(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let entries = attr::entries(attribute, &mut errors);
    let Some(function) = Function::read(item, &mut errors) else {
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    };
    let tool = model::read(entries, &function, &mut errors);
    let glue = if errors.is_empty() { expand::tool(&tool) } else { errors.into_tokens() };
    quote!(#function #glue)
}
