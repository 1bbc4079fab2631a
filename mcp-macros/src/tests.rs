//! Golden expansions: to review a change of the macro is to read the difference.
//!
//! `tests/expand/<case>.rs` is what a user writes, `<case>.expanded.rs` beside it is what becomes of it.
//! `UPDATE=1 cargo test -p mcp-macros` writes the latter anew.

use std::{env, fs, path::Path};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Item};

use crate::{attr::Annotation, offered::Offered};

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

#[test]
fn a_template_with_everything_that_is_said_of_it() {
    expands_as_written_down("resource");
}

#[test]
fn a_prompt_whose_argument_is_completed() {
    expands_as_written_down("prompt");
}

#[test]
fn a_completion_of_its_own() {
    expands_as_written_down("completion");
}

#[test]
fn the_methods_of_an_object() {
    expands_as_written_down("methods");
}

#[test]
fn functions_that_ask() {
    expands_as_written_down("asking");
}

#[test]
fn the_forms_of_a_struct_and_of_an_enum() {
    expands_as_written_down("form");
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

/// What has one of the attributes, as the compiler would expand it; the rest is left out.
fn expand(file: syn::File) -> syn::File {
    let mut expanded = TokenStream::new();
    for item in file.items {
        match item {
            Item::Fn(mut function) => {
                let attribute = take(&mut function.attrs, |attribute| Offered::of(attribute).is_some());
                let annotation = Annotation::of(&attribute).unwrap();
                let item = function.into_token_stream();
                expanded.extend(crate::function(annotation.offered, annotation.arguments, &item));
            }
            Item::Struct(mut item) if derives_a_form(&item.attrs) => {
                take(&mut item.attrs, |attribute| attribute.path().is_ident("derive"));
                expanded.extend(crate::derive(item.into_token_stream()));
            }
            Item::Enum(mut item) if derives_a_form(&item.attrs) => {
                take(&mut item.attrs, |attribute| attribute.path().is_ident("derive"));
                expanded.extend(crate::derive(item.into_token_stream()));
            }
            Item::Impl(mut block) => {
                take(&mut block.attrs, |attribute| attribute.path().is_ident("mcp_tools"));
                expanded.extend(crate::methods(TokenStream::new(), &block.into_token_stream()));
            }
            _ => {}
        }
    }
    syn::parse2(expanded).unwrap()
}

fn derives_a_form(attributes: &[Attribute]) -> bool {
    let tokens = |attribute: &Attribute| attribute.meta.to_token_stream().to_string();
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("derive") && tokens(attribute).contains("Form"))
}

fn take(attributes: &mut Vec<Attribute>, is_it: impl Fn(&Attribute) -> bool) -> Attribute {
    let at = attributes.iter().position(is_it).unwrap();
    attributes.remove(at)
}
