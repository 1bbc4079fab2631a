//! The README's longer example, which is this code.

use std::{fs, path::Path, time::Duration};

use mcp_server::prelude::*;
use mcp_tests::wire::Draft;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

#[derive(Debug)]
struct Workspace;

/// What was written.
#[derive(Debug, Serialize, JsonSchema)]
struct Written {
    bytes: usize,
}

impl Workspace {
    async fn write(&self, path: &str, text: &str) -> std::io::Result<Written> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        if path.starts_with("etc/") {
            return Err(std::io::Error::other("the disk is on fire"));
        }
        Ok(Written { bytes: text.len() })
    }
}

/// Write a text file into the workspace.
#[mcp_tool(title = "Write a file", destructive, timeout = "30s")]
async fn write_file(
    /// Path relative to the workspace root
    #[arg(pattern = "^[a-z/.]+$")]
    path: String,
    /// New contents
    #[arg(max_length = 100_000)]
    text: String,
    workspace: State<Workspace>,
    ctx: Ctx,
) -> Result<Written, ToolError> {
    ctx.progress(0.5).message("writing").await;
    if path.starts_with('/') || path.contains("..") {
        return Err(ToolError::tell("`path` must stay inside the workspace"));
    }
    Ok(workspace.write(&path, &text).await?)
}

#[test]
fn the_readme_shows_this_function() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(folder.join("tests/readme.rs")).expect("this file");
    let readme = fs::read_to_string(folder.join("../README.md")).expect("the README");
    let begin = source.find("/// Write a text file").expect("the function");
    let end = begin + source[begin..].find("\n}\n").expect("its end") + 3;
    assert!(readme.contains(&source[begin..end]));
    assert!(readme.lines().count() <= 150);
}

#[tokio::test]
async fn it_does_what_the_readme_says() {
    let router = McpServer::new("files").state(Workspace).build().expect("a server").router();
    let call = |path: &str| Draft::call("write_file", json!({"path": path, "text": "hello"}));
    assert_eq!(call("notes.md").send(&router).await.result()["structuredContent"], json!({"bytes": 5}));
    let told = call("../x").send(&router).await.tool_error();
    assert_eq!(told, "`path` must stay inside the workspace");
    let masked = call("etc/x").send(&router).await.tool_error();
    assert!(masked.contains("reference") && !masked.contains("fire"), "{masked}");
    assert!(call("Notes").send(&router).await.tool_error().contains("`path`"));
    let tools = Draft::modern("tools/list", json!({})).send(&router).await.result();
    assert_eq!(tools["tools"][0]["annotations"], json!({"destructiveHint": true}));
    assert_eq!(tools["tools"][0]["outputSchema"]["properties"]["bytes"]["type"], json!("integer"));
}
