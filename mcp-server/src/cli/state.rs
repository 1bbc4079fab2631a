//! The flags about what the server keeps, and what it gives clients to keep.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;

use crate::server::McpServer;

// No `Debug`: there are keys in it. No documentation either, as `--help` would begin with it.
#[derive(Args)]
pub(super) struct StateFlags {
    /// The keys that seal clients' request state: 32 bytes in base64 each, commas between; the first one seals. Other
    /// users of the machine can see a process's flags, and not its environment
    // As text: what clap says of a value that it can't read has the value in it.
    #[arg(long, env = "MCP_STATE_KEYS", hide_env_values = true, global = true, value_name = "KEYS")]
    state_keys: Option<String>,
    /// The directory for what must outlast the server; it is made when it isn't there
    #[arg(long, env = "MCP_DATA", global = true, value_name = "DIRECTORY")]
    data: Option<PathBuf>,
    /// How many copies of this server answer at the same URL [default: 1]
    #[arg(long, env = "MCP_NODES", global = true)]
    nodes: Option<NonZeroUsize>,
}

impl StateFlags {
    /// Says it to the server. Keys that its author has given stay.
    pub(super) fn tell(self, server: &mut McpServer) {
        let sealing = &mut server.sealing;
        if sealing.keys.is_none() {
            sealing.keys = self.state_keys.map(|text| text.parse());
        }
        if self.data.is_some() {
            sealing.data = self.data;
        }
        sealing.nodes = self.nodes.unwrap_or(sealing.nodes);
    }
}
