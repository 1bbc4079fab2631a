//! A folder for people who sign in: `FILES_DIR=notes cargo run -p files -- --issuer https://id.example.com`.

mod folder;

use std::env;

use folder::Folder;
use mcp_server::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// List the files, with their paths.
#[mcp_tool(scope = "files:read", start, read_only, blocking)]
fn list_files(folder: State<Folder>) -> Result<Files, ToolError> {
    Ok(Files { files: folder.list()? })
}

#[derive(Serialize, JsonSchema)]
struct Files {
    /// Paths relative to the folder
    files: Vec<String>,
}

/// Read a text file.
#[mcp_tool(scope = "files:read", start, read_only, blocking)]
fn read_file(
    /// Path relative to the folder
    path: String,
    folder: State<Folder>,
) -> Result<String, ToolError> {
    folder.read(&path)
}

/// Write a text file, instead of what it held before.
#[mcp_tool(scope = "files:write", destructive, idempotent, blocking)]
fn write_file(
    /// Path relative to the folder
    path: String,
    /// New contents
    #[arg(max_length = 100_000)]
    text: String,
    folder: State<Folder>,
) -> Result<String, ToolError> {
    folder.write(&path, &text)?;
    Ok(format!("{} bytes are in `{path}` now.", text.len()))
}

/// Delete a file for good.
#[mcp_tool(scope = "files:write", approval = true, destructive, blocking)]
fn delete_file(
    /// Path relative to the folder
    path: String,
    folder: State<Folder>,
) -> Result<String, ToolError> {
    folder.delete(&path)?;
    Ok(format!("`{path}` is gone."))
}

/// Say who is calling, and what they may do.
#[mcp_tool(authenticated, read_only)]
fn whoami(principal: Principal) -> Caller {
    Caller {
        issuer: principal.issuer().map(str::to_owned),
        subject: principal.subject().map(str::to_owned),
        client: principal.client().map(str::to_owned),
        scopes: principal.scopes().map(str::to_owned).collect(),
    }
}

#[derive(Serialize, JsonSchema)]
struct Caller {
    /// Who vouches for the caller
    issuer: Option<String>,
    /// The person, as the issuer knows them
    subject: Option<String>,
    /// The program that acts for them
    client: Option<String>,
    /// What the token allows
    scopes: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<(), mcp_server::Error> {
    let folder = env::var("FILES_DIR").unwrap_or_else(|_| "files".to_owned());
    McpServer::new("files").version(env!("CARGO_PKG_VERSION")).state(Folder::open(&folder)?).run().await
}
