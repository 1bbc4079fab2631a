//! Notes: an object whose methods are tools, a resource, a prompt and a completion.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use mcp_server::prelude::*;

/// The notes, by their names.
#[derive(Default)]
struct Notes(Mutex<BTreeMap<String, String>>);

#[mcp_tools]
impl Notes {
    /// Write a note, or write it anew.
    #[mcp_tool(idempotent, open_world = false)]
    async fn write(
        &self,
        /// A word to find it by
        #[arg(pattern = "^[a-z]+$", max_length = 40)]
        name: String,
        /// What it says
        #[arg(max_length = 10_000)]
        text: String,
        ctx: Ctx,
    ) {
        self.notes().insert(name.clone(), text);
        ctx.notify_resource_updated(format!("notes://{name}")).await;
    }

    /// Find the notes that hold a word.
    #[mcp_tool(read_only, open_world = false)]
    fn find(&self, word: String) -> Vec<String> {
        self.notes().iter().filter(|(_, text)| text.contains(&word)).map(|(name, _)| name.clone()).collect()
    }

    /// A note.
    #[mcp_resource("notes://{name}", mime = "text/plain")]
    fn read(&self, name: String) -> Option<String> {
        self.notes().get(&name).cloned()
    }

    /// Sum a note up.
    #[mcp_prompt]
    fn sum_up(&self, name: String) -> Result<String, ToolError> {
        let text = self.read(name).ok_or_else(|| ToolError::tell("there is no such note"))?;
        Ok(format!("Sum this up in one sentence:\n\n{text}"))
    }

    #[mcp_completion(prompt = "sum_up", arg = "name")]
    fn names(&self, typed: String) -> Vec<String> {
        self.notes().keys().filter(|name| name.starts_with(&typed)).cloned().collect()
    }

    fn notes(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tokio::main]
async fn main() -> Result<(), mcp_server::Error> {
    McpServer::new("notes").tools(Notes::default()).run().await
}
