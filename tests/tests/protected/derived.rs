//! What came from a protected call stays protected: whoever has to do with it later needs what the call needed.

use http::Method;
use mcp_server::{FromCall, Invocation, Tool, prelude::*};
use mcp_tests::{
    sse::Stream,
    wire::{Draft, Reply},
};
use serde_json::{Value, json};

use super::{
    client::{Client, Line, Way, lacks, request},
    server::{House, resource},
    tokens::{Signed, Token, alice, bob},
};

/// A task of a call that needs `files:read`.
async fn task(client: &Client) -> String {
    let created = client.ask("tools/call", json!({ "name": "counts" })).await.result();
    created["taskId"].as_str().unwrap().to_owned()
}

async fn ask(client: &Client, method: &str, id: &str) -> Reply {
    client.ask(method, json!({ "taskId": id, "inputResponses": {} })).await
}

#[tokio::test]
async fn rs_25_a_task_needs_what_its_call_needed() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let id = task(&client).await;
    for scopes in ["", "files:write"] {
        let little = client.with(alice(scopes));
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            lacks(&ask(&little, method, &id).await, "files:read");
            assert_eq!(ask(&little, method, "unknown").await.code(), -32602, "what isn't there is unknown");
            assert_eq!(ask(&client.with(bob(scopes)), method, &id).await.code(), -32602, "as to strangers");
        }
        // Before anything else: what is missing of the request isn't told.
        lacks(&little.ask("tasks/update", json!({ "taskId": id })).await, "files:read");
        let undeclared = Draft::modern("tasks/get", json!({ "taskId": id })).with(&alice(scopes));
        lacks(&undeclared.send(&house.router).await, "files:read");
    }
    let another = client.with(alice("files:read files:write").serial(1));
    assert_eq!(ask(&another, "tasks/get", &id).await.result()["status"], json!("working"));
    assert_eq!(ask(&another, "tasks/update", &id).await.status, 200);
    assert_eq!(ask(&another, "tasks/cancel", &id).await.status, 200);
    assert_eq!(ask(&another, "tasks/get", &id).await.result()["status"], json!("cancelled"));
}

/// Two tools that run as tasks.
struct Works;

#[mcp_tools]
#[allow(clippy::unused_self)]
impl Works {
    /// Work.
    #[mcp_tool(scope = "files:read", task)]
    async fn works(&self) -> String {
        "done".to_owned()
    }

    /// Work too.
    #[mcp_tool(authenticated, task)]
    async fn also_works(&self) -> String {
        "done".to_owned()
    }
}

#[tokio::test]
async fn rs_25_a_task_needs_what_its_call_needed_and_what_its_tool_needs_now() {
    let house = House::bare(|server, _| server.tools(Works));
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let created = client.ask("tools/call", json!({ "name": "works" })).await.result();
    let id = created["taskId"].as_str().unwrap();
    assert_eq!(ask(&client, "tasks/get", id).await.status, 200);
    let catalog = house.server.catalog();
    let tool = || Tool::new("works", "Works.", |_: Invocation| async { Ok(ToolResult::text("done")) });
    catalog.set_tool(tool().scope("files:admin")).unwrap();
    lacks(&ask(&client, "tasks/get", id).await, "files:admin files:read");
    let both = client.with(alice("files:read files:admin"));
    assert_eq!(ask(&both, "tasks/get", id).await.status, 200);
    catalog.set_tool(tool().authenticated()).unwrap();
    lacks(&ask(&client.with(alice("")), "tasks/get", id).await, "files:read");
    catalog.remove_tool("works");
    lacks(&ask(&client.with(alice("")), "tasks/get", id).await, "files:read");
    assert_eq!(ask(&client, "tasks/get", id).await.status, 200);
}

#[tokio::test]
async fn rs_25_whoever_listens_to_a_task_needs_what_its_call_needed() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let id = task(&client).await;
    let listening = json!({ "notifications": { "taskIds": [id, "unknown"] } });
    let listen = |token: Token| client.with(token).request("subscriptions/listen", listening.clone());
    lacks(&listen(alice("")).send(&house.router).await, "files:read");
    let mut stream = listen(alice("files:read").serial(1)).open(&house.router).await;
    assert_eq!(stream.next().await.unwrap().message()["params"]["notifications"]["taskIds"][0], json!(id));
    assert_eq!(stream.next().await.unwrap().message()["params"]["status"], json!("working"));
    house.running.finish();
    assert_eq!(stream.next().await.unwrap().message()["params"]["status"], json!("completed"));
}

#[tokio::test]
async fn rs_25_an_update_is_sent_to_whoever_may_read_it_now() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let uris = ["files://readme", "files://other"];
    let listening = json!({ "notifications": { "resourceSubscriptions": uris } });
    let mut stream = client.request("subscriptions/listen", listening).open(&house.router).await;
    assert_eq!(
        stream.next().await.unwrap().message()["params"]["notifications"]["resourceSubscriptions"],
        json!(uris)
    );
    let catalog = house.server.catalog();
    catalog.resource_updated(uris[0]);
    assert_eq!(stream.next().await.unwrap().message()["params"]["uri"], json!(uris[0]));
    catalog.set_resource(resource(uris[0], &house.running).scope("files:admin")).unwrap();
    catalog.resource_updated(uris[0]);
    catalog.resource_updated(uris[1]);
    assert_eq!(
        stream.next().await.unwrap().message()["params"]["uri"],
        json!(uris[1]),
        "and nothing between"
    );
}

/// Subscribes a session to what only some tokens may read, and to what every reader of `files:read` may.
async fn subscribed(house: &House) -> Client {
    let client = Client::connect(house, Way::Session, alice("files:read files:admin")).await;
    for uri in ["secrets://one", "files://readme"] {
        assert_eq!(client.ask("resources/subscribe", json!({ "uri": uri })).await.result(), json!({}));
    }
    client
}

fn update(house: &House) {
    house.server.catalog().resource_updated("secrets://one");
    house.server.catalog().resource_updated("files://readme");
}

#[tokio::test]
async fn rs_25_a_session_tells_its_reader_what_the_reader_may_read() {
    let house = House::new();
    let client = subscribed(&house).await;
    let listen = Draft::listen(client.session.as_deref().unwrap());
    let mut little = Stream::open(&house.router, &listen.with(&alice("files:read"))).await;
    update(&house);
    let event = next(&mut little).await;
    assert_eq!(event.message().unwrap()["params"]["uri"], json!("files://readme"), "and nothing before");
    drop(little);
    // What is kept is shown as each reader may see it.
    let again = listen.clone().after("0-0");
    let mut little = Stream::open(&house.router, &again.with(&alice("files:read").serial(1))).await;
    assert_eq!(next(&mut little).await.message().unwrap()["params"]["uri"], json!("files://readme"));
    let mut much = Stream::open(&house.router, &again.with(&alice("files:read files:admin"))).await;
    for uri in ["secrets://one", "files://readme"] {
        assert_eq!(next(&mut much).await.message().unwrap()["params"]["uri"], json!(uri));
    }
}

#[tokio::test]
async fn rs_25_so_does_a_line_of_2024() {
    let house = House::new();
    let (little, much) = (alice("files:read"), alice("files:read files:admin"));
    for (reader, heard) in [(&little, &["files://readme"][..]), (&much, &["secrets://one", "files://readme"])]
    {
        let mut line = Line::open(&house, reader).await;
        for uri in ["secrets://one", "files://readme"] {
            assert_eq!(
                line.ask(&much, "resources/subscribe", json!({ "uri": uri })).await["result"],
                json!({})
            );
        }
        update(&house);
        for uri in heard {
            assert_eq!(line.stream.message().await["params"]["uri"], json!(uri));
        }
    }
}

/// The next event that is a message.
async fn next(stream: &mut Stream) -> mcp_tests::sse::Event {
    loop {
        let event = stream.soon().await;
        if event.message().is_some() {
            return event;
        }
    }
}

/// A call that needs `files:read` and goes on, and the id of an event of its stream.
async fn speaking(client: &Client) -> (Stream, String) {
    let speaks = json!({ "name": "endless", "arguments": { "speaks": true } });
    let mut stream = Stream::open(&client.router, &client.request("tools/call", speaks)).await;
    let id = next(&mut stream).await.id.unwrap();
    (stream, id)
}

#[tokio::test]
async fn rs_25_a_stream_needs_what_its_calls_needed() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, alice("files:read")).await;
    let (mut stream, id) = speaking(&client).await;
    let resume = Draft::listen(client.session.as_deref().unwrap()).after(&id);
    let resume = async |token: Token| resume.with(&token).open(&house.router).await;
    lacks(&resume(alice("files:write")).await.rest().await, "files:read");
    house.running.finish();
    let text = |message: Value| message["result"]["content"][0]["text"].clone();
    assert_eq!(text(next(&mut stream).await.message().unwrap()), json!("finished"), "its reader goes on");
    // Also when the call is over.
    lacks(&resume(alice("")).await.rest().await, "files:read");
    let reply = resume(alice("files:read files:write").serial(1)).await.rest().await;
    assert_eq!(text(reply.events().pop().unwrap()), json!("finished"));
}

#[tokio::test]
async fn rs_25_a_stream_of_what_everybody_may_is_resumed_with_any_token() {
    let house = House::with(|server| {
        let tool = Tool::new("says", "Says something.", |call: Invocation| async move {
            Ctx::from_call(&call.call)?.log(mcp_server::Level::Error, "said").await;
            Ok(ToolResult::text("done"))
        });
        server.tool(tool.authenticated())
    });
    let client = Client::connect(&house, Way::Session, alice("files:read")).await;
    // A protected stream of the same session changes nothing for the others.
    let (_stream, _) = speaking(&client).await;
    let mut stream =
        Stream::open(&house.router, &client.request("tools/call", json!({ "name": "says" }))).await;
    let id = next(&mut stream).await.id.unwrap();
    let resume = Draft::listen(client.session.as_deref().unwrap()).after(&id).with(&alice(""));
    let reply = resume.open(&house.router).await.rest().await;
    assert_eq!(reply.events().pop().unwrap()["result"]["content"][0]["text"], json!("done"));
}

#[tokio::test]
async fn rs_25_a_stream_of_an_array_needs_what_all_of_it_needed() {
    let house = House::new();
    let initialize = Draft::initialize("2025-03-26").with(&alice(""));
    let session = initialize.send(&house.router).await.header("mcp-session-id").to_owned();
    let body = json!([
        request("tools/call", json!({ "name": "endless", "arguments": { "speaks": true } })),
        { "jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": { "name": "write", "arguments": { "path": "a" } } },
    ]);
    let both = "files:read files:write";
    let draft = Draft::post(body).header("mcp-session-id", &session).with(&alice(both));
    let mut stream = Stream::open(&house.router, &draft).await;
    let id = next(&mut stream).await.id.unwrap();
    let resume = Draft::listen(&session).of("2025-03-26").after(&id);
    for scopes in ["files:read", "files:write", ""] {
        lacks(&resume.with(&alice(scopes)).open(&house.router).await.rest().await, both);
    }
    house.running.finish();
    assert_eq!(resume.with(&alice(both)).open(&house.router).await.rest().await.status, 200);
}

/// A call that needs `files:read` and asks, with the id of its question.
async fn asking(client: &Client) -> (Stream, Value) {
    let mut stream =
        Stream::open(&client.router, &client.request("tools/call", json!({ "name": "pays" }))).await;
    let question = next(&mut stream).await.message().unwrap();
    assert_eq!(question["method"], json!("elicitation/create"), "{question}");
    (stream, question["id"].clone())
}

fn yes(id: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": { "action": "accept", "content": { "answer": true } } })
}

#[tokio::test]
async fn rs_25_an_answer_needs_what_the_call_needed_that_asked() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, alice("files:read")).await;
    let (mut stream, id) = asking(&client).await;
    let answer = |token: Token| {
        let draft = client.with(token).request("", json!({}));
        draft.body(|body| *body = yes(&id))
    };
    lacks(&answer(alice("files:write")).send(&house.router).await, "files:read");
    assert_eq!(answer(alice("files:read").serial(1)).send(&house.router).await.status, 202);
    let response = next(&mut stream).await.message().unwrap();
    assert_eq!(response["result"]["content"][0]["text"], json!("paid 1"));
    assert_eq!(answer(alice("")).send(&house.router).await.status, 202, "what nobody asks needs nothing");
}

#[tokio::test]
async fn rs_25_an_answer_in_an_array_does_too() {
    let house = House::new();
    let mut client = Client::connect(&house, Way::Session, alice("files:read")).await;
    let initialize = Draft::initialize("2025-03-26").body(|body| {
        body["params"]["capabilities"] = mcp_tests::asked::everything();
    });
    let reply = client.sign(&initialize).send(&house.router).await;
    client.session = Some(reply.header("mcp-session-id").to_owned());
    let tool = house.server.catalog();
    let asks = Tool::new("asks", "Asks for a model's text.", |call: Invocation| async move {
        let text = Ctx::from_call(&call.call)?.roots().await?;
        Ok(ToolResult::text(text.len().to_string()))
    });
    tool.set_tool(asks.scope("files:read")).unwrap();
    let session = client.session.clone().unwrap();
    let call =
        Draft::post(request("tools/call", json!({ "name": "asks" }))).header("mcp-session-id", &session);
    let mut stream = Stream::open(&house.router, &call.with(&alice("files:read"))).await;
    let question = next(&mut stream).await.message().unwrap();
    let answer = json!([{ "jsonrpc": "2.0", "id": question["id"], "result": { "roots": [] } }]);
    let answer = Draft::post(answer).header("mcp-session-id", &session);
    lacks(&answer.with(&alice("")).send(&house.router).await, "files:read");
    assert_eq!(answer.with(&alice("files:read")).send(&house.router).await.status, 202);
    assert_eq!(next(&mut stream).await.message().unwrap()["result"]["content"][0]["text"], json!("0"));
}

/// Whoever began it may want it to end because they have no better token any more.
#[tokio::test]
async fn rs_25_a_session_and_its_calls_are_ended_with_any_token_of_theirs() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, alice("files:read")).await;
    let (stream, _) = speaking(&client).await;
    let cancel = client.with(alice("")).request("notifications/cancelled", json!({ "requestId": 1 }));
    assert_eq!(cancel.notification().send(&house.router).await.status, 202);
    house.running.end_at_once(1, "it was cancelled").await;
    drop(stream);
    let delete = Draft::listen(client.session.as_deref().unwrap()).method(Method::DELETE);
    assert_eq!(delete.with(&alice("")).send(&house.router).await.status, 204);
}

/// What a call carries from one round to the next is good for calls, which need what the first one needed.
#[tokio::test]
async fn rs_25_a_round_needs_what_the_first_one_needed() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    let asked = client.ask("tools/call", json!({ "name": "pays" })).await.result();
    let key = asked["inputRequests"].as_object().unwrap().keys().next().unwrap().clone();
    let mut params = json!({ "name": "pays", "inputResponses":
        { key: { "action": "accept", "content": { "answer": true } } } });
    if let Some(state) = asked.get("requestState") {
        params["requestState"] = state.clone();
    }
    lacks(&client.with(alice("files:write")).ask("tools/call", params.clone()).await, "files:read");
    assert_eq!(client.ask("tools/call", params).await.status, 200);
}
