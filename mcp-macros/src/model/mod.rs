//! What is offered: every rule, and every message about breaking one.
//!
//! Takes the attribute's entries and the function, gives something that is complete and consistent, or errors.
//! Knows no generated code, and never looks into the function's body.

mod annotations;
mod approval;
mod arg;
mod ask;
mod card;
mod completion;
mod docs;
mod form;
mod function;
mod keys;
mod methods;
mod parameter;
mod prompt;
mod resource;
mod rules;
mod shape;
mod source;
mod template;
#[cfg(test)]
mod tests;
mod tool;
mod types;
mod values;

use proc_macro2::Ident;
use syn::{Attribute, Type};

pub(crate) use self::{
    annotations::{Annotations, Reader},
    approval::{Approval, Level},
    ask::Ask,
    card::Card,
    completion::{Completed, Completion},
    form::{Form, Kind},
    methods::{Methods, read as read_methods},
    parameter::Parameter,
    prompt::Prompt,
    resource::Resource,
    rules::{Rules, Task},
    source::Source,
    tool::{Hints, Tool},
};
use crate::{attr::Annotation, diag::Errors, offered::Offered};

/// An annotated function, ready to be written down.
#[derive(Debug)]
pub(crate) struct Annotated {
    pub(crate) item: Item,
    pub(crate) call: Call,
}

/// What the function offers.
#[derive(Debug)]
pub(crate) enum Item {
    Tool(Tool),
    Resource(Resource),
    Prompt(Prompt),
    Completion(Completion),
}

/// The function and its signature.
#[derive(Debug)]
pub(crate) struct Call {
    /// The type whose method it is.
    pub(crate) owner: Option<Type>,
    pub(crate) function: Ident,
    /// The `#[cfg]`s that the function stands under.
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Type,
    pub(crate) way: Way,
}

impl Call {
    /// Whether the person is asked for anything.
    pub(crate) fn asks(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter.ask.is_some())
    }
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

/// Reads a function; says everything that is wrong with it. What is given back is whole only without errors.
pub(crate) fn read(annotation: &Annotation, source: &Source<'_>, errors: &mut Errors) -> Annotated {
    let (item, call) = match annotation.offered {
        Offered::Tool => wrap(Item::Tool, tool::read(annotation, source, errors)),
        Offered::Resource => wrap(Item::Resource, resource::read(annotation, source, errors)),
        Offered::Prompt => wrap(Item::Prompt, prompt::read(annotation, source, errors)),
        Offered::Completion => wrap(Item::Completion, completion::read(annotation, source, errors)),
    };
    Annotated { item, call }
}

fn wrap<T>(item: impl FnOnce(T) -> Item, (read, call): (T, Call)) -> (Item, Call) {
    (item(read), call)
}
