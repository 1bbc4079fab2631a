//! What a function can be annotated as, and how messages speak of it.

use syn::Attribute;

/// What a function offers to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offered {
    Tool,
    Resource,
    Prompt,
    Completion,
}

impl Offered {
    const ALL: [Self; 4] = [Self::Tool, Self::Resource, Self::Prompt, Self::Completion];

    /// What the attribute annotates a function as, if it is one of ours.
    pub(crate) fn of(attribute: &Attribute) -> Option<Self> {
        let last = attribute.path().segments.last()?;
        Self::ALL.into_iter().find(|offered| last.ident == offered.attribute())
    }

    /// The name of the attribute.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Tool => "mcp_tool",
            Self::Resource => "mcp_resource",
            Self::Prompt => "mcp_prompt",
            Self::Completion => "mcp_completion",
        }
    }

    /// What it is, in a sentence.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Tool => "a tool",
            Self::Resource => "a resource",
            Self::Prompt => "a prompt",
            Self::Completion => "a completion",
        }
    }

    /// What clients do with it.
    pub(crate) fn used(self) -> &'static str {
        match self {
            Self::Tool => "called",
            Self::Resource => "read",
            Self::Prompt => "fetched",
            Self::Completion => "asked for",
        }
    }

    /// Why it needs a description.
    pub(crate) fn unread(self) -> String {
        match self {
            Self::Prompt => "nobody chooses a prompt that they can't read about".to_owned(),
            _ => format!("a model can't choose {} that it can't read about", self.noun()),
        }
    }
}
