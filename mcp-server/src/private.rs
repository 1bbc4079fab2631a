//! What generated code may name. Not public interface: it changes with the macros, without notice.
//!
//! Which of its ways a parameter or a result goes is decided by its traits, not by its name, so that an alias
//! works: a [`Probe`] of the type is asked through one reference too many, and method lookup takes the first
//! trait of [`traits`] that holds. What it gives is a tag. The tag of a type that fits nowhere has the same
//! methods, and asks for a trait that nothing has: that is the one error, with the message and at the token.

use std::{
    any::Any, convert::Infallible, error::Error as StdError, marker::PhantomData, panic::resume_unwind,
};

use schemars::JsonSchema;
pub use schemars::{Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};

pub use inventory;
pub use std::{
    self,
    boxed::Box,
    option::Option::{None, Some},
    primitive::bool,
    result::Result::Ok,
    time::Duration,
};

pub use crate::{
    call::State,
    catalog::{
        Arguments, Handled, Invocation, ToolDescriptor, ToolOutput,
        descriptor::{Approval, ApprovalLevel, ArgumentRules, Glue, Rate, Rules},
        input::{FromCall, Input},
    },
    error::{Place, ToolError},
    protocol::tools::{Hints, ToolResult},
};

/// A type whose traits are asked for.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// A probe of the type.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The traits that method lookup tries, without names: generated code imports them all, and hides nothing.
pub mod traits {
    pub use super::{
        AsArgument as _, AsContent as _, AsFromCall as _, AsMasked as _, AsMissingDeserialize as _,
        AsMissingSchema as _, AsMissingSerialize as _, AsNoError as _, AsNoOutput as _, AsNoParameter as _,
        AsOutputMissingSchema as _, AsPlain as _, AsResult as _, AsStated as _, AsStructured as _,
        AsTold as _,
    };
}

macro_rules! ways {
    ($method:ident: $($way:ident [$($generics:tt)*] $of:ty, $reference:ty => $tag:ident;)*) => {$(
        pub trait $way<T> {
            fn $method(&self) -> $tag<T> {
                $tag(PhantomData)
            }
        }

        impl<$($generics)*> $way<$of> for $reference {}

        #[derive(Debug)]
        pub struct $tag<T>(PhantomData<fn() -> T>);
    )*};
}

ways! { parameter:
    AsFromCall [T: FromCall] T, &&&&&Probe<T> => Injected;
    AsArgument [T: DeserializeOwned + JsonSchema] T, &&&&Probe<T> => Argument;
    AsStated [T: ?Sized] State<T>, &&&Probe<State<T>> => Stated;
    AsMissingSchema [T: DeserializeOwned] T, &&Probe<T> => MissingSchema;
    AsMissingDeserialize [T: JsonSchema] T, &Probe<T> => MissingDeserialize;
    AsNoParameter [T] T, Probe<T> => NoParameter;
}

impl<T: FromCall> Injected<T> {
    pub fn declare<P>(&self, input: &mut Input, _: ArgumentRules) {
        input.injected::<T>();
    }

    /// What a parameter with `#[arg(..)]` is asked.
    pub fn arg<P: NotInjected>(&self) {}

    pub fn take(&self, invocation: &mut Invocation, _: &str) -> Result<T, ToolError> {
        T::from_call(&invocation.call)
    }
}

impl<T: DeserializeOwned + JsonSchema> Argument<T> {
    pub fn declare<P>(&self, input: &mut Input, rules: ArgumentRules) {
        input.argument::<T>(rules);
    }

    pub fn arg<P>(&self) {}

    pub fn take(&self, invocation: &mut Invocation, name: &str) -> Result<T, ToolError> {
        invocation.argument(name)
    }
}

/// What stands where a type fits nowhere. It is never reached: the bound on `declare` doesn't hold.
fn unfit<T>() -> Result<T, ToolError> {
    Err(ToolError::tell("this tool was not compiled"))
}

macro_rules! unfit_parameters {
    ($($tag:ident asks $asked:ident;)*) => {$(
        impl<T> $tag<T> {
            pub fn declare<P: $asked>(&self, _: &mut Input, _: ArgumentRules) {}

            pub fn arg<P>(&self) {}

            pub fn take(&self, _: &mut Invocation, _: &str) -> Result<T, ToolError> {
                unfit()
            }
        }
    )*};
}

unfit_parameters! {
    Stated asks FromCall;
    MissingSchema asks ArgumentSchema;
    MissingDeserialize asks ArgumentValue;
    NoParameter asks Parameter;
}

#[diagnostic::on_unimplemented(
    message = "the argument type `{Self}` has no JSON Schema",
    label = "derive `schemars::JsonSchema` for it",
    note = "a client must know what to send: an argument needs `Deserialize` and `JsonSchema`"
)]
pub trait ArgumentSchema {}

#[diagnostic::on_unimplemented(
    message = "the argument type `{Self}` can't be read from JSON",
    label = "derive `serde::Deserialize` for it",
    note = "an argument needs `Deserialize` and `JsonSchema`, and may borrow nothing"
)]
pub trait ArgumentValue {}

#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a parameter of a tool",
    label = "neither an argument nor injected",
    note = "an argument is sent by the client: `#[derive(serde::Deserialize, schemars::JsonSchema)]`",
    note = "an injected parameter is taken from the call: implement `mcp_server::FromCall`, or wrap it in `State<..>`"
)]
pub trait Parameter {}

#[diagnostic::on_unimplemented(
    message = "`#[arg(..)]` is for arguments, and `{Self}` is injected",
    label = "taken from the call, not sent by the client",
    note = "remove `#[arg(..)]` from this parameter"
)]
pub trait NotInjected {}

pub trait AsResult<T, E> {
    fn returned(&self) -> Fallible<T, E> {
        Fallible(PhantomData)
    }
}

impl<T, E> AsResult<T, E> for &Probe<Result<T, E>> {}

/// A function that returns a `Result`.
#[derive(Debug)]
pub struct Fallible<T, E>(PhantomData<fn() -> (T, E)>);

impl<T, E> Fallible<T, E> {
    pub fn value(&self) -> Probe<T> {
        Probe::new()
    }

    pub fn error(&self) -> Probe<E> {
        Probe::new()
    }

    pub fn finish(
        &self,
        returned: Result<T, E>,
        value: impl IntoToolResult<T>,
        error: impl IntoToolError<E>,
    ) -> Result<ToolResult, ToolError> {
        match returned {
            Ok(returned) => value.result(returned),
            Err(returned) => Err(error.error(returned)),
        }
    }
}

ways! { returned:
    AsPlain [T] T, Probe<T> => Plain;
}

impl<T> Plain<T> {
    pub fn value(&self) -> Probe<T> {
        Probe::new()
    }

    pub fn error(&self) -> Probe<Infallible> {
        Probe::new()
    }

    pub fn finish(
        &self,
        returned: T,
        value: impl IntoToolResult<T>,
        _: impl IntoToolError<Infallible>,
    ) -> Result<ToolResult, ToolError> {
        value.result(returned)
    }
}

ways! { output:
    AsContent [T: ToolOutput] T, &&&&Probe<T> => ContentOutput;
    AsStructured [T: Serialize + JsonSchema] T, &&&Probe<T> => StructuredOutput;
    AsOutputMissingSchema [T: Serialize] T, &&Probe<T> => OutputMissingSchema;
    AsMissingSerialize [T: JsonSchema] T, &Probe<T> => MissingSerialize;
    AsNoOutput [T] T, Probe<T> => NoOutput;
}

/// Makes a result of what a function returned.
pub trait IntoToolResult<T> {
    fn result(&self, returned: T) -> Result<ToolResult, ToolError>;
}

impl<T: ToolOutput> ContentOutput<T> {
    pub fn schema<R>(&self, _: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

impl<T: ToolOutput> IntoToolResult<T> for ContentOutput<T> {
    fn result(&self, returned: T) -> Result<ToolResult, ToolError> {
        Ok(returned.into_result())
    }
}

impl<T: Serialize + JsonSchema> StructuredOutput<T> {
    /// The schema of the value; a title that only repeats the type's name is left out.
    pub fn schema<R>(&self, generator: &mut SchemaGenerator) -> Option<Schema> {
        let mut schema = generator.root_schema_for::<T>();
        if schema.get("title").is_some_and(|title| *title == *T::schema_name()) {
            schema.remove("title");
        }
        Some(schema)
    }
}

impl<T: Serialize + JsonSchema> IntoToolResult<T> for StructuredOutput<T> {
    fn result(&self, returned: T) -> Result<ToolResult, ToolError> {
        ToolResult::structured(&returned).map_err(ToolError::masked)
    }
}

macro_rules! unfit_outputs {
    ($($tag:ident asks $asked:ident;)*) => {$(
        impl<T> $tag<T> {
            pub fn schema<R: $asked<T>>(&self, _: &mut SchemaGenerator) -> Option<Schema> {
                None
            }
        }

        impl<T> IntoToolResult<T> for $tag<T> {
            fn result(&self, _: T) -> Result<ToolResult, ToolError> {
                unfit()
            }
        }
    )*};
}

unfit_outputs! {
    OutputMissingSchema asks ReturnsSchema;
    MissingSerialize asks ReturnsSerialize;
    NoOutput asks Returns;
}

#[diagnostic::on_unimplemented(
    message = "the returned type `{T}` has no JSON Schema",
    label = "derive `schemars::JsonSchema` for it",
    note = "a structured result needs `Serialize` and `JsonSchema`"
)]
pub trait ReturnsSchema<T> {}

#[diagnostic::on_unimplemented(
    message = "the returned type `{T}` can't be written as JSON",
    label = "derive `serde::Serialize` for it",
    note = "a structured result needs `Serialize` and `JsonSchema`"
)]
pub trait ReturnsSerialize<T> {}

#[diagnostic::on_unimplemented(
    message = "a tool can't return `{T}`",
    label = "neither content nor a structured value",
    note = "a structured value: `#[derive(serde::Serialize, schemars::JsonSchema)]`",
    note = "content: `String`, `&'static str`, `()`, `Content`, `Vec<Content>`, or your own `mcp_server::ToolOutput`",
    note = "each of them may be in a `Result`"
)]
pub trait Returns<T> {}

ways! { error:
    AsTold [E: Into<ToolError>] E, &&Probe<E> => ToldError;
    AsMasked [E: Into<Box<dyn StdError + Send + Sync>>] E, &Probe<E> => MaskedError;
    AsNoError [E] E, Probe<E> => NoError;
}

/// Makes a tool's error of what a function failed with.
pub trait IntoToolError<E> {
    fn error(&self, error: E) -> ToolError;
}

impl<E> ToldError<E> {
    pub fn check<R>(&self) {}
}

impl<E: Into<ToolError>> IntoToolError<E> for ToldError<E> {
    fn error(&self, error: E) -> ToolError {
        error.into()
    }
}

impl<E> MaskedError<E> {
    pub fn check<R>(&self) {}
}

impl<E: Into<Box<dyn StdError + Send + Sync>>> IntoToolError<E> for MaskedError<E> {
    fn error(&self, error: E) -> ToolError {
        ToolError::masked(error)
    }
}

impl<E> NoError<E> {
    pub fn check<R: FailsWith<E>>(&self) {}
}

impl<E> IntoToolError<E> for NoError<E> {
    fn error(&self, _: E) -> ToolError {
        ToolError::tell("this tool was not compiled")
    }
}

#[diagnostic::on_unimplemented(
    message = "a tool can't fail with `{E}`",
    label = "not an error that can be told or logged",
    note = "fail with `ToolError`, or with anything that is `Into<Box<dyn std::error::Error + Send + Sync>>`"
)]
pub trait FailsWith<E> {}

/// Takes the parameters and starts the function.
pub fn start(
    mut invocation: Invocation,
    function: impl FnOnce(&mut Invocation) -> Result<Handled, ToolError>,
) -> Handled {
    function(&mut invocation).unwrap_or_else(|error| Handled::Ready(Err(error)))
}

/// Runs an asynchronous function.
pub fn running(future: impl Future<Output = Result<ToolResult, ToolError>> + Send + 'static) -> Handled {
    Handled::Running(Box::pin(future))
}

/// Runs a function on a thread that may block. Its panic is the caller's.
pub fn blocking(function: impl FnOnce() -> Result<ToolResult, ToolError> + Send + 'static) -> Handled {
    running(async move {
        let span = tracing::Span::current();
        let joined = tokio::task::spawn_blocking(move || span.in_scope(function)).await;
        joined.unwrap_or_else(|error| {
            let panic: Result<Box<dyn Any + Send>, _> = error.try_into_panic();
            panic.map_or_else(|cancelled| Err(ToolError::masked(cancelled)), |panic| resume_unwind(panic))
        })
    })
}
