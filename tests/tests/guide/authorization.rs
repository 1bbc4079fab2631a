//! What the guide to authorization shows.

use std::{
    collections::BTreeMap,
    sync::Mutex,
    time::{Duration, SystemTime},
};

use http::Method;
use mcp_server::{
    AccessToken, Auth, BoxFuture, Introspection, Issuer, Rejected, Verified, Verifier, prelude::*,
};
use mcp_tests::wire::{Draft, LEGACY, Reply};
use serde_json::json;

use super::{blocks, read, shows_only};

const GUIDE: &str = "../docs/guide/authorization.md";

#[derive(Debug, Default)]
struct Folder(Mutex<BTreeMap<String, String>>);

impl Folder {
    fn names(&self) -> Vec<String> {
        self.0.lock().expect("a folder").keys().cloned().collect()
    }

    fn write(&self, path: String, text: String) {
        self.0.lock().expect("a folder").insert(path, text);
    }
}

/// List the files.
#[mcp_tool(scope = "files:read", start, read_only)]
fn list_files(folder: State<Folder>) -> String {
    folder.names().join("\n")
}

/// Write a text file.
#[mcp_tool(scope = "files:write", destructive)]
fn write_file(path: String, text: String, folder: State<Folder>) {
    folder.write(path, text);
}

/// Say who is calling.
#[mcp_tool(authenticated, read_only)]
fn whoami(principal: Principal) -> String {
    match principal.subject() {
        Some(person) => format!("{person}, who may {}", principal.scopes().collect::<Vec<_>>().join(" ")),
        None => "A program that acts for nobody but itself".to_owned(),
    }
}

/// Say what this server is for.
#[mcp_tool(public, read_only)]
fn about() -> &'static str {
    "Files for people who sign in."
}

/// The server of the guide.
fn files() -> McpServer {
    let server = McpServer::new("files")
        .state(Folder::default())
        .public_url("https://mcp.example.com/mcp")
        .auth(Auth::issuer("https://id.example.com"));
    let server =
        server.scope_implies("files:admin", ["files:write"]).scope_implies("files:write", ["files:read"]);
    server.only(["list_files", "write_file", "whoami"])
}

/// The issuers of the guide.
fn issuers() -> [Auth; 3] {
    let issuer = Issuer::new("https://login.microsoftonline.com/TENANT/v2.0")
        .audience("CLIENT-ID-OF-THE-API")
        .warning_accept_untyped(true);
    let secret = std::env::var("FILES_SECRET").unwrap_or_default();
    let asked =
        Introspection::new("https://id.example.com", "https://id.example.com/introspect", "files", secret);
    let auth = Auth::issuer("https://id.example.com").or(Auth::issuer("https://login.example.org"));
    [Auth::issuer(issuer), Auth::introspection(asked), auth]
}

struct Key {
    user: String,
    scopes: Vec<String>,
    expires: Duration,
}

/// Keys that an administrator hands out.
struct Keys;

impl Keys {
    async fn find(&self, token: &str) -> Option<Key> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        let scopes = token.strip_prefix("ada.")?.split('.').map(|word| format!("files:{word}")).collect();
        Some(Key { user: "ada".to_owned(), scopes, expires: now + Duration::from_hours(1) })
    }
}

impl Verifier for Keys {
    fn issuers(&self) -> Vec<String> {
        vec!["https://id.example.com".to_owned()]
    }

    fn verify<'a>(&'a self, token: &'a AccessToken) -> BoxFuture<'a, Result<Verified, Rejected>> {
        Box::pin(async move {
            let key = self.find(token.reveal()).await;
            let key = key.ok_or(Rejected::Invalid("there is no such key".into()))?;
            Ok(Verified::new("https://id.example.com", key.expires).subject(key.user).scopes(key.scopes))
        })
    }
}

/// The same server, which takes those keys.
fn router() -> axum::Router {
    files().build().expect("the server that the guide shows");
    let server = McpServer::new("files").state(Folder::default()).public_url("https://mcp.example.com/mcp");
    let server =
        server.scope_implies("files:admin", ["files:write"]).scope_implies("files:write", ["files:read"]);
    let server = server.only(["list_files", "write_file", "whoami"]);
    server.auth(Auth::verifier(Keys)).build().expect("a server").router()
}

/// An answer as the guide shows it: the headers that matter, and the body.
fn plain(reply: &Reply) -> String {
    let reason = http::StatusCode::from_u16(reply.status).expect("a status");
    let challenge = match reply.header("www-authenticate") {
        "" => String::new(),
        challenge => format!("WWW-Authenticate: {challenge}\n"),
    };
    format!("HTTP/1.1 {reason}\n{challenge}\n{}\n", String::from_utf8_lossy(&reply.body))
}

fn with(token: &str, draft: &Draft) -> Draft {
    draft.clone().header("authorization", &format!("Bearer {token}"))
}

#[test]
fn the_guide_shows_code_that_compiles() {
    shows_only(GUIDE, "tests/guide/authorization.rs");
    let server =
        |auth| McpServer::new("files").only(["whoami"]).public_url("https://mcp.example.com/mcp").auth(auth);
    for auth in issuers() {
        // The secret isn't in the environment of a test.
        let built = server(auth).build().map_err(|error| error.to_string());
        assert!(built.as_ref().map_or_else(|error| error.contains("secret is empty"), |_| true), "{built:?}");
    }
}

#[tokio::test]
async fn the_guide_shows_what_goes_over_the_wire() {
    let router = router();
    let list = Draft::modern("tools/list", json!({}));
    let write = Draft::call("write_file", json!({ "path": "a.txt", "text": "hello" }));
    let metadata = Draft::post(json!({})).method(Method::GET).without("content-type").text("");
    let metadata = Draft { target: "/.well-known/oauth-protected-resource/mcp".to_owned(), ..metadata };
    let mut shown = Vec::new();
    for draft in [list.clone(), metadata, with("ada.read", &write), with("nobody", &list)] {
        shown.push(plain(&draft.send(&router).await));
    }
    assert_eq!(blocks(&read(GUIDE), "http"), shown);
    assert_eq!(with("ada.admin", &write).send(&router).await.status, 200, "what is implied is had");
    let legacy = Draft::initialize(LEGACY).send(&router).await;
    assert_eq!(plain(&legacy), shown[0], "a session begins in the same way");
}

#[tokio::test]
async fn the_guide_says_what_callers_without_a_token_get_where_something_is_public() {
    let router = McpServer::new("files")
        .only(["about", "whoami"])
        .public_url("https://mcp.example.com/mcp")
        .auth(Auth::verifier(Keys))
        .build()
        .expect("a server")
        .router();
    let tools = Draft::modern("tools/list", json!({})).send(&router).await.result();
    assert_eq!(tools["tools"].as_array().map(Vec::len), Some(1), "{tools}");
    assert_eq!(Draft::call("about", json!({})).send(&router).await.text(), "Files for people who sign in.");
    for name in ["whoami", "nothing"] {
        assert_eq!(Draft::call(name, json!({})).send(&router).await.status, 401, "{name}");
    }
}
