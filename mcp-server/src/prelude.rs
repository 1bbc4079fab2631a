//! What a server's code usually names: `use mcp_server::prelude::*;`.

pub use crate::{Content, Ctx, Level, McpServer, State, ToolError, ToolResult, mcp_tool};
