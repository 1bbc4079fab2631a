//! What a server's author says of its callers, where files have nothing to show.

use std::sync::Arc;

use mcp_server::{Auth, Completing, Invocation, McpServer, Prompt, Resource, Server, Tool, ToolResult};
use mcp_tests::{
    challenge::Challenge,
    issuer::Issuer,
    wire::{Draft, Reply},
};
use serde_json::{Value, json};

use super::{
    names,
    own::{Own, who},
    refused, unknown,
};

fn tool(name: &'static str) -> Tool {
    Tool::new(name, "A tool.", |_: Invocation| async { Ok(ToolResult::text("done")) })
}

fn prompt(name: &'static str) -> Prompt {
    let prompt = Prompt::new(name, "A prompt.", |_: Invocation| async { Ok("said".to_owned()) });
    prompt.argument("about", "What about.", false).complete("about", |_: Completing| vec!["secret prompt"])
}

fn resource(uri: &'static str, name: &'static str) -> Resource {
    Resource::new(uri, name, "A resource.", |_: Invocation| async { Ok(Some("text".to_owned())) })
}

fn by_keys(issuer: &Issuer) -> Auth {
    Auth::issuer(issuer.url())
}

/// A server with one of everything for each need.
async fn everything() -> Own {
    Own::start(by_keys, |server| {
        server
            .tool(tool("two").scope("a").scope("b"))
            .tool(tool("open").public())
            .tool(who())
            .prompt(prompt("hidden_prompt").scope("p"))
            .prompt(prompt("plain_prompt").authenticated())
            .resource(resource("note://one", "hidden_note").scope("r"))
            .resource(resource("note://two", "plain_note").authenticated())
            .resource(
                resource("page://{id}", "hidden_page")
                    .scope("t")
                    .complete("id", |_: Completing| vec!["secret page"]),
            )
    })
    .await
}

impl Own {
    async fn send(&self, method: &str, params: Value, scopes: Option<&str>) -> Reply {
        let draft = Draft::modern(method, params);
        let draft = match scopes {
            Some(scopes) => draft.bearer(&self.mint(scopes).token()),
            None => draft,
        };
        draft.send(&self.router).await
    }
}

/// Sees to it that all of these are asked for.
fn lacking(reply: &Reply, scopes: &str) {
    assert_eq!(reply.status, 403, "{scopes}: {reply:?}");
    let challenge = Challenge::of(reply);
    assert_eq!((challenge.get("error"), challenge.get("scope")), ("insufficient_scope", scopes));
}

#[tokio::test]
async fn rs_19_one_challenge_names_everything_that_is_needed() {
    let own = everything().await;
    let call = json!({ "name": "two", "arguments": {} });
    for scopes in ["", "a", "b", "ab", "a,b"] {
        lacking(&own.send("tools/call", call.clone(), Some(scopes)).await, "a b");
    }
    let reply = own.send("tools/call", call, Some("b a")).await;
    assert_eq!(reply.text(), "done");
}

#[tokio::test]
async fn rs_21_prompts_resources_templates_and_completion_are_guarded_too() {
    let own = everything().await;
    let complete =
        |reference: Value, name: &str| json!({ "ref": reference, "argument": { "name": name, "value": "" } });
    for (method, params, scope) in [
        ("prompts/get", json!({ "name": "hidden_prompt" }), "p"),
        ("resources/read", json!({ "uri": "note://one" }), "r"),
        ("resources/read", json!({ "uri": "page://7" }), "t"),
        (
            "completion/complete",
            complete(json!({ "type": "ref/prompt", "name": "hidden_prompt" }), "about"),
            "p",
        ),
        ("completion/complete", complete(json!({ "type": "ref/resource", "uri": "page://{id}" }), "id"), "t"),
    ] {
        unknown(&own.send(method, params.clone(), None).await, method);
        let reply = own.send(method, params.clone(), Some("a b")).await;
        lacking(&reply, scope);
        assert!(!String::from_utf8_lossy(&reply.body).contains("secret"), "{reply:?}");
        let reply = own.send(method, params, Some(scope)).await;
        assert_eq!(reply.status, 200, "{method}: {reply:?}");
    }
}

#[tokio::test]
async fn rs_22_every_list_holds_what_may_be_used() {
    let own = everything().await;
    for (method, hidden, plain, scope) in [
        ("tools/list", "two", "who", "a b"),
        ("prompts/list", "hidden_prompt", "plain_prompt", "p"),
        ("resources/list", "hidden_note", "plain_note", "r"),
        ("resources/templates/list", "hidden_page", "", "t"),
    ] {
        let list = async |scopes: Option<&str>| {
            let reply = own.send(method, json!({}), scopes).await;
            (reply.status, String::from_utf8_lossy(&reply.body).into_owned())
        };
        let (_, poor) = list(Some("")).await;
        assert!(!poor.contains(hidden) && poor.contains(plain), "{poor}");
        assert!(poor.contains(r#""cacheScope":"private""#), "{poor}");
        let (_, rich) = list(Some(scope)).await;
        assert!(rich.contains(hidden) && rich.contains(r#""cacheScope":"private""#), "{rich}");
        let (_, nobody) = list(None).await;
        assert!(!nobody.contains(hidden), "{nobody}");
        assert!(plain.is_empty() || !nobody.contains(plain), "{nobody}");
    }
}

#[tokio::test]
async fn rs_22_every_page_of_a_list_is_private() {
    let own = Own::start(by_keys, |server| {
        let server = server.page_size(2);
        let names = ["t1", "t2", "t3", "t4", "t5", "t6"];
        names.iter().enumerate().fold(server, |server, (number, name)| {
            server.tool(if number % 2 == 0 { tool(name).scope("a") } else { tool(name).authenticated() })
        })
    })
    .await;
    for (scopes, expected) in [("", 3), ("a", 6)] {
        let (mut found, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let params = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
            let reply = own.send("tools/list", params, Some(scopes)).await;
            assert_eq!(reply.result()["cacheScope"], "private", "{reply:?}");
            found.extend(names(&reply));
            cursor = reply.result()["nextCursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        assert_eq!(found.len(), expected, "{scopes:?}: {found:?}");
    }
}

#[tokio::test]
async fn rs_22_a_cursor_of_somebody_else_shows_nothing_more() {
    let own = Own::start(by_keys, |server| {
        let server = server.page_size(1);
        ["t1", "t2", "t3", "t4"]
            .into_iter()
            .fold(server, |server, name| server.tool(tool(name).scope("a")))
            .tool(who())
    })
    .await;
    let rich = own.send("tools/list", json!({}), Some("a")).await;
    let cursor = rich.result()["nextCursor"].clone();
    let poor = own.send("tools/list", json!({ "cursor": cursor }), Some("")).await;
    let shown = String::from_utf8_lossy(&poor.body).into_owned();
    assert!(!["t1", "t2", "t3", "t4"].iter().any(|name| shown.contains(&format!("\"{name}\""))), "{shown}");
}

#[tokio::test]
async fn rs_21_what_is_public_needs_no_token_and_takes_no_bad_one() {
    let own = everything().await;
    let call = |name: &str| json!({ "name": name, "arguments": {} });
    let reply = own.send("tools/call", call("open"), None).await;
    assert_eq!(reply.text(), "done", "{reply:?}");
    let bad = Draft::call("open", json!({})).bearer("a.b.c").send(&own.router).await;
    refused(&bad, "a bad token isn't better than none, and isn't passed over");
    for name in ["two", "who", "no_such"] {
        unknown(&own.send("tools/call", call(name), None).await, name);
    }
}

#[tokio::test]
async fn rs_21_without_anything_public_nobody_learns_anything() {
    let own = Own::by_keys().await;
    for method in ["server/discover", "tools/list", "prompts/list", "ping", "no/such"] {
        unknown(&own.send(method, json!({}), None).await, method);
    }
}

#[tokio::test]
async fn rs_20_a_broader_scope_is_enough_if_it_was_said() {
    let own = Own::start(by_keys, |server| {
        server
            .tool(tool("reads").scope("files:read"))
            .tool(tool("writes").scope("files:write"))
            .scope_implies("files:admin", ["files:write"])
            .scope_implies("files:write", ["files:read"])
    })
    .await;
    for (scopes, may) in [
        ("files:admin", &["reads", "writes"][..]),
        ("files:write", &["reads", "writes"]),
        ("files:read", &["reads"]),
        ("files:administrator", &[]),
        ("files", &[]),
        ("admin", &[]),
    ] {
        let mut listed = names(&own.send("tools/list", json!({}), Some(scopes)).await);
        listed.sort();
        assert_eq!(listed, may, "{scopes}");
        for name in ["reads", "writes"] {
            let reply = own.send("tools/call", json!({ "name": name, "arguments": {} }), Some(scopes)).await;
            assert_eq!(reply.status == 200, may.contains(&name), "{scopes}, {name}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn rs_19_a_client_that_mishandles_a_403_can_be_told_in_a_result() {
    let call = json!({ "name": "writes", "arguments": {} });
    for on in [false, true] {
        let own = Own::start(by_keys, |server| {
            server.tool(tool("writes").scope("files:write")).scope_errors_as_results(on)
        })
        .await;
        let reply = own.send("tools/call", call.clone(), Some("")).await;
        if on {
            assert!(reply.tool_error().contains("files:write"), "{reply:?}");
        } else {
            lacking(&reply, "files:write");
        }
        unknown(&own.send("tools/call", call.clone(), None).await, "no token is still no token");
        assert_eq!(own.send("tools/call", call.clone(), Some("files:write")).await.text(), "done");
    }
}

/// Whether a server of these builds, and what is said if it doesn't.
fn build(server: McpServer) -> Result<Arc<Server>, String> {
    server.build().map(Arc::new).map_err(|error| error.to_string())
}

#[tokio::test]
async fn rs_21_nothing_is_open_by_accident() {
    let auth = || Auth::issuer("https://id.example.com");
    let server = || McpServer::new("own").public_url("https://mcp.example.com/mcp");
    let undecided = build(server().tool(tool("scoped").scope("a"))).unwrap_err();
    assert!(undecided.contains("auth"), "scopes, and nobody to check them: {undecided}");
    let unmarked = build(server().auth(auth()).tool(tool("unmarked"))).unwrap_err();
    assert!(unmarked.contains("unmarked") && unmarked.contains("public"), "{unmarked}");
    for mended in [
        server().auth(auth()).tool(tool("unmarked").public()),
        server().auth(auth()).tool(tool("unmarked").authenticated()),
        server().auth(auth()).tool(tool("unmarked").scope("a")),
        server().auth(auth()).tool(tool("unmarked")).default_scope("a"),
        server().auth(auth()).tool(tool("unmarked")).default_authenticated(),
    ] {
        assert!(build(mended).is_ok());
    }
    let contradicting = build(server().auth(auth()).tool(tool("both").public().scope("a"))).unwrap_err();
    assert!(contradicting.contains("public"), "{contradicting}");
}

#[tokio::test]
async fn rs_21_a_default_is_for_what_is_not_marked() {
    let own = Own::start(by_keys, |server| {
        server.tool(tool("unmarked")).tool(tool("open").public()).default_scope("base")
    })
    .await;
    let call = |name: &str| json!({ "name": name, "arguments": {} });
    lacking(&own.send("tools/call", call("unmarked"), Some("a")).await, "base");
    assert_eq!(own.send("tools/call", call("unmarked"), Some("base")).await.status, 200);
    assert_eq!(own.send("tools/call", call("open"), None).await.status, 200);
}

#[tokio::test]
async fn rs_21_a_batch_is_refused_for_all_that_its_parts_lack() {
    let own =
        Own::start(by_keys, |server| server.tool(tool("one").scope("a")).tool(tool("other").scope("b")))
            .await;
    let open = async |token: &str| {
        let reply = Draft::initialize("2025-03-26").bearer(token).send(&own.router).await;
        reply.header("mcp-session-id").to_owned()
    };
    let call = |id: u32, name: &str| {
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": name, "arguments": {} } })
    };
    for (scopes, missing) in [("", "a b"), ("a", "b"), ("b", "a")] {
        let token = own.mint(scopes).token();
        let id = open(&token).await;
        let draft = Draft::post(json!([call(1, "one"), call(2, "other")]));
        let reply = draft.header("mcp-session-id", &id).bearer(&token).send(&own.router).await;
        assert_eq!(reply.status, 403, "{scopes:?}: {reply:?}");
        let scope = Challenge::of(&reply).get("scope").to_owned();
        assert!(missing.split(' ').all(|word| scope.split(' ').any(|other| other == word)), "{scope}");
    }
    let token = own.mint("a b").token();
    let id = open(&token).await;
    let draft = Draft::post(json!([call(1, "one"), call(2, "other")]));
    let reply = draft.header("mcp-session-id", &id).bearer(&token).send(&own.router).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn rs_21_changes_are_told_to_those_who_may_know() {
    let own = everything().await;
    let listen = |uri: &str| json!({ "notifications": { "resourceSubscriptions": [uri] } });
    for (uri, scopes, may) in [
        ("note://one", "", false),
        ("note://one", "r", true),
        ("page://7", "r", false),
        ("page://7", "t", true),
        ("note://two", "", true),
    ] {
        let draft = Draft::modern("subscriptions/listen", listen(uri)).bearer(&own.mint(scopes).token());
        let mut stream = draft.open(&own.router).await;
        let told = if stream.status == 200 {
            let first = stream.next().await.expect("an acknowledgement").message();
            first["params"]["notifications"]["resourceSubscriptions"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
        } else {
            assert!(matches!(stream.status, 400 | 403 | 404), "{uri}: {}", stream.status);
            false
        };
        assert_eq!(told, may, "{uri} with {scopes:?}");
    }
}

#[tokio::test]
async fn rs_21_a_session_subscribes_to_what_may_be_read() {
    let own = everything().await;
    for (uri, scopes, may) in [("note://one", "", false), ("note://one", "r", true), ("note://two", "", true)]
    {
        let token = own.mint(scopes).token();
        let id = super::session(&own.router, &token).await;
        let draft = Draft::legacy(&id, "resources/subscribe", json!({ "uri": uri })).bearer(&token);
        let reply = draft.send(&own.router).await;
        let is_subscribed = reply.status == 200 && reply.json()["error"].is_null();
        assert_eq!(is_subscribed, may, "{uri} with {scopes:?}: {reply:?}");
    }
}

#[tokio::test]
async fn rs_11_an_untyped_token_is_taken_if_the_operator_says_so() {
    let untyped =
        |issuer: &Issuer| Auth::issuer(mcp_server::Issuer::new(issuer.url()).warning_accept_untyped(true));
    let own = Own::start(untyped, |server| server.tool(who())).await;
    let good = own.mint("a").header("typ", "JWT");
    for (why, mint) in [
        ("as it is", good.clone()),
        ("no type", good.clone().without_header("typ")),
        ("the right type", good.clone().header("typ", "at+jwt")),
    ] {
        let reply = own.call(&mint.token()).await;
        assert_eq!(reply.status, 200, "{why}: {reply:?}");
    }
    for (why, mint) in [
        ("no client", good.clone().without("client_id")),
        ("no scope", good.clone().without("scope")),
        ("an ID token's number", good.clone().claim("nonce", "n")),
        ("an ID token's hash", good.clone().claim("at_hash", "h")),
        ("another hash of one", good.clone().claim("c_hash", "h")),
        ("another type", good.clone().header("typ", "logout+jwt")),
        ("a refresh token", good.clone().header("typ", "refresh+jwt")),
        ("for somebody else", good.clone().claim("aud", "app")),
    ] {
        refused(&own.call(&mint.token()).await, why);
    }
}
