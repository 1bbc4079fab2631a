//! What outlives a request: tasks, and the state between two rounds. Each is its owner's.

use mcp_server::{Auth, prelude::*};
use mcp_tests::{
    asked::gives,
    issuer::mint::Mint,
    wire::{Draft, Reply},
};
use serde_json::{Value, json};

use super::own::Own;

struct Desk;

#[mcp_tools]
impl Desk {
    /// Ask for a number, in a task if the client knows them.
    #[mcp_tool(authenticated, task)]
    async fn number(&self, ctx: Ctx) -> Result<String, ToolError> {
        // So that there is something to carry to the next round.
        let first: u8 = ctx.step("first", async { Ok::<_, ToolError>(6) }).await?;
        let number: u8 = ctx.elicit("A number?").await?;
        Ok(format!("the numbers are {first} and {number}"))
    }

    /// Ask for a number, for some callers.
    #[mcp_tool(scope = "files:write")]
    async fn guarded(&self, ctx: Ctx) -> Result<String, ToolError> {
        self.number(ctx).await
    }
}

async fn desk() -> Own {
    Own::start(|issuer| Auth::issuer(issuer.url()), |server| server.tools(Desk)).await
}

impl Own {
    fn of(&self, subject: &str, client: &str) -> Mint {
        self.mint("files:write").of(subject, client)
    }

    /// Those who are not Alice with her client.
    fn strangers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("another user", self.of("bob", "app").token()),
            ("another client", self.of("alice", "web").token()),
            ("a client of her name", self.of("alice", "alice").token()),
            ("her client by itself", self.of("app", "app").token()),
            ("nobody's client", self.of("nobody", "nobody").token()),
        ]
    }
}

fn asks(tool: &str) -> Draft {
    Draft::call(tool, json!({})).meta("clientCapabilities", json!({ "elicitation": { "form": {} } }))
}

/// A request of a client that knows tasks.
fn knows_tasks(method: &str, params: Value) -> Draft {
    let capabilities =
        json!({ "elicitation": { "form": {} }, "extensions": { "io.modelcontextprotocol/tasks": {} } });
    Draft::modern(method, params).meta("clientCapabilities", capabilities)
}

/// The next round of a call that has asked one thing.
fn next(draft: Draft, reply: &Reply) -> Draft {
    let result = reply.result();
    assert_eq!(result["resultType"], "input_required", "{result}");
    assert!(result["requestState"].is_string(), "{result}");
    let key =
        result["inputRequests"].as_object().and_then(|all| all.keys().next()).expect("a question").clone();
    draft.body(|body| {
        body["params"]["requestState"] = result["requestState"].clone();
        body["params"]["inputResponses"] = json!({ key: gives(7) });
    })
}

#[tokio::test]
async fn rs_25_state_between_rounds_is_its_owners() {
    let own = desk().await;
    let alice = own.of("alice", "app").token();
    let first = asks("number").bearer(&alice).send(&own.router).await;
    let round = next(asks("number"), &first);
    for (why, token) in own.strangers() {
        let reply = round.clone().bearer(&token).send(&own.router).await;
        assert_eq!(reply.code(), -32602, "{why}: {reply:?}");
    }
    let fresh = own.of("alice", "app").token();
    let reply = round.bearer(&fresh).send(&own.router).await;
    assert_eq!(reply.text(), "the numbers are 6 and 7", "her own, with a new token");
}

#[tokio::test]
async fn rs_25_state_between_rounds_holds_no_scopes() {
    let own = desk().await;
    let alice = own.of("alice", "app").token();
    let first = asks("guarded").bearer(&alice).send(&own.router).await;
    let round = next(asks("guarded"), &first);
    let poor = own.mint("").of("alice", "app").token();
    let reply = round.clone().bearer(&poor).send(&own.router).await;
    assert_eq!(reply.status, 403, "{reply:?}");
    assert_eq!(round.clone().send(&own.router).await.status, 401);
    assert_eq!(round.bearer(&alice).send(&own.router).await.text(), "the numbers are 6 and 7");
}

#[tokio::test]
async fn rs_25_a_task_is_its_owners() {
    let own = desk().await;
    let alice = own.of("alice", "app").token();
    let call = knows_tasks("tools/call", json!({ "name": "number", "arguments": {} }));
    let created = call.bearer(&alice).send(&own.router).await.result();
    let id = created["taskId"].as_str().unwrap_or_else(|| panic!("no task: {created}")).to_owned();
    assert!(id.len() >= 22, "128 bits at least: {id}");
    let methods = ["tasks/get", "tasks/update", "tasks/cancel"];
    let ask = async |method: &str, id: &str, token: &str| {
        let draft = knows_tasks(method, json!({ "taskId": id, "inputResponses": {} }));
        draft.bearer(token).send(&own.router).await
    };
    for (why, token) in own.strangers() {
        for method in methods {
            let theirs = ask(method, &id, &token).await;
            let nobodys = ask(method, "never-issued-0123456789abcdefghijkl", &token).await;
            let error = |reply: &Reply| (reply.status, reply.json()["error"]["code"].clone());
            assert_eq!(error(&theirs), error(&nobodys), "{why}, {method}: {theirs:?}");
            assert!(theirs.json()["error"].is_object(), "{why}, {method}: {theirs:?}");
        }
    }
    let hers = ask("tasks/get", &id, &own.of("alice", "app").token()).await;
    assert_eq!(hers.result()["taskId"], id.as_str());
}

#[tokio::test]
async fn rs_25_a_task_is_heard_of_by_its_owner() {
    let own = desk().await;
    let alice = own.of("alice", "app").token();
    let call = knows_tasks("tools/call", json!({ "name": "number", "arguments": {} }));
    let created = call.bearer(&alice).send(&own.router).await.result();
    let listen = async |token: &str, id: &Value| {
        let params = json!({ "notifications": { "taskIds": [id] } });
        let mut stream = knows_tasks("subscriptions/listen", params).bearer(token).open(&own.router).await;
        let first = stream.next().await.expect("an acknowledgement").message();
        assert_eq!(
            first["params"]["notifications"]["taskIds"],
            json!([id]),
            "as for one that there never was"
        );
        stream
    };
    let mut strangers = Vec::new();
    for (_, token) in own.strangers() {
        strangers.push(listen(&token, &created["taskId"]).await);
    }
    listen(&own.of("bob", "app").token(), &json!("never-issued-0123456789abcdefghijkl")).await;
    let mut hers = listen(&alice, &created["taskId"]).await;
    let cancel = knows_tasks("tasks/cancel", json!({ "taskId": created["taskId"] }));
    let cancelled = cancel.bearer(&alice).send(&own.router).await;
    assert!(cancelled.json()["error"].is_null(), "{cancelled:?}");
    while !hers.next().await.expect("her task's end").data.contains("cancelled") {}
    for mut stream in strangers {
        let heard = tokio::time::timeout(std::time::Duration::from_millis(50), stream.next()).await;
        assert!(heard.is_err(), "a stranger hears {heard:?}");
    }
}

#[tokio::test]
async fn rs_4_a_task_is_nothing_without_a_token() {
    let own = desk().await;
    let alice = own.of("alice", "app").token();
    let call = knows_tasks("tools/call", json!({ "name": "number", "arguments": {} }));
    let created = call.bearer(&alice).send(&own.router).await.result();
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let draft = knows_tasks(method, json!({ "taskId": created["taskId"], "inputResponses": {} }));
        super::unknown(&draft.clone().send(&own.router).await, method);
        super::refused(&draft.bearer("a.b.c").send(&own.router).await, method);
    }
}

#[tokio::test]
async fn rs_24_a_question_in_a_session_is_answered_by_its_owner() {
    let own = desk().await;
    let alice = own.of("alice", "app").token();
    let open = Draft::initialize("2025-11-25").body(|body| {
        body["params"]["capabilities"] = json!({ "elicitation": { "form": {} } });
    });
    let id = open.bearer(&alice).send(&own.router).await.header("mcp-session-id").to_owned();
    let ready = Draft::legacy(&id, "notifications/initialized", json!({})).notification();
    assert_eq!(ready.bearer(&alice).send(&own.router).await.status, 202);
    let call = Draft::legacy(&id, "tools/call", json!({ "name": "number", "arguments": {} })).id(5);
    let mut stream = call.bearer(&alice).open(&own.router).await;
    let question = loop {
        let event = stream.next().await.expect("a question");
        if !event.data.is_empty() {
            break event.message();
        }
    };
    assert_eq!(question["method"], "elicitation/create", "{question}");
    let answer = |value: u8| {
        let body = json!({ "jsonrpc": "2.0", "id": question["id"], "result": gives(value) });
        Draft::legacy(&id, "", json!({})).body(|old| *old = body)
    };
    for (why, token) in own.strangers() {
        let reply = answer(9).bearer(&token).send(&own.router).await;
        assert_eq!(reply.status, 404, "{why}: {reply:?}");
    }
    assert_eq!(answer(9).send(&own.router).await.status, 401);
    assert_eq!(answer(7).bearer(&alice).send(&own.router).await.status, 202);
    let rest = stream.rest().await;
    let text = String::from_utf8_lossy(&rest.body).into_owned();
    assert!(text.contains("the numbers are 6 and 7"), "{text}");
}
