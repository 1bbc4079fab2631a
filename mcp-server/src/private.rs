//! What generated code may name. Not public interface: it changes with the macros, without notice.
//!
//! Which of its ways a parameter or a result goes is decided by its traits, not by its name, so that an alias
//! works: a [`Probe`] of the type is asked through more references than any trait of [`traits`] is implemented for,
//! and method lookup, which takes them off one by one, stops at the first trait that holds. What that gives is a
//! tag. The tag of a type that fits nowhere has the same methods, but `__fits` asks for a trait that nothing has:
//! that is the one error, with our message, at the user's type.
//!
//! Methods begin with underscores, because an extension trait of the user's with a method of the name would win.

#[path = "private/asking.rs"]
pub mod asking;
#[path = "private/methods.rs"]
pub mod methods;
#[path = "private/parameter.rs"]
pub mod parameter;
#[path = "private/returned.rs"]
pub mod returned;

use std::{marker::PhantomData, panic::resume_unwind};

use tokio::task::JoinSet;

pub use inventory;
pub use schemars::SchemaGenerator;
pub use std::{
    self,
    clone::Clone,
    option::Option::{None, Some},
    primitive::bool,
    result::Result::Ok,
    sync::{Arc, OnceLock},
    time::Duration,
};

pub use self::{
    asking::{begun, ended, field, together},
    methods::Method,
};

pub use crate::{
    ask::{
        Form, FormChoice, FormField,
        form::{Compiled, RegisteredForm},
    },
    call::Call,
    catalog::{
        Arguments, Handled, Invocation, Offers, Provider,
        completion::{Complete, Completer, Completing},
        descriptor::{
            AnnotationsDescriptor, Approval, ApprovalLevel, CardDescriptor, Completed, CompletionDescriptor,
            PromptDescriptor, Rate, Registered, ResourceDescriptor, Rules, TaskRule, ToolDescriptor,
        },
        input::{ArgumentRules, Input},
    },
    error::{Place, ToolError},
    protocol::{
        completion::Completion,
        content::Role,
        prompts::PromptResult,
        resources::{Cache, CacheScope, ResourceContents},
        tools::{Hints, ToolResult},
    },
};

/// A type whose traits are asked for.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The traits that method lookup tries, without names: generated code imports them all, and hides nothing.
pub mod traits {
    pub use super::{
        asking::{
            AsAsked as _, AsMaybeAsked as _, AsNeverAsked as _, AsNeverMaybeAsked as _, AsNoSchema as _,
            AsSchema as _,
        },
        methods::{AsShared as _, AsUnsent as _, AsUnsynced as _},
        parameter::{
            AsArgument as _, AsFromCall as _, AsMissingDeserialize as _, AsMissingSchema as _,
            AsNoParameter as _, AsStated as _, ParameterTag as _,
        },
        returned::{
            AsBytes as _, AsContent as _, AsContents as _, AsMasked as _, AsMessages as _,
            AsMissingSerialize as _, AsNoContents as _, AsNoError as _, AsNoMessages as _, AsNoOutput as _,
            AsNoSuggestions as _, AsOutputMissingSchema as _, AsPlain as _, AsResult as _, AsStructured as _,
            AsSuggestions as _, AsTold as _, ErrorTag as _, OutputTag as _,
        },
    };
}

/// Traits in the order in which they are tried: `Trait [generics] Type, who has it => tag`.
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

use ways;

/// What stands where a type fits nowhere. It is never reached: `__fits` doesn't compile.
fn unfit() -> ToolError {
    ToolError::tell("this was not compiled")
}

/// Takes the parameters and starts the function.
pub fn start<T>(
    mut invocation: Invocation,
    function: impl FnOnce(&mut Invocation) -> Result<Handled<T>, ToolError>,
) -> Handled<T> {
    function(&mut invocation).unwrap_or_else(|error| Handled::Ready(Err(error)))
}

/// Runs an asynchronous function.
pub fn running<T>(future: impl Future<Output = Result<T, ToolError>> + Send + 'static) -> Handled<T> {
    Handled::Running(Box::pin(future))
}

/// Runs a function on a thread that may block. Its panic is the caller's. One that hasn't begun when its client
/// leaves never does; one that has begun counts as a running call until it ends, also when nobody waits for it any more.
pub fn blocking<T: Send + 'static>(
    call: &Call,
    function: impl FnOnce() -> Result<T, ToolError> + Send + 'static,
) -> Handled<T> {
    let permit = call.hold_permit();
    running(async move {
        let span = tracing::Span::current();
        let mut threads = JoinSet::new(); // ends what it holds when it is dropped
        threads.spawn_blocking(move || {
            let _until_it_ends = permit;
            span.in_scope(function)
        });
        match threads.join_next().await {
            Some(Ok(given)) => given,
            Some(Err(error)) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(cancelled) => Err(ToolError::masked(cancelled)),
            },
            None => unreachable!("one was spawned"),
        }
    })
}
