//! The official clients against the example `conformance`, each in every era it speaks.
//!
//! What they ask and expect is in `tests/clients/`; here they only run.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use mcp_tests::process::{Server, installed, run};

const LIMIT: Duration = Duration::from_mins(1);

#[test]
fn typescript_auto() {
    node("typescript.mjs", &["auto"]);
}

#[test]
fn typescript_modern() {
    node("typescript.mjs", &["modern"]);
}

#[test]
fn typescript_legacy() {
    node("typescript.mjs", &["legacy"]);
}

#[test]
fn typescript_2025_06_18() {
    node("typescript.mjs", &["2025-06-18"]);
}

#[test]
fn typescript_2025_03_26() {
    node("typescript.mjs", &["2025-03-26"]);
}

#[test]
fn typescript_v1() {
    node("typescript_v1.mjs", &[]);
}

#[test]
fn inspector_modern() {
    node("inspector.mjs", &["modern"]);
}

#[test]
fn inspector_legacy() {
    node("inspector.mjs", &["legacy"]);
}

#[test]
fn python_auto() {
    python("python_client.py", &["auto"]);
}

#[test]
fn python_legacy() {
    python("python_client.py", &["legacy"]);
}

fn node(script: &str, arguments: &[&str]) {
    passes(clients("node_modules/.bin/node"), script, arguments);
}

fn python(script: &str, arguments: &[&str]) {
    passes(clients(".venv/bin/python"), script, arguments);
}

fn passes(interpreter: PathBuf, script: &str, arguments: &[&str]) {
    let interpreter = installed(interpreter);
    let server = Server::start("conformance");
    let mut command = Command::new(interpreter);
    command.arg(clients(script)).arg(server.url()).args(arguments);
    let finished = run(&mut command, LIMIT);
    if !finished.status.success() {
        let arguments = arguments.join(" ");
        let (client, server) = (finished.output, server.printed());
        panic!("{script} {arguments}: {}\n{client}\nThe server printed:\n{server}", finished.status);
    }
}

fn clients(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(path)
}
