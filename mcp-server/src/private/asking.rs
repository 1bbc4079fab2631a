//! What is asked: whether a type's form can be made, and the parameters that the person is asked for.

use std::{future::poll_fn, marker::PhantomData};

use futures_util::future::try_join;
use schemars::JsonSchema;

use super::{Probe, unfit, ways};
use crate::{
    ask::{
        AskError, Form, FormField, elicit,
        form::{Compiled, of_answer, of_type},
    },
    call::Call,
    catalog::Handled,
    error::ToolError,
};

ways! { __form:
    AsSchema [T: JsonSchema] T, &Probe<T> => HasSchema;
    AsNoSchema [T] T, Probe<T> => NoSchema;
}

impl<T: JsonSchema> HasSchema<T> {
    pub fn __fits<P>(&self) {}

    /// The form of a struct.
    pub fn __of_type(&self) -> Compiled {
        of_type::<T>()
    }

    /// The form of an enum.
    pub fn __of_answer(&self) -> Compiled {
        of_answer::<T>()
    }
}

impl<T> NoSchema<T> {
    pub fn __fits<P: ForForms>(&self) {}

    pub fn __of_type(&self) -> Compiled {
        Err(Vec::new())
    }

    pub fn __of_answer(&self) -> Compiled {
        Err(Vec::new())
    }
}

#[diagnostic::on_unimplemented(
    message = "the form `{Self}` has no JSON Schema",
    label = "not `schemars::JsonSchema`",
    note = "a form needs `Deserialize` and `JsonSchema`; add `#[derive(schemars::JsonSchema)]` to the type"
)]
pub trait ForForms {}

/// Here a field that no form can have is complained about.
pub const fn field<T: FormField>() {}

macro_rules! asked {
    ($($way:ident [$($generics:tt)*] $of:ty, $reference:ty => $tag:ident;)*) => {$(
        pub trait $way<T> {
            fn __asked(&self) -> $tag<T> {
                $tag(PhantomData)
            }
        }

        impl<$($generics)*> $way<T> for $reference {}

        /// How a parameter is asked. `__fits` is where a type that can't be is complained about.
        #[derive(Debug)]
        pub struct $tag<T>(PhantomData<fn() -> T>);
    )*};
}

asked! {
    AsAsked [T: Form] T, &&&Probe<T> => Asked;
    AsMaybeAsked [T: Form] Option<T>, &&Probe<Option<T>> => MaybeAsked;
    AsNeverMaybeAsked [T] Option<T>, &Probe<Option<T>> => NeverMaybeAsked;
    AsNeverAsked [T] T, Probe<T> => NeverAsked;
}

impl<T: Form> Asked<T> {
    pub fn __fits<P>(&self) {}

    pub async fn __ask(
        self,
        call: &Call,
        message: &'static str,
        key: Option<&'static str>,
    ) -> Result<T, ToolError> {
        Ok(elicit(call, message, key).await?)
    }
}

impl<T: Form> MaybeAsked<T> {
    pub fn __fits<P>(&self) {}

    pub async fn __ask(
        self,
        call: &Call,
        message: &'static str,
        key: Option<&'static str>,
    ) -> Result<Option<T>, ToolError> {
        match elicit(call, message, key).await {
            Ok(answer) => Ok(Some(answer)),
            Err(AskError::Declined | AskError::Cancelled | AskError::Unsupported(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl<T> NeverMaybeAsked<T> {
    pub fn __fits<P>(&self)
    where
        T: Form,
    {
    }

    pub async fn __ask(
        self,
        _: &Call,
        _: &'static str,
        _: Option<&'static str>,
    ) -> Result<Option<T>, ToolError> {
        Err(unfit())
    }
}

impl<T> NeverAsked<T> {
    pub fn __fits<P: Form>(&self) {}

    pub async fn __ask(self, _: &Call, _: &'static str, _: Option<&'static str>) -> Result<T, ToolError> {
        Err(unfit())
    }
}

/// Two questions at once. The first that has no answer ends both.
pub async fn together<A, B>(
    first: impl Future<Output = Result<A, ToolError>>,
    second: impl Future<Output = Result<B, ToolError>>,
) -> Result<(A, B), ToolError> {
    try_join(first, second).await
}

/// All is there that the function asked for, and it begins.
pub async fn begun(call: &Call) {
    if let Some(questions) = call.asked() {
        poll_fn(|_| questions.poll_gate()).await;
    }
}

/// Ends what a function began.
pub async fn ended<T>(handled: Handled<T>) -> Result<T, ToolError> {
    match handled {
        Handled::Ready(result) => result,
        Handled::Running(future) => future.await,
    }
}
