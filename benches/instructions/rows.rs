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

const FLOOR: &str = env!("CARGO_BIN_EXE_floor");
const FLOOR_LEAN: &str = env!("CARGO_BIN_EXE_floor_lean");
const FLOOR_200: &str = env!("CARGO_BIN_EXE_floor_200");
const RMCP: &str = env!("CARGO_BIN_EXE_peer_rmcp");

/// Every row. The floor's come first: the others are held against them.
pub(crate) const ROWS: &[Row] = &[
    row("floor", "bare axum", Traffic::ModernCall, FLOOR),
    row("floor-legacy", "bare axum", Traffic::LegacyCall, FLOOR),
    row("lean", "bare axum, without `Json`", Traffic::ModernCall, FLOOR_LEAN),
    row("lean-legacy", "bare axum, without `Json`", Traffic::LegacyCall, FLOOR_LEAN),
    row("floor-list", "bare axum", Traffic::ModernList, FLOOR_200),
    row("rmcp", "rmcp 3.9.0", Traffic::ModernCall, RMCP),
    row("rmcp-legacy", "rmcp 3.9.0", Traffic::LegacyCall, RMCP),
];
