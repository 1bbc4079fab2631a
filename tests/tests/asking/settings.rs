//! The example's functions, in every setting there is to ask in.

use mcp_server::Server;
use mcp_tests::{
    asked::{Asked, Question, Setting, Told, accepts, completes, gives},
    running::Running,
};
use serde_json::{Value, json};

use crate::functions;

/// A restaurant with a table to lay.
fn restaurant() -> Server {
    functions::server(&Running::default()).build().unwrap()
}

/// A guest, and a client whose model knows its wines.
fn guest(question: &Question) -> Value {
    match (&*question.method, question.message()) {
        ("elicitation/create", "Who are you?") => accepts(json!({ "name": "Ada", "seat": "Window" })),
        ("elicitation/create", "Please leave a deposit.") => {
            assert_eq!(question.params["url"], json!("https://pay.example.com/deposits"));
            json!({ "action": "accept" })
        }
        ("elicitation/create", "Which starter would you like?") => gives("soup"),
        ("elicitation/create", "And to follow?") => gives("fish"),
        ("elicitation/create", "How many are you?") => gives(4),
        ("elicitation/create", text) if text.ends_with("Do you like it?") => gives(true),
        ("sampling/createMessage", _) => {
            let prompt = &question.params["messages"][0]["content"];
            let block = prompt.as_array().map_or(prompt, |blocks| &blocks[0]);
            assert_eq!(block["text"], json!("In a word: which wine goes with eel?"));
            completes("Riesling")
        }
        _ => panic!("{question:?}"),
    }
}

/// What each tool is called with, what it comes to, and how much it asks first and afterwards.
const COURSES: [(&str, &str, &[usize]); 6] = [
    ("greet", "Good evening, Ada! Window.", &[1]),
    ("deposit", "The guest is on their way to the till.", &[1]),
    ("wine", "Riesling goes with eel.", &[1]),
    ("order", "soup, then fish", &[2]),
    ("table", "Table 1 for 4", &[1, 1]),
    // In rounds it is ended once without a question, so that the client can name the call when it comes back.
    ("tab", "Tab 1", &[0]),
];

async fn dines(mut client: Asked, setting: Setting) {
    for (tool, result, asked) in COURSES {
        let arguments = if tool == "wine" { json!({ "dish": "eel" }) } else { json!({}) };
        let told = client.call(tool, arguments, &mut guest).await;
        assert_eq!(told.text(), result, "{setting:?}");
        assert_eq!(told.questions.len(), asked.iter().sum::<usize>(), "{setting:?}: {told:?}");
        turns(&told, setting, asked);
    }
    let told = client.call("table", json!({}), &mut guest).await;
    assert_eq!(told.text(), "Table 2 for 4", "{setting:?}: another call lays another table");
}

/// The client has come as often as the setting wants it to.
fn turns(told: &Told, setting: Setting, asked: &[usize]) {
    let questions = told.questions.len();
    match setting {
        Setting::Rounds | Setting::RoundsInLines => assert_eq!(told.turns, asked.len() + 1, "{told:?}"),
        Setting::Task => assert!(told.turns > asked.len(), "{told:?}"),
        Setting::SessionCutBefore | Setting::SessionCutAfter => {
            assert!(
                told.turns > questions,
                "{setting:?}: a connection that is lost is taken up again: {told:?}"
            );
        }
        Setting::Session | Setting::OneStream | Setting::SessionInLines => assert_eq!(told.turns, 1),
    }
}

#[tokio::test]
async fn one_function_asks_everywhere() {
    for setting in Setting::ALL {
        dines(Asked::connect(&restaurant(), setting).await, setting).await;
    }
}

#[tokio::test]
async fn one_function_asks_everywhere_also_from_a_program() {
    for setting in [Setting::RoundsInLines, Setting::SessionInLines] {
        dines(Asked::start("ask", setting).await, setting).await;
    }
}

/// The answers of these clients never meet another's question.
#[tokio::test]
async fn clients_in_every_setting_are_served_by_one_server() {
    let server = restaurant();
    for setting in Setting::ALL.into_iter().chain(Setting::ALL) {
        let mut client = Asked::connect(&server, setting).await;
        let name = format!("{setting:?}");
        let guest = accepts(json!({ "name": name, "seat": "Garden", "allergy": "nuts" }));
        let told = client.call("greet", json!({}), &mut |_| guest.clone()).await;
        assert_eq!(told.text(), format!("Good evening, {name}! Garden, without nuts."));
    }
}
