//! Resources: a text, bytes, a template, and one that changes.

use mcp_server::prelude::*;
use serde_json::json;

use crate::{changes::Watched, media};

/// A text that stays as it is.
#[mcp_resource("test://static-text", name = "static-text", title = "Static text", mime = "text/plain")]
fn static_text() -> &'static str {
    "This is the content of the static text resource."
}

/// An image of one pixel.
#[mcp_resource("test://static-binary", name = "static-binary", mime = "image/png", size = 69)]
fn static_binary() -> &'static [u8] {
    media::PNG
}

/// The data of an id.
#[mcp_resource("test://template/{id}/data", mime = "application/json")]
fn template(#[arg(complete = ids)] id: String) -> Result<ResourceContents, ToolError> {
    let data = json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") });
    Ok(ResourceContents::json(&data)?)
}

/// The ids that begin with what was typed.
fn ids(typed: Completing) -> Vec<&'static str> {
    ["123", "124", "200"].into_iter().filter(|id| id.starts_with(&typed.value)).collect()
}

/// Says how often it was changed.
#[mcp_resource("test://watched-resource", name = "watched-resource", mime = "text/plain")]
fn watched(watched: State<Watched>) -> String {
    watched.text()
}
