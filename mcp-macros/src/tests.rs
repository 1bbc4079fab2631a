//! Golden expansions: to review a change of the macro is to read the difference.
//!
//! `tests/expand/<tool>.rs` is what a user writes, `<tool>.expanded.rs` beside it is what becomes of it.
//! `UPDATE=1 cargo test -p mcp-macros` writes the latter anew.

use std::{env, fs, path::Path};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, Meta};

#[test]
fn a_plain_function() {
    expands_as_written_down("plain");
}

#[test]
fn every_rule_of_an_argument() {
    expands_as_written_down("arguments");
}

#[test]
fn a_guarded_function_with_injected_parameters() {
    expands_as_written_down("guarded");
}

#[test]
fn a_blocking_function_with_a_structured_value() {
    expands_as_written_down("blocking");
}

fn expands_as_written_down(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/expand");
    let source = fs::read_to_string(folder.join(name).with_extension("rs")).unwrap();
    let file = expand(syn::parse_file(&source).unwrap());
    let expanded = prettyplease::unparse(&file);
    let golden = folder.join(name).with_extension("expanded.rs");
    if env::var_os("UPDATE").is_some() {
        fs::write(&golden, &expanded).unwrap();
    }
    let written = fs::read_to_string(&golden).unwrap_or_default();
    assert!(
        written == expanded,
        "`{name}` expands differently; `UPDATE=1 cargo test -p mcp-macros`, and read the difference"
    );
}

/// The functions that have the attribute, as the compiler would expand them; the rest is left out.
fn expand(file: syn::File) -> syn::File {
    let mut expanded = TokenStream::new();
    for item in file.items {
        let Item::Fn(mut function) = item else { continue };
        let at = function.attrs.iter().position(|attribute| attribute.path().is_ident("mcp_tool"));
        let attribute = function.attrs.remove(at.unwrap());
        let arguments = match attribute.meta {
            Meta::List(list) => list.tokens,
            _ => TokenStream::new(),
        };
        expanded.extend(crate::tool(arguments, &function.into_token_stream()));
    }
    syn::parse2(expanded).unwrap()
}
