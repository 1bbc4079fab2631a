//! What a function returns, made into a result.

use std::borrow::Cow;

use crate::protocol::{
    content::{Audio, Content, EmbeddedResource, Image, ResourceLink, Text},
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
