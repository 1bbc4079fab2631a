//! A second token of the same principal, with other scopes: each request is as good as its own token.

use mcp_tests::wire::{Draft, Reply};
use serde_json::json;

use super::{
    client::{Client, Line, Way, calling, lacks, request},
    server::House,
    tokens::{Signed, alice},
};

const LITTLE: &str = "files:read";
const MUCH: &str = "files:read files:write";

#[tokio::test]
async fn rs_19_a_step_up_counts_at_once_and_for_its_own_requests() {
    let house = House::new();
    for way in Way::BOTH {
        let little = Client::connect(&house, way, alice(LITTLE)).await;
        let much = little.with(alice(MUCH));
        for _ in 0..3 {
            assert_eq!(little.call("read").await.text(), "done");
            lacks(&little.call("write").await, "files:write");
            assert_eq!(much.call("write").await.text(), "done");
            assert_eq!(much.list("tools/list").await.len(), little.list("tools/list").await.len() + 3);
        }
        assert_eq!(much.session, little.session, "it is the same session");
    }
}

#[tokio::test]
async fn rs_19_a_step_up_works_on_a_line_of_2024() {
    let house = House::new();
    let (little, much) = (alice(LITTLE), alice(MUCH));
    let mut line = Line::open(&house, &little).await;
    let params = json!({ "name": "write", "arguments": { "path": "a" } });
    for _ in 0..3 {
        lacks(&line.post(&little, calling("write")).await, "files:write");
        let response = line.ask(&much, "tools/call", params.clone()).await;
        assert_eq!(response["result"]["content"][0]["text"], json!("done"), "{response}");
        let response = line.ask(&little, "ping", json!({})).await;
        assert_eq!(response["result"], json!({}), "nothing of the refused call comes on the stream");
    }
}

#[tokio::test]
async fn rs_19_a_step_up_works_for_arrays() {
    let house = House::new();
    let initialize = Draft::initialize("2025-03-26").with(&alice(LITTLE));
    let session = initialize.send(&house.router).await.header("mcp-session-id").to_owned();
    let draft = Draft::post(json!([calling("write"), request("ping", json!({}))]));
    let draft = draft.header("mcp-session-id", &session);
    let send =
        async |scopes: &str| -> Reply { draft.with(&alice(scopes)).open(&house.router).await.rest().await };
    lacks(&send(LITTLE).await, "files:write");
    assert_eq!(send(MUCH).await.status, 200);
    lacks(&send(LITTLE).await, "files:write");
    assert_eq!(house.running.begun(), 1);
}

/// What somebody may do who did more before is decided by what they bring now.
#[tokio::test]
async fn rs_25_what_was_begun_with_more_scopes_is_neither_seen_nor_begun_again_with_fewer() {
    let house = House::new();
    let much = Client::connect(&house, Way::Modern, alice(LITTLE)).await;
    let created = much.ask("tools/call", json!({ "name": "counts" })).await.result();
    let id = created["taskId"].as_str().unwrap();
    let nothing = much.with(alice(""));
    lacks(&nothing.ask("tasks/get", json!({ "taskId": id })).await, "files:read");
    lacks(&nothing.ask("tools/call", json!({ "name": "counts" })).await, "files:read");
}
