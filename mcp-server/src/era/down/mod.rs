//! The newest model, rendered down for older revisions: the one table of what each of them lacks.

pub(super) mod content;
mod definitions;
pub(super) mod questions;

pub(super) use definitions::{implementation, write_prompt, write_resource, write_tool};

use crate::{
    call::Capabilities,
    error::{ProtocolError, RESOURCE_NOT_FOUND},
    protocol::{
        notification::{Notification, Progress},
        version::Revision,
    },
};

/// What some revisions know and others don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    /// `resultType`, cache hints and the server's identity in every result.
    ResultEnvelope,
    /// A structured value that isn't an object.
    BareValues,
    /// A property whose schema is `true` or `false`.
    BooleanSchemas,
    /// What extensions add: capabilities and methods.
    Extensions,
    /// Error -32602 for a resource that isn't there; before, it was -32002.
    NotFoundIsInvalid,
    /// A question to open a page, without a name.
    UnnamedPages,
    /// `icons`.
    Icons,
    /// Questions to open a page.
    ElicitedPages,
    /// Forms with choices of several, titles of choices as JSON Schema has them, and defaults.
    RichForms,
    /// Tools that a client's model may ask for, and messages of several blocks.
    SamplingTools,
    /// Streams that a client leaves and takes up again, from their first event on.
    Polling,
    /// Questions to the person.
    Elicitation,
    /// `structuredContent` and `outputSchema`.
    Structured,
    /// Content that links to a resource.
    Links,
    /// `title`.
    Titles,
    /// `_meta` beside that of results: of blocks, contents, tools, resources and prompts.
    Meta,
    /// When something was last modified, in its annotations.
    LastModified,
    /// Content that is a sound.
    Audio,
    /// A tool's `annotations`.
    ToolAnnotations,
    /// What is being done, beside how far it is.
    ProgressMessage,
    /// The capability `completions`.
    CompletionsCapability,
}

impl Feature {
    const fn since(self) -> Revision {
        match self {
            Self::ResultEnvelope
            | Self::BareValues
            | Self::BooleanSchemas
            | Self::NotFoundIsInvalid
            | Self::Extensions
            | Self::UnnamedPages => Revision::V2026_07_28,
            Self::Icons | Self::Polling | Self::ElicitedPages | Self::RichForms | Self::SamplingTools => {
                Revision::V2025_11_25
            }
            Self::Elicitation
            | Self::Structured
            | Self::Links
            | Self::Titles
            | Self::Meta
            | Self::LastModified => Revision::V2025_06_18,
            Self::Audio | Self::ToolAnnotations | Self::ProgressMessage | Self::CompletionsCapability => {
                Revision::V2025_03_26
            }
        }
    }
}

/// Whether a revision knows a feature.
pub(super) fn knows(revision: Revision, feature: Feature) -> bool {
    revision >= feature.since()
}

/// What a client of a revision can be asked, of what it declares.
pub(super) fn capabilities(declared: Capabilities, revision: Revision) -> Capabilities {
    let knows = |feature| knows(revision, feature);
    Capabilities {
        sampling_tools: declared.sampling_tools && knows(Feature::SamplingTools),
        forms: declared.forms && knows(Feature::Elicitation),
        urls: declared.urls && knows(Feature::ElicitedPages),
        tasks: declared.tasks && knows(Feature::Extensions),
        ..declared
    }
}

/// The code of an error.
pub(super) fn code(error: &ProtocolError, revision: Revision) -> i32 {
    match error {
        ProtocolError::NotFound { .. } if !knows(revision, Feature::NotFoundIsInvalid) => RESOURCE_NOT_FOUND,
        _ => error.code(),
    }
}

/// A notification of a call.
pub(super) fn notification(full: Notification, revision: Revision) -> Notification {
    match full {
        Notification::Progress(progress) if !knows(revision, Feature::ProgressMessage) => {
            Notification::Progress(Progress { message: None, ..progress })
        }
        other => other,
    }
}
