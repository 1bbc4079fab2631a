//! What a parameter is: injected, an argument, or a mistake.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{Probe, unfit, ways};
use crate::{
    call::State,
    catalog::{
        Invocation,
        input::{ArgumentRules, FromCall, Input},
    },
    error::ToolError,
};

ways! { __parameter:
    AsFromCall [T: FromCall] T, &&&&&Probe<T> => Injected;
    AsArgument [T: DeserializeOwned + JsonSchema] T, &&&&Probe<T> => Argument;
    AsStated [T: ?Sized] State<T>, &&&Probe<State<T>> => Stated;
    AsMissingSchema [T: DeserializeOwned] T, &&Probe<T> => MissingSchema;
    AsMissingDeserialize [T: JsonSchema] T, &Probe<T> => MissingDeserialize;
    AsNoParameter [T] T, Probe<T> => NoParameter;
}

/// What a parameter is. `__fits` is where a type that is no parameter is complained about.
pub trait ParameterTag<T> {
    fn __declare(&self, input: &mut Input, rules: ArgumentRules);

    fn __take(&self, invocation: &mut Invocation, name: &str) -> Result<T, ToolError>;
}

impl<T> Injected<T> {
    pub fn __fits<P>(&self) {}

    /// What a parameter with `#[arg(..)]` is asked.
    pub fn __has_rules<P: NotInjected>(&self) {}

    /// What a parameter is asked that no client has a name for.
    pub fn __is_injected<P>(&self) {}
}

impl<T: FromCall> ParameterTag<T> for Injected<T> {
    fn __declare(&self, input: &mut Input, _: ArgumentRules) {
        input.injected::<T>();
    }

    fn __take(&self, invocation: &mut Invocation, _: &str) -> Result<T, ToolError> {
        T::from_call(&invocation.call)
    }
}

impl<T> Argument<T> {
    pub fn __fits<P>(&self) {}

    pub fn __has_rules<P>(&self) {}

    pub fn __is_injected<P: Injectable>(&self) {}
}

impl<T: DeserializeOwned + JsonSchema> ParameterTag<T> for Argument<T> {
    fn __declare(&self, input: &mut Input, rules: ArgumentRules) {
        input.argument::<T>(rules);
    }

    fn __take(&self, invocation: &mut Invocation, name: &str) -> Result<T, ToolError> {
        invocation.argument(name)
    }
}

impl<T> Stated<T> {
    pub fn __fits<P: FromCall>(&self) {}

    pub fn __has_rules<P>(&self) {}

    pub fn __is_injected<P>(&self) {}
}

impl<T> MissingSchema<T> {
    pub fn __fits<P: ArgumentSchema>(&self) {}

    pub fn __has_rules<P>(&self) {}

    pub fn __is_injected<P>(&self) {}
}

impl<T> MissingDeserialize<T> {
    pub fn __fits<P: ArgumentValue>(&self) {}

    pub fn __has_rules<P>(&self) {}

    pub fn __is_injected<P>(&self) {}
}

impl<T> NoParameter<T> {
    pub fn __fits<P: Parameter>(&self) {}

    pub fn __has_rules<P>(&self) {}

    pub fn __is_injected<P>(&self) {}
}

macro_rules! unfit_parameters {
    ($($tag:ident)*) => {$(
        impl<T> ParameterTag<T> for $tag<T> {
            fn __declare(&self, _: &mut Input, _: ArgumentRules) {}

            fn __take(&self, _: &mut Invocation, _: &str) -> Result<T, ToolError> {
                Err(unfit())
            }
        }
    )*};
}

unfit_parameters! { Stated MissingSchema MissingDeserialize NoParameter }

#[diagnostic::on_unimplemented(
    message = "the argument type `{Self}` has no JSON Schema",
    label = "not `schemars::JsonSchema`",
    note = "an argument needs `Deserialize` and `JsonSchema`; add `#[derive(schemars::JsonSchema)]` to the type, or to your type inside it"
)]
pub trait ArgumentSchema {}

#[diagnostic::on_unimplemented(
    message = "the argument type `{Self}` can't be read from JSON",
    label = "not `serde::Deserialize`",
    note = "an argument needs `Deserialize` and `JsonSchema`; add `#[derive(serde::Deserialize)]` to the type, or to your type inside it"
)]
pub trait ArgumentValue {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a parameter",
    label = "neither an argument nor injected",
    note = "an argument is sent by the client: add `#[derive(serde::Deserialize, schemars::JsonSchema)]` to the type",
    note = "an injected parameter is taken from the call: implement `mcp_server::FromCall` for the type, or take a `State<..>` of it"
)]
pub trait Parameter {}

#[diagnostic::on_unimplemented(
    message = "`#[arg(..)]` is for arguments, and `{Self}` is injected",
    label = "taken from the call, not sent by the client",
    note = "remove `#[arg(..)]` from this parameter"
)]
pub trait NotInjected {}

#[diagnostic::on_unimplemented(
    message = "the URI has no variable for this `{Self}`",
    label = "an argument, which nobody sends",
    note = "an argument has the name of a variable: name it so, or write `{{name}}` into the URI",
    note = "an injected parameter is taken from the call: implement `mcp_server::FromCall` for the type, or take a `State<..>` of it"
)]
pub trait Injectable {}
