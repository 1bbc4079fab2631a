//! Clients that listen: they hear what they asked for, nothing else, and cost little.

use std::{collections::BTreeSet, time::Duration};

use mcp_server::{Ctx, FromCall, Invocation, List, McpServer, Prompt, Resource, Server, Tool, ToolResult};
use mcp_tests::{
    lines::Lines,
    raw::{Connection, Live, SOON, status},
    sse::{Stream, respond},
    wire::{Draft, LEGACY, Reply, open_session},
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// URIs that are resources here, and some that aren't.
const URIS: [&str; 6] = ["fixed://one", "note://a", "note://b", "note://%C3%A4%20b", "other://a", ""];

fn tool(name: String) -> Tool {
    Tool::new(name, "A tool.", |_: Invocation| async { Ok(ToolResult::text("done")) })
}

fn note(uri: String) -> Resource {
    Resource::new(uri, "note", "A note.", |_: Invocation| async { Ok(Some("text".to_owned())) })
}

fn prompt(name: String) -> Prompt {
    Prompt::new(name, "A prompt.", |_: Invocation| async { Ok("text".to_owned()) })
}

/// Says that something has changed from within a call.
fn says() -> Tool {
    Tool::new("says", "Says that something has changed.", |mut call: Invocation| async move {
        let ctx = Ctx::from_call(&call.call)?;
        match call.argument::<String>("what")?.as_str() {
            "tools" => ctx.notify_list_changed(List::Tools).await,
            "prompts" => ctx.notify_list_changed(List::Prompts).await,
            "resources" => ctx.notify_list_changed(List::Resources).await,
            uri => ctx.notify_resource_updated(uri).await,
        }
        Ok(ToolResult::text("said"))
    })
    .input_schema(json!({"type": "object", "properties": {"what": {"type": "string"}}}))
}

fn described() -> McpServer {
    let server = McpServer::new("subscriptions").tool(says()).prompt(prompt("p".to_owned()));
    server.resource(note("fixed://one".to_owned())).resource(note("note://{id}".to_owned()))
}

fn server() -> Server {
    described().build().unwrap()
}

fn listen(id: impl Into<Value>, notifications: Value) -> Draft {
    Draft::modern("subscriptions/listen", json!({ "notifications": notifications })).id(id)
}

fn everything() -> Value {
    json!({ "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
        "resourceSubscriptions": ["note://a", "note://b"] })
}

fn acknowledged(id: impl Into<Value>, notifications: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": {
        "_meta": { SUBSCRIPTION: id.into() }, "notifications": notifications } })
}

fn ended(id: impl Into<Value>) -> Value {
    let id = id.into();
    let server = json!({ "name": "subscriptions", "version": "0.0.0" });
    let meta = json!({ SUBSCRIPTION: id, "io.modelcontextprotocol/serverInfo": server });
    json!({ "jsonrpc": "2.0", "id": id, "result": { "resultType": "complete", "_meta": meta } })
}

/// A change, and how it comes about.
#[derive(Debug, Clone)]
enum Change {
    SetTool(u8),
    RemoveTool(u8),
    SetPrompt(u8),
    RemovePrompt(u8),
    SetResource(u8),
    RemoveResource(u8),
    Updated(&'static str),
    /// From within a call.
    Said(&'static str),
}

impl Change {
    /// Makes it, and says what a listener is told if it wants to know.
    async fn make(&self, server: &Server) -> Option<(&'static str, Option<&'static str>)> {
        let catalog = server.catalog();
        let (tools, prompts, resources) = (("tools", None), ("prompts", None), ("resources", None));
        match self {
            Self::SetTool(n) => {
                catalog.set_tool(tool(format!("t{n}"))).unwrap();
                Some(tools)
            }
            Self::RemoveTool(n) => catalog.remove_tool(&format!("t{n}")).then_some(tools),
            Self::SetPrompt(n) => {
                catalog.set_prompt(prompt(format!("q{n}"))).unwrap();
                Some(prompts)
            }
            Self::RemovePrompt(n) => catalog.remove_prompt(&format!("q{n}")).then_some(prompts),
            Self::SetResource(n) => {
                catalog.set_resource(note(format!("more://{n}"))).unwrap();
                Some(resources)
            }
            Self::RemoveResource(n) => catalog.remove_resource(&format!("more://{n}")).then_some(resources),
            Self::Updated(uri) => {
                catalog.resource_updated(uri);
                Some(("updated", Some(uri)))
            }
            Self::Said(what) => {
                let reply = Draft::call("says", json!({ "what": what })).send(&server.router()).await;
                assert_eq!(reply.text(), "said");
                Some(match *what {
                    "tools" => tools,
                    "prompts" => prompts,
                    "resources" => resources,
                    uri => ("updated", Some(uri)),
                })
            }
        }
    }
}

#[derive(Debug, Clone)]
struct Filter {
    tools: Option<bool>,
    prompts: Option<bool>,
    resources: Option<bool>,
    uris: Option<Vec<&'static str>>,
}

impl Filter {
    fn asked(&self) -> Value {
        let mut asked = json!({});
        for (name, flag) in [
            ("toolsListChanged", self.tools),
            ("promptsListChanged", self.prompts),
            ("resourcesListChanged", self.resources),
        ] {
            if let Some(flag) = flag {
                asked[name] = flag.into();
            }
        }
        if let Some(uris) = &self.uris {
            asked["resourceSubscriptions"] = json!(uris);
        }
        asked
    }

    fn known(&self) -> Vec<&'static str> {
        let known = |uri: &&str| uri.starts_with("note://") || uri.starts_with("fixed://");
        self.uris.iter().flatten().copied().filter(known).collect()
    }

    /// What the server agrees to.
    fn agreed(&self) -> Value {
        let mut agreed = self.asked();
        agreed.as_object_mut().unwrap().retain(|_, value| *value == json!(true));
        if !self.known().is_empty() {
            agreed["resourceSubscriptions"] = json!(self.known());
        }
        agreed
    }

    fn wants(&self, (kind, uri): (&str, Option<&str>)) -> bool {
        match (kind, uri) {
            ("tools", _) => self.tools == Some(true),
            ("prompts", _) => self.prompts == Some(true),
            ("resources", _) => self.resources == Some(true),
            (_, uri) => self.known().iter().any(|known| Some(*known) == uri),
        }
    }
}

struct Listener {
    id: Value,
    filter: Filter,
    eager: bool,
    stream: Stream,
    expected: Vec<Value>,
    heard: Vec<Value>,
}

impl Listener {
    fn expect(&mut self, change: (&str, Option<&str>)) {
        if !self.filter.wants(change) {
            return;
        }
        let mut params = json!({ "_meta": { SUBSCRIPTION: self.id } });
        let method = match change {
            ("updated", Some(uri)) => {
                params["uri"] = uri.into();
                "notifications/resources/updated".to_owned()
            }
            (list, _) => format!("notifications/{list}/list_changed"),
        };
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        // What isn't read yet is told once.
        if self.eager || !self.expected.contains(&message) {
            self.expected.push(message);
        }
    }

    async fn hear(&mut self) {
        while let Ok(Some(event)) = timeout(Duration::from_millis(1), self.stream.next()).await {
            assert_eq!((&event.id, &event.name, event.retry), (&None, &None, None));
            self.heard.extend(event.message());
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let what = select(vec!["tools", "prompts", "resources", "note://a", "note://b", "other://a"]);
    prop_oneof![
        (0_u8..3).prop_map(Change::SetTool),
        (0_u8..3).prop_map(Change::RemoveTool),
        (0_u8..3).prop_map(Change::SetPrompt),
        (0_u8..3).prop_map(Change::RemovePrompt),
        (0_u8..3).prop_map(Change::SetResource),
        (0_u8..3).prop_map(Change::RemoveResource),
        select(URIS.to_vec()).prop_map(Change::Updated),
        what.prop_map(Change::Said),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let flag = || option::of(any::<bool>());
    let uris = option::of(subsequence(URIS.to_vec(), 0..=URIS.len()));
    (flag(), flag(), flag(), uris).prop_map(|(tools, prompts, resources, uris)| Filter {
        tools,
        prompts,
        resources,
        uris,
    })
}

fn id() -> impl Strategy<Value = Value> {
    select(vec![json!(1), json!(0), json!(-7), json!("1"), json!(""), json!("ö\"\\\n"), json!(u64::MAX)])
}

async fn everybody_hears(listeners: Vec<(Value, Filter, bool)>, changes: Vec<Change>) {
    let server = server();
    let router = server.router();
    let mut all = Vec::new();
    for (id, filter, eager) in listeners {
        let mut stream = Stream::open(&router, &listen(id.clone(), filter.asked())).await;
        assert_eq!(stream.headers["x-accel-buffering"], "no");
        if eager {
            assert_eq!(stream.message().await, acknowledged(id.clone(), filter.agreed()));
        }
        all.push(Listener { id, filter, eager, stream, expected: Vec::new(), heard: Vec::new() });
    }
    for change in changes {
        let Some(told) = change.make(&server).await else { continue };
        for listener in &mut all {
            listener.expect(told);
            if listener.eager {
                listener.hear().await;
            }
        }
    }
    for listener in &mut all {
        if !listener.eager {
            let acknowledged = acknowledged(listener.id.clone(), listener.filter.agreed());
            assert_eq!(
                listener.stream.message().await,
                acknowledged,
                "it comes first however late it is read"
            );
        }
        listener.hear().await;
        assert_eq!(listener.heard, listener.expected, "{:?}", listener.filter);
    }
    server.stop();
    for listener in &mut all {
        let rest = listener.stream.rest().await;
        let messages: Vec<_> = rest.iter().filter_map(mcp_tests::sse::Event::message).collect();
        assert_eq!(messages, [ended(listener.id.clone())]);
    }
}

#[test]
fn listeners_hear_what_they_asked_for_and_nothing_else() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let listeners = vec((id(), filter(), any::<bool>()), 1..6);
    TestRunner::new_with_rng(config, rng)
        .run(&(listeners, vec(change(), 0..25)), |(listeners, changes)| {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().start_paused(true).build().unwrap();
            runtime.block_on(everybody_hears(listeners, changes));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn kinds_that_a_server_has_not_are_left_out_of_the_acknowledgment() {
    let router = McpServer::new("bare").tool(says()).build().unwrap().router();
    let mut stream = Stream::open(&router, &listen(1, everything())).await;
    assert_eq!(stream.message().await, acknowledged(1, json!({ "toolsListChanged": true })));
    let later = McpServer::new("later").tool(says()).offers_later([List::Prompts, List::Resources]);
    let server = later.build().unwrap();
    let mut stream = Stream::open(&server.router(), &listen(1, everything())).await;
    let agreed =
        json!({ "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true });
    assert_eq!(stream.message().await, acknowledged(1, agreed));
    server.catalog().set_resource(note("note://{id}".to_owned())).unwrap();
    assert_eq!(stream.message().await["method"], json!("notifications/resources/list_changed"));
}

#[tokio::test]
async fn a_filter_of_another_shape_is_an_error() {
    let router = server().router();
    for notifications in [
        json!(null),
        json!([]),
        json!("tools"),
        json!({ "toolsListChanged": 1 }),
        json!({ "promptsListChanged": "true" }),
        json!({ "resourcesListChanged": null }),
        json!({ "resourceSubscriptions": "note://a" }),
        json!({ "resourceSubscriptions": [1] }),
        json!({ "resourceSubscriptions": vec!["note://a"; 1_001] }),
    ] {
        let reply = listen(1, notifications.clone()).send(&router).await;
        assert_eq!(reply.code(), -32602, "{notifications}");
    }
    let reply = Draft::modern("subscriptions/listen", json!({})).send(&router).await;
    assert_eq!(reply.code(), -32602);
    let session = open_session(&router, LEGACY).await;
    let old = Draft::legacy(&session, "subscriptions/listen", json!({ "notifications": {} }));
    assert_eq!(old.send(&router).await.code(), -32601);
}

#[tokio::test]
async fn a_uri_that_is_asked_for_twice_is_told_of_once() {
    let server = server();
    let uris = json!({ "resourceSubscriptions": ["note://a", "note://a"], "unknown": true });
    let mut stream = Stream::open(&server.router(), &listen(1, uris)).await;
    let agreed = json!({ "resourceSubscriptions": ["note://a"] });
    assert_eq!(stream.message().await, acknowledged(1, agreed));
    server.catalog().resource_updated("note://a");
    server.catalog().resource_updated("note://b");
    server.catalog().resource_updated("note://a");
    server.stop();
    assert_eq!(
        stream.message().await["result"]["resultType"],
        json!("complete"),
        "what has changed is old now"
    );
}

/// Places are counted from the request on, and come back.
#[tokio::test]
async fn tr_12_subscriptions_are_capped() {
    let server = described().max_subscriptions(3, 1).build().unwrap();
    let router = server.router();
    let mut open = Vec::new();
    for id in 0..3 {
        open.push(Stream::open(&router, &listen(id, json!({}))).await);
    }
    for _ in 0..3 {
        let reply = listen(4, everything()).send(&router).await;
        assert_eq!(
            (reply.status, reply.code(), reply.header("retry-after")),
            (429, -32023, "5"),
            "{reply:?}"
        );
        assert_eq!(reply.json()["error"]["data"]["retryAfterMs"], 5_000);
        assert!(reply.json()["error"]["message"].as_str().unwrap().contains("subscriptions"), "{reply:?}");
    }
    open.pop();
    let mut stream = Stream::open(&router, &listen("again", json!({}))).await;
    assert_eq!(stream.message().await, acknowledged("again", json!({})));
    server.stop();
    for mut stream in open {
        stream.rest().await;
    }
}

/// A template takes URIs of any length, so their number alone bounds nothing.
#[tokio::test]
async fn tr_12_the_uris_of_one_client_are_capped_in_bytes() {
    let server = server();
    let router = server.router();
    let uri = |n: usize| format!("note://{n:02}{}", "x".repeat(8_000));
    let uris: Vec<_> = (0..17).map(uri).collect();
    let refused = listen(1, json!({ "resourceSubscriptions": uris })).send(&router).await;
    assert!(refused.json()["error"]["message"].as_str().unwrap().contains("131072 bytes"), "{refused:?}");

    let id = open_session(&router, LEGACY).await;
    let ask = async |method: &str, n: usize| {
        Draft::legacy(&id, method, json!({ "uri": uri(n) })).send(&router).await
    };
    for n in 0..16 {
        assert_eq!(ask("resources/subscribe", n).await.result(), json!({}));
    }
    let refused = ask("resources/subscribe", 16).await;
    assert!(refused.json()["error"]["message"].as_str().unwrap().contains("131072 bytes"), "{refused:?}");
    assert_eq!(ask("resources/unsubscribe", 0).await.result(), json!({}));
    assert_eq!(ask("resources/subscribe", 16).await.result(), json!({}), "there is room again");
}

#[tokio::test]
async fn a_server_that_is_stopped_ends_what_listens_and_what_begins_to() {
    let server = described().shutdown_grace(Duration::from_secs(5)).build().unwrap();
    let session = open_session(&server.router(), LEGACY).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = std::sync::Arc::new(Notify::new());
    let (stopped, clone) = (std::sync::Arc::clone(&stop), server.clone());
    let serving = tokio::spawn(async move { clone.serve_until(listener, stopped.notified()).await });
    let (mut modern, mut legacy) = (Connection::to(address).await, Connection::to(address).await);
    modern.send(&listen("s", everything())).await;
    modern.read_until(|text| text.contains("acknowledged")).await;
    legacy.send(&Draft::listen(&session)).await;
    legacy.read_until(|text| text.contains("id: 0-0")).await;
    stop.notify_one();
    let rest = modern.read_until(|text| text.contains("\r\n0\r\n\r\n")).await;
    assert!(rest.contains("\"id\":\"s\"") && rest.contains("complete"), "{rest}");
    let rest = legacy.read_until(|text| text.contains("0\r\n\r\n")).await;
    assert!(!rest.contains("data"), "{rest}");
    timeout(Duration::from_secs(2), serving).await.expect("nobody keeps it").unwrap().unwrap();
    let mut late = Stream::open(&server.router(), &listen(9, json!({}))).await;
    let messages: Vec<_> = late.rest().await.iter().filter_map(mcp_tests::sse::Event::message).collect();
    assert_eq!(messages, [acknowledged(9, json!({})), ended(9)]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_subscription_is_kept_alive_by_comments() {
    let server = server();
    let mut stream = Stream::open(&server.router(), &listen(1, everything())).await;
    stream.soon().await;
    assert!(timeout(Duration::from_secs(61), stream.next()).await.is_err(), "nothing is said");
    assert_eq!(stream.comments(), 4, "one each 15 s");
    server.catalog().list_changed(List::Tools);
    assert_eq!(stream.message().await["method"], json!("notifications/tools/list_changed"));
    assert!(timeout(Duration::from_secs(14), stream.next()).await.is_err());
    assert_eq!(stream.comments(), 4, "what is said counts too");
}

/// The memory of this process, in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

#[tokio::test]
async fn tr_12_a_listener_that_reads_nothing_costs_no_more_than_what_it_asked_for() {
    let server = server();
    let uris: Vec<String> = (0..1_000).map(|n| format!("note://{n}")).collect();
    let asked = json!({ "toolsListChanged": true, "resourceSubscriptions": uris });
    let mut stream = Stream::open(&server.router(), &listen(1, asked)).await;
    stream.soon().await;
    let publish = |from: usize| {
        for n in from..from + 100_000 {
            server.catalog().resource_updated(&format!("note://{}", n % 5_000));
            server.catalog().list_changed(List::Tools);
        }
    };
    publish(0);
    let before = resident();
    publish(100_000);
    let grown = resident().saturating_sub(before);
    assert!(grown < 16 * 1024, "it has grown by {grown} KiB");
    let mut heard = BTreeSet::new();
    while let Ok(Some(event)) = timeout(Duration::from_millis(50), stream.next()).await {
        assert!(heard.insert(event.data.unwrap()), "each once");
    }
    assert_eq!(heard.len(), 1_001);
}

#[tokio::test]
async fn tr_12_a_listener_that_does_not_read_its_socket_is_cut() {
    let server =
        described().max_subscriptions(1, 1).write_timeout(Duration::from_millis(300)).build().unwrap();
    let live = Live::start(server.clone()).await;
    let uris: Vec<String> = (0..1_000).map(|n| format!("note://{n}{}", "x".repeat(100))).collect();
    let asked = json!({ "resourceSubscriptions": uris });
    let mut deaf = live.connect().await;
    deaf.send(&listen(1, asked)).await;
    deaf.read_until(|text| text.contains("acknowledged")).await;
    let second = listen(2, json!({}));
    let cut = async {
        loop {
            for uri in &uris {
                server.catalog().resource_updated(uri);
            }
            sleep(Duration::from_millis(10)).await;
            let response = respond(&server.router(), &second).await;
            if response.headers()["content-type"] == "text/event-stream" {
                return;
            }
            assert_eq!(Reply::read(response).await.code(), -32023);
        }
    };
    timeout(SOON, cut).await.expect("its place is free again");
    drop(deaf);
}

#[tokio::test]
async fn a_listener_that_leaves_gives_its_place_back() {
    let live = Live::start(described().max_subscriptions(1, 1).build().unwrap()).await;
    for id in 0..20 {
        let mut connection = live.connect().await;
        let heard = async {
            loop {
                connection.send(&listen(id, everything())).await;
                let text = connection.read_until(|text| text.contains("jsonrpc")).await;
                assert_eq!(status(&text), 200);
                if text.contains("acknowledged") {
                    return;
                }
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(SOON, heard).await.expect("the one before has left");
    }
}

#[tokio::test]
async fn a_session_is_told_of_lists_and_of_what_it_subscribed_to() {
    let server = server();
    let router = server.router();
    let id = open_session(&router, LEGACY).await;
    let ask =
        async |method: &str, uri: &str| Draft::legacy(&id, method, json!({ "uri": uri })).send(&router).await;
    assert_eq!(ask("resources/subscribe", "other://a").await.code(), -32002, "there is no such resource");
    for uri in ["note://a", "note://b", "note://a"] {
        assert_eq!(ask("resources/subscribe", uri).await.result(), json!({}));
    }
    assert_eq!(ask("resources/unsubscribe", "note://b").await.result(), json!({}));
    assert_eq!(ask("resources/unsubscribe", "note://never").await.result(), json!({}));
    // Nobody reads yet: it is told as soon as somebody does.
    for uri in ["note://b", "note://a", "other://a", "note://a"] {
        server.catalog().resource_updated(uri);
    }
    server.catalog().set_tool(tool("new".to_owned())).unwrap();
    let mut own = Stream::open(&router, &Draft::listen(&id)).await;
    let updated = own.message().await;
    assert_eq!(updated["params"], json!({ "uri": "note://a" }), "without an id of a subscription");
    assert_eq!(own.message().await["method"], json!("notifications/tools/list_changed"));
    server.catalog().set_prompt(prompt("new".to_owned())).unwrap();
    assert_eq!(own.message().await["method"], json!("notifications/prompts/list_changed"));
    server.catalog().set_resource(note("more://a".to_owned())).unwrap();
    assert_eq!(own.message().await["method"], json!("notifications/resources/list_changed"));
    assert_eq!(ask("resources/unsubscribe", "note://a").await.result(), json!({}));
    server.catalog().resource_updated("note://a");
    assert!(timeout(Duration::from_millis(50), own.next()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn subscriptions_over_lines_share_the_connection() {
    let server = server();
    let mut lines = Lines::start(&server);
    let ids = [json!(1), json!("1"), json!("x")];
    for id in &ids {
        lines.send(&listen(id.clone(), json!({ "toolsListChanged": true })).body).await;
        let agreed = json!({ "toolsListChanged": true });
        assert_eq!(lines.next().await, acknowledged(id.clone(), agreed));
    }
    server.catalog().list_changed(List::Tools);
    let mut told = Vec::new();
    for _ in &ids {
        told.push(lines.next().await["params"]["_meta"][SUBSCRIPTION].clone());
    }
    assert!(ids.iter().all(|id| told.contains(id)), "{told:?}");
    lines.cancel("1").await;
    sleep(Duration::from_millis(20)).await;
    server.catalog().list_changed(List::Tools);
    for _ in 0..2 {
        assert_ne!(lines.next().await["params"]["_meta"][SUBSCRIPTION], json!("1"));
    }
    assert!(lines.is_silent(Duration::from_millis(50)).await, "no answer to what was cancelled");
    server.stop();
    let rest = lines.rest().await;
    assert_eq!(rest.len(), 2);
    for id in [json!(1), json!("x")] {
        assert!(rest.contains(&ended(id.clone())), "{id}: {rest:?}");
    }
}
