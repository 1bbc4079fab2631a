//! Rates and running calls are counted by person, whichever client they use, and by network where there is no token.

use std::{net::SocketAddr, time::Duration};

use axum::extract::ConnectInfo;
use mcp_tests::{
    running::Running,
    wire::{Draft, Reply},
};
use serde_json::json;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use super::{
    client::{Client, Way},
    server::{House, tool},
    tokens::{Signed, Token, alice, bob},
};

fn house(running_calls: usize) -> House {
    House::bare(|server, running| {
        server
            .max_calls(100, running_calls)
            .tool(tool("rated", running).rate(2, Duration::from_mins(1)).scope("a"))
            .tool(tool("open", &Running::default()).rate(2, Duration::from_mins(1)).public())
            .tool(running.tool().scope("a"))
    })
}

fn rated() -> Draft {
    Draft::call("rated", json!({ "path": "a" }))
}

fn start(house: &House, token: &Token) -> JoinHandle<Reply> {
    let (router, draft) = (house.router.clone(), Draft::call("endless", json!({})).with(token));
    tokio::spawn(async move { draft.send(&router).await })
}

#[tokio::test]
async fn rl_2_a_person_has_one_rate_for_all_their_clients() {
    let house = house(100);
    for number in 0..2 {
        let token = alice("a").client(&format!("app{number}"));
        assert_eq!(rated().with(&token).send(&house.router).await.status, 200);
    }
    for number in 2..12 {
        let reply = rated().with(&alice("a").client(&format!("app{number}"))).send(&house.router).await;
        assert_eq!((reply.status, reply.header("retry-after")), (429, "30"), "{reply:?}");
        assert_eq!(reply.header("www-authenticate"), "", "a token is not what is missing");
    }
    assert_eq!(rated().with(&bob("a")).send(&house.router).await.status, 200, "others go on");
}

#[tokio::test]
async fn rl_2_a_person_has_one_share_of_running_calls_for_all_their_clients() {
    let house = house(2);
    let calls = [start(&house, &alice("a")), start(&house, &alice("a").client("another"))];
    house.running.have_begun(2).await;
    for client in ["app", "another", "third"] {
        let reply = rated().with(&alice("a").client(client)).send(&house.router).await;
        assert_eq!((reply.status, reply.header("retry-after")), (429, "1"), "{client}: {reply:?}");
    }
    assert_eq!(rated().with(&bob("a")).send(&house.router).await.status, 200, "others go on");
    house.running.finish();
    house.running.finish();
    for call in calls {
        assert_eq!(call.await.expect("an answer").text(), "finished");
    }
    assert_eq!(
        rated().with(&alice("a")).send(&house.router).await.status,
        200,
        "refused ones used up nothing"
    );
}

/// Who lacks a scope is told so, and uses up nothing of what those have who don't.
#[tokio::test]
async fn rl_1_scopes_stand_before_limits_and_have_no_time_to_wait_for() {
    let house = house(100);
    for _ in 0..5 {
        let reply = rated().with(&alice("b")).send(&house.router).await;
        assert_eq!((reply.status, reply.header("retry-after")), (403, ""), "{reply:?}");
    }
    assert_eq!(rated().with(&alice("a")).send(&house.router).await.status, 200);
}

async fn from(house: &House, address: &str) -> u16 {
    let mut request = Draft::call("open", json!({ "path": "a" })).request();
    let address: SocketAddr = format!("{address}:4711").parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(address));
    house.router.clone().oneshot(request).await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn rl_2_callers_without_a_token_are_told_apart_by_their_networks() {
    let house = house(100);
    for address in ["[2001:db8:1:1::1]", "[2001:db8:1:1::2]"] {
        assert_eq!(from(&house, address).await, 200);
    }
    assert_eq!(from(&house, "[2001:db8:1:1:ffff::1]").await, 429, "the same network");
    assert_eq!(from(&house, "[2001:db8:1:2::1]").await, 200, "another one");
    assert_eq!(from(&house, "192.0.2.1").await, 200);
    assert_eq!(from(&house, "192.0.2.1").await, 200);
    assert_eq!(from(&house, "192.0.2.1").await, 429);
}

/// A task counts as a running call of its person's until it has ended, whoever asks about it meanwhile.
#[tokio::test(start_paused = true)]
async fn tr_20_a_task_counts_until_it_ends_and_has_its_own_time() {
    let house = House::with(|server| server.max_calls(100, 1));
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let created = client.ask("tools/call", json!({ "name": "counts" })).await.result();
    let task = json!({ "taskId": created["taskId"] });
    let read = Draft::call("read", json!({ "path": "a" })).with(&alice("files:read").client("another"));
    assert_eq!(read.send(&house.router).await.status, 429);
    assert_eq!(client.ask("tasks/get", task.clone()).await.result()["status"], json!("working"));
    // Beyond the ten minutes that other calls have, and within the token's and the task's time.
    let client = client.with(alice("files:read").seconds(3_000));
    house.wait(Duration::from_mins(20)).await;
    assert_eq!(client.ask("tasks/get", task.clone()).await.result()["status"], json!("working"));
    house.running.finish();
    house.running.end_at_once(1, "it was let go").await;
    house.wait(Duration::from_secs(1)).await;
    assert_eq!(client.ask("tasks/get", task).await.result()["status"], json!("completed"));
    let read = read.with(&alice("files:read").seconds(3_000));
    assert_eq!(read.send(&house.router).await.text(), "done");
}
