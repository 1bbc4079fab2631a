//! The macros of `mcp-server`, which re-exports them. Nothing here is for use without that crate.
//!
//! The way of a function: `attr` reads the syntax, `model` knows every rule and message, `expand` writes the
//! code, and `diag` keeps what is wrong, so that all of it is told at once.

mod attr;
mod diag;
mod expand;
mod model;
mod offered;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream as Tokens;
use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    attr::{Annotation, Block, Function},
    diag::Errors,
    model::{Form, Source},
    offered::Offered,
};

#[doc = include_str!("docs/mcp_tool.md")]
#[proc_macro_attribute]
pub fn mcp_tool(attribute: Tokens, item: Tokens) -> Tokens {
    function(Offered::Tool, attribute.into(), &item.into()).into()
}

#[doc = include_str!("docs/mcp_resource.md")]
#[proc_macro_attribute]
pub fn mcp_resource(attribute: Tokens, item: Tokens) -> Tokens {
    function(Offered::Resource, attribute.into(), &item.into()).into()
}

#[doc = include_str!("docs/mcp_prompt.md")]
#[proc_macro_attribute]
pub fn mcp_prompt(attribute: Tokens, item: Tokens) -> Tokens {
    function(Offered::Prompt, attribute.into(), &item.into()).into()
}

#[doc = include_str!("docs/mcp_completion.md")]
#[proc_macro_attribute]
pub fn mcp_completion(attribute: Tokens, item: Tokens) -> Tokens {
    function(Offered::Completion, attribute.into(), &item.into()).into()
}

#[doc = include_str!("docs/mcp_tools.md")]
#[proc_macro_attribute]
pub fn mcp_tools(attribute: Tokens, item: Tokens) -> Tokens {
    methods(attribute.into(), &item.into()).into()
}

#[doc = include_str!("docs/form.md")]
#[proc_macro_derive(Form)]
pub fn form(item: Tokens) -> Tokens {
    derive(item.into()).into()
}

/// The type's form, or what is wrong with it.
fn derive(item: TokenStream) -> TokenStream {
    let item = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let form = Form::read(&item, &mut errors);
    if errors.is_empty() {
        return expand::form(&form);
    }
    // Whoever asks for the type is not told once more.
    let nothing = expand::no_form(&form);
    let errors = errors.into_tokens();
    quote!(#nothing #errors)
}

/// The function as it was, then its glue, or what is wrong with it.
fn function(offered: Offered, arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(function) = Function::read(offered, item, &mut errors) else {
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    };
    let annotation = Annotation::expanding(offered, arguments);
    let source = Source { function: &function, offered, owner: None };
    let annotated = model::read(&annotation, &source, &mut errors);
    let glue = if errors.is_empty() { expand::function(&annotated) } else { errors.into_tokens() };
    quote!(#function #glue)
}

/// The `impl` without our attributes, then its glue, or what is wrong with it.
fn methods(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(block) = Block::read(item, &mut errors) else {
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    };
    let methods = model::read_methods(arguments, &block, &mut errors);
    let glue = if errors.is_empty() {
        expand::methods(&methods)
    } else {
        // Whoever offers the object is not told once more.
        let nothing = expand::no_methods(&methods);
        let errors = errors.into_tokens();
        quote!(#nothing #errors)
    };
    quote!(#block #glue)
}
