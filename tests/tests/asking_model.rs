//! Random functions of questions, steps and joins: an interpreter of a few lines, a modern client, a session and a task
//! come to the same.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use mcp_server::prelude::*;
use mcp_tests::{
    sse::Stream,
    wire::{Draft, LEGACY},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::time::sleep;

/// What a function does.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
enum Act {
    /// Asks for a text. Two that ask the same are two questions.
    Ask(u8),
    /// Takes a step, which takes longer than anything else may while questions are open, if it is odd.
    Step(u8),
    Wait,
    Join(Vec<Act>, Vec<Act>),
}

/// What a user does about a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply {
    /// Answers, after so many answers that don't fit.
    Accept {
        after: usize,
    },
    Decline,
    Cancel,
}

fn reply(question: u8) -> Reply {
    match question % 6 {
        0 => Reply::Decline,
        1 => Reply::Cancel,
        2 => Reply::Accept { after: 1 },
        3 => Reply::Accept { after: 2 },
        _ => Reply::Accept { after: 0 },
    }
}

/// What a function has come to, and how often each of its steps was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Trace {
    text: String,
    steps: BTreeMap<String, usize>,
}

/// The interpreter: nobody waits, and nothing is done twice.
fn interpreted(acts: &[Act], path: &str, steps: &mut BTreeMap<String, usize>) -> String {
    let mut said = String::new();
    for (n, act) in acts.iter().enumerate() {
        let path = format!("{path}.{n}");
        let done = match act {
            Act::Ask(question) => match reply(*question) {
                Reply::Accept { .. } => format!("a{question} "),
                Reply::Decline => "no ".to_owned(),
                Reply::Cancel => "nothing ".to_owned(),
            },
            Act::Step(_) => {
                *steps.entry(path.clone()).or_default() += 1;
                format!("s{path} ")
            }
            Act::Wait => String::new(),
            Act::Join(first, second) => {
                let first = interpreted(first, &format!("{path}a"), steps);
                format!("({first}|{}) ", interpreted(second, &format!("{path}b"), steps))
            }
        };
        said.push_str(&done);
    }
    said
}

type Taken = Arc<Mutex<BTreeMap<String, usize>>>;
type Running<'r> = Pin<Box<dyn Future<Output = Result<String, ToolError>> + Send + 'r>>;

/// The same, as a function that is called.
fn run<'r>(acts: &'r [Act], path: String, ctx: &'r Ctx, taken: &'r Taken) -> Running<'r> {
    Box::pin(async move {
        let mut said = String::new();
        for (n, act) in acts.iter().enumerate() {
            let path = format!("{path}.{n}");
            let done = match act {
                Act::Ask(question) => match ctx.elicit::<String>(format!("Question {question}")).await {
                    Ok(answer) => format!("{answer} "),
                    Err(AskError::Declined) => "no ".to_owned(),
                    Err(AskError::Cancelled) => "nothing ".to_owned(),
                    Err(error) => return Err(error.into()),
                },
                Act::Step(odd) => {
                    let step = async {
                        *taken.lock().unwrap().entry(path.clone()).or_default() += 1;
                        if odd % 2 == 1 {
                            sleep(Duration::from_millis(700)).await;
                        }
                        Ok::<_, ToolError>(format!("s{path} "))
                    };
                    ctx.step(&path, step).await?
                }
                Act::Wait => {
                    sleep(Duration::from_millis(1)).await;
                    String::new()
                }
                Act::Join(first, second) => {
                    let first = run(first, format!("{path}a"), ctx, taken);
                    let (first, second) = tokio::join!(first, run(second, format!("{path}b"), ctx, taken));
                    format!("({}|{}) ", first?, second?)
                }
            };
            said.push_str(&done);
        }
        Ok(said)
    })
}

/// Does what it is told.
#[mcp_tool(task)]
async fn script(acts: Vec<Act>, ctx: Ctx, taken: State<Taken>) -> Result<String, ToolError> {
    run(&acts, String::new(), &ctx, &taken).await
}

/// A user, who answers some questions wrongly at first.
#[derive(Debug, Default)]
struct User {
    wrong: BTreeMap<u8, usize>,
}

impl User {
    fn answer(&mut self, request: &Value) -> Value {
        assert_eq!(request["method"], json!("elicitation/create"));
        let message = request["params"]["message"].as_str().expect("a message");
        let question: u8 = message.trim_start_matches("Question ").parse().expect("a number");
        match reply(question) {
            Reply::Decline => json!({ "action": "decline" }),
            Reply::Cancel => json!({ "action": "cancel" }),
            Reply::Accept { after } => {
                let wrong = self.wrong.entry(question).or_default();
                *wrong += 1;
                let answer = if *wrong > after { json!(format!("a{question}")) } else { json!(7) };
                json!({ "action": "accept", "content": { "answer": answer } })
            }
        }
    }
}

fn capabilities() -> Value {
    json!({ "elicitation": {} })
}

fn arguments(acts: &[Act]) -> Value {
    json!({ "name": "script", "arguments": { "acts": acts } })
}

fn text(result: &Value) -> String {
    assert_eq!(result.get("isError"), None, "{result}");
    result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {result}")).to_owned()
}

async fn modern(router: &Router, acts: &[Act]) -> String {
    let (mut user, mut params) = (User::default(), arguments(acts));
    for _ in 0..100 {
        let call = Draft::modern("tools/call", params.clone()).meta("clientCapabilities", capabilities());
        let result = call.send(router).await.result();
        if result["resultType"] == json!("complete") {
            return text(&result);
        }
        let asked = result["inputRequests"].as_object().expect("questions").iter();
        let answers: Map<String, Value> =
            asked.map(|(key, request)| (key.clone(), user.answer(request))).collect();
        params = arguments(acts);
        params["inputResponses"] = answers.into();
        if let Some(state) = result.get("requestState") {
            params["requestState"] = state.clone();
        }
    }
    panic!("it asks and asks");
}

async fn session(router: &Router, acts: &[Act]) -> String {
    let initialize = Draft::initialize(LEGACY).body(|body| body["params"]["capabilities"] = capabilities());
    let opened = initialize.send(router).await;
    let id = opened.header("mcp-session-id");
    let call = Draft::legacy(id, "tools/call", arguments(acts)).id("call");
    let response = mcp_tests::sse::respond(router, &call).await;
    if response.headers()["content-type"] == "application/json" {
        return text(&mcp_tests::wire::Reply::read(response).await.result());
    }
    let (mut stream, mut user) = (Stream::of(response), User::default());
    loop {
        let message = stream.message().await;
        if message["id"] == json!("call") {
            return text(&message["result"]);
        }
        let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": user.answer(&message) });
        let posted = Draft::legacy(id, "", json!({})).body(|body| *body = answer);
        assert_eq!(posted.send(router).await.status, 202);
    }
}

async fn task(router: &Router, acts: &[Act]) -> String {
    let capabilities = json!({ "elicitation": {}, "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let ask = async |method: &str, params: Value| {
        let draft = Draft::modern(method, params).meta("clientCapabilities", capabilities.clone());
        draft.send(router).await.result()
    };
    let created = ask("tools/call", arguments(acts)).await;
    assert_eq!(created["resultType"], json!("task"), "{created}");
    let (id, mut user) = (&created["taskId"], User::default());
    for _ in 0..10_000 {
        let task = ask("tasks/get", json!({ "taskId": id })).await;
        match task["status"].as_str() {
            Some("completed") => return text(&task["result"]),
            Some("input_required") => {
                let asked = task["inputRequests"].as_object().expect("questions").iter();
                let answers: Map<String, Value> =
                    asked.map(|(key, request)| (key.clone(), user.answer(request))).collect();
                let params = json!({ "taskId": id, "inputResponses": answers });
                assert_eq!(ask("tasks/update", params).await["resultType"], json!("complete"));
            }
            Some("working") => sleep(Duration::from_millis(10)).await,
            _ => panic!("{task}"),
        }
        tokio::task::yield_now().await;
    }
    panic!("it asks and asks");
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let leaf = prop_oneof![
        4 => (0..12_u8).prop_map(Act::Ask),
        3 => any::<u8>().prop_map(Act::Step),
        1 => Just(Act::Wait),
    ];
    let act = leaf.prop_recursive(3, 12, 4, |inner| {
        let several = prop::collection::vec(inner, 0..4);
        (several.clone(), several).prop_map(|(first, second)| Act::Join(first, second))
    });
    prop::collection::vec(act, 0..5)
}

#[test]
fn every_era_comes_to_what_the_interpreter_says() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let config = Config { cases: 200, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    TestRunner::new_with_rng(config, rng)
        .run(&acts(), |acts| {
            let mut steps = BTreeMap::new();
            let text = interpreted(&acts, "", &mut steps);
            let expected = Trace { text, steps };
            let taken = Taken::default();
            let router =
                McpServer::new("model").state(Arc::clone(&taken)).build().expect("a server").router();
            let taken = || std::mem::take(&mut *taken.lock().unwrap());
            let text = runtime.block_on(modern(&router, &acts));
            prop_assert_eq!(&Trace { text, steps: taken() }, &expected, "2026-07-28");
            let text = runtime.block_on(session(&router, &acts));
            prop_assert_eq!(&Trace { text, steps: taken() }, &expected, "a session");
            let text = runtime.block_on(task(&router, &acts));
            prop_assert_eq!(&Trace { text, steps: taken() }, &expected, "a task");
            Ok(())
        })
        .expect("the same everywhere");
}
