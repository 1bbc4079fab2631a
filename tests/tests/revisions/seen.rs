//! What a client of one revision sees of the server, as one JSON value that the table's rows point into.

use std::collections::BTreeSet;

use mcp_server::Server;
use mcp_tests::{
    client::Client,
    specification::{REVISIONS, Specification},
    wire::MODERN,
};
use serde_json::{Map, Value, json};

use super::{changes, errors, questions, tasks};

/// Methods of tasks as only 2025-11-25 has them: the server has them as the extension that they have become.
const EARLIER_TASKS: [&str; 4] = ["tasks/cancel", "tasks/get", "tasks/list", "tasks/result"];

/// What the server does not say or ask, in any revision. What it does must not be here.
const NEVER_SAID: [&str; 3] = ["notifications/elicitation/complete", "notifications/tasks/status", "ping"];

/// The tools that are called for what they give.
const CALLED: [&str; 9] =
    ["annotated_content", "anything", "content", "fail", "fail_masked", "full", "list", "noted", "number"];

/// The lists of every revision, and the member that each holds its entries in.
const LISTS: [(&str, &str); 4] = [
    ("tools/list", "tools"),
    ("resources/list", "resources"),
    ("resources/templates/list", "resourceTemplates"),
    ("prompts/list", "prompts"),
];

/// Everything that a client of this revision sees. The server is stopped in the end.
pub(crate) async fn by(revision: &'static str, server: &Server) -> Value {
    let (client, greeting) = Client::connect(&server.router(), revision, questions::capabilities()).await;
    let greeting = greeting["result"].clone();
    let mut seen = json!({ "greeting": greeting, "server": identity(&greeting) });
    seen["methods"] = methods(&client).await;
    for (method, member) in LISTS {
        let (pages, entries) = client.list(method, member).await;
        assert!(pages.len() > 1, "{revision}: {method} has one page only");
        seen["pages"][method] = pages[0].clone();
        seen[member] = by_name(entries);
    }
    for tool in CALLED {
        seen["calls"][tool] = client.call(tool).await.result();
    }
    for message in client.call("talk").await.before {
        seen["notifications"][message["method"].as_str().expect("a method")] = message["params"].clone();
    }
    seen["reads"] = reads(&client).await;
    seen["messages"] = prompts(&client).await;
    seen["completions"] = completions(&client).await;
    seen["asked"] = questions::asked(&client).await;
    seen["tasks"] = tasks::seen(&client).await;
    seen["errors"] = errors::get(&client).await;
    let batch = batch(&client).await;
    seen["changes"] = changes::heard(&client, server).await;
    seen["way"] = way(&client, batch, &seen["changes"]);
    assert_complete(&client);
    assert_named(&client);
    seen
}

/// How messages travel.
fn way(client: &Client, batch: &str, changes: &Value) -> Value {
    let [requests, session, told] = client.way();
    let is = |said: &Value| if *said == true { "yes" } else { "no" };
    json!({
        "requests": requests,
        "session": session,
        "changes": told,
        "resumable": is(&changes["resumable"]),
        "primed": is(&changes["primed"]),
        "batch": batch,
    })
}

/// Every method of every revision.
pub(crate) fn all_methods() -> BTreeSet<&'static str> {
    REVISIONS.iter().flat_map(|revision| Specification::of(revision).client_methods()).collect()
}

/// The server's identity: a greeting's own member, or what each result says of it.
fn identity(greeting: &Value) -> Value {
    let said = greeting.get("serverInfo");
    said.unwrap_or_else(|| &greeting["_meta"]["io.modelcontextprotocol/serverInfo"]).clone()
}

/// Which methods are answered: those that the revision and the server have.
async fn methods(client: &Client) -> Value {
    let known = client.specification().client_methods();
    let mut seen = Map::new();
    for method in all_methods() {
        let is_earlier = client.revision() == "2025-11-25" && EARLIER_TASKS.contains(&method);
        let expected = known.contains(method) && !is_earlier;
        let answered = if expected && method == "subscriptions/listen" {
            // Its answer is a stream without an end, which begins with an acknowledgment.
            let first = client.listen(json!({})).await.next().await;
            first.message["method"] == "notifications/subscriptions/acknowledged"
        } else {
            let said = client.ask(method, parameters(method)).await;
            // Within a session there is no other, and the task is made up: that this is said is an answer.
            let refused = match method {
                "initialize" => said.code() == Some(-32600),
                _ => method.starts_with("tasks/") && said.code() == Some(-32602),
            };
            let answered = refused || said.code().is_none();
            assert!(answered || said.code() == Some(-32601), "{method}: {}", said.response);
            answered
        };
        assert_eq!(answered, expected, "{}: {method}", client.revision());
        seen.insert(method.to_owned(), answered.into());
    }
    seen.into()
}

/// What a request of a method must say, in every revision that has it.
pub(crate) fn parameters(method: &str) -> Value {
    match method {
        "completion/complete" => json!({
            "ref": { "type": "ref/prompt", "name": "full" },
            "argument": { "name": "text", "value": "x" },
        }),
        "initialize" => json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        }),
        "logging/setLevel" => json!({ "level": "debug" }),
        "prompts/get" => json!({ "name": "full", "arguments": { "text": "hi" } }),
        "resources/read" | "resources/subscribe" | "resources/unsubscribe" => json!({ "uri": "a://text" }),
        "resources/directory/read" => json!({ "uri": "skill://plain-words" }),
        "skills/get" => json!({ "uri": "skill://plain-words/SKILL.md" }),
        "subscriptions/listen" => json!({ "notifications": {} }),
        "tasks/cancel" | "tasks/get" | "tasks/result" => json!({ "taskId": "1" }),
        "tasks/update" => json!({ "taskId": "1", "inputResponses": {} }),
        "tools/call" => json!({ "name": "number", "arguments": {} }),
        _ => json!({}),
    }
}

/// What reading gives.
async fn reads(client: &Client) -> Value {
    let mut seen = json!({});
    for (name, uri) in [("text", "a://text"), ("blob", "a://blob"), ("template", "b://7")] {
        seen[name] = client.ask("resources/read", json!({ "uri": uri })).await.result();
    }
    seen
}

/// What prompts give.
async fn prompts(client: &Client) -> Value {
    let mut seen = json!({});
    for name in ["full", "content", "annotated_content"] {
        let arguments = if name == "full" { json!({ "text": "hi" }) } else { json!({}) };
        let params = json!({ "name": name, "arguments": arguments });
        seen[name] = client.ask("prompts/get", params).await.result();
    }
    seen
}

/// What is suggested.
async fn completions(client: &Client) -> Value {
    let prompt = json!({ "type": "ref/prompt", "name": "full" });
    let template = json!({ "type": "ref/resource", "uri": "b://{id}" });
    let mut seen = json!({});
    for (what, reference, argument) in
        [("prompt", &prompt, "text"), ("template", &template, "id"), ("none", &prompt, "more")]
    {
        let argument = json!({ "name": argument, "value": "x" });
        let params = json!({ "ref": reference, "argument": argument });
        seen[what] = client.ask("completion/complete", params).await.result()["completion"].take();
    }
    seen
}

/// How an array of messages is answered; `errors` has the revisions that don't know such arrays.
async fn batch(client: &Client) -> &'static str {
    if client.revision() != "2025-03-26" {
        return "refused";
    }
    let request = |id: i64, method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    let mixed = [
        request(1, "ping", json!({})),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 99 } }),
        json!(7),
        request(2, "no/such", json!({})),
        request(3, "tools/call", json!({ "name": "number" })),
        request(4, "resources/list", json!({})),
    ];
    let at_once = client.batch(&mixed).await;
    let codes = |responses: &[Value]| -> Vec<Value> {
        let code = |response: &Value| json!([response["id"], response["error"]["code"]]);
        responses.iter().filter(|message| message.get("method").is_none()).map(code).collect()
    };
    assert_eq!(
        codes(&at_once),
        [json!([1, null]), json!([null, -32600]), json!([2, -32601]), json!([3, null]), json!([4, null])]
    );
    // With a function that goes on meanwhile, everything comes on one stream.
    let meta = json!({ "progressToken": "token" });
    let talk = request(2, "tools/call", json!({ "name": "talk", "_meta": meta }));
    let streamed = client.batch(&[request(1, "ping", json!({})), talk]).await;
    assert_eq!(codes(&streamed), [json!([1, null]), json!([2, null])]);
    assert!(streamed.iter().any(|message| message["method"] == "notifications/progress"), "{streamed:?}");
    "answered"
}

/// The entries of a listing, by their names.
fn by_name(entries: Vec<Value>) -> Value {
    let named = entries.into_iter().map(|entry| (entry["name"].as_str().expect("a name").to_owned(), entry));
    Value::Object(named.collect())
}

/// What the revision knows has been sent: every kind of content, every notification and every question.
fn assert_complete(client: &Client) {
    let received = client.received();
    let of_tools = received.iter().filter_map(|message| message["result"]["content"].as_array()).flatten();
    assert_eq!(kinds(of_tools), client.specification().content_types(), "{}: content", client.revision());
    let prompts = received.iter().filter_map(|message| message["result"]["messages"].as_array()).flatten();
    let of_prompts = kinds(prompts.map(|message| &message["content"]));
    assert_eq!(of_prompts, client.specification().content_types(), "{}: prompts", client.revision());
    let sent: BTreeSet<&str> = received.iter().filter_map(|message| message["method"].as_str()).collect();
    let mut known = client.specification().server_methods();
    known.retain(|method| !NEVER_SAID.contains(method) && !EARLIER_TASKS.contains(method));
    if client.revision() == MODERN {
        // A question that is part of a result can't be withdrawn.
        known.remove("notifications/cancelled");
    }
    assert_eq!(sent, known, "{}: what is said", client.revision());
}

/// Every result says who gives it, where results can.
fn assert_named(client: &Client) {
    for message in client.received().iter().filter(|message| message.get("result").is_some()) {
        let name = message.pointer("/result/_meta/io.modelcontextprotocol~1serverInfo/name");
        let expected = (client.revision() == MODERN).then(|| json!("full"));
        assert_eq!(name, expected.as_ref(), "{}: {message}", client.revision());
    }
}

/// The kinds of these blocks.
fn kinds<'b>(blocks: impl Iterator<Item = &'b Value>) -> BTreeSet<&'b str> {
    blocks.filter_map(|block| block["type"].as_str()).collect()
}
