//! A server with public things: those without a token see these, and nothing of the rest.

use mcp_tests::wire::{Draft, Reply};
use serde_json::{Value, json};

use super::{
    client::{Client, Way, calling, challenged, get, keys, request},
    server::{House, resource, tool},
    tokens::{Signed, alice},
};

async fn stranger(house: &House, way: Way) -> Client {
    Client::connect(house, way, None).await
}

/// Operations on public things.
fn operations() -> [(&'static str, Value); 5] {
    let completed =
        |reference: Value| json!({ "ref": reference, "argument": { "name": "path", "value": "" } });
    [
        ("tools/call", json!({ "name": "time" })),
        ("resources/read", json!({ "uri": "open://readme" })),
        ("resources/read", json!({ "uri": "open://other" })),
        ("prompts/get", json!({ "name": "hello", "arguments": { "path": "a" } })),
        ("completion/complete", completed(json!({ "type": "ref/prompt", "name": "hello" }))),
    ]
}

#[tokio::test]
async fn rs_21_what_is_public_needs_no_token_and_takes_one() {
    let house = House::public();
    for way in Way::BOTH {
        for token in [None, Some(alice("")), Some(alice("files:read"))] {
            let client = Client::connect(&house, way, token).await;
            for (method, params) in operations() {
                _ = client.ask(method, params).await.result();
            }
        }
    }
    let house = House::new();
    challenged(&Draft::call("time", json!({})).send(&house.router).await, 401, None, "files:read");
}

#[tokio::test]
async fn rs_19_a_stranger_is_told_the_scopes_of_what_they_call() {
    let house = House::public();
    for way in Way::BOTH {
        let client = stranger(&house, way).await;
        for (tool, scopes) in
            [("read", "files:read"), ("write", "files:write"), ("copy", "files:read files:write")]
        {
            challenged(&client.call(tool).await, 401, None, scopes);
        }
        let secret = json!({ "uri": "secrets://one" });
        challenged(&client.ask("resources/read", secret).await, 401, None, "files:admin");
        let audit = json!({ "name": "audit" });
        challenged(&client.ask("prompts/get", audit.clone()).await, 401, None, "files:admin");
    }
    assert_eq!(house.running.begun(), 0);
}

fn same(one: &Reply, other: &Reply) {
    assert_eq!((one.status, &one.headers, &one.body), (other.status, &other.headers, &other.body));
}

/// What needs no scope beyond those to begin with and what isn't there can't be told apart.
#[tokio::test]
async fn rs_22_a_stranger_does_not_learn_what_there_is() {
    let house = House::public();
    for way in Way::BOTH {
        let client = stranger(&house, way).await;
        let unknown = client.call("no_such").await;
        challenged(&unknown, 401, None, "files:read");
        same(&unknown, &client.call("any").await);
        same(&unknown, &client.call("whoami").await);
        let params = json!({ "uri": "nothing://a" });
        same(&unknown, &client.ask("resources/read", params).await);
        same(&unknown, &client.ask("prompts/get", json!({ "name": "no_such" })).await);
        for reference in [
            json!({ "type": "ref/prompt", "name": "no_such" }),
            json!({ "type": "ref/resource", "uri": "nothing://{a}" }),
            json!({ "type": "ref/other" }),
            json!(7),
        ] {
            let params = json!({ "ref": reference, "argument": { "name": "path", "value": "" } });
            same(&unknown, &client.ask("completion/complete", params).await);
        }
    }
}

#[tokio::test]
async fn rs_22_lists_show_strangers_what_is_public() {
    let house = House::public();
    for way in Way::BOTH {
        let client = stranger(&house, way).await;
        assert_eq!(client.list("tools/list").await, ["time"]);
        assert_eq!(client.list("resources/list").await, ["open://readme"]);
        assert_eq!(client.list("resources/templates/list").await, ["open://{path}"]);
        assert_eq!(client.list("prompts/list").await, ["hello"]);
        let all = client.with(alice("files:read files:write files:admin"));
        if way == Way::Modern {
            assert_eq!(all.list("tools/list").await.len(), 10);
        }
    }
}

/// A token that is no good is no way to be nobody.
#[tokio::test]
async fn rs_6_a_bad_token_is_refused_also_where_none_is_needed() {
    let house = House::public();
    let draft = Draft::call("time", json!({}));
    let bad = draft.clone().header("authorization", "Bearer nobodys");
    challenged(&bad.send(&house.router).await, 401, Some("invalid_token"), "files:read");
    let expired = draft.with(&alice("").seconds(0));
    challenged(&expired.send(&house.router).await, 401, Some("invalid_token"), "files:read");
    assert_eq!(draft.send(&house.router).await.text(), "noon");
    let basic = draft.header("authorization", "Basic YTpi");
    assert_eq!(basic.send(&house.router).await.text(), "noon", "another scheme is no token");
}

#[tokio::test]
async fn rs_21_a_strangers_batch_says_all_scopes_at_once() {
    let house = House::public();
    let session = Draft::initialize("2025-03-26").send(&house.router).await;
    let session = session.header("mcp-session-id").to_owned();
    let time = request("tools/call", json!({ "name": "time" }));
    let batch = |messages: Value| Draft::post(messages).header("mcp-session-id", &session);
    let mixed = batch(json!([time, calling("read"), calling("write"), calling("any")]));
    challenged(&mixed.send(&house.router).await, 401, None, "files:read files:write");
    assert_eq!(house.running.begun(), 0);
    let reply = batch(json!([time, request("ping", json!({}))])).open(&house.router).await.rest().await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn tr_16_a_stranger_of_2024_is_served_what_is_public() {
    let house = House::public();
    let mut stream = mcp_tests::sse::Stream::open(&house.router, &get("/sse")).await;
    let address = stream.soon().await.data.unwrap();
    let post = |message: Value| Draft { target: address.clone(), ..Draft::post(message) };
    let reply = post(Draft::initialize("2024-11-05").body).send(&house.router).await;
    assert_eq!(reply.status, 202);
    stream.message().await;
    challenged(&post(calling("write")).send(&house.router).await, 401, None, "files:write");
    let time = post(request("tools/call", json!({ "name": "time" })));
    assert_eq!(time.send(&house.router).await.status, 202);
    assert_eq!(stream.message().await["result"]["content"][0]["text"], json!("noon"));
    assert_eq!(post(request("tools/list", json!({}))).send(&house.router).await.status, 202);
    assert_eq!(keys(&stream.message().await["result"]), ["time"]);
    let signed = time.with(&alice("files:read"));
    assert_eq!(signed.send(&house.router).await.status, 404, "who signs in begins a connection of their own");
}

/// Scopes may be told of in results. Where there is no token, there is nothing that could have them.
#[tokio::test]
async fn rs_5_a_stranger_is_asked_for_a_token_also_where_scopes_are_results() {
    let house = House::public_with(|server| server.scope_errors_as_results(true));
    for way in Way::BOTH {
        challenged(&stranger(&house, way).await.call("write").await, 401, None, "files:write");
    }
    let session = Draft::initialize("2025-03-26").send(&house.router).await;
    let session = session.header("mcp-session-id").to_owned();
    let time = request("tools/call", json!({ "name": "time" }));
    let draft = Draft::post(json!([time, calling("write")])).header("mcp-session-id", &session);
    challenged(&draft.send(&house.router).await, 401, None, "files:write");
    let mut stream = mcp_tests::sse::Stream::open(&house.router, &get("/sse")).await;
    let target = stream.soon().await.data.unwrap();
    let draft = Draft { target, ..Draft::post(calling("write")) };
    challenged(&draft.send(&house.router).await, 401, None, "files:write");
}

/// The door opens with the first public thing, and closes with the last.
#[tokio::test]
async fn rs_21_what_is_public_may_come_and_go() {
    let house = House::new();
    let (catalog, draft) = (house.server.catalog(), Draft::modern("tools/list", json!({})));
    challenged(&draft.send(&house.router).await, 401, None, "files:read");
    catalog.set_tool(tool("open", &house.running).public()).unwrap();
    assert_eq!(keys(&draft.send(&house.router).await.result()), ["open"]);
    assert!(catalog.remove_tool("open"));
    challenged(&draft.send(&house.router).await, 401, None, "files:read");
    catalog.set_resource(resource("open://a", &house.running).public()).unwrap();
    assert!(keys(&draft.send(&house.router).await.result()).is_empty());
}
