//! The function: what it may look like, and its parameters.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, GenericArgument, Pat, PatType, PathArguments, ReturnType, Safety, Signature, Type,
    ext::IdentExt,
};

use super::{
    arg::{self, Arg},
    docs,
    shape::Shape,
    values::{Spanned, is_name},
};
use crate::{attr, diag::Errors};

/// A parameter, injected or an argument: its type decides, and the macro doesn't know it.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) ty: Type,
    /// The argument's name on the wire.
    pub(crate) name: Spanned<String>,
    pub(crate) description: Option<String>,
    pub(crate) arg: Arg,
    /// The first `#[arg]`, where it stands.
    pub(crate) attribute: Option<Attribute>,
    shape: Shape,
}

impl Parameter {
    /// Whether it can only be an argument.
    fn is_argument(&self) -> bool {
        self.attribute.is_some() || self.shape.is_known()
    }
}

/// Checks the function's shape.
pub(super) fn check(signature: &Signature, errors: &mut Errors) {
    if let Some(constness) = &signature.constness {
        errors.at(constness, "a tool is called by clients, never while compiling; remove `const`");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        errors.at(token, "a client can't keep an `unsafe` function's promises; make the function safe");
    }
    if let Some(abi) = &signature.abi {
        errors.at(abi, "a tool is called from Rust; remove `extern`");
    }
    if !signature.generics.params.is_empty() {
        let generics = &signature.generics;
        errors.at(generics, "a tool has one schema, so it can't be generic; write the types out");
    }
    if signature.variadic.is_some() {
        errors.leave_to_rustc();
    }
}

/// The type of what the function returns.
pub(super) fn output(signature: &Signature, errors: &mut Errors) -> Type {
    let ty = match &signature.output {
        ReturnType::Default => return syn::parse_quote!(()),
        ReturnType::Type(_, ty) => &**ty,
    };
    match ty {
        Type::ImplTrait(ty) => {
            errors.at(ty, "what a tool returns must have a name, for its schema; write the type out");
        }
        Type::Never(ty) => errors.at(ty, "a tool returns something; write `()` for nothing"),
        _ => {}
    }
    ty.clone()
}

/// The parameters, with everything that is wrong with them told.
pub(super) fn parameters(signature: &Signature, errors: &mut Errors) -> Vec<Parameter> {
    let parameters: Vec<Parameter> =
        signature.inputs.iter().filter_map(|input| parameter(input, errors)).collect();
    for (at, later) in parameters.iter().enumerate() {
        for earlier in &parameters[..at] {
            same_name(earlier, later, errors);
            same_header(earlier, later, errors);
        }
    }
    parameters
}

fn same_name(earlier: &Parameter, later: &Parameter, errors: &mut Errors) {
    if earlier.name.value != later.name.value || !earlier.is_argument() || !later.is_argument() {
        return;
    }
    // Two parameters of one name are rustc's to complain about.
    let renamed = [later, earlier].into_iter().find_map(|parameter| parameter.arg.rename.as_ref());
    if let Some(renamed) = renamed {
        errors.at(
            renamed,
            format!("another argument is named `{}`; give this one another name", renamed.value),
        );
    }
}

fn same_header(earlier: &Parameter, later: &Parameter, errors: &mut Errors) {
    if let (Some(earlier), Some(later)) = (&earlier.arg.header, &later.arg.header)
        && earlier.value.eq_ignore_ascii_case(&later.value)
    {
        errors.at(
            later,
            format!("another argument has the header `{}`; upper and lower case are the same", earlier.value),
        );
    }
}

fn parameter(input: &FnArg, errors: &mut Errors) -> Option<Parameter> {
    match input {
        FnArg::Receiver(receiver) => {
            errors
                .at(receiver, "a tool is a free function; take what `self` holds as a parameter `State<..>`");
            None
        }
        FnArg::Typed(typed) => typed_parameter(typed, errors),
    }
}

fn typed_parameter(typed: &PatType, errors: &mut Errors) -> Option<Parameter> {
    for attribute in &typed.attrs {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            errors.at(
                attribute,
                "a tool's parameters are the same in every build; put `#[cfg]` on the whole function",
            );
        }
    }
    let ident = name(&typed.pat, errors);
    type_problems(&typed.ty, errors);
    let shape = Shape::of(&typed.ty);
    let attributes: Vec<&Attribute> = typed.attrs.iter().filter(|attribute| is_arg(attribute)).collect();
    let entries = attributes.iter().flat_map(|attribute| arg_entries(attribute, errors)).collect();
    let arg = arg::read(entries, shape, errors);
    let ident = ident?;
    let name = arg
        .rename
        .clone()
        .unwrap_or_else(|| Spanned { value: ident.unraw().to_string(), tokens: ident.to_token_stream() });
    if !is_name(&name.value, 64) && arg.rename.is_none() {
        errors.at(&ident, "an argument's name is 1 to 64 of the characters A-Z a-z 0-9 _ - .; give it one with `#[arg(rename = \"..\")]`");
    }
    Some(Parameter {
        ty: (*typed.ty).clone(),
        name,
        description: docs::text(&typed.attrs).filter(|text| !text.is_empty()),
        arg,
        attribute: attributes.first().copied().cloned(),
        shape,
    })
}

/// Whether the attribute of a parameter is ours, and rustc must not see it.
pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    is_arg(attribute) || docs::is_doc(attribute)
}

fn is_arg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("arg")
}

fn arg_entries(attribute: &Attribute, errors: &mut Errors) -> Vec<attr::Entry> {
    match attribute.meta.require_list() {
        Ok(list) if !list.tokens.is_empty() => attr::entries(list.tokens.clone(), errors),
        _ => {
            errors.at(attribute, "`#[arg]` says nothing here; write `#[arg(key = value)]`, or remove it");
            Vec::new()
        }
    }
}

/// The name that a pattern binds, where it binds one thing as it is.
fn name(pattern: &Pat, errors: &mut Errors) -> Option<Ident> {
    match pattern {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
            return Some(name.ident.clone());
        }
        Pat::Wild(_) => errors
            .at(pattern, "an argument needs a name, for the client; write `_name` for one that isn't used"),
        _ => errors.at(
            pattern,
            "an argument has one name, for the client; take the value whole, and take it apart in the body",
        ),
    }
    None
}

/// Types that no parameter can have.
fn type_problems(ty: &Type, errors: &mut Errors) {
    match ty {
        Type::Reference(reference) => {
            let inner = &reference.elem;
            let fix = match &**inner {
                Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
                Type::Slice(slice) => format!("Vec<{}>", written(&slice.elem)),
                other => written(other),
            };
            errors.at(
                reference,
                format!("a parameter can't borrow: nothing outlives the call; take it by value, as `{fix}`"),
            );
        }
        Type::ImplTrait(ty) => {
            errors.at(ty, "an argument has one schema, so its type must have a name; write the type out")
        }
        Type::TraitObject(ty) => {
            errors.at(ty, "an argument has one schema, so its type must be known; write the type out")
        }
        Type::Infer(_) => errors.leave_to_rustc(),
        Type::Path(path) => {
            let arguments = path.path.segments.iter().map(|segment| &segment.arguments);
            for argument in arguments.filter_map(angle_bracketed).flatten() {
                match argument {
                    GenericArgument::Type(inner) => type_problems(inner, errors),
                    GenericArgument::Lifetime(lifetime) if lifetime.ident != "static" => {
                        errors.at(lifetime, "a parameter can't borrow: nothing outlives the call; take a type that owns its value");
                    }
                    _ => {}
                }
            }
        }
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|inner| type_problems(inner, errors)),
        Type::Array(array) => type_problems(&array.elem, errors),
        Type::Paren(inner) => type_problems(&inner.elem, errors),
        Type::Group(inner) => type_problems(&inner.elem, errors),
        _ => {}
    }
}

fn angle_bracketed(arguments: &PathArguments) -> Option<impl Iterator<Item = &GenericArgument>> {
    match arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter()),
        _ => None,
    }
}

/// A type as one writes it.
fn written(ty: &Type) -> String {
    let tokens: TokenStream = quote!(#ty);
    tokens.to_string().replace(" < ", "<").replace(" >", ">").replace(" :: ", "::").replace(" ,", ",")
}
