//! Types by their look: those that no parameter and no result can have, whatever their traits.

use quote::ToTokens;
use syn::{GenericArgument, Lifetime, PathArguments, Type, TypeReference};

use super::source::Source;
use crate::{diag::Errors, offered::Offered};

/// Tells what is wrong with a parameter's type.
pub(super) fn check_parameter(ty: &Type, errors: &mut Errors) {
    match ty {
        Type::Reference(reference) => borrowed(reference, errors),
        // rustc says what has no size, and what it can't infer.
        Type::Slice(_) | Type::TraitObject(_) => errors.leave_to_rustc(),
        Type::Path(path) if path.path.is_ident("str") => errors.leave_to_rustc(),
        _ => visit(ty, &mut |part| match part {
            Part::Type(Type::Reference(reference)) if !is_static(reference.lifetime.as_ref()) => {
                borrowed(reference, errors);
            }
            Part::Type(Type::ImplTrait(ty)) => {
                errors.at(ty, "an argument has one schema, so its type must have a name; write the type out");
            }
            Part::Type(Type::Infer(_)) => errors.leave_to_rustc(),
            Part::Lifetime(lifetime) if !is_static(Some(lifetime)) => {
                errors.at(lifetime, format!("{BORROWS}; take a type that owns its value"));
            }
            _ => {}
        }),
    }
}

/// Tells what is wrong with the type of what a function returns.
pub(super) fn check_output(ty: &Type, source: &Source<'_>, errors: &mut Errors) {
    let noun = source.offered.noun();
    visit(ty, &mut |part| match part {
        Part::Type(Type::ImplTrait(ty)) => {
            errors.at(ty, format!("what {noun} returns must be of a type with a name; write the type out"));
        }
        Part::Type(Type::Never(ty)) if source.offered == Offered::Tool => {
            errors.at(ty, "a tool returns something; write `()` for nothing");
        }
        Part::Type(Type::Never(ty)) => errors.at(ty, format!("{noun} returns something; write its type")),
        Part::Type(Type::Infer(_)) => errors.leave_to_rustc(),
        // A free function has nothing to borrow from, and rustc says so.
        Part::Type(Type::Reference(reference))
            if source.owner.is_some() && !is_static(reference.lifetime.as_ref()) =>
        {
            errors.at(reference, format!("{OUTLIVES}; return it by value, as `{}`", owned(reference)));
        }
        Part::Lifetime(lifetime) if source.owner.is_some() && !is_static(Some(lifetime)) => {
            errors.at(lifetime, format!("{OUTLIVES}; return a type that owns its value"));
        }
        _ => {}
    });
}

/// The first lifetime in a type, but for `'static`.
pub(super) fn lifetime(ty: &Type) -> Option<Lifetime> {
    let mut found = None;
    visit(ty, &mut |part| match part {
        Part::Type(Type::Reference(TypeReference { lifetime: Some(lifetime), .. }))
        | Part::Lifetime(lifetime)
            if !is_static(Some(lifetime)) =>
        {
            found.get_or_insert_with(|| lifetime.clone());
        }
        _ => {}
    });
    found
}

const OUTLIVES: &str = "what a method returns outlives the call, so it can't borrow from `self`";

const BORROWS: &str = "a parameter can't borrow, because there is nobody to borrow from";

fn borrowed(reference: &TypeReference, errors: &mut Errors) {
    errors.at(reference, format!("{BORROWS}; take it by value, as `{}`", owned(reference)));
}

/// The type that owns what a reference refers to.
fn owned(reference: &TypeReference) -> String {
    match &*reference.elem {
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        Type::Slice(slice) => format!("Vec<{}>", written(&slice.elem)),
        other => written(other),
    }
}

fn is_static(lifetime: Option<&Lifetime>) -> bool {
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

enum Part<'a> {
    Type(&'a Type),
    Lifetime(&'a Lifetime),
}

/// Visits a type and the types and lifetimes that it is made of, but not those of functions and trait objects,
/// which have rules of their own.
fn visit(ty: &Type, see: &mut impl FnMut(Part<'_>)) {
    see(Part::Type(ty));
    match ty {
        Type::Path(path) => {
            for segment in &path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &segment.arguments else { continue };
                for argument in &arguments.args {
                    match argument {
                        GenericArgument::Type(inner) => visit(inner, see),
                        GenericArgument::Lifetime(lifetime) => see(Part::Lifetime(lifetime)),
                        _ => {}
                    }
                }
            }
        }
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|inner| visit(inner, see)),
        Type::Array(array) => visit(&array.elem, see),
        Type::Paren(inner) => visit(&inner.elem, see),
        Type::Group(inner) => visit(&inner.elem, see),
        _ => {}
    }
}

/// A type as one writes it.
fn written(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    text.replace(" < ", "<").replace(" >", ">").replace(" :: ", "::").replace(" ,", ",")
}
