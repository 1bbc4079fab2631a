use mcp_server::prelude::*;

#[mcp_completion(resource = "notes://{folder}/{id}", arg = "id")]
async fn ids(typed: String, folder: Option<String>, notes: State<Notes>) -> Vec<String> {
    notes.ids(folder.as_deref(), &typed).await
}
