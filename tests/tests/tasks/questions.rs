//! What a task asks, and what becomes of answers.

use std::collections::HashSet;

use mcp_tests::{asked::gives, running::Running};
use serde_json::{Value, json};

use crate::{
    client::{Client, asked, settle, text},
    functions,
};

fn client() -> (Client, Running) {
    let running = Running::default();
    (Client::new(&functions::server(&running).build().unwrap()), running)
}

/// What is no answer to "A number?".
fn wrong() -> [Value; 6] {
    [
        gives("many"),
        gives(1_000),
        json!({ "action": "accept" }),
        json!({ "action": "perhaps" }),
        json!({ "code": -1, "message": "no" }),
        json!({ "action": "accept", "content": { "answer": null } }),
    ]
}

#[tokio::test]
async fn a_task_goes_on_with_the_answer() {
    let (client, running) = client();
    let id = client.create("number", json!({})).await;
    let questions = client.questions(&id).await;
    assert_eq!(questions.len(), 1);
    assert_eq!(client.questions(&id).await, questions, "it is asked until it is answered");
    client.update(&id, json!({ &*questions[0].0: gives(7) })).await;
    assert_eq!(text(&client.reaches(&id, "completed").await), "7");
    assert_eq!((running.begun(), running.ended()), (1, 1), "it has run once");
}

#[tokio::test]
async fn what_is_not_asked_is_nobodys_answer() {
    let (client, running) = client();
    running.finish();
    let (id, other) = (client.create("number", json!({})).await, client.create("both", json!({})).await);
    client.questions(&id).await;
    let asking = client.get(&id).await;
    let (foreign, _) = client.questions(&other).await.swap_remove(0);
    for responses in [json!({}), json!({ "x": gives(1), "": gives(1) }), json!({ foreign: gives(1) })] {
        client.update(&id, responses).await;
        assert_eq!(client.get(&id).await, asking);
    }
}

#[tokio::test]
async fn an_update_is_right_or_changes_nothing() {
    let (client, _) = client();
    let id = client.create("number", json!({})).await;
    client.questions(&id).await;
    let asking = client.get(&id).await;
    for responses in [json!(null), json!([]), json!("x"), json!(1)] {
        let params = json!({ "taskId": id, "inputResponses": responses });
        let response = client.ask("tasks/update", params).await;
        assert_eq!(response["error"]["code"], json!(-32602), "{response}");
        settle().await;
        assert_eq!(client.get(&id).await, asking);
    }
    let response = client.ask("tasks/update", json!({ "taskId": id })).await;
    assert_eq!(response["error"]["code"], json!(-32602), "{response}");
    assert_eq!(client.get(&id).await, asking);
}

#[tokio::test]
async fn a_wrong_answer_is_asked_for_again_but_not_for_ever() {
    let (client, running) = client();
    for answer in wrong() {
        let id = client.create("number", json!({})).await;
        let mut keys = Vec::new();
        for times in 1..=3 {
            let task = client
                .when(&id, |task| task["status"] == "input_required" && !keys.contains(&asked(task)[0].0))
                .await;
            let (key, message) = asked(&task).swap_remove(0);
            assert_eq!((task["inputRequests"].as_object().unwrap().len(), &*message), (1, "A number?"));
            // What is answered under an old key is nobody's answer.
            for old in &keys {
                client.update(&id, json!({ old: gives(7) })).await;
            }
            assert_eq!(client.get(&id).await, task, "{times}: {answer}");
            client.update(&id, json!({ &*key: answer })).await;
            keys.push(key);
        }
        let task = client.reaches(&id, "completed").await;
        assert_eq!(
            (text(&task), &task["result"]["isError"]),
            ("The question was not answered.", &json!(true))
        );
    }
    assert_eq!(running.begun(), running.ended());
}

#[tokio::test]
async fn a_wrong_answer_may_be_made_good() {
    let (client, _) = client();
    let id = client.create("number", json!({})).await;
    for answer in [gives("many"), gives(-1)] {
        let (key, _) = client.questions(&id).await.swap_remove(0);
        client.update(&id, json!({ &*key: answer })).await;
        client.when(&id, |task| task["status"] == "input_required" && asked(task)[0].0 != key).await;
    }
    let (key, _) = client.questions(&id).await.swap_remove(0);
    client.update(&id, json!({ key: gives(3) })).await;
    assert_eq!(text(&client.reaches(&id, "completed").await), "3");
}

#[tokio::test]
async fn a_user_may_say_no_or_nothing() {
    let (client, _) = client();
    for (action, told) in [("decline", "The user declined."), ("cancel", "The question was not answered.")] {
        let id = client.create("number", json!({})).await;
        let (key, _) = client.questions(&id).await.swap_remove(0);
        client.update(&id, json!({ key: { "action": action } })).await;
        assert_eq!(text(&client.reaches(&id, "completed").await), told);
    }
}

#[tokio::test]
async fn some_answers_may_come_before_others() {
    let (client, running) = client();
    for order in [[0, 1], [1, 0]] {
        running.finish();
        let id = client.create("both", json!({})).await;
        let task =
            client.when(&id, |task| task["inputRequests"].as_object().is_some_and(|all| all.len() == 2));
        let questions = asked(&task.await);
        let messages: HashSet<_> = questions.iter().map(|(_, message)| &**message).collect();
        assert_eq!(messages, HashSet::from(["One?", "The other?"]));
        let [first, second] = order.map(|at| questions[at].clone());
        client.update(&id, json!({ &*first.0: gives(&*first.1) })).await;
        let task = client.when(&id, |task| asked(task).len() == 1).await;
        assert_eq!((&task["status"], asked(&task)), (&json!("input_required"), vec![second.clone()]));
        // The first answer counts.
        client.update(&id, json!({ &*first.0: gives("another") })).await;
        assert_eq!(client.get(&id).await, task);
        client.update(&id, json!({ &*first.0: gives("another"), &*second.0: gives(&*second.1) })).await;
        let task = client.reaches(&id, "working").await;
        assert_eq!(task.get("inputRequests"), None, "{task}");
        running.finish();
        assert_eq!(text(&client.reaches(&id, "completed").await), "One?, The other?");
    }
}

#[tokio::test]
async fn no_two_questions_of_a_task_have_one_key() {
    let (client, _) = client();
    let id = client.create("again", json!({ "times": 5 })).await;
    let (mut keys, mut last) = (HashSet::new(), String::new());
    for n in 0..10 {
        let task =
            client.when(&id, |task| task["status"] == "input_required" && asked(task)[0].0 != last).await;
        let (key, message) = asked(&task).swap_remove(0);
        assert_eq!(message, ["A word?", "Another?"][n % 2]);
        assert!(keys.insert(key.clone()), "{key} stood for something else: {keys:?}");
        // What was given before is for no question that comes later.
        let mut responses: serde_json::Map<_, _> =
            keys.iter().map(|key| (key.clone(), gives("old"))).collect();
        responses[&key] = gives(n.to_string());
        client.update(&id, responses.into()).await;
        last = key;
    }
    assert_eq!(text(&client.reaches(&id, "completed").await), "0 1 2 3 4 5 6 7 8 9");
}

#[tokio::test]
async fn an_answer_after_the_end_changes_nothing() {
    let (client, running) = client();
    for is_cancelled in [false, true] {
        let id = client.create("number", json!({})).await;
        let (key, _) = client.questions(&id).await.swap_remove(0);
        if is_cancelled {
            client.cancel(&id).await;
        } else {
            client.update(&id, json!({ &*key: gives(1) })).await;
            client.reaches(&id, "completed").await;
        }
        let ended = client.get(&id).await;
        assert_eq!(ended.get("inputRequests"), None, "{ended}");
        client.update(&id, json!({ key: gives(2) })).await;
        assert_eq!(client.get(&id).await, ended);
    }
    running.end_at_once(2, "nothing is begun again").await;
    assert_eq!(running.begun(), 2);
}
