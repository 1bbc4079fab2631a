//! What one principal has begun is unknown to every other: sessions, connections, tasks, and calls of several rounds.

use http::Method;
use mcp_tests::{
    sse::Stream,
    wire::{Draft, Reply},
};
use serde_json::{Map, Value, json};

use super::{
    client::{Client, Line, Way, lacks, request},
    server::House,
    tokens::{Signed, Token, alice, bob},
};

/// Everybody who might be taken for Alice with her app, and isn't.
pub(super) fn strangers(scopes: &str) -> Vec<Token> {
    let alice = || alice(scopes);
    vec![
        bob(scopes),
        alice().client("other"),
        alice().client(""),
        alice().foreign(),
        // A client that acts for itself, and is called as she is.
        alice().subject("").client("alice"),
        alice().subject("").client("app"),
        alice().subject("app").client("alice"),
        alice().subject("Alice"),
        alice().subject("alice.app").client(""),
    ]
}

/// Whoever has another token for the same is the same.
fn selves(scopes: &str) -> Vec<Token> {
    vec![alice(scopes), alice(scopes).serial(1), alice("other").seconds(60), alice("")]
}

fn same(one: &Reply, other: &Reply) {
    assert_eq!((one.status, &one.headers, &one.body), (other.status, &other.headers, &other.body));
}

#[tokio::test]
async fn rs_24_a_session_of_somebody_else_is_unknown() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, alice("files:read")).await;
    let id = client.session.clone().unwrap();
    let get = Draft::listen(&id);
    let delete = Draft::listen(&id).method(Method::DELETE);
    let ping = client.bare("ping", json!({}));
    let notification = client.bare("notifications/cancelled", json!({ "requestId": 1 })).notification();
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    let answer = client.bare("", json!({})).body(|body| *body = answer);
    for draft in [&ping, &notification, &answer, &get, &get.clone().after("0-1"), &delete] {
        for stranger in strangers("files:read") {
            let theirs = draft.with(&stranger).open(&house.router).await.rest().await;
            let nobodys = draft.with(&stranger).header("mcp-session-id", "unknown");
            assert_eq!(theirs.status, 404, "{stranger} {draft:?}");
            same(&theirs, &nobodys.open(&house.router).await.rest().await);
        }
    }
    for token in selves("files:read") {
        _ = ping.with(&token).open(&house.router).await.rest().await.result();
        assert_eq!(notification.with(&token).open(&house.router).await.rest().await.status, 202);
    }
    assert_eq!(delete.with(&alice("").serial(7)).open(&house.router).await.rest().await.status, 204);
    assert_eq!(house.server.sessions(), 0);
}

/// Who tries takes nothing away from the owner.
#[tokio::test]
async fn rs_24_a_stranger_who_tries_changes_nothing() {
    let house = House::new();
    let token = alice("files:read");
    let client = Client::connect(&house, Way::Session, token.clone()).await;
    let id = client.session.clone().unwrap();
    let mut stream = Stream::open(&house.router, &Draft::listen(&id).with(&token)).await;
    for stranger in strangers("") {
        assert_eq!(Draft::listen(&id).with(&stranger).open(&house.router).await.rest().await.status, 404);
    }
    house.server.catalog().list_changed(mcp_server::List::Tools);
    assert_eq!(stream.message().await["method"], json!("notifications/tools/list_changed"));
}

/// A number that one session has given says nothing in another.
#[tokio::test]
async fn rs_24_an_event_of_somebody_else_is_unknown() {
    let house = House::new();
    let token = alice("files:read");
    let client = Client::connect(&house, Way::Session, token.clone()).await;
    let speaks = json!({ "name": "endless", "arguments": { "speaks": true } });
    let mut stream = Stream::open(&house.router, &client.request("tools/call", speaks)).await;
    let mut event = stream.soon().await;
    if event.message().is_none() {
        event = stream.soon().await;
    }
    let place = event.id.unwrap();
    let mine = Draft::listen(client.session.as_deref().unwrap()).after(&place);
    for stranger in strangers("files:read") {
        assert_eq!(mine.with(&stranger).open(&house.router).await.rest().await.status, 404, "{stranger}");
        let theirs = Client::connect(&house, Way::Session, stranger.clone()).await;
        let theirs = Draft::listen(theirs.session.as_deref().unwrap()).after(&place).with(&stranger);
        assert_eq!(theirs.open(&house.router).await.rest().await.status, 400, "{stranger}");
    }
    house.running.finish();
    let mut resumed = Stream::open(&house.router, &mine.with(&alice("files:read").serial(1))).await;
    assert_eq!(resumed.message().await["result"]["content"][0]["text"], json!("finished"));
}

#[tokio::test]
async fn rs_24_a_line_of_somebody_else_is_unknown() {
    let house = House::new();
    let mut line = Line::open(&house, &alice("")).await;
    let ping = request("ping", json!({}));
    for stranger in strangers("") {
        let theirs = line.post(&stranger, ping.clone()).await;
        let unknown = Draft {
            target: "/messages?sessionId=unknown".to_owned(),
            ..line.draft(ping.clone()).with(&stranger)
        };
        assert_eq!(theirs.status, 404, "{stranger}");
        same(&theirs, &unknown.open(&house.router).await.rest().await);
    }
    for token in selves("") {
        assert_eq!(line.ask(&token, "ping", json!({})).await["result"], json!({}));
    }
}

#[tokio::test]
async fn rs_25_a_task_of_somebody_else_is_unknown() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let created = client.ask("tools/call", json!({ "name": "counts" })).await.result();
    let id = created["taskId"].as_str().unwrap();
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        for stranger in strangers("files:read") {
            let ask = async |id: &str| {
                let params = json!({ "taskId": id, "inputResponses": {} });
                client.with(stranger.clone()).ask(method, params).await
            };
            let theirs = ask(id).await;
            assert_eq!(theirs.code(), -32602, "{stranger}");
            same(&theirs, &ask("unknown").await);
        }
    }
    for token in [alice("files:read").serial(1), alice("files:read other").seconds(60)] {
        let task = client.with(token).ask("tasks/get", json!({ "taskId": id })).await.result();
        assert_eq!(task["status"], json!("working"), "nobody has ended it");
    }
}

/// Begins a call that asks, answers, and gives what its next round brings: a state, and nothing else.
async fn begun(client: &Client) -> Value {
    let asked = client.ask("tools/call", json!({ "name": "pays" })).await.result();
    let yes = json!({ "action": "accept", "content": { "answer": true } });
    let requests = asked["inputRequests"].as_object().unwrap_or_else(|| panic!("{asked}"));
    let answers: Map<_, _> = requests.keys().map(|key| (key.clone(), yes.clone())).collect();
    let params = json!({ "name": "pays", "inputResponses": answers });
    let asked = client.ask("tools/call", params).await.result();
    assert!(asked["requestState"].is_string(), "{asked}");
    json!({ "name": "pays", "requestState": asked["requestState"] })
}

/// Goes on until there is an answer, and gives what the last round brought too.
async fn paid(client: &Client, mut params: Value) -> (Reply, Value) {
    for _ in 0..5 {
        let reply = client.ask("tools/call", params.clone()).await;
        let result = reply.json()["result"].take();
        if result["resultType"] != json!("input_required") {
            return (reply, params);
        }
        params["requestState"] = result["requestState"].clone();
    }
    panic!("it goes on and on: {params}")
}

#[tokio::test]
async fn rs_25_sealed_state_is_its_principals() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let params = begun(&client).await;
    let mut replies = Vec::new();
    for stranger in strangers("files:read") {
        replies.push(client.with(stranger).ask("tools/call", params.clone()).await);
    }
    let mut forged = params.clone();
    forged["requestState"] = json!("AAAA");
    replies.push(client.ask("tools/call", forged).await);
    for reply in &replies {
        assert_eq!(reply.code(), -32602, "{reply:?}");
        same(reply, &replies[0]);
    }
    lacks(&client.with(alice("")).ask("tools/call", params.clone()).await, "files:read");
    let later = client.with(alice("files:read").serial(1));
    assert_eq!(paid(&later, params).await.0.text(), "paid 1", "another token of hers goes on");
}

/// Each principal's call is its own: what one has done once, another does again.
#[tokio::test]
async fn rs_25_once_is_once_for_each_principal() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let (reply, params) = paid(&client, begun(&client).await).await;
    let last = reply.text();
    for token in [alice("files:read"), alice("files:read files:write").serial(1)] {
        let again = client.with(token).ask("tools/call", params.clone()).await;
        assert_eq!(again.text(), last, "it was done once");
    }
    for (number, stranger) in strangers("files:read").into_iter().enumerate() {
        let theirs = client.with(stranger);
        assert_eq!(theirs.ask("tools/call", params.clone()).await.code(), -32602);
        let own = begun(&theirs).await;
        assert_ne!(paid(&theirs, own).await.0.text(), last, "{number}");
    }
}

/// What a client says of itself makes it nobody else.
#[tokio::test]
async fn rs_26_nothing_that_a_client_says_makes_it_somebody() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, bob("")).await;
    let info = json!({ "name": "alice", "version": "1" });
    let draft = client
        .request("tools/call", json!({ "name": "whoami" }))
        .meta("clientInfo", info)
        .meta("subject", json!("alice"))
        .header("x-forwarded-user", "alice")
        .header("from", "alice@example.com");
    let said = draft.open(&house.router).await.rest().await.text();
    assert!(said.contains("bob") && !said.contains("alice"), "{said}");
}

/// A client that acts for itself is another kind of principal, whatever users are called, and whether its token names it
/// once or twice.
#[tokio::test]
async fn rs_26_a_client_is_no_user_of_its_name() {
    let house = House::new();
    let user = alice("files:read").subject("app").client("phone");
    let itself = alice("files:read").subject("");
    let twice = alice("files:read").subject("app");
    for (owner, same, other) in [(&user, &user, &itself), (&itself, &twice, &user), (&twice, &itself, &user)]
    {
        let client = Client::connect(&house, Way::Session, owner.clone()).await;
        assert_eq!(client.with(other.clone()).ask("ping", json!({})).await.status, 404);
        _ = client.with(same.clone()).ask("ping", json!({})).await.result();
        let client = Client::connect(&house, Way::Modern, owner.clone()).await;
        let created = client.ask("tools/call", json!({ "name": "counts" })).await.result();
        let params = json!({ "taskId": created["taskId"] });
        assert_eq!(client.with(other.clone()).ask("tasks/get", params.clone()).await.code(), -32602);
        _ = client.with(same.clone()).ask("tasks/get", params).await.result();
        let params = begun(&client).await;
        assert_eq!(client.with(other.clone()).ask("tools/call", params).await.code(), -32602);
    }
    let client = Client::connect(&house, Way::Modern, twice).await;
    let said = client.ask("tools/call", json!({ "name": "whoami" })).await.text();
    assert!(said.contains("None, Some(\"app\")]"), "{said}");
}
