//! A client of every revision goes through every method, every kind of content and every change. Each message that
//! it is sent must be one that its revision knows, and what it is shown is the table in `docs/revisions.md`.
//!
//! Something new that the server can do is one more line in `seen.rs` or `changes.rs`, in `errors.rs` and in `table.rs`.

mod changes;
mod errors;
mod questions;
mod schemas;
mod seen;
mod server;
mod table;
mod tasks;

use std::{fs, path::Path};

use mcp_tests::specification::REVISIONS;

#[tokio::test]
async fn revision_2024_11_05() {
    knows_every_message("2024-11-05").await;
}

#[tokio::test]
async fn revision_2025_03_26() {
    knows_every_message("2025-03-26").await;
}

#[tokio::test]
async fn revision_2025_06_18() {
    knows_every_message("2025-06-18").await;
}

#[tokio::test]
async fn revision_2025_11_25() {
    knows_every_message("2025-11-25").await;
}

#[tokio::test]
async fn revision_2026_07_28() {
    knows_every_message("2026-07-28").await;
}

/// The client checks each message; see `mcp_tests::client`.
async fn knows_every_message(revision: &'static str) {
    seen::by(revision, &server::server()).await;
}

#[tokio::test]
async fn the_table_is_what_is_seen() {
    let mut columns = Vec::new();
    for revision in REVISIONS {
        columns.push((revision, seen::by(revision, &server::server()).await));
    }
    let page = table::page(&columns);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/revisions.md");
    if std::env::var("REVISIONS").is_ok_and(|wish| wish == "overwrite") {
        fs::write(&file, &page).expect("docs/revisions.md");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    let changed: Vec<&str> =
        page.lines().filter(|line| !written.lines().any(|other| other == *line)).collect();
    assert!(
        page == written,
        "docs/revisions.md says something else. If what is seen is right, \
         `REVISIONS=overwrite cargo test -p mcp-tests --test revisions` writes it again. What is seen:\n{}",
        changed.join("\n"),
    );
}
