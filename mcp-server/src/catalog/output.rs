//! What a function returns, made into a result.

use std::borrow::Cow;

use crate::protocol::{
    completion::Completion,
    content::{Audio, Content, EmbeddedResource, Image, ResourceLink, Text},
    prompts::{PromptMessage, PromptResult},
    resources::ResourceContents,
    tools::ToolResult,
};

/// A return type that is content by itself. Every other one is a structured value: `Serialize + JsonSchema`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a tool's result",
    label = "neither content nor a structured value",
    note = "return text, `Content`, or a type that derives `serde::Serialize` and `schemars::JsonSchema`"
)]
pub trait ToolOutput {
    /// The result.
    fn into_result(self) -> ToolResult;
}

impl ToolOutput for ToolResult {
    fn into_result(self) -> ToolResult {
        self
    }
}

impl ToolOutput for () {
    fn into_result(self) -> ToolResult {
        ToolResult::default()
    }
}

impl ToolOutput for Vec<Content> {
    fn into_result(self) -> ToolResult {
        ToolResult { content: self, ..ToolResult::default() }
    }
}

impl ToolOutput for Content {
    fn into_result(self) -> ToolResult {
        ToolResult { content: vec![self], ..ToolResult::default() }
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        impl ToolOutput for $type {
            fn into_result(self) -> ToolResult {
                ToolResult::text(self)
            }
        }
    )*};
}

text!(String, &'static str, Cow<'static, str>, Box<str>);

macro_rules! block {
    ($($type:ty),*) => {$(
        impl ToolOutput for $type {
            fn into_result(self) -> ToolResult {
                Content::from(self).into_result()
            }
        }
    )*};
}

block!(Text, Image, Audio, ResourceLink, EmbeddedResource);

/// A return type that is a resource's contents.
///
/// `None` says that there is no such resource. An error that is told is the reader's, every other one is masked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a resource's contents",
    label = "neither text nor bytes",
    note = "return `String`, `Vec<u8>`, `ResourceContents`, a `Vec` or an `Option` of them; `ResourceContents::json(..)` makes contents of a value"
)]
pub trait ResourceOutput {
    /// The contents, if there is such a resource.
    fn into_contents(self) -> Option<Vec<ResourceContents>>;
}

impl ResourceOutput for ResourceContents {
    fn into_contents(self) -> Option<Vec<ResourceContents>> {
        Some(vec![self])
    }
}

impl ResourceOutput for Vec<ResourceContents> {
    fn into_contents(self) -> Option<Vec<ResourceContents>> {
        Some(self)
    }
}

impl<T: ResourceOutput> ResourceOutput for Option<T> {
    fn into_contents(self) -> Option<Vec<ResourceContents>> {
        self.and_then(T::into_contents)
    }
}

macro_rules! contents {
    ($($type:ty, $of:ident);*) => {$(
        impl ResourceOutput for $type {
            fn into_contents(self) -> Option<Vec<ResourceContents>> {
                ResourceContents::$of(self).into_contents()
            }
        }
    )*};
}

contents!(String, text; &'static str, text; Cow<'static, str>, text; Box<str>, text);
contents!(Vec<u8>, blob; &'static [u8], blob; bytes::Bytes, blob);

/// A return type that is a prompt's messages.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a prompt",
    label = "neither text nor messages",
    note = "return `String`, `PromptMessage`, `Vec<PromptMessage>` or `PromptResult`"
)]
pub trait PromptOutput {
    /// The messages.
    fn into_prompt(self) -> PromptResult;
}

impl PromptOutput for PromptResult {
    fn into_prompt(self) -> PromptResult {
        self
    }
}

impl PromptOutput for Vec<PromptMessage> {
    fn into_prompt(self) -> PromptResult {
        PromptResult::new(self)
    }
}

impl PromptOutput for PromptMessage {
    fn into_prompt(self) -> PromptResult {
        PromptResult::new([self])
    }
}

/// What the person says.
macro_rules! prompt {
    ($($type:ty),*) => {$(
        impl PromptOutput for $type {
            fn into_prompt(self) -> PromptResult {
                PromptMessage::user(Content::from(self)).into_prompt()
            }
        }
    )*};
}

prompt!(String, &'static str, Content, Text, Image, Audio, ResourceLink, EmbeddedResource);

/// A return type that is suggestions for an argument's value, the best first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a completion",
    label = "not a list of texts",
    note = "return `Vec<String>`, `Vec<&'static str>` or `Completion`"
)]
pub trait CompletionOutput {
    /// The suggestions.
    fn into_completion(self) -> Completion;
}

impl CompletionOutput for Completion {
    fn into_completion(self) -> Completion {
        self
    }
}

impl CompletionOutput for Vec<String> {
    fn into_completion(self) -> Completion {
        Completion::new(self)
    }
}

impl CompletionOutput for Vec<&'static str> {
    fn into_completion(self) -> Completion {
        Completion::new(self)
    }
}
