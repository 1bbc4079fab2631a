//! What a server's code usually names: `use mcp_server::prelude::*;`.

pub use crate::{
    Completing, Content, Ctx, Level, McpServer, PromptMessage, ResourceContents, State, ToolError,
    ToolResult, mcp_completion, mcp_prompt, mcp_resource, mcp_tool, mcp_tools,
};
