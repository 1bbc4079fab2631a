//! What changes while the server runs, and the tools that change it.

use std::sync::atomic::{AtomicU64, Ordering};

use mcp_server::{List, prelude::*};

/// How often the watched resource was changed.
#[derive(Debug, Default)]
pub(crate) struct Watched(AtomicU64);

impl Watched {
    /// The URI of the watched resource.
    pub(crate) const URI: &str = "test://watched-resource";

    /// What the watched resource holds now.
    pub(crate) fn text(&self) -> String {
        format!("Changed {} times.", self.0.load(Ordering::SeqCst))
    }
}

/// Changes the watched resource, and says so to everybody who subscribed to it.
#[mcp_tool]
async fn test_trigger_resource_update(watched: State<Watched>, ctx: Ctx) -> String {
    watched.0.fetch_add(1, Ordering::SeqCst);
    ctx.notify_resource_updated(Watched::URI).await;
    watched.text()
}

/// Says that the list of tools has changed.
#[mcp_tool]
async fn test_trigger_tool_change(ctx: Ctx) -> &'static str {
    ctx.notify_list_changed(List::Tools).await;
    "The list of tools was said to have changed."
}

/// Says that the list of prompts has changed.
#[mcp_tool]
async fn test_trigger_prompt_change(ctx: Ctx) -> &'static str {
    ctx.notify_list_changed(List::Prompts).await;
    "The list of prompts was said to have changed."
}

/// Says that the list of resources has changed.
#[mcp_tool]
async fn test_trigger_resource_change(ctx: Ctx) -> &'static str {
    ctx.notify_list_changed(List::Resources).await;
    "The list of resources was said to have changed."
}
