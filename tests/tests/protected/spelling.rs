//! A resource has one spelling, and whoever reads it needs what all entries need that have its URI.

use mcp_server::{McpServer, Resource};
use mcp_tests::{running::Running, sse::Stream, wire::Draft};
use serde_json::{Value, json};

use super::{
    client::{Client, Way},
    server::{House, resource},
    tokens::{Signed, alice},
};

/// A template that says what it was given.
fn says(uri: &'static str) -> Resource {
    Resource::new(uri, "says", "Says what it was given.", |call| async move {
        Ok(Some(serde_json::to_string(&call.arguments)?))
    })
}

fn vault(server: McpServer, running: &Running) -> McpServer {
    server
        .resource(resource("vault://files/secret", running).scope("admin"))
        .resource(says("vault://files/{name}").scope("read"))
        .resource(resource("tree://private/keys", running).scope("admin"))
        .resource(says("tree://{+path}").scope("read"))
        .resource(resource("find://all?q=secret", running).scope("admin"))
        .resource(says("find://all{?q}").scope("read"))
        .resource(says("list://of{/path*}").scope("read"))
}

/// Spellings of what needs `admin`, and of what is nothing's.
const SPELLINGS: [&str; 16] = [
    "vault://files/secret",
    "vault://files/%73ecret",
    "vault://files/%73%65cret",
    "vault://files/secret%2F",
    "vault://files/..%2Ffiles%2Fsecret",
    "tree://private/keys",
    "tree://private%2Fkeys",
    "tree://private%2fkeys",
    "tree://./private/keys",
    "tree://a/../private/keys",
    "tree://private//keys",
    "find://all?q=secret",
    "find://all?q=%73ecret",
    "find://all?%71=secret",
    "list://of/a%2Fb",
    "list://of/a/../b",
];

#[tokio::test]
async fn tr_21_no_spelling_of_a_protected_resource_is_read_with_fewer_scopes() {
    let house = House::bare(vault);
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("read")).await;
        for uri in SPELLINGS {
            let reply = client.ask("resources/read", json!({ "uri": uri })).await;
            let refused = reply.status == 403 || reply.json().get("error").is_some();
            assert!(refused, "{way:?} {uri}: {reply:?}");
            if way == Way::Session {
                let reply = client.ask("resources/subscribe", json!({ "uri": uri })).await;
                assert!(reply.json().get("error").is_some(), "{uri}: {reply:?}");
            }
        }
    }
    assert_eq!(house.running.begun(), 0, "nothing of this ran");
}

#[tokio::test]
async fn tr_21_a_subscription_takes_no_other_spelling_either() {
    let house = House::bare(vault);
    let asked: Vec<&str> = SPELLINGS.into_iter().chain(["vault://files/plain"]).collect();
    let listen =
        Draft::modern("subscriptions/listen", json!({ "notifications": { "resourceSubscriptions": asked } }));
    let mut stream = Stream::open(&house.router, &listen.with(&alice("read"))).await;
    let acknowledged = stream.message().await;
    let agreed = &acknowledged["params"]["notifications"]["resourceSubscriptions"];
    assert_eq!(*agreed, json!(["vault://files/plain"]), "{acknowledged}");
}

/// Whoever has all scopes reads the fixed one; who lacks one of them is told both.
#[tokio::test]
async fn tr_21_what_is_needed_is_what_all_entries_need() {
    let house = House::bare(vault);
    let read =
        |uri: &str, scopes: &str| Draft::modern("resources/read", json!({ "uri": uri })).with(&alice(scopes));
    for (uri, scopes) in [
        ("vault://files/secret", "admin read"),
        ("tree://private/keys", "admin read"),
        ("find://all?q=secret", "admin read"),
    ] {
        for lacking in ["read", "admin", ""] {
            let reply = read(uri, lacking).send(&house.router).await;
            assert_eq!(reply.status, 403, "{uri} {lacking}: {reply:?}");
            let challenge = reply.header("www-authenticate");
            assert!(challenge.contains(&format!("scope=\"{scopes}\"")), "{uri}: {challenge}");
        }
        let reply = read(uri, scopes).send(&house.router).await;
        assert_eq!(reply.result()["contents"][0]["text"], json!("text"), "{uri}");
    }
}

#[tokio::test]
async fn tr_21_the_lawful_spellings_are_read() {
    let house = House::bare(vault);
    for (uri, values) in [
        ("vault://files/plain", json!({ "name": "plain" })),
        ("vault://files/a%20b", json!({ "name": "a b" })),
        ("vault://files/gr%C3%BCn", json!({ "name": "grün" })),
        ("vault://files/grün", json!({ "name": "grün" })),
        ("tree://a/b.txt", json!({ "path": "a/b.txt" })),
        ("find://all?q=a%26b", json!({ "q": "a&b" })),
        ("find://all", json!({})),
        ("list://of/a/b%20c", json!({ "path": ["a", "b c"] })),
    ] {
        let draft = Draft::modern("resources/read", json!({ "uri": uri }));
        let draft = if uri.is_ascii() {
            draft
        } else {
            draft.header("mcp-name", "=?base64?dmF1bHQ6Ly9maWxlcy9ncsO8bg==?=")
        };
        let reply = draft.with(&alice("read")).send(&house.router).await;
        let text = reply.result()["contents"][0]["text"].as_str().expect("a text").to_owned();
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), values, "{uri}");
    }
}

#[tokio::test]
async fn tr_21_a_uri_has_8_kib_at_most() {
    let house = House::bare(vault);
    let read = |bytes: usize| {
        let uri = format!("vault://files/{}", "x".repeat(bytes - "vault://files/".len()));
        Draft::modern("resources/read", json!({ "uri": uri })).with(&alice("read"))
    };
    assert_eq!(read(8_192).send(&house.router).await.status, 200);
    let reply = read(8_193).send(&house.router).await;
    assert_eq!(reply.code(), -32602);
    assert!(reply.json()["error"]["message"].to_string().contains("8192 bytes"), "{reply:?}");
}
