//! What the measured servers share: a runtime of one thread, a port, and an end that lets valgrind write its totals.

use std::{
    io::{self, Write},
    net::Ipv4Addr,
};

use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, unix::pipe},
    runtime::Builder,
};

pub mod floor;
pub mod issuer;

/// Serves on a free port of the loopback, after printing the endpoint's URL, until standard input closes.
///
/// # Errors
///
/// When there is no port to be had, or the server ends by itself.
pub fn run<E>(serve: impl AsyncFnOnce(TcpListener) -> Result<(), E>) -> io::Result<()>
where
    E: std::error::Error + Send + Sync + 'static,
{
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        writeln!(io::stdout(), "http://{}/mcp", listener.local_addr()?)?;
        tokio::select! {
            served = serve(listener) => served.map_err(io::Error::other),
            () = stdin_closed() => Ok(()),
        }
    })
}

/// Waits on the same thread as everything else: a second one would make each allocation of the first take a lock.
async fn stdin_closed() {
    match pipe::OpenOptions::new().open_receiver("/dev/stdin") {
        Ok(mut stdin) => while stdin.read(&mut [0; 64]).await.is_ok_and(|bytes| bytes > 0) {},
        // A terminal: end with Ctrl-C.
        Err(_) => std::future::pending().await,
    }
}
