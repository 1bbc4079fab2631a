//! A server whose functions do what functions shouldn't: print, read standard input, start programs that do, and block.
//!
//! `NOISY_RUNTIME` is the runtime that it runs on: `current`, or `multi`, which has two threads. What follows
//! `run` is logged.

use std::{io::Write as _, process::Command, time::Duration};

use mcp_server::prelude::*;

/// Prints a line.
#[mcp_tool]
fn prints() -> String {
    println!("noise: a line");
    "printed".to_owned()
}

/// Prints the beginning of a line.
#[mcp_tool]
fn begins() -> String {
    print!("noise: a beginning");
    let _ = std::io::stdout().flush();
    print!("noise: what is in the buffer at the end");
    "begun".to_owned()
}

/// Starts a program that prints.
#[mcp_tool]
fn starts() -> String {
    let ended = Command::new("sh").args(["-c", "echo noise: a child"]).status();
    ended.map_or_else(|error| error.to_string(), |status| status.to_string())
}

/// Reads standard input, and starts a program that does.
#[mcp_tool]
fn reads() -> String {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    let child = Command::new("cat").output();
    format!("{:?} {:?}", read.ok(), child.ok().map(|output| output.stdout.len()))
}

/// Blocks its thread for ever.
#[mcp_tool]
fn blocks() -> String {
    eprintln!("blocked");
    loop {
        std::thread::park();
    }
}

/// Blocks its thread for ever, with standard output locked.
#[mcp_tool]
fn locks() -> String {
    let _locked = std::io::stdout().lock();
    blocks()
}

/// Blocks a thread of the runtime's that is for blocking, for ever.
#[mcp_tool]
async fn waits() -> String {
    tokio::task::spawn_blocking(blocks).await.unwrap_or_default()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = match std::env::var("NOISY_RUNTIME")?.as_str() {
        "current" => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = builder.worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        McpServer::new("noisy").shutdown_grace(Duration::from_secs(1)).run().await?;
        eprintln!("what follows is done");
        Ok(())
    })
}
