//! Resources, prompts, completions, and the methods of an object, as clients of both eras see them.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::Router;
use mcp_server::{Completion, McpServer, Offers, PromptResult, Provider, Tool, prelude::*};
use mcp_tests::wire::{Draft, LEGACY, MODERN, Reply, open_session};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is on today.
#[mcp_resource(
    "notes://today",
    title = "Today",
    mime = "text/markdown",
    size = 4,
    annotations(audience = ["user", "assistant"], priority = 0.5, last_modified = "2025-01-12T15:00:58Z"),
    ttl = "60s",
    cache = "public",
    icon = "https://example.com/i.png",
    meta = r#"{"a": 1}"#
)]
async fn today() -> &'static str {
    "Swim"
}

/// A note, by its number.
#[mcp_resource("notes://{id}", mime = "text/plain")]
fn note(#[arg(max = 100, complete = ids)] id: u8, shelf: State<Shelf>) -> Option<String> {
    shelf.0.get(&id).map(|text| (*text).to_owned())
}

/// Notes with a word in them.
#[mcp_resource("notes://all{?word,limit}")]
async fn search(
    word: Option<String>,
    #[arg(default = 2, min = 1)] limit: usize,
    shelf: State<Shelf>,
) -> Vec<ResourceContents> {
    let found = shelf.0.iter().filter(|(_, text)| word.as_ref().is_none_or(|word| text.contains(&**word)));
    found.take(limit).map(|(id, text)| ResourceContents::text(*text).uri(format!("notes://{id}"))).collect()
}

/// A file by its path.
#[mcp_resource("file:///{+path}", name = "file")]
fn whole(path: String) -> Result<Option<ResourceContents>, ToolError> {
    match path.as_str() {
        "secret" => Err(ToolError::tell("that one is locked")),
        "broken" => Err(std::io::Error::other("sector 7"))?,
        "gone" => Err(ToolError::not_found()),
        path => Ok(Some(ResourceContents::text(path).mime_type("text/x-path"))),
    }
}

/// A file by the segments of its path.
#[mcp_resource("tree://{/path*}", blocking)]
fn tree(path: Vec<String>) -> Vec<u8> {
    path.join("|").into_bytes()
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Language {
    Rust,
    Perl,
}

/// Code in a language.
#[mcp_resource("code://{language}/{urgent}")]
fn code(language: Language, urgent: bool) -> String {
    format!("{language:?} {urgent}")
}

struct Shelf(BTreeMap<u8, &'static str>);

fn ids(typed: Completing) -> Vec<String> {
    (0..200).map(|id: u8| id.to_string()).filter(|id| id.starts_with(&typed.value)).collect()
}

/// Review some code.
#[mcp_prompt(title = "Review")]
fn review(
    /// The code
    code: String,
    /// How strictly
    #[arg(min = 1, max = 5)]
    level: Option<u8>,
    #[arg(default = "rust", complete = languages, rename = "language")] lang: Language,
    _ctx: Ctx,
) -> Vec<PromptMessage> {
    let question = format!("Review this {lang:?} at {level:?}: {code}");
    vec![PromptMessage::user(Content::text(question)), PromptMessage::assistant(Content::text("Well."))]
}

async fn languages(typed: Completing) -> Completion {
    tokio::task::yield_now().await;
    let of = typed.arguments.get("code").map_or("nothing", String::as_str);
    Completion::new([format!("{}…", typed.value), of.to_owned()])
}

/// Say hello.
#[mcp_prompt]
async fn hello() -> Result<PromptResult, ToolError> {
    Ok(PromptResult::new([PromptMessage::user(Content::text("Hello"))]).description("A greeting."))
}

/// Fail.
#[mcp_prompt]
fn fail(how: String) -> Result<String, ToolError> {
    match how.as_str() {
        "told" => Err(ToolError::tell("not today")),
        _ => Err(std::io::Error::other("password is 1234"))?,
    }
}

#[mcp_completion(prompt = "review", arg = "code")]
async fn snippets(typed: String, language: Option<Language>, shelf: State<Shelf>) -> Vec<String> {
    vec![format!("{typed} {language:?} {}", shelf.0.len())]
}

#[mcp_completion(resource = "notes://all{?word,limit}", arg = "word")]
fn words(#[arg(rename = "typed")] text: String, limit: Option<u8>) -> Result<Vec<&'static str>, ToolError> {
    match (text.as_str(), limit) {
        ("boom", _) => Err(ToolError::tell("no words")),
        (_, Some(1)) => Ok(vec!["swim"]),
        _ => Ok(vec!["swim", "sleep"]),
    }
}

/// Counts its calls.
#[derive(Default)]
struct Counter {
    calls: AtomicUsize,
    log: Mutex<Vec<String>>,
    start: usize,
}

#[mcp_tools]
impl Counter {
    const STEP: usize = { 1 };

    fn next(&self) -> usize {
        self.start + self.calls.fetch_add(Self::STEP, Ordering::Relaxed) + Self::STEP
    }

    /// Count at once.
    #[mcp_tool(name = "counter.count")]
    fn count(&self) -> usize {
        self.next()
    }

    /// Count in a while.
    #[mcp_tool(name = "counter.later")]
    async fn later(&self, text: String, _ctx: Ctx) -> Result<String, ToolError> {
        self.log.lock().unwrap().push(text);
        tokio::task::yield_now().await;
        Ok(format!("{} {}", self.next(), self.log.lock().unwrap().join(",")))
    }

    /// Count where it may block.
    #[mcp_tool(name = "counter.elsewhere", blocking)]
    fn elsewhere(&self, mut by: usize) -> usize {
        by *= 10;
        self.next() + by
    }

    /// A line of the log.
    #[mcp_resource("log://{line}")]
    fn line(&self, #[arg(complete = Self::lines)] line: usize) -> Option<String> {
        self.log.lock().unwrap().get(line).cloned()
    }

    fn lines(_: Completing) -> Vec<&'static str> {
        vec!["0", "1"]
    }

    /// The log as a prompt.
    #[mcp_prompt(name = "counter.summary")]
    async fn summary(&self, tone: Option<String>) -> String {
        format!("{} {tone:?}", self.next())
    }

    #[mcp_completion(prompt = "counter.summary", arg = "tone")]
    fn tones(&self, typed: String) -> Vec<String> {
        vec![format!("{typed}{}", self.next())]
    }

    /// Isn't compiled.
    #[mcp_tool]
    #[cfg(any())]
    fn absent(&self, missing: Missing) {}
}

fn server() -> McpServer {
    let shelf = Shelf([(1, "Swim"), (2, "Sleep and swim"), (3, "swim on")].into());
    McpServer::new("offers").state(shelf)
}

/// A client of one of the eras.
struct Client {
    router: Router,
    /// In the legacy era.
    session: Option<String>,
}

impl Client {
    async fn of(revision: &str, server: McpServer) -> Self {
        let router = server.build().unwrap().router();
        let session = if revision == MODERN { None } else { Some(open_session(&router, revision).await) };
        Self { router, session }
    }

    /// One of each era.
    async fn each() -> [Self; 2] {
        [Self::of(MODERN, server()).await, Self::of(LEGACY, server()).await]
    }

    async fn ask(&self, method: &str, params: Value) -> Reply {
        let draft = match &self.session {
            None => Draft::modern(method, params),
            Some(session) => Draft::legacy(session, method, params),
        };
        draft.send(&self.router).await
    }

    async fn read(&self, uri: &str) -> Reply {
        self.ask("resources/read", json!({ "uri": uri })).await
    }

    /// The contents at a URI.
    async fn contents(&self, uri: &str) -> Value {
        self.read(uri).await.result()["contents"].clone()
    }

    async fn get(&self, prompt: &str, arguments: Value) -> Reply {
        self.ask("prompts/get", json!({ "name": prompt, "arguments": arguments })).await
    }

    async fn complete(&self, of: Value, argument: &str, typed: &str, known: Value) -> Reply {
        let argument = json!({ "name": argument, "value": typed });
        self.ask(
            "completion/complete",
            json!({ "ref": of, "argument": argument, "context": { "arguments": known } }),
        )
        .await
    }

    async fn suggested(&self, of: Value, argument: &str, typed: &str, known: Value) -> Value {
        self.complete(of, argument, typed, known).await.result()["completion"]["values"].clone()
    }

    /// There is no such resource, which each era says by a code of its own.
    async fn is_not_there(&self, uri: &str) {
        let reply = self.read(uri).await;
        let code = if self.session.is_some() { -32002 } else { -32602 };
        assert_eq!(reply.code(), code, "{uri}");
        assert_eq!(reply.json()["error"]["data"]["uri"], uri);
    }
}

fn prompt(name: &str) -> Value {
    json!({ "type": "ref/prompt", "name": name })
}

fn template(uri: &str) -> Value {
    json!({ "type": "ref/resource", "uri": uri })
}

fn named<'l>(list: &'l Value, key: &str, value: &str) -> &'l Value {
    let entries = list.as_array().unwrap();
    entries.iter().find(|entry| entry[key] == value).unwrap_or_else(|| panic!("no {value} in {list}"))
}

#[tokio::test]
async fn everything_that_is_said_of_a_resource_is_listed() {
    for client in Client::each().await {
        let listed = client.ask("resources/list", json!({})).await.result();
        assert_eq!(
            *named(&listed["resources"], "uri", "notes://today"),
            json!({
                "uri": "notes://today",
                "name": "today",
                "title": "Today",
                "description": "What is on today.",
                "mimeType": "text/markdown",
                "size": 4,
                "annotations": {
                    "audience": ["user", "assistant"],
                    "priority": 0.5,
                    "lastModified": "2025-01-12T15:00:58Z",
                },
                "icons": [{ "src": "https://example.com/i.png" }],
                "_meta": { "a": 1 },
            })
        );
        let listed = client.ask("resources/templates/list", json!({})).await.result();
        let note = named(&listed["resourceTemplates"], "uriTemplate", "notes://{id}");
        assert_eq!(
            *note,
            json!({
                "uriTemplate": "notes://{id}",
                "name": "note",
                "description": "A note, by its number.",
                "mimeType": "text/plain",
            })
        );
    }
}

#[tokio::test]
async fn a_fixed_resource_is_read_and_may_be_kept() {
    for client in Client::each().await {
        let result = client.read("notes://today").await.result();
        let contents = json!([{ "uri": "notes://today", "mimeType": "text/markdown", "text": "Swim" }]);
        assert_eq!(result["contents"], contents);
        let kept = (&result["ttlMs"], &result["cacheScope"]);
        match client.session {
            None => assert_eq!(kept, (&json!(60_000), &json!("public"))),
            Some(_) => assert_eq!(kept, (&Value::Null, &Value::Null)),
        }
    }
}

#[tokio::test]
async fn a_variable_is_read_as_its_type() {
    for client in Client::each().await {
        let contents = json!([{ "uri": "notes://2", "mimeType": "text/plain", "text": "Sleep and swim" }]);
        assert_eq!(client.contents("notes://2").await, contents);
        assert_eq!(client.contents("code://perl/true").await[0]["text"], "Perl true");
    }
}

#[tokio::test]
async fn what_no_function_knows_is_not_there() {
    for client in Client::each().await {
        client.is_not_there("notes://9").await; // `None`
        client.is_not_there("notes://nine").await; // no number
        client.is_not_there("notes://101").await; // more than `max`
        client.is_not_there("notes://300").await; // more than a `u8`
        client.is_not_there("code://cobol/true").await; // none of the words
        client.is_not_there("code://rust/yes").await; // no boolean
        client.is_not_there("file:///gone").await; // by `ToolError::not_found`
        client.is_not_there("other://1").await; // no template
        client.is_not_there("notes://all?wrod=x").await; // no variable
    }
}

#[tokio::test]
async fn a_query_may_be_missing_and_has_defaults() {
    for client in Client::each().await {
        let uris = async |uri: &str| {
            let contents = client.contents(uri).await;
            let uris = contents.as_array().unwrap().iter().map(|one| one["uri"].as_str().unwrap().to_owned());
            uris.collect::<Vec<_>>()
        };
        assert_eq!(uris("notes://all").await, ["notes://1", "notes://2"]);
        assert_eq!(uris("notes://all?limit=3").await.len(), 3);
        assert_eq!(uris("notes://all?word=Sleep%20and&limit=1").await, ["notes://2"]);
        assert_eq!(uris("notes://all?word=tennis").await, Vec::<String>::new());
        client.is_not_there("notes://all?limit=0").await;
    }
}

#[tokio::test]
async fn a_path_is_one_text_or_its_segments() {
    for client in Client::each().await {
        let contents = json!([{ "uri": "file:///a/b%20c", "mimeType": "text/x-path", "text": "a/b c" }]);
        assert_eq!(client.contents("file:///a/b%20c").await, contents);
        let contents = json!([{ "uri": "tree:///a/b", "blob": "YXxi" }]);
        assert_eq!(client.contents("tree:///a/b").await, contents, "bytes are base64");
    }
}

#[tokio::test]
async fn an_error_of_a_resource_is_told_or_masked() {
    for client in Client::each().await {
        let told = client.read("file:///secret").await;
        assert_eq!((told.code(), &told.json()["error"]["message"]), (-32603, &json!("that one is locked")));
        let masked = client.read("file:///broken").await;
        let message = masked.json()["error"]["message"].to_string();
        assert_eq!(masked.code(), -32603);
        assert!(!message.contains("sector 7") && message.contains("reference"), "{message}");
    }
}

#[tokio::test]
async fn the_arguments_of_a_prompt_are_listed() {
    for client in Client::each().await {
        let listed = client.ask("prompts/list", json!({})).await.result();
        assert_eq!(
            *named(&listed["prompts"], "name", "review"),
            json!({
                "name": "review",
                "title": "Review",
                "description": "Review some code.",
                "arguments": [
                    { "name": "code", "description": "The code", "required": true },
                    { "name": "level", "description": "How strictly", "required": false },
                    { "name": "language", "required": false },
                ],
            })
        );
    }
}

#[tokio::test]
async fn a_prompt_takes_texts_as_their_types() {
    for client in Client::each().await {
        let said =
            async |arguments: Value| client.get("review", arguments).await.result()["messages"].clone();
        assert_eq!(
            said(json!({ "code": "1", "level": "3", "language": "perl" })).await,
            json!([
                { "role": "user", "content": { "type": "text", "text": "Review this Perl at Some(3): 1" } },
                { "role": "assistant", "content": { "type": "text", "text": "Well." } },
            ])
        );
        let short = said(json!({ "code": "x" })).await;
        assert_eq!(short[0]["content"]["text"], "Review this Rust at None: x");
        let hello = client.get("hello", json!({})).await.result();
        assert_eq!(hello["description"], "A greeting.");
    }
}

#[tokio::test]
async fn arguments_that_a_prompt_can_not_take_are_refused() {
    for client in Client::each().await {
        for (arguments, part) in [
            (json!({}), "`code`: required"),
            (json!({ "code": "x", "level": "high" }), "`level`"),
            (json!({ "code": "x", "level": "9" }), "`level`"),
            (json!({ "code": "x", "level": 3 }), "must be a string"),
            (json!({ "code": "x", "language": "cobol" }), "`language`"),
            (json!({ "code": "x", "lang": "rust" }), "Did you mean `language`?"),
        ] {
            let reply = client.get("review", arguments.clone()).await;
            let message = reply.json()["error"]["message"].to_string();
            assert_eq!(reply.code(), -32602, "{arguments}");
            assert!(message.contains(part), "{part} is not in {message}");
        }
        assert_eq!(client.get("revue", json!({})).await.code(), -32602);
    }
}

#[tokio::test]
async fn an_error_of_a_prompt_is_told_or_masked() {
    for client in Client::each().await {
        let told = client.get("fail", json!({ "how": "told" })).await;
        assert_eq!((told.code(), &told.json()["error"]["message"]), (-32603, &json!("not today")));
        let masked = client.get("fail", json!({ "how": "masked" })).await.json()["error"].to_string();
        assert!(!masked.contains("1234") && masked.contains("reference"), "{masked}");
    }
}

#[tokio::test]
async fn a_function_beside_the_argument_completes_it() {
    for client in Client::each().await {
        let values = client.suggested(prompt("review"), "language", "ru", json!({ "code": "fn" })).await;
        assert_eq!(values, json!(["ru…", "fn"]));
        let values = client.suggested(template("notes://{id}"), "id", "19", json!({})).await;
        assert_eq!(values.as_array().unwrap().len(), 11);
    }
}

#[tokio::test]
async fn a_completion_of_its_own_knows_the_other_arguments() {
    for client in Client::each().await {
        let values = client.suggested(prompt("review"), "code", "fn", json!({ "language": "perl" })).await;
        assert_eq!(values, json!(["fn Some(Perl) 3"]));
        let values = client.suggested(prompt("review"), "code", "", json!({ "level": "1" })).await;
        assert_eq!(values, json!([" None 3"]), "what it doesn't take is left out");
        let values = client.suggested(prompt("review"), "code", "", json!({ "language": "per" })).await;
        assert_eq!(values, json!([" None 3"]), "what isn't finished is not known");
        let all = "notes://all{?word,limit}";
        assert_eq!(
            client.suggested(template(all), "word", "s", json!({ "limit": "1" })).await,
            json!(["swim"])
        );
        assert_eq!(client.suggested(template(all), "word", "s", json!({})).await, json!(["swim", "sleep"]));
        let failed = client.complete(template(all), "word", "boom", json!({})).await;
        assert_eq!((failed.code(), &failed.json()["error"]["message"]), (-32603, &json!("no words")));
    }
}

#[tokio::test]
async fn an_answer_holds_a_hundred_values() {
    for client in Client::each().await {
        let reply = client.complete(template("notes://{id}"), "id", "", json!({})).await.result();
        let completion = &reply["completion"];
        assert_eq!(completion["values"].as_array().unwrap().len(), 100);
        assert_eq!((&completion["total"], &completion["hasMore"]), (&json!(200), &json!(true)));
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_completed() {
    for client in Client::each().await {
        assert_eq!(
            client.suggested(prompt("review"), "level", "1", json!({})).await,
            json!([]),
            "nobody does"
        );
        for (of, argument) in [
            (prompt("revue"), "code"),
            (prompt("review"), "codes"),
            (template("notes://{di}"), "id"),
            (template("notes://{id}"), "di"),
            (template("notes://today"), "id"),
        ] {
            assert_eq!(
                client.complete(of.clone(), argument, "", json!({})).await.code(),
                -32602,
                "{of} {argument}"
            );
        }
    }
}

#[tokio::test]
async fn the_methods_of_an_object_share_it() {
    for revision in [MODERN, LEGACY] {
        let client = Client::of(revision, server().tools(Counter { start: 40, ..Counter::default() })).await;
        let call = async |name: &str, arguments: Value| {
            let result =
                client.ask("tools/call", json!({ "name": name, "arguments": arguments })).await.result();
            result["content"][0]["text"].as_str().unwrap().to_owned()
        };
        assert_eq!(call("counter.count", json!({})).await, "41");
        assert_eq!(call("counter.later", json!({ "text": "a" })).await, "42 a");
        assert_eq!(call("counter.elsewhere", json!({ "by": 100 })).await, "1043");
        assert_eq!(call("counter.later", json!({ "text": "b" })).await, "44 a,b");
        assert_eq!(client.contents("log://1").await[0]["text"], "b");
        client.is_not_there("log://2").await;
        assert_eq!(
            client.suggested(template("log://{line}"), "line", "", json!({})).await,
            json!(["0", "1"])
        );
        let summary = client.get("counter.summary", json!({ "tone": "dry" })).await.result();
        assert_eq!(summary["messages"][0]["content"]["text"], "45 Some(\"dry\")");
        let tones = client.suggested(prompt("counter.summary"), "tone", "d", json!({})).await;
        assert_eq!(tones, json!(["d46"]));
    }
}

#[tokio::test]
async fn an_object_belongs_to_the_server_that_was_given_it() {
    let without = Client::of(MODERN, server()).await;
    assert_eq!(without.ask("tools/list", json!({})).await.result()["tools"], json!([]));
    assert_eq!(Counter::default().count(), 1, "a method stays a method");
    let [first, second] = [
        Client::of(MODERN, server().tools(Counter::default())).await,
        Client::of(MODERN, server().tools(Counter::default())).await,
    ];
    let count = async |client: &Client| {
        client.ask("tools/call", json!({ "name": "counter.count" })).await.result()["structuredContent"]
            .clone()
    };
    assert_eq!(
        (count(&first).await, count(&first).await, count(&second).await),
        (json!(1), json!(2), json!(1))
    );
}

#[test]
fn two_objects_of_one_type_are_one_too_many() {
    let error = server().tools(Counter::default()).tools(Counter::default()).build().unwrap_err();
    let text = error.to_string();
    let twice =
        "tool `counter.count`: is there twice: `.tools(..)` was given two values of its type; give it one";
    assert!(text.contains(twice), "{text}");
    assert!(text.contains("prompt `counter.summary`: is there twice"), "{text}");
    assert!(text.contains("resource `log://{line}`: is there twice"), "{text}");
}

#[test]
fn an_object_may_offer_what_it_likes() {
    struct Hand;

    impl Provider for Hand {
        fn provide(self: std::sync::Arc<Self>, offers: &mut Offers<'_>) {
            offers.tool(Tool::new("by_hand", "By hand.", |_| async { Ok(ToolResult::text("")) }));
        }
    }

    let server = server().tools(Hand).build().unwrap();
    assert_eq!(server.tool_names().collect::<Vec<_>>(), ["by_hand"]);
}
