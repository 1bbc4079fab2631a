//! Streams end with the token that opened them. What was allowed when it began goes on.

use std::time::Duration;

use mcp_tests::{sse::Stream, wire::Draft};
use serde_json::{Value, json};

use super::{
    client::{Client, Line, Way, calling, challenged, request},
    server::House,
    tokens::{Signed, Token, alice},
};

const SECOND: Duration = Duration::from_secs(1);

/// A token that is good for a minute.
fn short() -> Token {
    alice("files:read").seconds(60)
}

fn changed(house: &House) {
    house.server.catalog().list_changed(mcp_server::List::Tools);
}

#[tokio::test(start_paused = true)]
async fn rs_27_a_subscription_ends_with_its_token_and_with_a_result() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, short()).await;
    let listen =
        client.bare("subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } }));
    let mut stream = Stream::open(&house.router, &listen.with(&short())).await;
    let mut longer = Stream::open(&house.router, &listen.with(&alice(""))).await;
    assert_eq!(stream.message().await, longer.message().await);
    house.wait(59 * SECOND).await;
    changed(&house);
    assert_eq!(stream.message().await["method"], json!("notifications/tools/list_changed"));
    house.wait(SECOND).await;
    let last = stream.message().await;
    assert_eq!((&last["id"], &last["result"]["resultType"]), (&json!(1), &json!("complete")), "{last}");
    assert!(stream.rest().await.is_empty() && stream.has_ended());
    changed(&house);
    longer.message().await;
    changed(&house);
    longer.message().await;
    let again = listen.with(&short()).send(&house.router).await;
    challenged(&again, 401, Some("invalid_token"), "files:read");
}

#[tokio::test(start_paused = true)]
async fn rs_27_a_sessions_own_stream_ends_with_its_token() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, short()).await;
    let get = Draft::listen(client.session.as_deref().unwrap());
    let mut stream = Stream::open(&house.router, &get.with(&short())).await;
    house.wait(59 * SECOND).await;
    changed(&house);
    assert_eq!(stream.message().await["method"], json!("notifications/tools/list_changed"));
    house.wait(SECOND).await;
    assert!(stream.rest().await.is_empty() && stream.has_ended());
    changed(&house);
    challenged(&get.with(&short()).send(&house.router).await, 401, Some("invalid_token"), "files:read");
    let mut stream = Stream::open(&house.router, &get.with(&alice(""))).await;
    let told = stream.message().await;
    assert_eq!(told["method"], json!("notifications/tools/list_changed"), "it was kept for her");
}

/// The call goes on, and with another token the client comes back for its end.
#[tokio::test(start_paused = true)]
async fn rs_27_a_sessions_call_goes_on_without_its_stream() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, short()).await;
    let speaks = json!({ "name": "endless", "arguments": { "speaks": true } });
    let mut stream = Stream::open(&house.router, &client.request("tools/call", speaks)).await;
    let mut event = stream.soon().await;
    while event.message().is_none() {
        event = stream.soon().await;
    }
    let get = Draft::listen(client.session.as_deref().unwrap()).after(&event.id.unwrap());
    house.wait(60 * SECOND).await;
    assert!(stream.rest().await.is_empty() && stream.has_ended());
    challenged(&get.with(&short()).send(&house.router).await, 401, Some("invalid_token"), "files:read");
    assert_eq!((house.running.begun(), house.running.ended()), (1, 0), "it goes on");
    let mut resumed = Stream::open(&house.router, &get.with(&short().seconds(120))).await;
    house.wait(59 * SECOND).await;
    house.running.finish();
    let response = resumed.message().await;
    assert_eq!(response["result"]["content"][0]["text"], json!("finished"));
}

/// A stream that is taken up again is as good as the token that took it up.
#[tokio::test(start_paused = true)]
async fn rs_27_a_resumed_stream_ends_with_the_token_that_resumed_it() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, alice("files:read")).await;
    let speaks = json!({ "name": "endless", "arguments": { "speaks": true } });
    let mut stream = Stream::open(&house.router, &client.request("tools/call", speaks)).await;
    let place = stream.soon().await.id.unwrap();
    drop(stream);
    let get = Draft::listen(client.session.as_deref().unwrap()).after(&place);
    let mut resumed = Stream::open(&house.router, &get.with(&short())).await;
    resumed.message().await;
    house.wait(60 * SECOND).await;
    assert!(resumed.rest().await.is_empty() && resumed.has_ended());
}

#[tokio::test(start_paused = true)]
async fn rs_27_an_array_of_calls_ends_its_stream_too() {
    let house = House::new();
    let initialize = Draft::initialize("2025-03-26").with(&short());
    let session = initialize.send(&house.router).await.header("mcp-session-id").to_owned();
    let speaks = request("tools/call", json!({ "name": "endless", "arguments": { "speaks": true } }));
    let draft = Draft::post(json!([speaks])).header("mcp-session-id", &session).with(&short());
    let mut stream = Stream::open(&house.router, &draft).await;
    stream.message().await;
    house.wait(60 * SECOND).await;
    assert!(stream.rest().await.is_empty() && stream.has_ended());
}

#[tokio::test(start_paused = true)]
async fn rs_27_a_line_of_2024_ends_with_the_token_that_opened_it() {
    let house = House::new();
    let mut line = Line::open(&house, &short()).await;
    let endless = request("tools/call", json!({ "name": "endless" }));
    assert_eq!(line.post(&short(), endless).await.status, 202);
    house.running.have_begun(1).await;
    house.wait(59 * SECOND).await;
    let response = line.ask(&alice(""), "ping", json!({})).await;
    assert_eq!(response["result"], json!({}));
    house.wait(SECOND).await;
    assert!(line.stream.rest().await.is_empty() && line.stream.has_ended());
    drop(line.stream);
    house.running.end_at_once(1, "a connection takes its calls with it").await;
    let late = Draft { target: line.address, ..Draft::post(calling("read")) };
    assert_eq!(late.with(&alice("files:read")).send(&house.router).await.status, 404);
}

/// It was allowed when it began, and can't be told again.
#[tokio::test(start_paused = true)]
async fn rs_27_a_modern_call_goes_on_to_its_end() {
    let house = House::with(|server| server.call_timeout(Duration::from_hours(24)));
    let client = Client::connect(&house, Way::Modern, short()).await;
    for speaks in [true, false] {
        let params = json!({ "name": "endless", "arguments": { "speaks": speaks } });
        let draft = client.bare("tools/call", params).meta("logLevel", json!("error"));
        let (seconds, begun) = (60 * (1 + u64::from(!speaks) * 100), house.running.begun());
        let draft = draft.with(&alice("files:read").seconds(seconds));
        let router = house.router.clone();
        let call = tokio::spawn(async move {
            let mut stream = Stream::open(&router, &draft).await;
            let mut last = Value::Null;
            while let Some(event) = stream.next().await {
                last = event.message().unwrap();
            }
            last["result"]["content"][0]["text"].clone()
        });
        house.running.have_begun(begun + 1).await;
        house.wait(Duration::from_secs(seconds)).await;
        house.running.finish();
        assert_eq!(call.await.unwrap(), json!("finished"));
    }
}

#[tokio::test(start_paused = true)]
async fn rs_27_a_task_goes_on_to_its_end() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, short()).await;
    let created = client.ask("tools/call", json!({ "name": "counts" })).await.result();
    let params = json!({ "taskId": created["taskId"] });
    house.wait(60 * SECOND).await;
    let late = client.ask("tasks/get", params.clone()).await;
    challenged(&late, 401, Some("invalid_token"), "files:read");
    house.running.finish();
    house.wait(SECOND).await;
    let task = client.with(alice("files:read").serial(1)).ask("tasks/get", params).await.result();
    assert_eq!(task["status"], json!("completed"), "{task}");
}
