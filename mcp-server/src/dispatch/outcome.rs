//! What methods answer, in the newest revision's terms. Older ones are rendered from it.

use std::sync::Arc;

use crate::{
    call::Question,
    catalog::{Kind, List, Offer, PromptEntry},
    protocol::{
        completion::Completion,
        prompts::PromptResult,
        resources::{Cache, ResourceContents},
        skills::{Child, Skill},
        tools::ToolResult,
    },
    store::Task,
};

/// What a method answers.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// What the server is and can do.
    Discover { offer: Arc<Offer> },
    /// One page of a list.
    List { kind: Kind, page: usize, offer: Arc<Offer> },
    /// What a tool gave back. `bare`: its structured value may be something else than an object.
    Tool { result: ToolResult, bare: bool },
    /// A resource's contents.
    Contents { contents: Vec<ResourceContents>, cache: Cache },
    /// A prompt's messages.
    Prompt { result: PromptResult, prompt: Arc<PromptEntry> },
    /// What there is to know of a skill.
    Skill(Arc<Skill>),
    /// One page of what is in a folder.
    Folder { children: Arc<List<Child>>, page: usize },
    /// Suggestions.
    Completion(Completion),
    /// The client is to answer these, and to send its request again with the answers and the state.
    InputRequired { questions: Vec<Arc<Question>>, state: Option<String> },
    /// A task: a call that becomes one, or one as it is now.
    Task { task: Box<Task>, is_new: bool },
    /// It was taken.
    Acknowledged,
    /// A subscription has ended, and not because of its client.
    Unsubscribed,
}
