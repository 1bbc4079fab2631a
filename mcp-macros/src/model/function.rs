//! The function: what it may look like, and what it says of its offer where the attribute says nothing.

use syn::{ReturnType, Safety, Signature, Type, ext::IdentExt};

use super::{docs, source::Source, types, values::refuses_name};
use crate::{diag::Errors, offered::Offered};

/// Tells what is wrong with the function beside its parameters.
pub(super) fn check(source: &Source<'_>, errors: &mut Errors) {
    let Signature { constness, safety, abi, generics, variadic, .. } = &source.function.signature;
    let (noun, used) = (source.offered.noun(), source.offered.used());
    if let Some(constness) = constness {
        errors.at(constness, format!("{noun} is {used} by clients, never while compiling; remove `const`"));
    }
    if let Safety::Unsafe(token) = safety {
        errors.at(token, "a client can't keep an `unsafe` function's promises; make the function safe");
    }
    if let Some(abi) = abi {
        errors.at(abi, format!("{noun} is called from Rust; remove `extern`"));
    }
    if generics.type_params().next().is_some() || generics.const_params().next().is_some() {
        errors.at(generics, format!("{noun} has one schema, so it can't be generic; write the types out"));
    } else if !generics.params.is_empty() {
        errors.at(generics, format!("{noun} borrows nothing from its caller; remove the lifetimes"));
    }
    if variadic.is_some() {
        errors.leave_to_rustc();
    }
    annotated_once(source, errors);
}

fn annotated_once(source: &Source<'_>, errors: &mut Errors) {
    let first = source.offered;
    let second =
        source.function.attributes.iter().find_map(|attribute| Some((attribute, Offered::of(attribute)?)));
    let Some((attribute, second)) = second else { return };
    let noun = first.noun();
    let message = if first == second {
        format!("a function is {noun} once; keep one `#[{}]`", first.attribute())
    } else {
        format!("a function is {noun} or {}, not both; write two that call a third", second.noun())
    };
    errors.at(attribute, message);
}

/// The name, for which the function's stands.
pub(super) fn name(source: &Source<'_>, errors: &mut Errors) -> String {
    let ident = &source.function.signature.ident;
    let name = ident.unraw().to_string();
    if let Some(reason) = refuses_name(source.offered.noun(), &name, 128) {
        errors.at(ident, format!("{reason}; give it another name with `name = \"..\"`"));
    }
    name
}

/// The description, for which the doc comment stands.
pub(super) fn description(source: &Source<'_>, errors: &mut Errors) -> String {
    let attributes = &source.function.attributes;
    let ident = &source.function.signature.ident;
    let noun = source.offered.noun();
    if let Some(computed) = attributes.iter().find(|attribute| docs::is_computed(attribute)) {
        let fix = "give one with `description = \"..\"`";
        errors.at(computed, format!("{noun}'s description is a literal, and this is computed; {fix}"));
        return String::new();
    }
    let unread = source.offered.unread();
    match docs::text(attributes) {
        Some(text) if !text.is_empty() => return text,
        Some(_) => errors.at(ident, format!("the doc comment is empty, and {unread}; write what it is for")),
        None => errors.at(ident, format!("{unread}; write a doc comment, or `description = \"..\"`")),
    }
    String::new()
}

/// The type of what the function returns.
pub(super) fn output(source: &Source<'_>, errors: &mut Errors) -> Type {
    match &source.function.signature.output {
        ReturnType::Default => nothing(source, errors),
        ReturnType::Type(_, ty) => {
            types::check_output(ty, source, errors);
            (**ty).clone()
        }
    }
}

/// The type of a function that says none.
fn nothing(source: &Source<'_>, errors: &mut Errors) -> Type {
    let types = match source.offered {
        Offered::Tool => return syn::parse_quote!(()),
        Offered::Resource => "its contents: `String`, `Vec<u8>` or `ResourceContents`",
        Offered::Prompt => "its messages: `String` or `Vec<PromptMessage>`",
        Offered::Completion => "suggestions: `Vec<String>` or `Completion`",
    };
    let ident = &source.function.signature.ident;
    errors.at(ident, format!("{} returns {types}; write which", source.offered.noun()));
    syn::parse_quote!(())
}
