//! Lists show everybody what they may use, whatever others see.

use std::collections::BTreeSet;

use mcp_server::McpServer;
use mcp_tests::running::Running;
use serde_json::{Value, json};

use super::{
    client::{Client, Line, Way, keys, lacks},
    server::{House, prompt, resource, tool},
    tokens::{alice, bob},
};

const LISTS: [&str; 4] = ["tools/list", "resources/list", "resources/templates/list", "prompts/list"];

/// The lists of callers with these scopes.
fn expected(scopes: &str) -> [Vec<&'static str>; 4] {
    let has = |scope: &str| scopes.split(' ').any(|held| held == scope);
    let (read, write, admin) = (has("files:read"), has("files:write"), has("files:admin"));
    let pick = |all: &[(&'static str, bool)]| {
        all.iter().filter(|(_, is_there)| *is_there).map(|(name, _)| *name).collect()
    };
    [
        pick(&[
            ("any", true),
            ("copy", read && write),
            ("counts", read),
            ("delete", write),
            ("endless", read),
            ("pays", read),
            ("read", read),
            ("whoami", true),
            ("write", write),
        ]),
        pick(&[("files://readme", read), ("secrets://one", admin), ("skill://guide/SKILL.md", true)]),
        pick(&[("files://{path}", read), ("vault://{path}", admin)]),
        pick(&[("audit", admin), ("review", read)]),
    ]
}

#[tokio::test]
async fn rs_22_lists_show_what_may_be_used() {
    let house = House::new();
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for scopes in ["", "files:read", "files:write", "files:admin", "files:read files:write", "other", ""]
        {
            let client = client.with(alice(scopes));
            for (method, expected) in LISTS.into_iter().zip(expected(scopes)) {
                assert_eq!(client.list(method).await, expected, "{way:?} {method} {scopes}");
            }
        }
    }
}

#[tokio::test]
async fn rs_22_a_line_of_2024_lists_what_the_token_of_the_request_allows() {
    let house = House::new();
    let mut line = Line::open(&house, &alice("")).await;
    for scopes in ["", "files:read", ""] {
        let response = line.ask(&alice(scopes), "tools/list", json!({})).await;
        assert_eq!(keys(&response["result"]), expected(scopes)[0], "{scopes}");
    }
}

/// Many things of each kind; every other one needs another scope.
fn many(server: McpServer, running: &Running) -> McpServer {
    let names: Vec<&'static str> =
        (0..20).map(|n| &*Box::leak(format!("n{n:02}").into_boxed_str())).collect();
    names.iter().enumerate().fold(server.page_size(3), |server, (number, name)| {
        let scope = if number % 2 == 0 { "even" } else { "odd" };
        let uri = |scheme: &str, end: &str| &*Box::leak(format!("{scheme}://{name}{end}").into_boxed_str());
        server
            .tool(tool(name, running).scope(scope))
            .prompt(prompt(name, running).scope(scope))
            .resource(resource(uri("r", ""), running).scope(scope))
            .resource(resource(uri("t", "/{a}"), running).scope(scope))
    })
}

#[tokio::test]
async fn rs_22_every_page_is_private_and_of_the_filtered_list() {
    let house = House::bare(many);
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for method in LISTS {
            let of = async |scopes: &str| client.with(alice(scopes)).list(method).await;
            let (even, odd, both) = (of("even").await, of("odd").await, of("odd even").await);
            assert_eq!((even.len(), odd.len(), both.len()), (10, 10, 20), "{method}");
            let joined: BTreeSet<_> = even.iter().chain(&odd).collect();
            assert_eq!(joined, both.iter().collect());
            assert!(of("").await.is_empty());
            let first = client.with(alice("even")).ask(method, json!({})).await.result();
            assert_eq!(keys(&first), even[..3], "pages are full");
        }
    }
}

#[tokio::test]
async fn rs_22_a_cursor_is_of_one_view() {
    let house = House::bare(many);
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for method in LISTS {
            let even = client.with(alice("even"));
            let cursor = even.ask(method, json!({})).await.result()["nextCursor"].clone();
            let params = json!({ "cursor": cursor });
            for scopes in ["odd", "odd even", ""] {
                let reply = client.with(alice(scopes)).ask(method, params.clone()).await;
                assert_eq!(reply.code(), -32602, "{way:?} {method} {scopes}");
            }
            _ = even.ask(method, params).await.result();
        }
    }
}

#[tokio::test]
async fn rs_22_a_discovery_is_private_and_says_the_same_to_everybody() {
    let house = House::new();
    let of = async |scopes: &str| {
        let client = Client::connect(&house, Way::Modern, alice(scopes)).await;
        client.ask("server/discover", json!({})).await.result()
    };
    let (little, much) = (of("").await, of("files:read files:admin").await);
    assert_eq!(little["cacheScope"], json!("private"));
    assert_eq!(little, much);
    assert!(little["capabilities"]["prompts"].is_object(), "there are some, for others: {little}");
}

#[tokio::test]
async fn rs_22_skills_are_private_too() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, alice("")).await;
    assert_eq!(client.list("skills/list").await, ["skill://guide/SKILL.md"]);
    let folder = client.ask("resources/directory/read", json!({ "uri": "skill://guide" })).await.result();
    assert_eq!(folder["cacheScope"], json!("private"), "{folder}");
    let skill = client.ask("skills/get", json!({ "uri": "skill://guide/SKILL.md" })).await.result();
    assert_ne!(skill["cacheScope"], json!("public"), "{skill}");
}

/// More different callers than views are kept. Each sees what is theirs, first and again.
#[tokio::test]
async fn rs_22_many_different_callers_each_see_their_own() {
    let scopes: Vec<String> = (0..8).map(|bit| format!("s{bit}")).collect();
    let house = House::bare(|server, running| {
        scopes.iter().fold(server, |server, scope| {
            let name = &*Box::leak(scope.clone().into_boxed_str());
            server.tool(tool(name, running).scope(name))
        })
    });
    for round in 0..2 {
        for number in 0..200_usize {
            let held = scopes.iter().enumerate().filter(|(bit, _)| number >> bit & 1 == 1);
            let held: Vec<&str> = held.map(|(_, scope)| &**scope).collect();
            let token = alice(&held.join(" ")).serial(round);
            let client = Client::connect(&house, Way::Modern, token).await;
            assert_eq!(client.list("tools/list").await, held);
        }
    }
}

#[tokio::test]
async fn rs_22_a_change_shows_at_once_to_those_who_may_see_it() {
    let house = House::new();
    let catalog = house.server.catalog();
    for way in Way::BOTH {
        let (one, other) = (
            Client::connect(&house, way, alice("files:read")).await,
            Client::connect(&house, way, bob("files:write")).await,
        );
        let lists = async || (one.list("tools/list").await, other.list("tools/list").await);
        let (before, elsewhere) = lists().await;
        let has = |list: &[String]| list.contains(&"b".to_owned());
        assert!(!has(&before) && !has(&elsewhere));
        catalog.set_tool(tool("b", &house.running).scope("files:read")).unwrap();
        let (now, still) = lists().await;
        assert!(has(&now) && still == elsewhere);
        assert_eq!(one.call("b").await.text(), "done");
        lacks(&other.call("b").await, "files:read");
        catalog.set_tool(tool("b", &house.running).scope("files:write")).unwrap();
        let (back, now) = lists().await;
        assert!(back == before && has(&now));
        lacks(&one.call("b").await, "files:write");
        assert_eq!(other.call("b").await.text(), "done");
        assert!(catalog.remove_tool("b"));
        assert_eq!(lists().await, (before, elsewhere));
    }
}

/// The token was checked before anybody knew the scope.
#[tokio::test]
async fn rs_22_a_scope_that_nobody_knew_is_known_with_its_tool() {
    let house = House::with(|server| server.scope_implies("all", ["later"]));
    for way in Way::BOTH {
        let name = if way == Way::Modern { "new:modern" } else { "new:session" };
        let client = Client::connect(&house, way, alice(name)).await;
        let before = client.list("tools/list").await;
        assert_eq!(client.call("b").await.code(), -32602);
        house.server.catalog().set_tool(tool("b", &house.running).scope(name)).unwrap();
        assert_eq!(client.call("b").await.text(), "done");
        assert_eq!(client.list("tools/list").await.len(), before.len() + 1);
        lacks(&client.with(alice("")).call("b").await, name);
        house.server.catalog().set_tool(tool("b", &house.running).scope("later")).unwrap();
        assert_eq!(client.with(alice("all")).call("b").await.text(), "done");
        lacks(&client.call("b").await, "later");
        assert!(house.server.catalog().remove_tool("b"));
    }
}

#[tokio::test]
async fn rs_21_what_is_added_without_a_mark_is_refused() {
    let house = House::new();
    let (catalog, running) = (house.server.catalog(), &house.running);
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let before = client.list("tools/list").await;
    let said = |error: mcp_server::BuildError| error.to_string();
    assert!(said(catalog.set_tool(tool("b", running)).unwrap_err()).contains("says nothing of its callers"));
    assert!(catalog.set_prompt(prompt("b", running)).is_err());
    assert!(catalog.set_resource(resource("b://b", running)).is_err());
    assert!(catalog.set_tool(tool("b", running).public().authenticated()).is_err());
    assert!(catalog.set_tool(tool("read", running)).is_err(), "nor instead of one that is marked");
    assert_eq!(client.list("tools/list").await, before);
    lacks(&client.with(alice("")).call("read").await, "files:read");
    assert!(catalog.set_tool(tool("b", running).authenticated()).is_ok());
    let house = House::with(|server| server.default_scope("files:read"));
    assert!(house.server.catalog().set_tool(tool("b", &house.running)).is_ok());
    let client = Client::connect(&house, Way::Modern, alice("")).await;
    lacks(&client.call("b").await, "files:read");
}

/// A resource says for whom it may be kept.
#[tokio::test]
async fn rs_22_what_not_everybody_may_read_is_kept_by_nobody_else() {
    use mcp_server::CacheScope;
    let minute = std::time::Duration::from_mins(1);
    let house = House::public();
    let (catalog, running) = (house.server.catalog(), &house.running);
    let kept = || resource("kept://a", running).cache(minute, CacheScope::Public);
    assert!(catalog.set_resource(kept().scope("files:read")).is_err());
    assert!(catalog.set_resource(kept().authenticated()).is_err());
    catalog.set_resource(kept().public()).unwrap();
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let read = async |uri: &str| {
        let result: Value = client.ask("resources/read", json!({ "uri": uri })).await.result();
        result["cacheScope"].clone()
    };
    assert_eq!(read("kept://a").await, json!("public"));
    assert_eq!(read("files://readme").await, json!("private"));
}
