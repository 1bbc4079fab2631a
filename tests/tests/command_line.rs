//! The command line that every server gets, as a person at a terminal meets it.

use std::{net::TcpListener, process::Command, time::Duration};

use mcp_tests::process::{Finished, Server, example, run};

fn hello(arguments: &[&str]) -> Finished {
    ended(example("hello").args(arguments))
}

fn ended(command: &mut Command) -> Finished {
    run(command, Duration::from_secs(20))
}

fn fails(finished: &Finished, part: &str) {
    assert!(!finished.status.success(), "{}", finished.output);
    assert!(finished.output.contains(part), "{part}\n{}", finished.output);
}

#[test]
fn the_start_says_what_to_do_next() {
    let server = Server::start("hello");
    let url = server.url().to_owned();
    let text = server.printed_with("Ctrl-C");
    for part in [
        "1 tool:",
        "add  Add two numbers.",
        &format!("claude mcp add --transport http calculator {url}"),
        &format!(r#"code --add-mcp '{{"name":"calculator","type":"http","url":"{url}"}}'"#),
        &format!("npx -y @modelcontextprotocol/inspector@2 --cli --server-url {url} --method tools/list"),
        "mcp-remote",
        "call add a=1 b=1",
        "Ctrl-C",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn tools_are_listed_for_people_and_for_programs() {
    let listed = hello(&["tools"]);
    assert!(listed.status.success() && listed.output.contains("add  Add two numbers."), "{}", listed.output);
    let json: serde_json::Value = serde_json::from_str(&hello(&["tools", "--json"]).output).expect("JSON");
    assert_eq!(json[0]["inputSchema"]["properties"]["a"]["description"], "First addend");
}

#[test]
fn a_tool_is_called_from_the_shell() {
    let called = hello(&["call", "add", "a=40", "b=2"]);
    assert!(called.status.success(), "{}", called.output);
    assert_eq!(called.output.trim(), "42");
    fails(&hello(&["call", "add", "a=1"]), "`b`: required, but missing.");
    fails(&hello(&["call", "add", "a=1", "b=x"]), "`b`:");
    fails(&hello(&["call", "add", "a=1", "c=2"]), "`c`: unknown.");
    fails(&hello(&["call", "ad", "a=1"]), "there is no tool `ad`; did you mean `add`?");
    fails(&hello(&["call", "add", "a"]), "`a` is not `key=value`");
}

#[test]
fn tr_3_an_open_address_is_refused_before_it_is_listened_on() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        fails(&hello(&["--bind", address]), "this server has no authentication");
        fails(&ended(example("hello").env("MCP_BIND", address)), "this server has no authentication");
    }
}

#[test]
fn an_address_in_use_is_named_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let finished = hello(&["--bind", &address]);
    fails(&finished, &format!("can't listen on {address}"));
    fails(&finished, "--bind");
    fails(&hello(&["--bind", "nonsense"]), "can't listen on nonsense");
}

#[test]
fn the_public_url_is_what_clients_are_told() {
    let server = Server::start_with(example("hello").args(["--public-url", "https://mcp.example.com"]));
    let text = server.printed_with("Ctrl-C");
    assert!(text.contains("calculator https://mcp.example.com/mcp"), "{text}");
    fails(&hello(&["--public-url", "nonsense"]), "`nonsense` is not an `https://` or `http://` URL");
}

#[test]
fn keys_are_taken_from_the_environment_and_never_shown() {
    let key = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I=";
    let with =
        |keys: &str, arguments: &[&str]| ended(example("hello").env("MCP_STATE_KEYS", keys).args(arguments));
    assert!(with(key, &["--nodes", "2", "tools"]).status.success());
    fails(&hello(&["--nodes", "2", "tools"]), "`nodes`: 2 copies would each make a key");
    fails(&hello(&["--nodes", "0", "tools"]), "--nodes");
    for keys in [&key[1..], &format!("{key},{key}"), &format!("{key},€")] {
        let finished = with(keys, &["tools"]);
        fails(&finished, "`MCP_STATE_KEYS`: key ");
        assert!(!finished.output.contains(&key[1..20]), "{}", finished.output);
    }
    let finished = ended(example("hello").args(["--state-keys", &key[1..], "tools"]));
    fails(&finished, "`MCP_STATE_KEYS`: key 1 ");
    assert!(!finished.output.contains(&key[1..20]), "{}", finished.output);
    let help = with(key, &["--help"]).output;
    assert!(help.starts_with("Usage"), "{help}");
    assert!(help.contains("MCP_STATE_KEYS") && !help.contains(&key[..20]), "{help}");
}

#[test]
fn a_data_directory_is_made() {
    let folder = std::env::temp_dir().join(format!("mcp-data-{}", std::process::id()));
    let data = folder.to_str().expect("a path that is text");
    let started = hello(&["--data", data, "--nodes", "2", "tools"]);
    assert!(started.status.success(), "{}", started.output);
    let key = std::fs::read_to_string(folder.join("state.key")).expect("a key");
    let again = ended(example("hello").env("MCP_DATA", data).args(["tools"]));
    assert!(again.status.success() && !again.output.contains(key.trim()), "{}", again.output);
    std::fs::write(folder.join("state.key"), "").expect("a file that can be written");
    fails(&hello(&["--data", data, "tools"]), "state.key` has no keys: key 1 is empty");
    std::fs::remove_dir_all(folder).expect("a folder that can be removed");
}

#[test]
fn a_wrong_flag_is_a_usage_error() {
    let finished = hello(&["--bnd", "127.0.0.1:0"]);
    assert_eq!(finished.status.code(), Some(2));
    fails(&finished, "--bind");
    let help = hello(&["--help"]).output;
    for part in
        ["serve", "tools", "call", "MCP_BIND", "MCP_PUBLIC_URL", "MCP_DATA", "MCP_NODES", "127.0.0.1:8000"]
    {
        assert!(help.contains(part), "{part}\n{help}");
    }
    assert_eq!(hello(&["--version"]).output.trim(), "calculator 0.0.0");
}
