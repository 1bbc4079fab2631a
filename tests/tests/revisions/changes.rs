//! What changes while a client listens, and how it hears of it.

use mcp_server::Server;
use mcp_tests::{
    client::{Client, Heard, Listening},
    wire::MODERN,
};
use serde_json::{Value, json};

use super::server;

const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// Has everything change that can, and gives what was heard of it. The server is stopped in the end.
pub(crate) async fn heard(client: &Client, server: &Server) -> Value {
    let modern = client.revision() == MODERN;
    let mut seen = json!({});
    // What nobody has asked for isn't told.
    let mut wanted = json!({ "toolsListChanged": true });
    let mut listening = client.listen(wanted.clone()).await;
    first(&mut listening, wanted, &mut seen).await;
    server.catalog().resource_updated("a://text");
    if modern {
        server.catalog().set_prompt(server::plain_prompt("later".to_owned())).expect("a prompt");
    }
    server.catalog().set_tool(server::plain_tool("later")).expect("a tool");
    expect(&mut listening, "notifications/tools/list_changed", &mut seen).await;
    assert_eq!(client.call("later").await.result()["content"][0]["text"], "plain");
    assert!(server.catalog().remove_tool("later"));
    expect(&mut listening, "notifications/tools/list_changed", &mut seen).await;
    drop(listening);

    wanted = json!({
        "toolsListChanged": true,
        "promptsListChanged": true,
        "resourcesListChanged": true,
        "resourceSubscriptions": ["a://text", "a://nowhere"],
    });
    subscribe(client, "resources/subscribe").await;
    let mut listening = client.listen(wanted.clone()).await;
    // There is no such resource.
    wanted["resourceSubscriptions"] = json!(["a://text"]);
    first(&mut listening, wanted, &mut seen).await;
    server.catalog().set_prompt(server::plain_prompt("last".to_owned())).expect("a prompt");
    expect(&mut listening, "notifications/prompts/list_changed", &mut seen).await;
    server.catalog().set_resource(server::plain_resource("c://last".to_owned())).expect("a resource");
    expect(&mut listening, "notifications/resources/list_changed", &mut seen).await;
    server.catalog().set_resource(server::plain_resource("c9://{id}".to_owned())).expect("a template");
    expect(&mut listening, "notifications/resources/list_changed", &mut seen).await;
    server.catalog().resource_updated("a://blob"); // nobody subscribed to it
    server.catalog().resource_updated("a://text");
    expect(&mut listening, "notifications/resources/updated", &mut seen).await;
    // A function says it too, and what it says is no part of its own answer.
    let said = client.call("touch").await;
    assert!(said.before.is_empty(), "{}: {said:?}", client.revision());
    expect(&mut listening, "notifications/resources/updated", &mut seen).await;
    let last = expect(&mut listening, "notifications/prompts/list_changed", &mut seen).await;
    seen["resumable"] = last.event.is_some().into();
    subscribe(client, "resources/unsubscribe").await;
    if !modern {
        server.catalog().resource_updated("a://text");
        server.catalog().list_changed(mcp_server::List::Tools);
        expect(&mut listening, "notifications/tools/list_changed", &mut seen).await;
    }
    server.stop();
    let rest = listening.rest().await;
    assert_eq!(rest.len(), usize::from(modern), "{}: {rest:?}", client.revision());
    seen["end"] = json!(if modern { "a result, then the stream ends" } else { "the stream ends" });
    assert!(rest.iter().all(|response| response["result"]["_meta"][SUBSCRIPTION] == 1), "{rest:?}");
    seen
}

/// What a stream begins with, before anything has changed: what is heard on it, or where to take it up again.
async fn first(listening: &mut Listening<'_>, heard: Value, seen: &mut Value) {
    match listening.client().revision() {
        MODERN => {
            let first = listening.next().await.message;
            assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
            assert_eq!(first["params"], json!({ "notifications": heard, "_meta": { SUBSCRIPTION: 1 } }));
            seen["acknowledged"] = json!("`subscriptions/acknowledged`");
        }
        "2025-11-25" => {
            let first = listening.event().await.expect("an event");
            assert!(first.id.is_some() && first.data.is_empty(), "{first:?}");
            seen["primed"] = true.into();
        }
        _ => {}
    }
}

/// The next message is this notification, and of the subscription where there are any.
async fn expect(listening: &mut Listening<'_>, method: &str, seen: &mut Value) -> Heard {
    let heard = listening.next().await;
    let revision = listening.client().revision();
    assert_eq!(heard.message["method"], method, "{revision}: {}", heard.message);
    let subscription = heard.message["params"]["_meta"].get(SUBSCRIPTION);
    assert_eq!(subscription, (revision == MODERN).then_some(&json!(1)), "{revision}: {}", heard.message);
    seen[method] = heard.message["params"].clone();
    heard
}

/// Says which resource matters, where that is a request of its own.
async fn subscribe(client: &Client, method: &str) {
    if client.specification().client_methods().contains(method) {
        assert_eq!(client.ask(method, json!({ "uri": "a://text" })).await.result(), json!({}));
    }
}
