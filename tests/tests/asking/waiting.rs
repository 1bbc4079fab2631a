//! Functions that wait for something else beside an answer. The clock of these tests moves when nothing else does.

use std::time::Duration;

use mcp_server::Server;
use mcp_tests::{
    asked::{Asked, Question, Setting, gives},
    running::Running,
    sse::Stream,
    wire::{Draft, LEGACY, open_session},
};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{functions, streams::Asking};

fn server() -> Server {
    functions::server(&Running::default()).build().unwrap()
}

/// A client in every setting, which answers what it is asked at once: nothing takes longer than the moment that a function
/// has for something else.
async fn everywhere(tool: &str, arguments: serde_json::Value, count: usize, text: &str) {
    let server = server();
    for setting in Setting::ALL {
        let mut client = Asked::connect(&server, setting).await;
        let answer = &mut |question: &Question| gives(question.message().trim_end_matches('?'));
        let start = Instant::now();
        let told = client.call(tool, arguments.clone(), answer).await;
        assert_eq!(told.text(), text, "{setting:?}");
        assert!(start.elapsed() < Duration::from_millis(500), "{setting:?}: {:?}", start.elapsed());
        assert_eq!(told.questions.len(), count, "{setting:?}: {told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_may_have_a_deadline_of_its_own() {
    everywhere("hasty", json!({ "milliseconds": 3_600_000 }), 1, "Quick").await;
    let server = server();
    let mut client = Asked::connect(&server, Setting::Rounds).await;
    let told = client.call("hasty", json!({ "milliseconds": 100 }), &mut |_| panic!()).await;
    assert_eq!(told.text(), "too late", "a moment is there for what else is waited for");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_comes_first_withdraws_the_question() {
    let router = server().router();
    let mut asking = Asking::connect(&router).await;
    let mut stream = asking.call(1, "hasty", json!({ "milliseconds": 60_000 })).await;
    let question = stream.message().await;
    sleep(Duration::from_secs(61)).await;
    let withdrawn = stream.message().await;
    assert_eq!(withdrawn["method"], json!("notifications/cancelled"));
    assert_eq!(withdrawn["params"]["requestId"], question["id"]);
    asking.answer(&question, gives("late")).await;
    let response = stream.message().await;
    assert_eq!(response["result"]["content"][0]["text"], json!("too late"));
    assert!(stream.rest().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn much_is_asked_at_once() {
    for count in [1, 30, 31, 100] {
        let text = (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        everywhere("many", json!({ "count": count }), count, &text).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_the_function_began_may_ask() {
    everywhere("elsewhere", json!({}), 1, "From elsewhere").await;
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_a_moment_later_is_asked_together() {
    let server = server();
    let mut client = Asked::connect(&server, Setting::Rounds).await;
    let told = client.call("later", json!({}), &mut |_| gives("x")).await;
    assert_eq!((told.text(), told.questions.len(), told.turns), ("x, x", 2, 2), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever() {
    for (server, patience) in [
        (functions::server(&Running::default()), 600),
        (functions::server(&Running::default()).answer_timeout(Duration::from_secs(5)), 5),
    ] {
        let router = server.build().unwrap().router();
        let mut asking = Asking::connect(&router).await;
        let mut stream = asking.call(1, "number", json!({})).await;
        let question = stream.message().await;
        let start = Instant::now();
        sleep(Duration::from_secs(patience - 1)).await;
        asking.nothing(&mut stream).await;
        sleep(Duration::from_secs(2)).await;
        let withdrawn = stream.message().await;
        assert_eq!(withdrawn["method"], json!("notifications/cancelled"), "{:?}", start.elapsed());
        assert_eq!(withdrawn["params"]["requestId"], question["id"]);
        let response = stream.message().await;
        assert_eq!(response["result"]["content"][0]["text"], json!("The question was not answered."));
        assert!(stream.rest().await.is_empty(), "it is asked once");
    }
}

/// The limit is two seconds, of which one has passed before the question.
#[tokio::test(start_paused = true)]
async fn the_time_in_which_a_person_thinks_does_not_count() {
    let limited = || functions::server(&Running::default());
    for server in [limited(), limited().call_timeout(Duration::from_secs(2))] {
        let router = server.build().unwrap().router();
        let mut asking = Asking::connect(&router).await;
        for (after, in_time) in [(900, true), (1_100, false)] {
            let mut stream = asking.call(after, "limited", json!({ "after": after })).await;
            let question = stream.message().await;
            sleep(Duration::from_secs(500)).await;
            asking.answer(&question, gives("long")).await;
            let response = stream.message().await;
            let text = response["result"]["content"][0]["text"].as_str().unwrap();
            assert_eq!(text == "long", in_time, "{response}");
            assert_eq!(text.contains("did not finish in 2 s"), !in_time, "{response}");
        }
        for tool in ["endless", "endless_elsewhere"] {
            let mut stream = asking.call(1, tool, json!({})).await;
            let question = stream.message().await;
            sleep(Duration::from_secs(500)).await;
            let start = Instant::now();
            asking.answer(&question, gives("nothing")).await;
            let response = stream.message().await;
            assert_eq!(response["result"]["isError"], json!(true), "{response}");
            let took = start.elapsed();
            assert!(took > Duration::from_secs(1) && took < Duration::from_secs(3), "{tool}: {took:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_that_nobody_waits_for_is_withdrawn() {
    let router = server().router();
    let mut asking = Asking::connect(&router).await;
    let mut stream = asking.call(1, "either", json!({})).await;
    let (one, other) = (stream.message().await, stream.message().await);
    assert_eq!(
        (&one["params"]["message"], &other["params"]["message"]),
        (&json!("One?"), &json!("The other?"))
    );
    asking.answer(&other, gives("b")).await;
    let (withdrawn, then) = (stream.message().await, stream.message().await);
    assert_eq!(withdrawn["method"], json!("notifications/cancelled"));
    assert_eq!(withdrawn["params"]["requestId"], one["id"]);
    asking.answer(&one, gives("a")).await;
    asking.nothing(&mut stream).await;
    asking.answer(&then, gives("c")).await;
    let response = stream.message().await;
    assert_eq!(response["result"]["content"][0]["text"], json!("the other: b, c"));
}

/// In rounds both are asked, and the one that is answered wins each time the function begins anew.
#[tokio::test(start_paused = true)]
async fn the_answer_that_came_wins_in_every_round() {
    let server = server();
    for setting in [Setting::Rounds, Setting::RoundsInLines] {
        let mut client = Asked::connect(&server, setting).await;
        let told = client
            .call("either", json!({}), &mut |question| match question.message() {
                // No answer yet.
                "One?" => json!(null),
                "The other?" => gives("b"),
                _ => gives("c"),
            })
            .await;
        assert_eq!(told.text(), "the other: b, c", "{setting:?}");
    }
}

/// What is waited for on a stream ends it when it has to, also of a client that comes back late.
#[tokio::test(start_paused = true)]
async fn a_client_may_be_gone_while_it_is_asked() {
    let router = server().router();
    let id = open_session_that_answers(&router).await;
    let draft = Draft::legacy(&id, "tools/call", json!({ "name": "number", "arguments": {} }));
    let mut stream = Stream::open(&router, &draft).await;
    let prime = stream.soon().await;
    drop(stream);
    sleep(Duration::from_mins(4)).await;
    let mut stream = Stream::open(&router, &Draft::listen(&id).after(&prime.id.unwrap())).await;
    let question = stream.message().await;
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": gives(7) });
    let reply = Draft::legacy(&id, "", json!({})).body(|body| *body = answer).send(&router).await;
    assert_eq!(reply.status, 202);
    assert_eq!(stream.message().await["result"]["content"][0]["text"], json!("7"));
}

async fn open_session_that_answers(router: &axum::Router) -> String {
    let asks =
        Draft::initialize(LEGACY).body(|body| body["params"]["capabilities"] = json!({ "elicitation": {} }));
    let plain = open_session(router, LEGACY).await;
    let id = asks.send(router).await.header("mcp-session-id").to_owned();
    assert_ne!(id, plain);
    id
}

#[tokio::test(start_paused = true)]
async fn a_step_elsewhere_is_taken_once_and_waited_for() {
    for setting in Setting::ALL {
        let running = Running::default();
        let server = functions::server(&running).build().unwrap();
        let mut client = Asked::connect(&server, setting).await;
        let told = client.call("exports", json!({}), &mut |_: &Question| gives("yes")).await;
        assert_eq!((told.text(), running.begun()), ("exported yes", 1), "{setting:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_done_once_may_be_done_elsewhere() {
    for setting in Setting::ALL {
        let running = Running::default();
        let server = functions::server(&running).build().unwrap();
        let mut client = Asked::connect(&server, setting).await;
        let told = client.call("pays", json!({}), &mut |_: &Question| panic!()).await;
        assert_eq!((told.text(), running.begun()), ("paid", 1), "{setting:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_that_failed_may_be_tried_again_and_one_that_was_taken_not() {
    everywhere("tries", json!({}), 0, "broken, done, true").await;
}

#[tokio::test(start_paused = true)]
async fn what_outlives_its_call_waits_for_nothing() {
    for setting in Setting::ALL {
        let running = Running::default();
        let server = functions::server(&running).build().unwrap();
        let mut client = Asked::connect(&server, setting).await;
        let told = client.call("afterwards", json!({}), &mut |_: &Question| panic!()).await;
        assert_eq!(told.text(), "ended", "{setting:?}");
        running.end_at_once(3, &format!("{setting:?}")).await;
    }
}
