use mcp_server::prelude::*;

/// A note.
#[mcp_resource(
    "notes://{id}{?lines}",
    title = "Note",
    mime = "text/markdown",
    annotations(audience = ["user", "assistant"], priority = 0.5, last_modified = "2025-01-12T15:00:58Z"),
    ttl = "60s",
    cache = "private",
    scope = "notes:read",
    start
)]
async fn note(
    id: u64,
    #[arg(min = 1, default = 100)] lines: usize,
    notes: State<Notes>,
) -> Result<Option<String>, ToolError> {
    notes.read(id, lines).await
}
