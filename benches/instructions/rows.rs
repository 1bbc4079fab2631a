//! The rows of the table: which server, and what is sent to it.

use crate::traffic::Traffic;

/// One server under one kind of traffic.
#[derive(Debug)]
pub(crate) struct Row {
    /// How the command line names it.
    pub(crate) name: &'static str,
    /// How the table names the server.
    pub(crate) title: &'static str,
    /// What is sent.
    pub(crate) traffic: Traffic,
    /// The server's executable.
    pub(crate) program: &'static str,
}

const fn row(name: &'static str, title: &'static str, traffic: Traffic, program: &'static str) -> Row {
    Row { name, title, traffic, program }
}

/// What one would write by hand.
pub(crate) const AXUM: &str = "axum";
/// What one would write by hand and tune.
pub(crate) const LEAN: &str = "lean axum";
pub(crate) const US: &str = "mcp-server";
pub(crate) const PEER: &str = "rmcp 3.9.0";

const FLOOR: &str = env!("CARGO_BIN_EXE_floor");
const FLOOR_LEAN: &str = env!("CARGO_BIN_EXE_floor_lean");
const FLOOR_200: &str = env!("CARGO_BIN_EXE_floor_200");
pub(crate) const OURS: &str = env!("CARGO_BIN_EXE_ours");
const OURS_PROTECTED: &str = env!("CARGO_BIN_EXE_ours_protected");
const OURS_FIRST: &str = env!("CARGO_BIN_EXE_ours_first");
const OURS_200: &str = env!("CARGO_BIN_EXE_ours_200");
pub(crate) const RMCP: &str = env!("CARGO_BIN_EXE_peer_rmcp");

/// Every row.
pub(crate) const ROWS: &[Row] = &[
    row("ours", US, Traffic::ModernCall, OURS),
    row("ours-legacy", US, Traffic::LegacyCall, OURS),
    row("ours-protected", US, Traffic::ProtectedCall, OURS_PROTECTED),
    row("ours-first", "mcp-server, first call of a token", Traffic::ProtectedCall, OURS_FIRST),
    row("ours-list", US, Traffic::ModernList, OURS_200),
    row("floor", AXUM, Traffic::ModernCall, FLOOR),
    row("floor-legacy", AXUM, Traffic::LegacyCall, FLOOR),
    row("lean", LEAN, Traffic::ModernCall, FLOOR_LEAN),
    row("lean-legacy", LEAN, Traffic::LegacyCall, FLOOR_LEAN),
    row("floor-list", AXUM, Traffic::ModernList, FLOOR_200),
    row("rmcp", PEER, Traffic::ModernCall, RMCP),
    row("rmcp-legacy", PEER, Traffic::LegacyCall, RMCP),
];
