//! `add(a, b)` by hand, the usual way: axum's `Json` on both sides.

use std::io;

use axum::{Json, Router, routing::post};
use mcp_benches::floor::{
    add::{self, Params, Sum},
    envelope::{Request, Response},
    serve,
};

async fn handle(Json(request): Json<Request<Params>>) -> Json<Response<Sum>> {
    Json(add::add(request))
}

fn main() -> io::Result<()> {
    mcp_benches::run(async |listener| serve(listener, Router::new().route("/mcp", post(handle))).await)
}
