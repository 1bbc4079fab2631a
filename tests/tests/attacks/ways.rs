//! Other ways in: pages, the transport of 2024, and issuers of several kinds at one door.

use bytes::Bytes;
use http::{Method, Request, Response};
use mcp_server::{Algorithm, Auth, BoxFuture, Fetch, FetchError, Introspection, Issuer as Taken, McpServer};
use mcp_tests::{
    challenge::Challenge,
    issuer::{
        Issuer, Place as Asked, RESOURCE_SERVER,
        key::{Key, Kind},
    },
    wire::{Draft, Reply},
};
use serde_json::{Value, json};

use super::{
    own::{Own, URL, who},
    refused, unknown,
};

const PAGE: &str = "https://app.example";

fn by_keys(issuer: &Issuer) -> Auth {
    Auth::issuer(issuer.url())
}

#[tokio::test]
async fn tr_4_a_page_that_is_named_can_read_the_challenge() {
    let own = Own::start(by_keys, |server| server.tool(who()).allow_origin(PAGE)).await;
    let draft = Draft::call("who", json!({})).header("origin", PAGE);
    for reply in [
        draft.clone().send(&own.router).await,
        draft.clone().bearer("a.b.c").send(&own.router).await,
        draft.clone().bearer(&own.mint("").token()).send(&own.router).await,
    ] {
        assert_eq!(reply.header("access-control-allow-origin"), PAGE, "{reply:?}");
        let exposed = reply.header("access-control-expose-headers").to_lowercase();
        assert!(exposed.contains("www-authenticate") && exposed.contains("mcp-session-id"), "{exposed}");
        assert!(!reply.headers.contains_key("access-control-allow-credentials"), "{reply:?}");
    }
    let foreign = draft.header("origin", "https://evil.example").bearer(&own.mint("").token());
    assert_eq!(foreign.send(&own.router).await.status, 403);
}

#[tokio::test]
async fn tr_4_a_preflight_needs_no_token() {
    let own = Own::start(by_keys, |server| server.tool(who()).allow_origin(PAGE)).await;
    let preflight = |origin: &str| {
        Draft::call("who", json!({}))
            .method(Method::OPTIONS)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,mcp-method")
    };
    let reply = preflight(PAGE).send(&own.router).await;
    assert!(matches!(reply.status, 200 | 204), "{reply:?}");
    assert!(
        reply.header("access-control-allow-headers").to_lowercase().contains("authorization"),
        "{reply:?}"
    );
    assert_eq!(preflight("https://evil.example").send(&own.router).await.status, 403);
}

/// A message for the address of a stream of 2024's.
fn message(address: &str, method: &str) -> Draft {
    let mut draft = Draft::post(json!({ "jsonrpc": "2.0", "id": 1, "method": method }));
    address.clone_into(&mut draft.target);
    draft
}

#[tokio::test]
async fn tr_16_the_transport_of_2024_has_the_same_door() {
    let own = Own::start(by_keys, |server| server.tool(who()).legacy_sse(true)).await;
    let mut open = Draft::listen("").without("mcp-session-id").without("mcp-protocol-version");
    "/sse".clone_into(&mut open.target);
    unknown(&open.send(&own.router).await, "a stream");
    refused(&open.clone().bearer("a.b.c").send(&own.router).await, "a stream");
    let alice = own.mint("").of("alice", "app").token();
    let mut stream = open.bearer(&alice).open(&own.router).await;
    assert_eq!(stream.status, 200);
    let address = stream.next().await.expect("an address").data;
    unknown(&message(&address, "ping").send(&own.router).await, "a message");
    refused(&message(&address, "ping").bearer("a.b.c").send(&own.router).await, "a message");
    for (subject, client) in [("bob", "app"), ("alice", "web")] {
        let stranger = own.mint("").of(subject, client).token();
        let theirs = message(&address, "ping").bearer(&stranger).send(&own.router).await;
        assert_eq!(theirs.status, 404, "{theirs:?}");
    }
    assert_eq!(message(&address, "ping").bearer(&alice).send(&own.router).await.status, 202);
}

#[tokio::test]
async fn tr_16_scopes_hold_in_the_transport_of_2024() {
    let tool = mcp_server::Tool::new("writes", "Writes.", |_: mcp_server::Invocation| async {
        Ok(mcp_server::ToolResult::text("written"))
    });
    let own =
        Own::start(by_keys, |server| server.tool(who()).tool(tool.scope("files:write")).legacy_sse(true))
            .await;
    let call = |address: &str| {
        message(address, "tools/call")
            .body(|body| body["params"] = json!({ "name": "writes", "arguments": {} }))
    };
    for (scopes, status) in [("", 403), ("files:write", 202)] {
        let token = own.mint(scopes).token();
        let mut open = Draft::listen("").without("mcp-session-id").without("mcp-protocol-version");
        "/sse".clone_into(&mut open.target);
        let mut stream = open.bearer(&token).open(&own.router).await;
        let address = stream.next().await.expect("an address").data;
        let mut initialize = Draft::initialize("2024-11-05").bearer(&token);
        address.clone_into(&mut initialize.target);
        assert_eq!(initialize.send(&own.router).await.status, 202);
        stream.next().await.expect("an answer");
        let reply = call(&address).bearer(&token).send(&own.router).await;
        assert_eq!(reply.status, status, "{scopes:?}: {reply:?}");
        if status == 202 {
            assert!(stream.next().await.expect("a result").data.contains("written"));
        }
    }
}

/// A server that takes the tokens of one issuer by keys, and those of another by asking.
async fn two_kinds() -> (Own, Issuer) {
    let other = Issuer::start().await;
    other.serves(URL);
    let (name, secret) = RESOURCE_SERVER;
    let asking = Introspection::new(other.url(), other.introspection_url(), name, secret);
    let own = Own::start(
        |issuer| Auth::issuer(issuer.url()).or(Auth::introspection(asking)),
        |server| server.tool(who()),
    )
    .await;
    (own, other)
}

#[tokio::test]
async fn rs_8_a_token_that_fails_with_its_issuer_is_not_tried_elsewhere() {
    let (own, other) = two_kinds().await;
    let bad = own.mint("").damaged(|bytes| bytes[3] ^= 1).token();
    refused(&own.call(&bad).await, "damaged");
    refused(&own.call(&own.mint("").claim("aud", "x").token()).await, "for somebody else");
    assert_eq!(other.asked(Asked::Introspection), 0, "nobody else is shown it");
    assert_eq!(own.call_anew().await.status, 200);
    let opaque = other.opaque(&other.mint("").at(own.now()));
    assert_eq!(own.call(&opaque).await.status, 200, "and those that are somebody else's are");
    assert_eq!(other.asked(Asked::Introspection), 1);
}

#[tokio::test]
async fn rs_8_an_issuer_that_is_asked_speaks_for_itself_alone() {
    let (own, other) = two_kinds().await;
    for issuer in [own.issuer.url(), "https://evil.example".to_owned()] {
        let token = other.opaque(&other.mint("").at(own.now()).claim("iss", issuer.clone()));
        refused(&own.call(&token).await, &issuer);
    }
    let token = other.opaque(&other.mint("").at(own.now()).claim("iss", other.url()));
    assert_eq!(own.call(&token).await.status, 200);
}

#[tokio::test]
async fn rs_10_a_list_of_algorithms_is_an_issuers_own() {
    let own = Own::start(
        |issuer| Auth::issuer(Taken::new(issuer.url()).algorithms([Algorithm::Es256])),
        |server| server.tool(who()),
    )
    .await;
    let rsa = Key::new(Kind::Rs256, "rsa");
    own.issuer.publish(&[own.issuer.key(), rsa.clone()]);
    refused(&own.call(&own.mint("").signed_by(&rsa).token()).await, "not on it");
    assert_eq!(own.call_anew().await.status, 200, "on it");
}

#[tokio::test]
async fn rs_11_what_one_issuer_may_leave_out_another_may_not() {
    let (lax, strict) = (Issuer::start().await, Issuer::start().await);
    lax.serves(URL);
    strict.serves(URL);
    let auth = Auth::issuer(Taken::new(lax.url()).warning_accept_untyped(true));
    let auth = auth.or(Auth::issuer(strict.url()));
    let server = McpServer::new("own").public_url(URL).auth(auth).tool(who()).build().unwrap();
    let router = mcp_tests::canary::watched(server.router());
    let call = async |issuer: &Issuer, typ: &str| {
        let token = issuer.mint("a").header("typ", typ).token();
        Draft::call("who", json!({})).bearer(&token).send(&router).await
    };
    refused(&call(&strict, "JWT").await, "strict");
    for (issuer, typ) in [(&lax, "JWT"), (&lax, "at+jwt"), (&strict, "at+jwt")] {
        let reply: Reply = call(issuer, typ).await;
        assert_eq!(reply.status, 200, "{typ}: {reply:?}");
    }
}

#[tokio::test]
async fn rs_7_a_server_says_its_own_name() {
    let nameless = McpServer::new("own").auth(Auth::issuer("https://id.example.com")).tool(who());
    let built = nameless.build().map(|server| server.router());
    if let Ok(router) = built {
        // Its name is known when it listens. Before that no token is for it.
        let reply = Draft::call("who", json!({})).bearer("a.b.c").send(&router).await;
        assert!(reply.status >= 400, "{reply:?}");
    }
    for url in
        ["http://mcp.example.com/mcp", "https://mcp.example.com/mcp#x", "https://u@mcp.example.com/mcp"]
    {
        let wrong = McpServer::new("own").public_url(url).auth(Auth::issuer("https://id.example.com"));
        assert!(wrong.tool(who()).build().is_err(), "{url}");
    }
    let right = McpServer::new("own").public_url(URL).auth(Auth::issuer("https://id.example.com"));
    assert!(right.tool(who()).build().is_ok());
}

#[tokio::test]
async fn rs_13_an_issuer_is_reached_safely() {
    let build = |url: &str| {
        let server = McpServer::new("own").public_url(URL).auth(Auth::issuer(url)).tool(who());
        server.build().map(|_| ()).map_err(|error| error.to_string())
    };
    for url in [
        "http://id.example.com",
        "http://10.0.0.1",
        "https://id.example.com?x",
        "https://id.example.com#x",
        "ftp://id.example.com",
        "id.example.com",
        "",
    ] {
        assert!(build(url).is_err(), "{url}");
    }
    for url in ["https://id.example.com", "https://id.example.com/realms/one", "http://127.0.0.1:9000"] {
        assert_eq!(build(url), Ok(()), "{url}");
    }
    let twice = Auth::issuer("https://id.example.com").or(Auth::issuer("https://id.example.com"));
    assert!(McpServer::new("own").public_url(URL).auth(twice).tool(who()).build().is_err());
}

#[tokio::test]
async fn rs_5_a_challenge_names_what_is_marked_to_begin_with() {
    let tool = |name: &'static str| {
        mcp_server::Tool::new(name, "A tool.", |_: mcp_server::Invocation| async {
            Ok(mcp_server::ToolResult::text("done"))
        })
    };
    for (start, expected) in [(None, "a b"), (Some(vec!["b"]), "b"), (Some(vec!["x", "a"]), "x a")] {
        let own = Own::start(by_keys, |server| {
            let server = server.tool(tool("one").scope("a")).tool(tool("other").scope("b"));
            match &start {
                Some(scopes) => server.start_scopes(scopes.iter().copied()),
                None => server,
            }
        })
        .await;
        let reply = Draft::call("one", json!({})).send(&own.router).await;
        assert_eq!(reply.status, 401);
        let scope = Challenge::of(&reply).get("scope").to_owned();
        assert!(
            [expected, "a"].contains(&scope.as_str()),
            "all to begin with, or those of the tool: {scope}"
        );
        let list = Draft::modern("tools/list", json!({})).send(&own.router).await;
        assert_eq!(Challenge::of(&list).get("scope"), expected);
        let mut get = Draft::post(Value::Null).method(Method::GET).text("");
        "/.well-known/oauth-protected-resource/mcp".clone_into(&mut get.target);
        let document = get.send(&own.router).await.json();
        assert_eq!(document["scopes_supported"], json!(expected.split(' ').collect::<Vec<_>>()));
    }
}

/// An issuer at `https://id.example.com` whose keys are where a test says.
struct Elsewhere {
    keys: String,
    jwks: Value,
}

impl Fetch for Elsewhere {
    fn fetch(
        &self,
        request: Request<Bytes>,
        _: usize,
    ) -> BoxFuture<'static, Result<Response<Bytes>, FetchError>> {
        let asked = request.uri().to_string();
        let answer = if asked.contains("/.well-known/") {
            json!({ "issuer": "https://id.example.com", "jwks_uri": self.keys })
        } else {
            self.jwks.clone()
        };
        Box::pin(async move { Ok(Response::new(Bytes::from(answer.to_string()))) })
    }
}

#[tokio::test]
async fn rs_13_keys_travel_encrypted() {
    for (keys, status) in [
        ("http://id.example.com/keys", 503),
        ("http://127.0.0.1/keys", 503),
        ("HTTP://id.example.com/keys", 503),
        ("ftp://id.example.com/keys", 503),
        ("https://id.example.com/keys", 200),
        ("https://keys.example.com/keys", 200),
    ] {
        let own = Own::start(
            |issuer| {
                let jwks = json!({ "keys": [issuer.key().jwk] });
                Auth::issuer("https://id.example.com").fetcher(Elsewhere { keys: keys.to_owned(), jwks })
            },
            |server| server.tool(who()),
        )
        .await;
        let reply = own.call(&own.mint("").claim("iss", "https://id.example.com").token()).await;
        assert_eq!(reply.status, status, "{keys}: {reply:?}");
    }
}
