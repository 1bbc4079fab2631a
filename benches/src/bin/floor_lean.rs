//! `add(a, b)` by hand, the frugal way: `serde_json` on the body's bytes.
//!
//! axum's `Json` keeps the path to each member for its error messages, which costs an allocation per member.

use std::io;

use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use mcp_benches::floor::{add, serve};

async fn handle(body: Bytes) -> Response {
    let Ok(request) = serde_json::from_slice(&body) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    match serde_json::to_vec(&add::add(request)) {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn main() -> io::Result<()> {
    mcp_benches::run(async |listener| serve(listener, Router::new().route("/mcp", post(handle))).await)
}
