use mcp_server::prelude::*;

/// Measure a file.
#[mcp_tool(public, read_only, blocking)]
pub fn measure(path: String) -> std::io::Result<Measured> {
    Ok(Measured { bytes: std::fs::metadata(path)?.len() })
}

#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct Measured {
    bytes: u64,
}
