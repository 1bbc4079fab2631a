//! What a tool is: every rule, and every message about breaking one.
//!
//! Takes the attribute's entries and the function, gives a [`Tool`] that is complete and consistent, or errors.
//! Knows no generated code, and never looks into the function's body.

mod approval;
mod arg;
mod docs;
mod function;
mod keys;
mod parameter;
mod shape;
mod types;
mod values;

use proc_macro2::Ident;
use syn::{Attribute, Type};

use self::keys::Keys;
pub(crate) use self::{
    approval::{Approval, Level},
    keys::{Hints, Rules},
    parameter::Parameter,
};
use crate::{
    attr::{Entry, Function},
    diag::Errors,
};

/// A tool, ready to be written down.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) card: Card,
    pub(crate) hints: Hints,
    pub(crate) rules: Rules,
    pub(crate) call: Call,
}

/// What a tool shows of itself.
#[derive(Debug)]
pub(crate) struct Card {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: String,
    pub(crate) icon: Option<String>,
    pub(crate) meta: Option<String>,
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
    function::check(function, errors);
    let call = call(&keys, function, errors);
    if let Some(message) = keys.rules.approval.as_ref().and_then(|approval| approval.message.as_ref()) {
        let names: Vec<&str> = call.parameters.iter().map(|parameter| &*parameter.name.value).collect();
        approval::placeholders(message, &names, errors);
    }
    Tool { card: card(&keys, function, errors), hints: keys.hints, rules: keys.rules, call }
}

fn card(keys: &Keys, function: &Function, errors: &mut Errors) -> Card {
    let [name, title, description, icon, meta] =
        [&keys.name, &keys.title, &keys.description, &keys.icon, &keys.meta].map(keys::Text::value);
    Card {
        name: name.unwrap_or_else(|| function::name(function, errors)),
        description: description.unwrap_or_else(|| function::description(function, errors)),
        title,
        icon,
        meta,
    }
}

fn call(keys: &Keys, function: &Function, errors: &mut Errors) -> Call {
    let is_condition = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    Call {
        function: function.signature.ident.clone(),
        conditions: function.attributes.iter().filter(is_condition).cloned().collect(),
        parameters: parameter::read_all(&function.signature.inputs, errors),
        output: function::output(function, errors),
        way: function::way(function, keys.blocking.as_ref(), errors),
    }
}
