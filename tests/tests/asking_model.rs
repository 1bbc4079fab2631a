//! Random functions of questions, steps and joins: an interpreter of a few lines, and a client in every setting, come to
//! the same.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use mcp_server::{Server, prelude::*};
use mcp_tests::asked::{Asked, Question, Setting, gives};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
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
    fn answer(&mut self, asked: &Question) -> Value {
        assert_eq!(asked.method, "elicitation/create");
        let question: u8 = asked.message().trim_start_matches("Question ").parse().expect("a number");
        match reply(question) {
            Reply::Decline => json!({ "action": "decline" }),
            Reply::Cancel => json!({ "action": "cancel" }),
            Reply::Accept { after } => {
                let wrong = self.wrong.entry(question).or_default();
                *wrong += 1;
                if *wrong > after { gives(format!("a{question}")) } else { gives(7) }
            }
        }
    }
}

/// What the function comes to for a client in this setting.
async fn called(server: &Server, setting: Setting, acts: &[Act]) -> String {
    let (mut client, mut user) = (Asked::connect(server, setting).await, User::default());
    let told = client.call("script", json!({ "acts": acts }), &mut |question| user.answer(question)).await;
    assert_eq!(told.result().get("isError"), None, "{told:?}");
    told.text().to_owned()
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
fn every_setting_comes_to_what_the_interpreter_says() {
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
            let server = McpServer::new("model").legacy_sse(true).state(Arc::clone(&taken)).build();
            let server = server.expect("a server");
            for setting in Setting::ALL {
                let text = runtime.block_on(called(&server, setting, &acts));
                let steps = std::mem::take(&mut *taken.lock().unwrap());
                prop_assert_eq!(&Trace { text, steps }, &expected, "{:?}", setting);
            }
            Ok(())
        })
        .expect("the same everywhere");
}
