//! Servers without a door: those who say so, and what has none by nature.

use mcp_server::{Auth, McpServer, Server};
use mcp_tests::{
    lines::Lines,
    process::{Server as Process, example, run},
    running::Running,
    wire::Draft,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{
    client::{calling, get, keys, request},
    server::{House, prompt, resource, tool},
};

/// A server of which everything is marked.
fn offered(auth: Option<Auth>) -> McpServer {
    let running = Running::default();
    let server = McpServer::new("files")
        .tool(tool("read", &running).scope("files:read"))
        .tool(tool("open", &running).public())
        .resource(resource("files://a", &running).scope("files:admin"))
        .prompt(prompt("review", &running).authenticated());
    auth.into_iter().fold(server, McpServer::auth)
}

#[tokio::test]
async fn rs_21_what_needs_a_token_needs_a_decision() {
    let error = offered(None).build().unwrap_err().to_string();
    assert!(error.contains(".auth(Auth::issuer("), "{error}");
    assert!(offered(Some(Auth::none())).build().is_ok());
    let running = Running::default();
    let public = McpServer::new("open").tool(tool("open", &running).public()).tool(tool("plain", &running));
    assert!(public.build().is_ok(), "what says nothing on such a server needs none");
}

#[tokio::test]
async fn without_a_door_everybody_may_do_everything() {
    for auth in [Auth::none(), Auth::warning_none_for_everyone()] {
        let router = offered(Some(auth)).legacy_sse(true).build().unwrap().router();
        let list = Draft::modern("tools/list", json!({})).send(&router).await.result();
        assert_eq!(
            (keys(&list), &list["cacheScope"]),
            (vec!["open".into(), "read".into()], &json!("public"))
        );
        let reply = Draft::call("read", json!({ "path": "a" })).send(&router).await;
        assert_eq!((reply.text(), reply.header("www-authenticate")), ("done".to_owned(), ""));
        let read = Draft::modern("resources/read", json!({ "uri": "files://a" })).send(&router).await;
        _ = read.result();
        let signed = Draft::call("read", json!({ "path": "a" })).header("authorization", "Bearer nobodys");
        assert_eq!(signed.send(&router).await.text(), "done", "a token means nothing here");
        let found = get("/.well-known/oauth-protected-resource").send(&router).await;
        assert_eq!(found.status, 404, "it is no protected resource");
    }
}

async fn serve(server: &Server, address: &str) -> Result<(), String> {
    let listener = TcpListener::bind(address).await.unwrap();
    let ended = server.serve_until(listener, std::future::ready(())).await;
    ended.map_err(|error| error.to_string())
}

#[tokio::test]
async fn tr_3_a_server_without_a_door_stays_at_home() {
    let build = |auth: Option<Auth>| {
        let running = Running::default();
        let server = McpServer::new("files").tool(tool("read", &running).public());
        auth.into_iter().fold(server, McpServer::auth).build().unwrap()
    };
    for auth in [None, Some(Auth::none())] {
        let server = build(auth);
        assert_eq!(serve(&server, "127.0.0.1:0").await, Ok(()));
        for address in ["0.0.0.0:0", "[::]:0"] {
            let refused = serve(&server, address).await.unwrap_err();
            assert!(refused.contains("has no authentication"), "{refused}");
        }
    }
    assert_eq!(serve(&build(Some(Auth::warning_none_for_everyone())), "0.0.0.0:0").await, Ok(()));
    assert_eq!(serve(&House::new().server, "0.0.0.0:0").await, Ok(()), "one with a door may go out");
}

#[tokio::test]
async fn over_stdio_there_is_no_token_and_everything_is_there() {
    let house = House::new();
    let mut lines = Lines::start(&house.server);
    lines.send(&Draft::modern("tools/list", json!({})).body).await;
    let all = keys(&lines.next().await["result"]);
    assert_eq!(all.len(), 9, "{all:?}");
    lines.send(&Draft::call("copy", json!({ "path": "a" })).body).await;
    assert_eq!(lines.next().await["result"]["content"][0]["text"], json!("done"));
    lines.send(&Draft::modern("resources/read", json!({ "uri": "secrets://one" })).body).await;
    assert_eq!(lines.next().await.get("error"), None);
    lines.send(&Draft::call("whoami", json!({})).body).await;
    let said = lines.next().await["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(said.starts_with("Anonymous [None, None, None] []"), "{said}");
    let mut old = Lines::start(&house.server);
    old.send(&Draft::initialize("2025-11-25").body).await;
    old.next().await;
    old.send(&calling("write")).await;
    assert_eq!(old.next().await["result"]["content"][0]["text"], json!("done"));
    old.send(&request("prompts/list", json!({}))).await;
    assert_eq!(keys(&old.next().await["result"]), ["audit", "review"]);
}

/// What a person has to approve nobody can run, as long as nobody can be asked.
#[tokio::test]
async fn what_needs_approval_is_listed_and_refused_everywhere() {
    use super::{
        client::{Client, Line, Way, lacks},
        tokens::alice,
    };
    let refused = |result: &Value| {
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{result}"));
        assert!(result["isError"] == json!(true) && text.contains("approved"), "{result}");
    };
    let house = House::new();
    let token = alice("files:write");
    for way in Way::BOTH {
        let client = Client::connect(&house, way, token.clone()).await;
        assert!(client.list("tools/list").await.contains(&"delete".to_owned()));
        refused(&client.call("delete").await.result());
        let wrong = json!({ "name": "delete", "arguments": { "path": 7 } });
        refused(&client.ask("tools/call", wrong).await.result());
        lacks(&client.with(alice("files:read")).call("delete").await, "files:write");
    }
    let mut line = Line::open(&house, &token).await;
    let params = json!({ "name": "delete", "arguments": { "path": "a" } });
    refused(&line.ask(&token, "tools/call", params).await["result"]);
    let mut lines = Lines::start(&house.server);
    lines.send(&Draft::call("delete", json!({ "path": "a" })).body).await;
    refused(&lines.next().await["result"]);
}

#[test]
fn what_needs_approval_is_refused_on_the_command_line_and_said_at_the_start() {
    let folder = std::env::temp_dir().join(format!("protected-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.txt"), "text").unwrap();
    let files = || {
        let mut command = example("files");
        command.env("FILES_DIR", &folder);
        command
    };
    let patience = std::time::Duration::from_secs(20);
    let listed = run(files().arg("tools"), patience);
    assert!(listed.status.success() && listed.output.contains("delete_file"), "{}", listed.output);
    let refused = run(files().args(["call", "delete_file", "path=a.txt"]), patience);
    assert!(!refused.status.success() && refused.output.contains("approved"), "{}", refused.output);
    assert!(folder.join("a.txt").exists());
    let read = run(files().args(["call", "read_file", "path=a.txt"]), patience);
    assert!(read.status.success() && read.output.contains("text"), "needs no token: {}", read.output);
    let undecided = run(files().args(["--bind", "127.0.0.1:0"]), patience);
    assert!(!undecided.status.success() && undecided.output.contains("--issuer"), "{}", undecided.output);
    let server = Process::start_with(files().args(["--issuer", "https://id.example.com"]));
    let start = server.printed_with("Ctrl-C");
    assert!(start.contains("`delete_file` needs a person's approval"), "{start}");
    assert!(
        start.contains("https://id.example.com") && start.contains("files:read, to begin with"),
        "{start}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}
