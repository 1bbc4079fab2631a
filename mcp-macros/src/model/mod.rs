//! What a tool is: every rule, and every message about breaking one.
//!
//! Takes the attribute's entries and the function's signature, gives a [`Tool`] that is complete and consistent,
//! or errors. Knows no generated code, and never looks into the function's body.

mod approval;
mod arg;
mod docs;
mod keys;
mod shape;
mod signature;
mod values;

use proc_macro2::Ident;
use syn::{Attribute, Type, ext::IdentExt};

pub(crate) use self::{
    approval::{Approval, Level},
    keys::{Hints, Rules},
    signature::{Parameter, is_ours},
};
use self::{keys::Keys, values::is_name};
use crate::{Function, attr::Entry, diag::Errors};

/// A tool, ready to be written down.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: String,
    pub(crate) icon: Option<String>,
    pub(crate) meta: Option<String>,
    pub(crate) hints: Hints,
    pub(crate) rules: Rules,
    pub(crate) call: Call,
}

/// The function and its signature.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: Ident,
    /// The `#[cfg]`s that the function stands under.
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Type,
    pub(crate) way: Way,
}

/// How the function runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// In place, at once.
    Sync,
    /// As a future.
    Async,
    /// On a thread that may block.
    Blocking,
}

/// Reads a tool; says everything that is wrong with it. What is given back is whole only without errors.
pub(crate) fn read(entries: Vec<Entry>, function: &Function, errors: &mut Errors) -> Tool {
    let keys = keys::read(entries, errors);
    once(&function.attributes, errors);
    signature::check(&function.signature, errors);
    let parameters = signature::parameters(&function.signature, errors);
    let output = signature::output(&function.signature, errors);
    if let Some(message) = keys.rules.approval.as_ref().and_then(|approval| approval.message.as_ref()) {
        let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.value.as_str()).collect();
        approval::placeholders(message, &names, errors);
    }
    let call = Call {
        function: function.signature.ident.clone(),
        conditions: function
            .attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
            .cloned()
            .collect(),
        parameters,
        output,
        way: way(&keys, function, errors),
    };
    Tool {
        name: name(&keys, function, errors),
        description: description(&keys, function, errors),
        title: keys.title.map(|title| title.value),
        icon: keys.icon.map(|icon| icon.value),
        meta: keys.meta.map(|meta| meta.value),
        hints: keys.hints,
        rules: keys.rules,
        call,
    }
}

/// A second `#[mcp_tool]` would register the function twice.
fn once(attributes: &[Attribute], errors: &mut Errors) {
    let is_second = |attribute: &&Attribute| {
        attribute.path().segments.last().is_some_and(|segment| segment.ident == "mcp_tool")
    };
    if let Some(second) = attributes.iter().find(is_second) {
        errors.at(second, "a function is a tool once; keep one `#[mcp_tool]`");
    }
}

fn name(keys: &Keys, function: &Function, errors: &mut Errors) -> String {
    if let Some(name) = &keys.name {
        return name.value.clone();
    }
    let ident = &function.signature.ident;
    let name = ident.unraw().to_string();
    if !is_name(&name, 128) {
        errors.at(
            ident,
            "a tool's name is 1 to 128 of the characters A-Z a-z 0-9 _ - .; give it one with `name = \"..\"`",
        );
    }
    name
}

fn description(keys: &Keys, function: &Function, errors: &mut Errors) -> String {
    if let Some(description) = &keys.description {
        return description.value.clone();
    }
    let ident = &function.signature.ident;
    match docs::text(&function.attributes) {
        Some(text) if !text.is_empty() => return text,
        _ if keys.has_bad_description => {}
        Some(_) => errors.at(ident, "the doc comment is empty; it is the description by which a model chooses this tool"),
        None => errors.at(
            ident,
            "a description is required: a model can't choose what it can't read about; write a doc comment, or `description = \"..\"`",
        ),
    }
    String::new()
}

fn way(keys: &Keys, function: &Function, errors: &mut Errors) -> Way {
    match (&keys.blocking, &function.signature.asyncness) {
        (Some(blocking), Some(_)) => {
            errors.at(blocking, "an `async` function must not block; remove `blocking`, or `async`");
            Way::Async
        }
        (Some(_), None) => Way::Blocking,
        (None, Some(_)) => Way::Async,
        (None, None) => Way::Sync,
    }
}
