//! Nobody hears of what they may not use: to them it isn't there.

use mcp_tests::wire::{Draft, Stream};
use serde_json::{Value, json};

use super::{
    client::{Client, Line, Way},
    server::House,
    tokens::{Token, alice},
};

/// Everything that there is to listen to.
const URIS: [&str; 7] = [
    "files://readme",
    "secrets://one",
    "files://other",
    "vault://a",
    "skill://guide/SKILL.md",
    "skill://guide/more.md",
    "nothing://a",
];

/// What callers with these scopes may listen to.
const HEARD: [(&str, &[&str]); 4] = [
    ("", &["skill://guide/SKILL.md", "skill://guide/more.md"]),
    ("files:read", &["files://readme", "files://other", "skill://guide/SKILL.md", "skill://guide/more.md"]),
    ("files:admin", &["secrets://one", "vault://a", "skill://guide/SKILL.md", "skill://guide/more.md"]),
    (
        "files:read files:admin",
        &[
            "files://readme",
            "secrets://one",
            "files://other",
            "vault://a",
            "skill://guide/SKILL.md",
            "skill://guide/more.md",
        ],
    ),
];

fn listening(uris: &[&str]) -> Value {
    json!({ "notifications": { "resourceSubscriptions": uris, "resourcesListChanged": true } })
}

/// Opens a subscription, and gives what is acknowledged of it.
async fn listen(client: &Client, params: Value) -> (Stream, Value) {
    let mut stream = client.request("subscriptions/listen", params).open(&client.router).await;
    assert_eq!(stream.status, 200);
    let mut first = stream.next().await.unwrap().message();
    (stream, first["params"]["notifications"]["resourceSubscriptions"].take())
}

#[tokio::test]
async fn rs_22_a_subscription_takes_what_may_be_read_and_leaves_the_rest_out() {
    let house = House::new();
    for (scopes, heard) in HEARD {
        let client = Client::connect(&house, Way::Modern, alice(scopes)).await;
        let (mut stream, acknowledged) = listen(&client, listening(&URIS)).await;
        assert_eq!(acknowledged, json!(heard), "{scopes}");
        for uri in URIS {
            house.server.catalog().resource_updated(uri);
        }
        for uri in heard {
            let told = stream.next().await.unwrap().message();
            assert_eq!(told["params"]["uri"], json!(uri), "{scopes}");
        }
        house.server.catalog().list_changed(mcp_server::List::Resources);
        let told = stream.next().await.unwrap().message();
        assert_eq!(told["method"], json!("notifications/resources/list_changed"), "and nothing between");
    }
}

#[tokio::test]
async fn rs_22_a_stranger_listens_to_what_is_public() {
    let house = House::public();
    let client = Client::connect(&house, Way::Modern, None).await;
    let uris = [&URIS[..], &["open://readme", "open://other"]].concat();
    let (_, acknowledged) = listen(&client, listening(&uris)).await;
    assert_eq!(acknowledged, json!(["open://readme", "open://other"]));
}

#[tokio::test]
async fn rs_22_in_a_session_what_is_hidden_is_as_good_as_unknown() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, alice("")).await;
    for (scopes, heard) in HEARD {
        for uri in URIS {
            let reply = client.with(alice(scopes)).ask("resources/subscribe", json!({ "uri": uri })).await;
            if heard.contains(&uri) {
                assert_eq!(reply.result(), json!({}), "{scopes} {uri}");
            } else {
                let mut error = reply.json()["error"].take();
                assert_eq!((reply.status, error["code"].take()), (200, json!(-32002)), "{scopes} {uri}");
                assert_eq!(error["message"], json!(format!("there is no resource at `{uri}`")));
            }
        }
    }
}

#[tokio::test]
async fn rs_22_on_a_line_of_2024_too() {
    let house = House::new();
    let mut line = Line::open(&house, &alice("")).await;
    for (scopes, heard) in HEARD {
        for uri in URIS {
            let params = json!({ "uri": uri });
            let response = line.ask(&alice(scopes), "resources/subscribe", params).await;
            assert_eq!(response.get("error").is_none(), heard.contains(&uri), "{scopes} {response}");
        }
    }
}

/// Changes of lists say nothing of what has changed.
#[tokio::test]
async fn rs_22_that_a_list_has_changed_is_no_secret() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, alice("")).await;
    let params = json!({ "notifications": { "toolsListChanged": true, "promptsListChanged": true } });
    let mut stream = client.request("subscriptions/listen", params).open(&house.router).await;
    let first = stream.next().await.unwrap().message();
    let acknowledged = json!({ "toolsListChanged": true, "promptsListChanged": true });
    assert_eq!(first["params"]["notifications"], acknowledged);
    house.server.catalog().set_tool(super::server::tool("b", &house.running).scope("files:admin")).unwrap();
    let told = stream.next().await.unwrap().message();
    assert_eq!(told["method"], json!("notifications/tools/list_changed"));
}

async fn create(house: &House, token: Token) -> String {
    let client = Client::connect(house, Way::Modern, token).await;
    let created = client.ask("tools/call", json!({ "name": "counts" })).await.result();
    created["taskId"].as_str().unwrap().to_owned()
}

/// Whose task it is isn't told: it is asked for, and nothing comes.
#[tokio::test]
async fn rs_25_nobody_hears_of_tasks_of_somebody_else() {
    let house = House::new();
    let id = create(&house, alice("files:read")).await;
    let params = json!({ "notifications": { "taskIds": [id, "unknown"], "toolsListChanged": true } });
    let open = async |token: Token| {
        let client = Client::connect(&house, Way::Modern, token).await;
        let draft: Draft = client.request("subscriptions/listen", params.clone());
        let mut stream = draft.open(&house.router).await;
        let first = stream.next().await.unwrap().message();
        assert_eq!(first["params"]["notifications"]["taskIds"], json!([id, "unknown"]));
        stream
    };
    let mut own = open(alice("files:read").serial(1)).await;
    assert_eq!(own.next().await.unwrap().message()["params"]["taskId"], json!(id), "another token is enough");
    for stranger in super::strangers::strangers("files:read") {
        let mut stream = open(stranger).await;
        house.server.catalog().list_changed(mcp_server::List::Tools);
        let told = stream.next().await.unwrap().message();
        assert_eq!(told["method"], json!("notifications/tools/list_changed"), "{told}");
    }
}
