//! An annotated function and where it stands.

use proc_macro2::Ident;
use syn::{Attribute, FnArg, Signature, Type};

use super::{function, parameter};
use crate::{
    attr::{Function, is_ask},
    diag::Errors,
    model::{Call, Way},
    offered::Offered,
};

/// An annotated function.
pub(crate) struct Source<'s> {
    pub(crate) function: &'s Function,
    pub(crate) offered: Offered,
    /// The type whose method it is.
    pub(crate) owner: Option<&'s Type>,
}

impl Source<'_> {
    /// The function's call; says everything that is wrong with the function. `blocking` is the key, where it stands.
    pub(super) fn call(&self, blocking: Option<&Ident>, errors: &mut Errors) -> Call {
        function::check(self, errors);
        Call {
            owner: self.owner.cloned(),
            function: self.function.signature.ident.clone(),
            conditions: conditions(&self.function.attributes),
            parameters: parameter::read_all(self, errors),
            output: function::output(self, errors),
            way: self.way(blocking, errors),
        }
    }

    /// How many parameters the function has, beside `self`.
    pub(super) fn parameters(&self) -> usize {
        let inputs = self.function.signature.inputs.iter();
        inputs.filter(|input| matches!(input, FnArg::Typed(_))).count()
    }

    /// Whether the function goes on once it is called, without a key that says so: it is a future, or asks first.
    pub(super) fn goes_on(&self) -> bool {
        let Signature { asyncness, inputs, .. } = &self.function.signature;
        let asks = |input: &FnArg| matches!(input, FnArg::Typed(typed) if typed.attrs.iter().any(is_ask));
        asyncness.is_some() || inputs.iter().any(asks)
    }

    fn way(&self, blocking: Option<&Ident>, errors: &mut Errors) -> Way {
        match (blocking, &self.function.signature.asyncness) {
            (Some(blocking), Some(_)) => {
                errors.at(blocking, "an `async` function must not block; remove `blocking`, or `async`");
                Way::Async
            }
            (Some(_), None) => Way::Blocking,
            (None, Some(_)) => Way::Async,
            (None, None) => Way::Sync,
        }
    }
}

/// The `#[cfg]`s among attributes.
pub(super) fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}
