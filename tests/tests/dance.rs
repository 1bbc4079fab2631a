//! Real clients sign in at a real authorization server, and use what the example `files` protects: refused without a
//! token, they find out where to get one, register, get it, call, are refused for what it lacks, and get another.
//!
//! What they ask and expect is in `tests/clients/`; here they only run. Nobody sits at the browser.

use std::process::Command;

use mcp_tests::{
    process::{Server, example},
    programs::{node, passes, python},
};

#[test]
fn typescript_auto_registers() {
    signs_in(node("typescript_oauth.mjs").args(["auto", "registration"]));
}

#[test]
fn typescript_auto_has_a_document() {
    signs_in(node("typescript_oauth.mjs").args(["auto", "document"]));
}

#[test]
fn typescript_modern_registers() {
    signs_in(node("typescript_oauth.mjs").args(["modern", "registration"]));
}

#[test]
fn typescript_legacy_registers() {
    signs_in(node("typescript_oauth.mjs").args(["legacy", "registration"]));
}

#[test]
fn typescript_legacy_has_a_document() {
    signs_in(node("typescript_oauth.mjs").args(["legacy", "document"]));
}

#[test]
fn typescript_v1_registers() {
    signs_in(node("typescript_v1_oauth.mjs").arg("registration"));
}

#[test]
fn typescript_v1_has_a_document() {
    signs_in(node("typescript_v1_oauth.mjs").arg("document"));
}

#[test]
fn mcp_remote_passes_sessions_on() {
    signs_in(node("mcp_remote_oauth.mjs").arg("legacy"));
}

#[test]
fn mcp_remote_translates() {
    signs_in(node("mcp_remote_oauth.mjs").arg("auto"));
}

#[test]
fn inspector_legacy() {
    signs_in(node("inspector_oauth.mjs").arg("legacy"));
}

#[test]
fn inspector_modern() {
    signs_in(node("inspector_oauth.mjs").arg("modern"));
}

#[test]
fn python_auto() {
    signs_in(python("python_oauth.py").arg("auto"));
}

#[test]
fn python_legacy() {
    signs_in(python("python_oauth.py").arg("legacy"));
}

/// The client is told where the files are, and where to sign in: the latter to see what was asked for there.
fn signs_in(client: &mut Command) {
    let issuer = Server::listening(&mut node("authorization-server.mjs"), |line| {
        let line = line.trim_end();
        line.starts_with("http://127.0.0.1:").then_some(line)
    });
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = example("files");
    files.args(["--issuer", issuer.url()]).env("FILES_DIR", folder.path());
    let files = Server::start_with(&mut files);
    client.args([files.url(), issuer.url()]);
    passes(client, &[files, issuer]);
}
