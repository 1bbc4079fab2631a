//! What a function returns: a result or not, content or a structured value, an error to tell or to mask.

use std::{borrow::Cow, convert::Infallible, error::Error as StdError, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::{Probe, unfit, ways};
use crate::{
    catalog::{CompletionOutput, PromptOutput, ResourceOutput, ToolOutput, resource::contents},
    error::ToolError,
    protocol::{
        completion::Completion, prompts::PromptResult, resources::ResourceContents, tools::ToolResult,
    },
};

pub trait AsResult<T, E> {
    fn __returned(&self) -> Fallible<T, E> {
        Fallible(PhantomData)
    }
}

impl<T, E> AsResult<T, E> for &Probe<Result<T, E>> {}

/// A function that returns a `Result`.
#[derive(Debug)]
pub struct Fallible<T, E>(PhantomData<fn() -> (T, E)>);

impl<T, E> Fallible<T, E> {
    pub fn __value(&self) -> Probe<T> {
        Probe::new()
    }

    pub fn __error(&self) -> Probe<E> {
        Probe::new()
    }

    pub fn __finish<V: OutputTag<T>>(
        &self,
        returned: Result<T, E>,
        value: V,
        error: impl ErrorTag<E>,
    ) -> Result<V::Given, ToolError> {
        match returned {
            Ok(returned) => value.result(returned),
            Err(returned) => Err(error.error(returned)),
        }
    }
}

ways! { __returned:
    AsPlain [T] T, Probe<T> => Plain;
}

impl<T> Plain<T> {
    pub fn __value(&self) -> Probe<T> {
        Probe::new()
    }

    pub fn __error(&self) -> Probe<Infallible> {
        Probe::new()
    }

    pub fn __finish<V: OutputTag<T>>(
        &self,
        returned: T,
        value: V,
        _: impl ErrorTag<Infallible>,
    ) -> Result<V::Given, ToolError> {
        value.result(returned)
    }
}

ways! { __output:
    AsContent [T: ToolOutput] T, &&&&Probe<T> => ContentOutput;
    AsBytes [T: ByteString] T, &&&&Probe<T> => BytesOutput;
    AsStructured [T: Serialize + JsonSchema] T, &&&Probe<T> => StructuredOutput;
    AsOutputMissingSchema [T: Serialize] T, &&Probe<T> => OutputMissingSchema;
    AsMissingSerialize [T: JsonSchema] T, &Probe<T> => MissingSerialize;
    AsNoOutput [T] T, Probe<T> => NoOutput;
}

/// Bytes without a media type. As a structured value they would be a list of numbers, three times as long and of no use
/// to anybody. No such type is content too.
pub trait ByteString {}

impl ByteString for Vec<u8> {}
impl ByteString for Box<[u8]> {}
impl ByteString for &'static [u8] {}
impl ByteString for Cow<'static, [u8]> {}
impl ByteString for bytes::Bytes {}
impl<T: ByteString> ByteString for Option<T> {}

/// What a function's value is. `__fits` is where a type that is no result is complained about.
pub trait OutputTag<T>: Sized {
    /// What the server makes of it.
    type Given;

    /// The schema, where the value is structured.
    fn __schema(&self, _: &mut SchemaGenerator) -> Option<Schema> {
        None
    }

    fn result(self, returned: T) -> Result<Self::Given, ToolError>;
}

impl<T> ContentOutput<T> {
    pub fn __fits<R>(&self) {}
}

impl<T: ToolOutput> OutputTag<T> for ContentOutput<T> {
    type Given = ToolResult;

    fn result(self, returned: T) -> Result<ToolResult, ToolError> {
        Ok(returned.into_result())
    }
}

impl<T> StructuredOutput<T> {
    pub fn __fits<R>(&self) {}
}

impl<T: Serialize + JsonSchema> OutputTag<T> for StructuredOutput<T> {
    type Given = ToolResult;

    /// A title that only repeats the type's name is left out.
    fn __schema(&self, generator: &mut SchemaGenerator) -> Option<Schema> {
        let mut schema = generator.root_schema_for::<T>();
        if schema.get("title").is_some_and(|title| *title == *T::schema_name()) {
            schema.remove("title");
        }
        Some(schema)
    }

    fn result(self, returned: T) -> Result<ToolResult, ToolError> {
        ToolResult::structured(&returned).map_err(ToolError::masked)
    }
}

impl<T> BytesOutput<T> {
    pub fn __fits<R: ReturnsBytes<T>>(&self) {}
}

impl<T> OutputMissingSchema<T> {
    pub fn __fits<R: ReturnsSchema<T>>(&self) {}
}

impl<T> MissingSerialize<T> {
    pub fn __fits<R: ReturnsSerialize<T>>(&self) {}
}

impl<T> NoOutput<T> {
    pub fn __fits<R: Returns<T>>(&self) {}
}

macro_rules! unfit_outputs {
    ($($tag:ident: $given:ty),*) => {$(
        impl<T> OutputTag<T> for $tag<T> {
            type Given = $given;

            fn result(self, _: T) -> Result<$given, ToolError> {
                Err(unfit())
            }
        }
    )*};
}

unfit_outputs! {
    BytesOutput: ToolResult,
    OutputMissingSchema: ToolResult,
    MissingSerialize: ToolResult,
    NoOutput: ToolResult
}

ways! { __contents:
    AsContents [T: ResourceOutput] T, &Probe<T> => Contents;
    AsNoContents [T] T, Probe<T> => NoContents;
}

ways! { __messages:
    AsMessages [T: PromptOutput] T, &Probe<T> => Messages;
    AsNoMessages [T] T, Probe<T> => NoMessages;
}

ways! { __suggestions:
    AsSuggestions [T: CompletionOutput] T, &Probe<T> => Suggestions;
    AsNoSuggestions [T] T, Probe<T> => NoSuggestions;
}

macro_rules! outputs {
    ($($tag:ident: $trait:ident => $given:ty, $make:expr;)*) => {$(
        impl<T> $tag<T> {
            pub fn __fits<R>(&self) {}
        }

        impl<T: $trait> OutputTag<T> for $tag<T> {
            type Given = $given;

            fn result(self, returned: T) -> Result<$given, ToolError> {
                $make(returned)
            }
        }
    )*};
}

outputs! {
    Contents: ResourceOutput => Vec<ResourceContents>, contents;
    Messages: PromptOutput => PromptResult, |returned: T| Ok(returned.into_prompt());
    Suggestions: CompletionOutput => Completion, |returned: T| Ok(returned.into_completion());
}

impl<T> NoContents<T> {
    pub fn __fits<R: ReturnsContents<T>>(&self) {}
}

impl<T> NoMessages<T> {
    pub fn __fits<R: ReturnsMessages<T>>(&self) {}
}

impl<T> NoSuggestions<T> {
    pub fn __fits<R: ReturnsSuggestions<T>>(&self) {}
}

unfit_outputs! { NoContents: Vec<ResourceContents>, NoMessages: PromptResult, NoSuggestions: Completion }

#[diagnostic::on_unimplemented(
    message = "a resource can't return `{T}`",
    label = "neither text nor bytes",
    note = "return `String`, `Vec<u8>`, `ResourceContents`, a `Vec<ResourceContents>`, or an `Option` of these",
    note = "a value as JSON is `ResourceContents::json(&value)?`",
    note = "a function that returns a future is declared `async fn`, and returns what the future gives"
)]
pub trait ReturnsContents<T> {}

#[diagnostic::on_unimplemented(
    message = "a prompt can't return `{T}`",
    label = "neither text nor messages",
    note = "return `String`, `Content`, `PromptMessage`, `Vec<PromptMessage>` or `PromptResult`",
    note = "a function that returns a future is declared `async fn`, and returns what the future gives"
)]
pub trait ReturnsMessages<T> {}

#[diagnostic::on_unimplemented(
    message = "a completion can't return `{T}`",
    label = "not a list of texts",
    note = "return `Vec<String>`, `Vec<&'static str>` or `Completion`",
    note = "a function that returns a future is declared `async fn`, and returns what the future gives"
)]
pub trait ReturnsSuggestions<T> {}

#[diagnostic::on_unimplemented(
    message = "a tool can't return `{T}`: bytes would be written as a list of numbers",
    label = "bytes without a media type",
    note = "say what the bytes are: return `Image::new(bytes, \"image/png\")`, `Audio::new(bytes, \"audio/wav\")` or `EmbeddedResource::blob(uri, media_type, bytes)`",
    note = "text is `String`; a list of numbers is `Vec<u16>`, or a member of a type of yours"
)]
pub trait ReturnsBytes<T> {}

#[diagnostic::on_unimplemented(
    message = "the returned type `{T}` has no JSON Schema",
    label = "not `schemars::JsonSchema`",
    note = "a structured result needs `Serialize` and `JsonSchema`; add `#[derive(schemars::JsonSchema)]` to the type, or to your type inside it"
)]
pub trait ReturnsSchema<T> {}

#[diagnostic::on_unimplemented(
    message = "the returned type `{T}` can't be written as JSON",
    label = "not `serde::Serialize`",
    note = "a structured result needs `Serialize` and `JsonSchema`; add `#[derive(serde::Serialize)]` to the type, or to your type inside it"
)]
pub trait ReturnsSerialize<T> {}

#[diagnostic::on_unimplemented(
    message = "a tool can't return `{T}`",
    label = "neither content nor a structured value",
    note = "for a structured value, add `#[derive(serde::Serialize, schemars::JsonSchema)]` to the type",
    note = "content is `String`, `&'static str`, `()`, `Image`, `Content`, `Vec<Content>` and what implements `mcp_server::ToolOutput`",
    note = "a function that returns a future is declared `async fn`, and returns what the future gives"
)]
pub trait Returns<T> {}

ways! { __failure:
    AsTold [E: Into<ToolError>] E, &&Probe<E> => ToldError;
    AsMasked [E: Into<Box<dyn StdError + Send + Sync>>] E, &Probe<E> => MaskedError;
    AsNoError [E] E, Probe<E> => NoError;
}

/// What a function fails with. `__fits` is where a type that is no error is complained about.
pub trait ErrorTag<E>: Sized {
    fn error(self, error: E) -> ToolError;
}

impl<E> ToldError<E> {
    pub fn __fits<R>(&self) {}
}

impl<E: Into<ToolError>> ErrorTag<E> for ToldError<E> {
    fn error(self, error: E) -> ToolError {
        error.into()
    }
}

impl<E> MaskedError<E> {
    pub fn __fits<R>(&self) {}
}

impl<E: Into<Box<dyn StdError + Send + Sync>>> ErrorTag<E> for MaskedError<E> {
    fn error(self, error: E) -> ToolError {
        ToolError::masked(error)
    }
}

impl<E> NoError<E> {
    pub fn __fits<R: FailsWith<E>>(&self) {}
}

impl<E> ErrorTag<E> for NoError<E> {
    fn error(self, _: E) -> ToolError {
        unfit()
    }
}

#[diagnostic::on_unimplemented(
    message = "an annotated function can't fail with `{E}`",
    label = "not an error that can be told or logged",
    note = "fail with `ToolError`, or with anything that is `Into<Box<dyn std::error::Error + Send + Sync>>`"
)]
pub trait FailsWith<E> {}
