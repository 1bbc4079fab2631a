//! The floor: what one would write by hand, with axum and serde, for exactly the messages that the driver sends.
//!
//! Everything is typed, nothing is checked, and the answers are those of `mcp-server`.

use std::io;

use axum::{Router, serve::ListenerExt};
use tokio::net::TcpListener;

pub mod add;
pub mod envelope;

/// Serves a router the plain way, but for Nagle's algorithm.
///
/// # Errors
///
/// Never: a loop that accepts does not end.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    let listener = listener.tap_io(|stream| {
        let _: io::Result<()> = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await
}
