//! What a server's code usually names: `use mcp_server::prelude::*;`.

pub use crate::{
    AskError, Auth, Completing, Content, Ctx, Form, FormSchema, Level, McpServer, Principal, PromptMessage,
    ResourceContents, Sampling, State, ToolError, ToolResult, mcp_completion, mcp_prompt, mcp_resource,
    mcp_tool, mcp_tools,
};
