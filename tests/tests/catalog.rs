//! What a server offers comes and goes while it runs, also from within its own functions.

use mcp_server::{Catalog, Invocation, List, McpServer, Prompt, Resource, Server, Tool, prelude::*};
use mcp_tests::wire::{Draft, LEGACY, open_session};
use serde_json::{Value, json};

fn number(name: &'static str, value: i64) -> Tool {
    Tool::new(name, "A number.", move |_: Invocation| async move { Ok(ToolResult::structured(&value)?) })
}

/// Teaches the server one more tool.
#[mcp_tool]
fn learn(name: String, catalog: State<Catalog>) -> Result<(), ToolError> {
    catalog.set_tool(Tool::new(name, "Learnt.", |_: Invocation| async { Ok(ToolResult::text("learnt")) }))?;
    Ok(())
}

fn server() -> Server {
    McpServer::new("catalog").offers_later([List::Resources, List::Prompts]).build().unwrap()
}

async fn listed(server: &Server, method: &str, member: &str, key: &str) -> Vec<String> {
    let result = Draft::modern(method, json!({})).send(&server.router()).await.result();
    let entries = result[member].as_array().unwrap().iter();
    entries.map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
}

async fn tools(server: &Server) -> Vec<String> {
    listed(server, "tools/list", "tools", "name").await
}

async fn call(server: &Server, tool: &str) -> Value {
    Draft::call(tool, json!({})).send(&server.router()).await.result()
}

#[tokio::test]
async fn tools_come_change_and_go() {
    let server = server();
    let catalog = server.catalog();
    catalog.set_tool(number("b", 1)).unwrap();
    assert_eq!(tools(&server).await, ["b", "learn"], "in the order of their names");
    assert_eq!(call(&server, "b").await["structuredContent"], 1);
    catalog.set_tool(number("b", 2)).unwrap();
    assert_eq!(call(&server, "b").await["structuredContent"], 2);
    assert!(catalog.remove_tool("b") && !catalog.remove_tool("b"));
    assert_eq!(tools(&server).await, ["learn"]);
    assert_eq!(Draft::call("b", json!({})).send(&server.router()).await.code(), -32602);
}

#[tokio::test]
async fn a_function_may_change_what_its_server_offers() {
    let server = server();
    let learn = Draft::call("learn", json!({"name": "new"})).send(&server.router()).await.result();
    assert_eq!(learn.get("isError"), None, "{learn}");
    assert_eq!(call(&server, "new").await["content"][0]["text"], "learnt");
    let session = open_session(&server.router(), LEGACY).await;
    let old = Draft::legacy(&session, "tools/list", json!({})).send(&server.router()).await.result();
    assert_eq!(old["tools"].as_array().unwrap().len(), 2, "every revision sees it");
    let wrong = Draft::call("learn", json!({"name": "a name"})).send(&server.router()).await;
    assert!(wrong.tool_error().contains("reference"), "what is wrong with a tool is not for the model");
}

#[tokio::test]
async fn resources_and_prompts_come_and_go_where_they_were_announced() {
    let server = server();
    let capabilities = Draft::modern("server/discover", json!({})).send(&server.router()).await.result();
    assert_eq!(capabilities["capabilities"]["prompts"], json!({"listChanged": true}));
    assert_eq!(listed(&server, "resources/list", "resources", "uri").await, [""; 0]);
    let catalog = server.catalog();
    catalog.set_resource(Resource::new("a://x", "x", "X.", |_| async { Ok("x") })).unwrap();
    catalog.set_resource(Resource::new("a://{y}", "y", "Y.", |_| async { Ok("y") })).unwrap();
    catalog.set_prompt(Prompt::new("p", "P.", |_| async { Ok("p") })).unwrap();
    assert_eq!(listed(&server, "resources/list", "resources", "uri").await, ["a://x"]);
    let templates = listed(&server, "resources/templates/list", "resourceTemplates", "uriTemplate").await;
    assert_eq!(templates, ["a://{y}"]);
    assert_eq!(listed(&server, "prompts/list", "prompts", "name").await, ["p"]);
    assert!(
        catalog.remove_resource("a://x") && catalog.remove_resource("a://{y}") && catalog.remove_prompt("p")
    );
    assert_eq!(listed(&server, "resources/list", "resources", "uri").await, [""; 0]);
    assert_eq!(listed(&server, "prompts/list", "prompts", "name").await, [""; 0]);
}

#[tokio::test]
async fn what_is_wrong_changes_nothing() {
    let server = server();
    let catalog = server.catalog();
    let error = catalog.set_tool(number("a name", 1)).unwrap_err().to_string();
    assert!(error.contains("a name is 1 to 128") && error.contains("catalog.rs"), "{error}");
    let error = catalog.set_resource(Resource::new("a://{x", "x", "X.", |_| async { Ok("x") })).unwrap_err();
    assert!(error.to_string().contains("brace"), "{error}");
    assert_eq!(tools(&server).await, ["learn"]);
}

#[tokio::test]
async fn a_cursor_of_another_listing_is_unknown() {
    let server = McpServer::new("catalog").page_size(1).build().unwrap();
    let catalog = server.catalog();
    catalog.set_tool(number("b", 1)).unwrap();
    let page = |cursor: Option<&str>| {
        let params = cursor.map_or_else(|| json!({}), |cursor| json!({ "cursor": cursor }));
        let router = server.router();
        async move { Draft::modern("tools/list", params).send(&router).await }
    };
    let first = page(None).await.result();
    let cursor = first["nextCursor"].as_str().unwrap().to_owned();
    assert_eq!(page(Some(&cursor)).await.result()["tools"][0]["name"], "learn");
    catalog.set_tool(number("c", 1)).unwrap();
    assert_eq!(page(Some(&cursor)).await.code(), -32602, "after a change it is not a different page");
    let flipped: String = cursor.chars().rev().collect();
    assert_eq!(page(Some(&flipped)).await.code(), -32602);
}

#[tokio::test]
async fn a_handle_whose_server_is_gone_does_nothing() {
    let catalog = server().catalog();
    assert!(catalog.set_tool(number("b", 1)).is_ok());
    assert!(!catalog.remove_tool("b"));
    catalog.resource_updated("a://x");
}
