//! What has URIs in common with something else: whoever reads, hears of, lists or completes it needs what both need.

use std::{mem, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mcp_server::{CacheScope, Completing, Invocation, McpServer, Resource};
use mcp_tests::{
    running::Running,
    wire::{Draft, Reply},
};
use serde_json::{Value, json};

use super::{
    client::{Client, Line, Way, lacks},
    server::House,
    tokens::{Signed, Token, alice},
};

/// A resource that says which values it was read with.
fn resource(uri: &'static str, running: &Running) -> Resource {
    let running = running.clone();
    Resource::new(uri, "file", "A file.", move |mut call: Invocation| {
        drop(running.hold());
        async move { Ok(format!("{} {}", uri, Value::Object(mem::take(&mut call.arguments)))) }
    })
}

/// Secrets beside templates that have their names.
fn vault(server: McpServer, running: &Running) -> McpServer {
    let admin = [
        "vault://files/secret",
        "vault://files/a(1)",
        "vault://tree/private/{name}",
        "vault://find?q=secret",
        "vault://find?q=private/keys",
        "vault://find?q=1&n=2",
        "vault://list/secret/x",
        "vault://caf\u{e9}/secret",
    ];
    let read = [
        "vault://files/{name}",
        "vault://tree/{+name}",
        "vault://find{?n,q}",
        "vault://list{/path*}",
        "vault://caf\u{e9}/{name}",
    ];
    let server =
        admin.iter().fold(server, |server, uri| server.resource(resource(uri, running).scope("admin")));
    let server = read.iter().fold(server, |server, uri| {
        let resource = resource(uri, running).scope("read");
        let variable = if uri.contains('*') {
            "path"
        } else if uri.contains('?') {
            "q"
        } else {
            "name"
        };
        server.resource(resource.complete(variable, |_: Completing| vec!["a"]))
    });
    server.resource(resource("vault://files/open", running).public())
}

/// Other spellings of what is there.
const SPELLINGS: [&str; 25] = [
    "vault://files/%73ecret",
    "vault://files/secre%74",
    "vault://files/./secret",
    "vault://files/../files/secret",
    "vault://files//secret",
    "vault://files/%2E%2E",
    "vault://files/private%2Fkeys",
    "vault://files/private%2fkeys",
    "vault://files/private%5Ckeys",
    "vault://files/it's",
    "vault://tree/private%2Fkeys",
    "vault://tree/%70rivate/keys",
    "vault://tree/x/../private/keys",
    "vault://tree//private/keys",
    "vault://tree/./private/keys",
    "vault://tree/private/keys/",
    "vault://find?q=%73ecret",
    "vault://find?q=secret&",
    "vault://find?q=se+cret",
    "vault://find?q=secret&n=1",
    "vault://find?%71=secret",
    "vault://list/%73ecret/x",
    "vault://list/secret%2Fx",
    "vault://list/a/../secret/x",
    "vault://caf%c3%a9/a",
];

/// URIs that are there, and what their callers need.
const THERE: [(&str, &str); 19] = [
    ("vault://files/a", "read"),
    ("vault://files/a%20b", "read"),
    ("vault://files/secret", "admin read"),
    ("vault://files/a(1)", "admin read"),
    // Another spelling of the name that the template makes of it: it needs the same.
    ("vault://files/a%281%29", "read admin"),
    ("vault://files/open", "read"),
    ("vault://tree/a/b", "read"),
    ("vault://tree/private/keys", "admin read"),
    ("vault://tree/private/a/b", "read"),
    ("vault://find?q=a", "read"),
    ("vault://find?q=a%2Fb", "read"),
    ("vault://find?q=secret", "admin read"),
    ("vault://find?q=private%2Fkeys", "read admin"),
    ("vault://find?n=2&q=1", "read admin"),
    ("vault://list/a/b", "read"),
    ("vault://list/secret/x", "admin read"),
    ("vault://caf%C3%A9/a", "read"),
    ("vault://caf\u{e9}/a", "read"),
    ("vault://caf\u{e9}/secret", "admin read"),
];

fn uri(uri: &str) -> Value {
    json!({ "uri": uri })
}

impl Client {
    async fn read(&self, asked: &str) -> Reply {
        let draft = self.request("resources/read", uri(asked));
        // The header that repeats the URI is ASCII.
        let is_plain = asked.is_ascii() || self.session.is_some();
        let encoded = format!("=?base64?{}?=", STANDARD.encode(asked));
        let draft = if is_plain { draft } else { draft.header("mcp-name", &encoded) };
        draft.send(&self.router).await
    }
}

#[tokio::test]
async fn tr_21_another_spelling_reads_nothing() {
    let house = House::bare(vault);
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("read admin")).await;
        for spelling in SPELLINGS {
            let reply = client.read(spelling).await;
            let code = if way == Way::Modern { -32602 } else { -32002 };
            assert_eq!((reply.status, reply.code()), (200, code), "{way:?} {spelling} {reply:?}");
            assert_eq!(reply.json()["error"]["data"], uri(spelling));
        }
    }
    assert_eq!(house.running.begun(), 0, "nothing was read");
}

#[tokio::test]
async fn tr_21_what_is_needed_is_what_all_entries_need_that_have_the_uri() {
    let house = House::bare(vault);
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for (there, needed) in THERE {
            let before = house.running.begun();
            for one in needed.split(' ').filter(|_| needed.contains(' ')).chain([""]) {
                lacks(&client.with(alice(one)).read(there).await, needed);
            }
            assert_eq!(house.running.begun(), before, "{way:?} {there}");
            _ = client.with(alice(needed)).read(there).await.result();
            assert_eq!(house.running.begun(), before + 1, "{way:?} {there}");
        }
    }
}

/// In every revision that has sessions, and over the transport of 2024.
#[tokio::test]
async fn tr_21_each_revision_reads_by_the_same_rule() {
    let house = House::bare(vault);
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let sign = |draft: Draft, scopes: &str| draft.with(&alice(scopes));
        let opened = sign(Draft::initialize(revision), "").send(&house.router).await;
        let session = opened.header("mcp-session-id").to_owned();
        let ask = async |scopes: &str, uri: &str| -> Reply {
            let draft = Draft::legacy(&session, "resources/read", json!({ "uri": uri }));
            sign(draft.without("mcp-protocol-version"), scopes).send(&house.router).await
        };
        lacks(&ask("read", "vault://files/secret").await, "admin read");
        assert_ne!(ask("read", "vault://files/%73ecret").await.json()["error"], Value::Null, "{revision}");
        _ = ask("admin read", "vault://files/secret").await.result();
    }
    let mut line = Line::open(&house, &alice("")).await;
    let begun = house.running.begun();
    let response = line.ask(&alice("read"), "resources/read", uri("vault://files/%73ecret")).await;
    assert_ne!(response["error"], Value::Null, "{response}");
    assert_eq!(house.running.begun(), begun);
    let response = line.ask(&alice("read admin"), "resources/read", uri("vault://files/secret")).await;
    assert_eq!(response["error"], Value::Null, "{response}");
}

/// Which of these an acknowledgment names.
async fn heard(house: &House, token: Token, uris: &[&str]) -> Vec<String> {
    let client = Client::connect(house, Way::Modern, token).await;
    let params = json!({ "notifications": { "resourceSubscriptions": uris } });
    let mut stream = client.request("subscriptions/listen", params).open(&house.router).await;
    let first = stream.next().await.unwrap().message();
    let heard = &first["params"]["notifications"]["resourceSubscriptions"];
    heard.as_array().into_iter().flatten().map(|uri| uri.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn tr_21_a_subscription_is_to_what_may_be_read_in_its_one_spelling() {
    let house = House::bare(vault);
    assert!(heard(&house, alice("read admin"), &SPELLINGS).await.is_empty());
    let session = Client::connect(&house, Way::Session, alice("")).await;
    for spelling in SPELLINGS {
        let reply = session.with(alice("read admin")).ask("resources/subscribe", uri(spelling)).await;
        assert_eq!(reply.code(), -32002, "{spelling}");
    }
    for scopes in ["", "read", "admin", "read admin"] {
        let may = |needed: &str| needed.split(' ').all(|one| scopes.split(' ').any(|scope| scope == one));
        for (there, needed) in THERE {
            let is_heard = !heard(&house, alice(scopes), &[there]).await.is_empty();
            assert_eq!(is_heard, may(needed), "{scopes} {there}");
            let reply = session.with(alice(scopes)).ask("resources/subscribe", uri(there)).await;
            assert_eq!(reply.json().get("result").is_some(), may(needed), "{scopes} {there}");
        }
    }
}

#[tokio::test]
async fn what_has_changed_is_told_in_the_one_spelling() {
    let house = House::bare(vault);
    let client = Client::connect(&house, Way::Modern, alice("read")).await;
    let (raw, one) = ("vault://caf\u{e9}/\u{fc}", "vault://caf%C3%A9/%C3%BC");
    for asked in [raw, one] {
        let params = json!({ "notifications": { "resourceSubscriptions": [asked, raw, one] } });
        let mut stream = client.request("subscriptions/listen", params).open(&house.router).await;
        let first = stream.next().await.unwrap().message();
        assert_eq!(first["params"]["notifications"]["resourceSubscriptions"], json!([one]));
        for said in [raw, one] {
            house.server.catalog().resource_updated(said);
            assert_eq!(stream.next().await.unwrap().message()["params"]["uri"], json!(one), "{asked} {said}");
        }
    }
    let read = client.read(raw).await.result();
    assert_eq!(read["contents"][0]["uri"], json!(one));
    let listed = client.list("resources/templates/list").await;
    assert!(listed.contains(&"vault://caf%C3%A9/{name}".to_owned()), "{listed:?}");
}

#[tokio::test]
async fn tr_21_what_a_template_suggests_is_its_own() {
    let house = House::bare(vault);
    let completing = |uri: &str| json!({ "ref": { "type": "ref/resource", "uri": uri }, "argument": { "name": "name", "value": "" } });
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for template in ["vault://files/{name}", "vault://caf%C3%A9/{name}", "vault://caf\u{e9}/{name}"] {
            lacks(&client.ask("completion/complete", completing(template)).await, "read");
            let reply = client.with(alice("read")).ask("completion/complete", completing(template)).await;
            assert_eq!(reply.result()["completion"]["values"], json!(["a"]), "{template}");
        }
        lacks(&client.ask("completion/complete", completing("vault://files/secret")).await, "admin read");
        for spelling in ["vault://files/%7Bname%7D", "vault://%66iles/{name}", "vault://files/%73ecret"] {
            let reply =
                client.with(alice("read admin")).ask("completion/complete", completing(spelling)).await;
            assert_eq!(reply.code(), -32602, "{spelling}");
        }
    }
}

#[tokio::test]
async fn rs_22_lists_show_fixed_uris_to_those_who_may_read_them() {
    let house = House::bare(vault);
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for (scopes, count) in [("", 0), ("admin", 0), ("read", 1), ("read admin", 8)] {
            let listed = client.with(alice(scopes)).list("resources/list").await;
            // `find?q=private/keys` and `find?q=1&n=2` are no URIs of the template, but say the same as some that are.
            assert_eq!(listed.len(), count, "{scopes} {listed:?}");
        }
    }
}

/// What one entry lets everybody keep, another has callers sign in for.
#[tokio::test]
async fn rs_22_what_needs_a_scope_is_kept_for_nobody_else() {
    let house = House::bare(|server, running| {
        let minute = Duration::from_mins(1);
        server
            .resource(resource("open://a/b", running).public().cache(minute, CacheScope::Public))
            .resource(resource("open://c", running).public().cache(minute, CacheScope::Public))
            .resource(resource("open://a/{name}", running).scope("read"))
    });
    let client = Client::connect(&house, Way::Modern, alice("read")).await;
    for (asked, scope) in [("open://a/b", "private"), ("open://c", "public")] {
        let result = client.read(asked).await.result();
        assert_eq!((&result["cacheScope"], &result["ttlMs"]), (&json!(scope), &json!(60_000)), "{asked}");
    }
}

/// A resource that comes while the server runs is counted with the others.
#[tokio::test]
async fn tr_21_what_is_needed_follows_what_is_offered() {
    let house =
        House::bare(|server, running| server.resource(resource("vault://a/{name}", running).scope("read")));
    let client = Client::connect(&house, Way::Modern, alice("read")).await;
    let (catalog, asked) = (house.server.catalog(), uri("vault://a/b"));
    _ = client.ask("resources/read", asked.clone()).await.result();
    catalog.set_resource(resource("vault://{+all}", &house.running).scope("admin")).unwrap();
    lacks(&client.ask("resources/read", asked.clone()).await, "read admin");
    catalog.set_resource(resource("vault://a/b", &house.running).public()).unwrap();
    lacks(&client.ask("resources/read", asked.clone()).await, "read admin");
    assert!(catalog.remove_resource("vault://{+all}"));
    _ = client.ask("resources/read", asked).await.result();
}

#[tokio::test]
async fn tr_21_a_uri_has_8_kib_at_most_wherever_it_is_sent() {
    let house = House::bare(vault);
    let long = |length: usize| format!("{:a<length$}", "vault://files/");
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("read")).await;
        let refused = |reply: Reply| {
            let (code, error) = (reply.code(), reply.json()["error"]["message"].as_str().unwrap().to_owned());
            assert!(code == -32602 && error.contains("8192 bytes"), "{way:?} {reply:?}");
        };
        _ = client.read(&long(8 * 1024)).await.result();
        let too_long = long(8 * 1024 + 1);
        refused(client.read(&too_long).await);
        let completing = json!({ "ref": { "type": "ref/resource", "uri": too_long },
            "argument": { "name": "name", "value": "" } });
        refused(client.ask("completion/complete", completing).await);
        if way == Way::Session {
            _ = client.ask("resources/subscribe", uri(&long(8 * 1024))).await.result();
            refused(client.ask("resources/subscribe", uri(&too_long)).await);
            refused(client.ask("resources/unsubscribe", uri(&too_long)).await);
        } else {
            let listening = |uri: &str| json!({ "notifications": { "resourceSubscriptions": [uri] } });
            refused(client.ask("subscriptions/listen", listening(&too_long)).await);
            assert_eq!(heard(&house, alice("read"), &[&long(8 * 1024)]).await.len(), 1);
        }
    }
}

/// A stranger learns nothing of it, not even that.
#[tokio::test]
async fn tr_21_a_stranger_with_a_long_uri_is_a_stranger() {
    let house = House::bare(vault);
    let client = Client::connect(&house, Way::Modern, None).await;
    let reply = client.read(&"a".repeat(9_000)).await;
    assert_eq!(reply.status, 401, "{reply:?}");
}

/// The values of a message and those that its URI expands to are counted together.
#[tokio::test]
async fn tr_21_what_a_uri_expands_to_counts_with_the_values_of_the_message() {
    let house = House::bare(vault);
    let client = Client::connect(&house, Way::Session, alice("read")).await;
    let ask = async |segments: usize, values: usize| {
        let params = json!({ "uri": format!("vault://list{}", "/a".repeat(segments)),
            "_meta": { "example.com/values": vec![0; values] } });
        client.ask("resources/read", params).await
    };
    _ = ask(4_000, 490_000).await.result();
    _ = ask(10, 499_900).await.result();
    let refused = ask(4_000, 499_900).await;
    let message = refused.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(refused.code() == -32602 && message.contains("500000 values"), "{refused:?}");
}

/// Without authentication nobody needs anything, and a URI still has one spelling.
#[tokio::test]
async fn a_server_without_callers_reads_one_spelling_too() {
    let note = |uri: &'static str| Resource::new(uri, "note", "A note.", |_| async { Ok("text") });
    let server = McpServer::new("notes").resource(note("notes://{id}")).resource(note("notes://today"));
    let router = server.build().unwrap().router();
    for (asked, is_there) in [("notes://today", true), ("notes://a", true), ("notes://%74oday", false)] {
        let reply = Draft::modern("resources/read", uri(asked)).send(&router).await;
        assert_eq!(reply.json().get("result").is_some(), is_there, "{asked}");
    }
}
