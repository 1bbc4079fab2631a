//! State that clients carry and can't forge: whatever they make of it is refused, all of it the same way, and the honest
//! state stays good. Whose state it is, the tests of the seal itself tell apart.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use axum::Router;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mcp_server::{Clock, Hand, StateKeys, prelude::*};
use mcp_tests::{
    asked::gives,
    wire::{Draft, Reply},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// How long state holds, by default.
const LIFETIME: Duration = Duration::from_mins(10);

/// What was done, and how often.
#[derive(Debug, Default)]
struct Ledger {
    numbers: AtomicU32,
    charges: AtomicU32,
}

impl Ledger {
    async fn number(&self) -> Result<u32, ToolError> {
        Ok(self.numbers.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

/// Pay.
#[mcp_tool]
async fn pay(
    to: String,
    amount: Value,
    note: Option<String>,
    ctx: Ctx,
    ledger: State<Ledger>,
) -> Result<String, ToolError> {
    let number = ctx.step("number", ledger.number()).await?;
    if !ctx.elicit::<bool>("Pay?").await? {
        return Ok("Not paid.".to_owned());
    }
    Ok(format!("{number}: {amount} to {to}, {}", note.unwrap_or_default()))
}

/// Pray. Asks the very same.
#[mcp_tool]
async fn pray(to: String, amount: Value, ctx: Ctx, ledger: State<Ledger>) -> Result<String, ToolError> {
    pay(to, amount, None, ctx, ledger).await
}

/// Add two numbers. Asks nothing.
#[mcp_tool]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// How to pay.
#[mcp_prompt(name = "pay")]
async fn how_to_pay(to: String, ctx: Ctx, ledger: State<Ledger>) -> Result<String, ToolError> {
    pay(to, json!(1), None, ctx, ledger).await
}

/// A payment.
#[mcp_resource("pay://{to}")]
async fn paid(to: String, ctx: Ctx, ledger: State<Ledger>) -> Result<String, ToolError> {
    pay(to, json!(1), None, ctx, ledger).await
}

/// Charge a card.
#[mcp_tool(task)]
async fn charge(ctx: Ctx, ledger: State<Ledger>) -> Result<String, ToolError> {
    if !ctx.elicit::<bool>("Charge it?").await? {
        return Ok("Not charged.".to_owned());
    }
    let charged = ctx.once("charge", async move {
        tokio::task::yield_now().await;
        Ok::<_, ToolError>(ledger.charges.fetch_add(1, Ordering::SeqCst) + 1)
    });
    Ok(format!("Charge {}", charged.await?))
}

fn vault(name: &str, keys: StateKeys) -> (Router, Hand) {
    let (clock, hand) = Clock::by_hand();
    let server = McpServer::new(name).state(Ledger::default()).state_keys(keys).clock(clock);
    (server.build().unwrap().router(), hand)
}

fn keys(key: u8) -> StateKeys {
    StateKeys::new([key; 32])
}

fn asks(method: &str, params: Value) -> Draft {
    Draft::modern(method, params).meta("clientCapabilities", json!({ "elicitation": {} }))
}

/// The honest call.
fn paying() -> Draft {
    calls("pay", json!({ "to": "bob", "amount": 1 }))
}

fn calls(tool: &str, arguments: Value) -> Draft {
    asks("tools/call", json!({ "name": tool, "arguments": arguments }))
}

/// What a call carries to its next round.
#[derive(Debug, Clone)]
struct Carried {
    draft: Draft,
    key: String,
    state: String,
}

impl Carried {
    /// Makes the call, which asks one thing.
    async fn of(draft: Draft, router: &Router) -> Self {
        let result = draft.send(router).await.result();
        assert_eq!(result["resultType"], json!("input_required"), "{result}");
        let state = result["requestState"].as_str().expect("a state").to_owned();
        let requests = result["inputRequests"].as_object().expect("questions");
        let key = requests.keys().next().expect("one question").clone();
        Self { draft, key, state }
    }

    /// The next round as an honest client makes it.
    fn honest(&self) -> Draft {
        self.with(self.state.clone())
    }

    /// The next round with another state.
    fn with(&self, state: impl Into<Value>) -> Draft {
        self.on(self.draft.clone(), state)
    }

    /// Another request with what this one carries.
    fn on(&self, draft: Draft, state: impl Into<Value>) -> Draft {
        let (key, state) = (&self.key, state.into());
        draft.body(|body| {
            body["params"]["requestState"] = state;
            body["params"]["inputResponses"] = json!({ key: gives(true) });
        })
    }
}

/// A refusal says one thing, whatever is wrong.
#[track_caller]
fn refused(reply: &Reply, why: &str) {
    let said = json!({ "code": -32602, "message": "`requestState` is not valid for this request, or not any more; \
        send the request again without it and without `inputResponses`" });
    assert_eq!((reply.status, &reply.json()["error"]), (200, &said), "{why}");
}

/// A server, and a call that has asked.
struct Attacked {
    router: Router,
    hand: Hand,
    carried: Carried,
}

impl Attacked {
    async fn begin() -> Self {
        let (router, hand) = vault("vault", keys(1));
        let carried = Carried::of(paying(), &router).await;
        Self { router, hand, carried }
    }

    /// Sends what is forged, and then what is honest.
    async fn refuses(&self, forged: Draft, why: &str) {
        refused(&forged.send(&self.router).await, why);
        assert_eq!(self.carried.honest().send(&self.router).await.text(), "1: 1 to bob, ", "{why}");
    }
}

#[tokio::test]
async fn a_changed_state_is_refused() {
    let attacked = Attacked::begin().await;
    let honest = attacked.carried.state.clone();
    for at in 0..honest.len() {
        let mut changed = honest.clone().into_bytes();
        changed[at] ^= 1 << (at % 7);
        let changed = String::from_utf8(changed).unwrap();
        attacked.refuses(attacked.carried.with(changed), &format!("character {at}")).await;
    }
    let bytes = URL_SAFE_NO_PAD.decode(&honest).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        let changed = URL_SAFE_NO_PAD.encode(changed);
        attacked.refuses(attacked.carried.with(changed), &format!("byte {at}")).await;
    }
}

#[tokio::test]
async fn what_was_never_a_state_is_refused() {
    let attacked = Attacked::begin().await;
    let honest = &attacked.carried.state;
    for length in 0..honest.len() {
        attacked.refuses(attacked.carried.with(&honest[..length]), &format!("{length} characters")).await;
    }
    for text in [
        format!("{honest}="),
        format!("{honest}A"),
        format!("{honest}{honest}"),
        format!(" {honest}"),
        format!("{honest}\n"),
        "{}".to_owned(),
        "A".repeat(64 * 1024),
        "A".repeat(64 * 1024 + 1),
        "A".repeat(3_000_000),
        format!("{honest}{}", "A".repeat(3_000_000)),
    ] {
        let why = text.chars().take(300).collect::<String>();
        attacked.refuses(attacked.carried.with(text), &why).await;
    }
    for value in
        [json!(null), json!(1), json!(true), json!([]), json!({}), json!([honest]), json!({ "a": honest })]
    {
        attacked.refuses(attacked.carried.with(value.clone()), &value.to_string()).await;
    }
}

#[tokio::test]
async fn a_state_is_good_for_the_same_request_only() {
    let attacked = Attacked::begin().await;
    let (carried, state) = (&attacked.carried, &attacked.carried.state);
    for other in [
        calls("pray", json!({ "to": "bob", "amount": 1 })),
        calls("add", json!({ "a": 1, "b": 1 })),
        calls("pay", json!({ "to": "eve", "amount": 1 })),
        calls("pay", json!({ "to": "bob", "amount": 2 })),
        calls("pay", json!({ "to": "bob", "amount": 1.0 })),
        calls("pay", json!({ "to": "bob", "amount": "1" })),
        calls("pay", json!({ "to": "bob", "amount": [1] })),
        calls("pay", json!({ "to": "bob", "amount": true })),
        calls("pay", json!({ "to": "bob", "amount": null })),
        calls("pay", json!({ "to": "bob", "amount": 1, "note": "" })),
        calls("pay", json!({ "to": "bob", "amount": 1, "note": null })),
        asks("prompts/get", json!({ "name": "pay", "arguments": { "to": "bob" } })),
        asks("resources/read", json!({ "uri": "pay://bob" })),
    ] {
        let why = other.body["params"].to_string();
        attacked.refuses(carried.on(other, state.clone()), &why).await;
    }
    let reordered = calls("pay", json!({ "amount": 1, "to": "bob" }));
    assert_eq!(carried.on(reordered, state.clone()).send(&attacked.router).await.text(), "1: 1 to bob, ");
}

#[tokio::test]
async fn a_state_of_another_kind_is_refused() {
    let attacked = Attacked::begin().await;
    for other in [
        calls("pray", json!({ "to": "bob", "amount": 1 })),
        asks("prompts/get", json!({ "name": "pay", "arguments": { "to": "bob" } })),
        asks("resources/read", json!({ "uri": "pay://bob" })),
    ] {
        let theirs = Carried::of(other, &attacked.router).await;
        let why = theirs.draft.body["params"].to_string();
        attacked.refuses(attacked.carried.with(theirs.state.clone()), &why).await;
        refused(&theirs.with(attacked.carried.state.clone()).send(&attacked.router).await, &why);
        let reply = theirs.honest().send(&attacked.router).await.result();
        assert_eq!(reply["resultType"], json!("complete"), "{why}: {reply}");
    }
}

#[tokio::test]
async fn a_state_of_another_server_is_refused() {
    let attacked = Attacked::begin().await;
    for (name, key) in [("vault", 2), ("other", 1), ("other", 2)] {
        let (other, _hand) = vault(name, keys(key));
        let theirs = Carried::of(paying(), &other).await;
        attacked.refuses(attacked.carried.with(theirs.state.clone()), name).await;
        refused(&attacked.carried.honest().send(&other).await, name);
        assert_eq!(theirs.honest().send(&other).await.text(), "1: 1 to bob, ");
    }
    let (twin, _hand) = vault("vault", keys(1));
    assert_eq!(attacked.carried.honest().send(&twin).await.text(), "1: 1 to bob, ", "a copy of the server");
}

#[tokio::test]
async fn a_state_expires() {
    let attacked = Attacked::begin().await;
    attacked.hand.advance(LIFETIME.checked_sub(Duration::from_secs(1)).unwrap());
    assert_eq!(attacked.carried.honest().send(&attacked.router).await.text(), "1: 1 to bob, ");
    let fresh = Carried::of(paying(), &attacked.router).await;
    attacked.hand.advance(Duration::from_secs(1));
    refused(&attacked.carried.honest().send(&attacked.router).await, "expired");
    assert_eq!(fresh.honest().send(&attacked.router).await.text(), "2: 1 to bob, ");
}

#[tokio::test]
async fn a_key_that_is_rotated_out_opens_nothing() {
    let (before, _hand) = vault("vault", keys(1));
    let (during, _hand) = vault("vault", keys(2).opening([1; 32]));
    let (after, _hand) = vault("vault", keys(2));
    let old = Carried::of(paying(), &before).await;
    let new = Carried::of(paying(), &during).await;
    assert_eq!(old.honest().send(&during).await.text(), "1: 1 to bob, ");
    refused(&old.honest().send(&after).await, "rotated out");
    refused(&new.honest().send(&before).await, "not rotated in");
    assert_eq!(new.honest().send(&after).await.text(), "1: 1 to bob, ");
}

#[tokio::test]
async fn a_state_that_is_sent_again_gives_the_same_steps() {
    let attacked = Attacked::begin().await;
    for _ in 0..5 {
        assert_eq!(attacked.carried.honest().send(&attacked.router).await.text(), "1: 1 to bob, ");
    }
    let another = Carried::of(paying(), &attacked.router).await;
    assert_eq!(another.honest().send(&attacked.router).await.text(), "2: 1 to bob, ", "another call");
    assert_eq!(attacked.carried.honest().send(&attacked.router).await.text(), "1: 1 to bob, ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_once_is_done_once_whatever_is_sent_again() {
    let (router, _hand) = vault("vault", keys(1));
    let asked = calls("charge", json!({})).send(&router).await.result();
    assert_eq!(asked.get("requestState"), None, "nothing is to be carried yet: {asked}");
    let key = asked["inputRequests"].as_object().unwrap().keys().next().unwrap().clone();
    let answers = json!({ key: gives(true) });
    let answered = calls("charge", json!({})).body(|body| body["params"]["inputResponses"] = answers.clone());
    let told = answered.send(&router).await.result();
    assert_eq!(told["resultType"], json!("input_required"), "{told}");
    assert_eq!(told.get("inputRequests"), None, "a state to come back with, and no question: {told}");
    let named = calls("charge", json!({})).body(|body| {
        body["params"]["requestState"] = told["requestState"].clone();
    });
    let mut replies = JoinSet::new();
    for _ in 0..100 {
        let (named, router) = (named.clone(), router.clone());
        replies.spawn(async move { named.send(&router).await });
    }
    while let Some(reply) = replies.join_next().await {
        assert_eq!(reply.unwrap().text(), "Charge 1");
    }
    assert_eq!(named.send(&router).await.text(), "Charge 1", "also later");
    for _ in 0..3 {
        assert_eq!(as_a_task(&named, &router).await, "Charge 1", "also as a task");
    }
    let again = answered.send(&router).await.result();
    let other = named.body(|body| body["params"]["requestState"] = again["requestState"].clone());
    assert_eq!(other.send(&router).await.text(), "Charge 2", "another call");
}

#[tokio::test]
async fn what_was_done_once_is_not_done_by_a_server_that_does_not_know() {
    let routers = [vault("vault", keys(1)).0, vault("vault", keys(1)).0];
    let mut carried = calls("charge", json!({})).send(&routers[0]).await.result();
    let key = carried["inputRequests"].as_object().unwrap().keys().next().unwrap().clone();
    let answers = json!({ key: gives(true) });
    let answered = calls("charge", json!({})).body(|body| body["params"]["inputResponses"] = answers);
    carried = answered.send(&routers[0]).await.result();
    let named = calls("charge", json!({}))
        .body(|body| body["params"]["requestState"] = carried["requestState"].clone());
    let told = named.send(&routers[1]).await.tool_error();
    assert!(told.contains("Begin again"), "{told}");
    assert_eq!(named.send(&routers[0]).await.text(), "Charge 1");
}

/// What a call comes to that its client knows as a task.
async fn as_a_task(call: &Draft, router: &Router) -> String {
    let declared = json!({ "elicitation": {}, "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let created = call.clone().meta("clientCapabilities", declared.clone()).send(router).await.result();
    loop {
        let params = json!({ "taskId": created["taskId"] });
        let get = Draft::modern("tasks/get", params).meta("clientCapabilities", declared.clone());
        let task = get.send(router).await.result();
        if task["status"] == json!("completed") {
            return task["result"]["content"][0]["text"].as_str().unwrap().to_owned();
        }
        assert_eq!(task["status"], json!("working"), "{task}");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}
