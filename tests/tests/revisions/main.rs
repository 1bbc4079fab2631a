//! A client of every revision goes through every method and every kind of content. Each message that it is sent
//! must be one that its revision knows, and what it is shown is the table in `docs/revisions.md`.
//!
//! Something new that the server can do is one more line in `seen.rs`, in `errors.rs` and in `table.rs`.

mod errors;
mod schemas;
mod seen;
mod server;
mod table;

use std::{fs, path::Path};

use mcp_tests::client::Client;
use serde_json::json;

/// The revisions that the server speaks. It has no HTTP+SSE yet, which is how 2024-11-05 travels.
const SPOKEN: [&str; 4] = ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

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
    let router = server::router();
    seen::by(revision, &router).await;
    errors::get(&Client::connect(&router, revision, json!({})).await.0).await;
}

#[tokio::test]
async fn the_table_is_what_is_seen() {
    let router = server::router();
    let mut columns = Vec::new();
    for revision in SPOKEN {
        columns.push((revision, seen::by(revision, &router).await));
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
