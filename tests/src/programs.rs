//! The clients that others have written, as `./check` installs them in `tests/clients/`.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::process::{Server, installed, run};

/// How long a client may take for all that it does.
const LIMIT: Duration = Duration::from_mins(2);

/// A script for the Node.js that the clients run on.
#[must_use]
pub fn node(script: &str) -> Command {
    let mut command = Command::new(installed(interpreter()));
    command.arg(clients(script));
    command
}

/// A script for the Python that has the Python client.
#[must_use]
pub fn python(script: &str) -> Command {
    let mut command = Command::new(installed(clients(".venv/bin/python")));
    command.arg("-B").arg(clients(script));
    command
}

/// The Node.js that the clients run on.
#[must_use]
pub fn interpreter() -> PathBuf {
    clients("node_modules/.bin/node")
}

/// What is in the folder of the clients.
#[must_use]
pub fn clients(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(path)
}

/// Runs a client to its end, against these servers.
///
/// # Panics
///
/// When it fails.
pub fn passes(client: &mut Command, servers: &[Server]) {
    let finished = run(client, LIMIT);
    if !finished.status.success() {
        let printed: String = servers.iter().map(Server::printed).collect();
        panic!("{client:?}: {}\n{}\nThe servers printed:\n{printed}", finished.status, finished.output);
    }
}
