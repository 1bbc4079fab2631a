//! The function's parameters: each by itself, and against the others.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Attribute, FnArg, Pat, PatType, Type, ext::IdentExt};

use super::{
    arg::{self, Arg},
    docs,
    shape::Shape,
    types,
    values::{Spanned, refuses_name},
};
use crate::{
    attr::{self, is_arg},
    diag::Errors,
};

/// A parameter, injected or an argument: its type's traits decide, and the macro doesn't know them.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) ty: Type,
    /// The argument's name on the wire.
    pub(crate) name: Spanned<String>,
    pub(crate) description: Option<String>,
    pub(crate) arg: Arg,
    /// There is an `#[arg]`, which only an argument may have.
    pub(crate) has_rules: bool,
    shape: Shape,
}

impl Parameter {
    /// Whether it can only be an argument.
    fn is_argument(&self) -> bool {
        self.has_rules || self.shape.is_known()
    }
}

/// Reads the parameters; says everything that is wrong with them.
pub(super) fn read_all<'a>(
    inputs: impl IntoIterator<Item = &'a FnArg>,
    errors: &mut Errors,
) -> Vec<Parameter> {
    let parameters: Vec<Parameter> = inputs.into_iter().filter_map(|input| read(input, errors)).collect();
    for (at, later) in parameters.iter().enumerate() {
        for earlier in &parameters[..at] {
            same_name(earlier, later, errors);
            same_header(earlier, later, errors);
        }
    }
    parameters
}

fn read(input: &FnArg, errors: &mut Errors) -> Option<Parameter> {
    let typed = match input {
        FnArg::Typed(typed) => typed,
        FnArg::Receiver(receiver) => {
            let message = "a tool is a free function; take what `self` holds as a parameter `State<..>`";
            errors.at(receiver, message);
            return None;
        }
    };
    no_conditions(typed, errors);
    types::check_parameter(&typed.ty, errors);
    let shape = Shape::of(&typed.ty);
    let attributes: Vec<&Attribute> = typed.attrs.iter().filter(|attribute| is_arg(attribute)).collect();
    let entries = attributes.iter().flat_map(|attribute| entries(attribute, errors)).collect();
    let arg = arg::read(entries, shape, errors);
    let ident = ident(&typed.pat, errors)?;
    let own_name = || Spanned { value: ident.unraw().to_string(), tokens: ident.to_token_stream() };
    let parameter = Parameter {
        ty: (*typed.ty).clone(),
        name: arg.rename.clone().unwrap_or_else(own_name),
        description: docs::text(&typed.attrs).filter(|text| !text.is_empty()),
        arg,
        has_rules: !attributes.is_empty(),
        shape,
    };
    unsayable_name(&parameter, errors);
    Some(parameter)
}

fn entries(attribute: &Attribute, errors: &mut Errors) -> Vec<attr::Entry> {
    match attribute.meta.require_list() {
        Ok(list) if !list.tokens.is_empty() => attr::entries(list.tokens.clone(), errors),
        _ => {
            errors.at(attribute, "`#[arg]` says nothing here; write `#[arg(key = value)]`, or remove it");
            Vec::new()
        }
    }
}

fn no_conditions(typed: &PatType, errors: &mut Errors) {
    for attribute in &typed.attrs {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            let message =
                "a tool's parameters are the same in every build; put `#[cfg]` on the whole function";
            errors.at(attribute, message);
        }
    }
}

/// The name that a pattern binds, where it binds one thing as it is.
fn ident(pattern: &Pat, errors: &mut Errors) -> Option<Ident> {
    let message = match pattern {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
            return Some(name.ident.clone());
        }
        Pat::Ident(_) => "an argument is taken by value; write its name alone",
        Pat::Wild(_) => "an argument needs a name, which the client knows; write `_name` if it isn't used",
        _ => "an argument has one name, which the client knows; take it whole, and take it apart in the body",
    };
    errors.at(pattern, message);
    None
}

fn unsayable_name(parameter: &Parameter, errors: &mut Errors) {
    if !parameter.is_argument() || parameter.arg.rename.is_some() {
        return;
    }
    if let Some(reason) = refuses_name("an argument", &parameter.name.value, 64) {
        errors.at(&parameter.name, format!("{reason}; give it another name with `#[arg(rename = \"..\")]`"));
    }
}

/// Two arguments of one name. Where none is renamed, it is rustc that complains.
fn same_name(earlier: &Parameter, later: &Parameter, errors: &mut Errors) {
    let are_arguments = earlier.is_argument() && later.is_argument();
    let renamed = later.arg.rename.as_ref().or(earlier.arg.rename.as_ref());
    if let Some(renamed) = renamed
        && are_arguments
        && earlier.name.value == later.name.value
    {
        let name = &renamed.value;
        errors.at(renamed, format!("another argument is named `{name}`; give this one another name"));
    }
}

fn same_header(earlier: &Parameter, later: &Parameter, errors: &mut Errors) {
    if let (Some(earlier), Some(later)) = (&earlier.arg.header, &later.arg.header)
        && earlier.value.eq_ignore_ascii_case(&later.value)
    {
        let message =
            "another argument has this header, where upper and lower case are the same; give it another";
        errors.at(later, message);
    }
}
