//! The function's parameters: each by itself, and against the others.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Attribute, FnArg, Pat, PatType, Receiver, ReceiverKind, Type, ext::IdentExt};

use super::{
    arg::{self, Arg},
    ask::{self, Ask},
    docs,
    shape::Shape,
    source::Source,
    types,
    values::{Spanned, refuses_name},
};
use crate::{
    attr::{self, is_arg, is_ask},
    diag::Errors,
    offered::Offered,
};

/// A parameter: asked for, or injected, or an argument. Which of the last two, its type's traits decide, and the macro
/// doesn't know them.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) ty: Type,
    /// The argument's name on the wire.
    pub(crate) name: Spanned<String>,
    pub(crate) description: Option<String>,
    pub(crate) arg: Arg,
    /// There is an `#[arg]`, which only an argument may have.
    pub(crate) has_rules: bool,
    /// The person is asked for it.
    pub(crate) ask: Option<Ask>,
    /// It must be injected: the client has no name for it.
    pub(crate) injected: bool,
    pub(super) shape: Shape,
}

impl Parameter {
    /// Whether it can only be an argument.
    pub(super) fn is_argument(&self) -> bool {
        self.ask.is_none() && (self.has_rules || self.shape.is_known())
    }

    /// Whether it may be left out, as far as that can be seen.
    pub(super) fn may_be_absent(&self) -> bool {
        Shape::is_option(&self.ty) || self.arg.keywords.iter().any(|(keyword, _)| *keyword == "default")
    }
}

/// Reads the parameters; says everything that is wrong with them.
pub(super) fn read_all(source: &Source<'_>, errors: &mut Errors) -> Vec<Parameter> {
    let inputs = &source.function.signature.inputs;
    let mut typed = Vec::new();
    let mut receiver = None;
    for input in inputs {
        match input {
            FnArg::Typed(parameter) => typed.push(parameter),
            FnArg::Receiver(this) => receiver = Some(this),
        }
    }
    check_receiver(receiver, source, errors);
    let read = |typed| read(typed, source.offered, errors);
    let parameters: Vec<Parameter> = typed.into_iter().filter_map(read).collect();
    for (at, later) in parameters.iter().enumerate() {
        for earlier in &parameters[..at] {
            same_name(earlier, later, errors);
            same_header(earlier, later, errors);
            same_key(earlier, later, errors);
        }
    }
    parameters
}

/// A method takes `&self`, and a free function has no `self`.
fn check_receiver(receiver: Option<&Receiver>, source: &Source<'_>, errors: &mut Errors) {
    let noun = source.offered.noun();
    match (receiver, source.owner) {
        (Some(receiver), None) => {
            let attribute = source.offered.attribute();
            let fix = format!("put `#[mcp_tools]` on the `impl`, and leave `#[{attribute}]` here");
            errors.at(receiver, format!("a method is {noun} in an `impl` with `#[mcp_tools]` only; {fix}"));
        }
        (None, Some(_)) => {
            let message = format!(
                "a method that is {noun} takes `&self`; add it, or move the function out of the `impl`"
            );
            errors.at(&source.function.signature.ident, message);
        }
        (Some(receiver), Some(_)) if !is_shared(receiver) => {
            let fix = "take `&self`, and keep what changes in a `Mutex` or an atomic";
            errors.at(receiver, format!("calls run side by side and share the object; {fix}"));
        }
        _ => {}
    }
}

/// Whether it is `&self`.
fn is_shared(receiver: &Receiver) -> bool {
    matches!(receiver.kind, ReceiverKind::Reference(_, _, None))
}

fn read(typed: &PatType, offered: Offered, errors: &mut Errors) -> Option<Parameter> {
    no_conditions(typed, errors);
    types::check_parameter(&typed.ty, errors);
    let shape = Shape::of(&typed.ty);
    let attributes: Vec<&Attribute> = typed.attrs.iter().filter(|attribute| is_arg(attribute)).collect();
    let asks: Vec<&Attribute> = typed.attrs.iter().filter(|attribute| is_ask(attribute)).collect();
    if let ([_, ..], [ask, ..]) = (&*attributes, &*asks) {
        let rule = "a parameter is sent by the client or asked from the person";
        errors.at(ask, format!("{rule}; remove `#[ask]` or `#[arg]`"));
    }
    let ask = ask::read(&asks, offered, errors);
    let entries = attributes.iter().flat_map(|attribute| entries(attribute, errors)).collect();
    let arg = arg::read(entries, offered, shape, errors);
    let ident = ident(&typed.pat, errors)?;
    let own_name = || Spanned { value: ident.unraw().to_string(), tokens: ident.to_token_stream() };
    let parameter = Parameter {
        ty: (*typed.ty).clone(),
        name: arg.rename.clone().unwrap_or_else(own_name),
        description: docs::text(&typed.attrs).filter(|text| !text.is_empty()),
        arg,
        has_rules: !attributes.is_empty(),
        ask,
        injected: false,
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
            let message = "clients know the parameters, which are the same in every build; put `#[cfg]` on the whole function";
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

/// Two questions of one key, of which one answer would be both.
fn same_key(earlier: &Parameter, later: &Parameter, errors: &mut Errors) {
    let key = |parameter: &Parameter| parameter.ask.as_ref().and_then(|ask| ask.key.clone());
    if let (Some(earlier), Some(later)) = (key(earlier), key(later))
        && earlier.value == later.value
    {
        errors.at(later, "another question has this key; give it another");
    }
}
