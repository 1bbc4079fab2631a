//! Real clients against the example `conformance`, each in every era it speaks and over every transport it has. Those that
//! answer questions also dine at the example `ask`.
//!
//! What they ask and expect is in `tests/clients/`; here they only run.

use std::process::Command;

use mcp_tests::{
    process::{Server, example},
    programs::{clients, interpreter, node, passes, python as python_script},
};

#[test]
fn typescript_auto() {
    over_http(node("typescript.mjs"), "auto");
}

#[test]
fn typescript_modern() {
    over_http(node("typescript.mjs"), "modern");
}

#[test]
fn typescript_legacy() {
    over_http(node("typescript.mjs"), "legacy");
}

#[test]
fn typescript_2025_06_18() {
    over_http(node("typescript.mjs"), "2025-06-18");
}

#[test]
fn typescript_2025_03_26() {
    over_http(node("typescript.mjs"), "2025-03-26");
}

#[test]
fn typescript_auto_over_stdio() {
    over_stdio(node("typescript.mjs"), "auto");
}

#[test]
fn typescript_legacy_over_stdio() {
    over_stdio(node("typescript.mjs"), "legacy");
}

#[test]
fn typescript_v1() {
    over_http(node("typescript_v1.mjs"), "2025-11-25");
}

/// What clients did that knew one transport only.
#[test]
fn typescript_v1_2024_11_05_over_sse() {
    over_sse(node("typescript_v1.mjs"), "2024-11-05");
}

/// What a client does that falls back to the old transport.
#[test]
fn typescript_v1_over_sse() {
    over_sse(node("typescript_v1.mjs"), "2025-11-25");
}

#[test]
fn inspector_modern() {
    over_http(node("inspector.mjs"), "modern");
}

#[test]
fn inspector_legacy() {
    over_http(node("inspector.mjs"), "legacy");
}

#[test]
fn python_auto() {
    over_http(python(), "auto");
}

#[test]
fn python_legacy() {
    over_http(python(), "legacy");
}

#[test]
fn python_legacy_over_sse() {
    over_sse(python(), "legacy");
}

#[test]
fn python_auto_over_stdio() {
    over_stdio(python(), "auto");
}

#[test]
fn python_legacy_over_stdio() {
    over_stdio(python(), "legacy");
}

/// As desktop clients reach a remote server.
#[test]
fn mcp_remote_passes_sessions_on() {
    let server = Server::start("conformance");
    let mut client = at_home(node("typescript.mjs"));
    client.arg("legacy").args([interpreter(), clients("node_modules/.bin/mcp-remote")]);
    passes(client.arg(server.url()), &[server]);
}

#[test]
fn mcp_remote_passes_sessions_on_over_sse() {
    let server = Server::start("conformance");
    let mut client = at_home(node("typescript.mjs"));
    client.arg("legacy").args([interpreter(), clients("node_modules/.bin/mcp-remote")]);
    passes(client.args([&sse(&server), "--transport", "sse-only"]), &[server]);
}

#[test]
fn mcp_remote_translates() {
    let server = Server::start("conformance");
    let mut client = at_home(node("mcp_remote.mjs"));
    passes(client.arg(server.url()), &[server]);
}

#[test]
fn typescript_answers_in_rounds() {
    answers_over_http(node("typescript_asking.mjs").arg("modern"));
}

#[test]
fn typescript_answers_in_a_session() {
    answers_over_http(node("typescript_asking.mjs").arg("legacy"));
}

#[test]
fn typescript_answers_in_rounds_over_stdio() {
    answers_over_stdio(node("typescript_asking.mjs").arg("modern"));
}

#[test]
fn typescript_answers_in_a_session_over_stdio() {
    answers_over_stdio(node("typescript_asking.mjs").arg("legacy"));
}

#[test]
fn typescript_answers_tasks() {
    answers_over_http(&mut node("typescript_tasks.mjs"));
}

#[test]
fn typescript_v1_answers_in_a_session() {
    answers_over_http(&mut node("typescript_v1_asking.mjs"));
}

#[test]
fn python_answers_in_rounds() {
    answers_over_http(python_script("python_asking.py").arg("auto"));
}

#[test]
fn python_answers_in_a_session() {
    answers_over_http(python_script("python_asking.py").arg("legacy"));
}

#[test]
fn python_answers_in_rounds_over_stdio() {
    answers_over_stdio(python_script("python_asking.py").arg("auto"));
}

#[test]
fn python_answers_in_a_session_over_stdio() {
    answers_over_stdio(python_script("python_asking.py").arg("legacy"));
}

#[test]
fn inspector_answers_in_rounds() {
    answers_over_http(node("inspector_asking.mjs").arg("modern"));
}

#[test]
fn inspector_answers_in_a_session() {
    answers_over_http(node("inspector_asking.mjs").arg("legacy"));
}

#[test]
fn mcp_remote_passes_questions_on() {
    answers_over_http(at_home(node("mcp_remote_asking.mjs")).arg("legacy"));
}

/// But for pages to open, which mcp-remote declares and then refuses by itself.
#[test]
fn mcp_remote_translates_questions() {
    answers_over_http(at_home(node("mcp_remote_asking.mjs")).arg("auto"));
}

fn over_http(mut client: Command, mode: &str) {
    let server = Server::start("conformance");
    passes(client.args([mode, server.url()]), &[server]);
}

fn over_sse(mut client: Command, mode: &str) {
    let server = Server::start("conformance");
    passes(client.args([mode, &sse(&server)]), &[server]);
}

/// The client starts the server.
fn over_stdio(mut client: Command, mode: &str) {
    let server = example("conformance");
    passes(client.arg(mode).arg(server.get_program()).arg("stdio"), &[]);
}

/// Runs a client against both examples that ask.
fn answers_over_http(client: &mut Command) {
    let servers = ["ask", "conformance"].map(Server::start);
    client.args(servers.iter().map(Server::url));
    passes(client, &servers);
}

/// The client starts them.
fn answers_over_stdio(client: &mut Command) {
    for name in ["ask", "conformance"] {
        client.arg(example(name).get_program());
    }
    passes(client, &[]);
}

fn python() -> Command {
    python_script("python_client.py")
}

/// mcp-remote keeps its state in the home directory.
fn at_home(mut client: Command) -> Command {
    client.env("HOME", env!("CARGO_TARGET_TMPDIR"));
    client
}

/// Where the transport of revision 2024-11-05 begins.
fn sse(server: &Server) -> String {
    server.url().replace("/mcp", "/sse")
}
