//! The function: what it may look like, and what it says of the tool where the attribute says nothing.

use syn::{Attribute, Ident, ReturnType, Safety, Signature, Type, ext::IdentExt};

use super::{Way, docs, types, values::refuses_name};
use crate::{attr::Function, diag::Errors};

/// Tells what is wrong with the function beside its parameters.
pub(super) fn check(function: &Function, errors: &mut Errors) {
    let Signature { constness, safety, abi, generics, variadic, .. } = &function.signature;
    if let Some(constness) = constness {
        errors.at(constness, "a tool is called by clients, never while compiling; remove `const`");
    }
    if let Safety::Unsafe(token) = safety {
        errors.at(token, "a client can't keep an `unsafe` function's promises; make the function safe");
    }
    if let Some(abi) = abi {
        errors.at(abi, "a tool is called from Rust; remove `extern`");
    }
    if generics.type_params().next().is_some() || generics.const_params().next().is_some() {
        errors.at(generics, "a tool has one schema, so it can't be generic; write the types out");
    } else if !generics.params.is_empty() {
        errors.at(generics, "a tool borrows nothing from its caller; remove the lifetimes");
    }
    if variadic.is_some() {
        errors.leave_to_rustc();
    }
    let is_tool = |attribute: &&Attribute| {
        attribute.path().segments.last().is_some_and(|segment| segment.ident == "mcp_tool")
    };
    if let Some(second) = function.attributes.iter().find(is_tool) {
        errors.at(second, "a function is a tool once; keep one `#[mcp_tool]`");
    }
}

/// The tool's name, for which the function's stands.
pub(super) fn name(function: &Function, errors: &mut Errors) -> String {
    let ident = &function.signature.ident;
    let name = ident.unraw().to_string();
    if let Some(reason) = refuses_name("a tool", &name, 128) {
        errors.at(ident, format!("{reason}; give it another name with `name = \"..\"`"));
    }
    name
}

/// The tool's description, for which the doc comment stands.
pub(super) fn description(function: &Function, errors: &mut Errors) -> String {
    let ident = &function.signature.ident;
    if let Some(computed) = function.attributes.iter().find(|attribute| docs::is_computed(attribute)) {
        let message =
            "a tool's description is a literal, and this is computed; give one with `description = \"..\"`";
        errors.at(computed, message);
        return String::new();
    }
    match docs::text(&function.attributes) {
        Some(text) if !text.is_empty() => return text,
        Some(_) => errors.at(
            ident,
            "the doc comment is empty, and a model chooses the tool by it; write what the tool does",
        ),
        None => errors.at(
            ident,
            "a model can't choose a tool that it can't read about; \
             write a doc comment, or `description = \"..\"`",
        ),
    }
    String::new()
}

/// The type of what the function returns.
pub(super) fn output(function: &Function, errors: &mut Errors) -> Type {
    match &function.signature.output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, ty) => {
            types::check_output(ty, errors);
            (**ty).clone()
        }
    }
}

/// How the function runs; `blocking` is the key, where it stands.
pub(super) fn way(function: &Function, blocking: Option<&Ident>, errors: &mut Errors) -> Way {
    match (blocking, &function.signature.asyncness) {
        (Some(blocking), Some(_)) => {
            errors.at(blocking, "an `async` function must not block; remove `blocking`, or `async`");
            Way::Async
        }
        (Some(_), None) => Way::Blocking,
        (None, Some(_)) => Way::Async,
        (None, None) => Way::Sync,
    }
}
