//! What the server offers.
//!
//! Takes descriptors that the macros wrote (or things built by hand), gives an [`Offer`] of what is compiled: a
//! schema to publish, a validator for it, and one function to call. Knows nothing of HTTP, of revisions, or of
//! who may call what.

mod access;
mod argument_limits;
pub(crate) mod arguments;
mod card;
pub(crate) mod completion;
pub(crate) mod descriptor;
mod explain;
pub(crate) mod input;
mod invocation;
mod limits;
mod list;
mod outline;
mod output;
mod overlaps;
mod pages;
mod prompt;
mod provider;
mod reading;
mod recent;
mod registry;
pub(crate) mod resource;
mod result;
mod schema;
mod selection;
mod skills;
mod template;
mod tool;
mod views;

pub(crate) use access::{Access, Admission, Guarded, Mark, Need};
pub(crate) use argument_limits::ArgumentLimits;
pub(crate) use arguments::{HeaderArgument, Validator, defaults};
pub(crate) use completion::Suggest;
pub use completion::{Complete, Completing};
pub(crate) use descriptor::{Rate, Rules, TaskRule};
pub(crate) use explain::Explainer;
pub use input::{FromCall, Needs};
pub use invocation::{Arguments, Handled, Invocation};
pub(crate) use invocation::{BoxFuture, Handler};
pub(crate) use limits::ItemLimits;
pub(crate) use list::List;
pub(crate) use outline::Outline;
pub use output::{CompletionOutput, PromptOutput, ResourceOutput, ToolOutput};
pub(crate) use pages::Pages;
pub use prompt::Prompt;
pub(crate) use prompt::PromptEntry;
pub use provider::{Offers, Provider};
pub(crate) use recent::Recent;
pub(crate) use registry::{Announced, Found, Item, Kind, Located, Offer, OfferRules};
pub use resource::Resource;
pub(crate) use resource::ResourceEntry;
pub(crate) use schema::{with_whole_numbers, wrap};
pub(crate) use selection::Selection;
pub(crate) use skills::Folder as SkillFolder;
pub use tool::Tool;
pub(crate) use tool::ToolEntry;
pub(crate) use views::{Has, MOST_VIEWS};
