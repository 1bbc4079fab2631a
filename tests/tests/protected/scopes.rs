//! Who lacks scopes is told all of them, in the terms of HTTP, before anything runs or is looked at.

use mcp_server::McpServer;
use mcp_tests::wire::{Draft, Reply};
use serde_json::{Value, json};

use super::{
    client::{Client, Line, Way, calling, challenged, lacks, request},
    server::{House, prompt, tool},
    tokens::{Signed, Token, alice},
};

/// An operation, and the scopes that it needs.
type Operation = (&'static str, Value, &'static str);

/// Operations of every kind. Each is right in every way.
fn operations() -> Vec<Operation> {
    let call = |name: &str| json!({ "name": name, "arguments": { "path": "a" } });
    let completed =
        |reference: Value| json!({ "ref": reference, "argument": { "name": "path", "value": "" } });
    let prompt = |name: &str| completed(json!({ "type": "ref/prompt", "name": name }));
    let template = |uri: &str| completed(json!({ "type": "ref/resource", "uri": uri }));
    vec![
        ("tools/call", call("read"), "files:read"),
        ("tools/call", call("write"), "files:write"),
        ("tools/call", call("copy"), "files:read files:write"),
        ("resources/read", json!({ "uri": "files://readme" }), "files:read"),
        ("resources/read", json!({ "uri": "secrets://one" }), "files:admin"),
        ("resources/read", json!({ "uri": "files://other" }), "files:read"),
        ("resources/read", json!({ "uri": "vault://a" }), "files:admin"),
        ("prompts/get", call("review"), "files:read"),
        ("prompts/get", call("audit"), "files:admin"),
        ("completion/complete", prompt("audit"), "files:admin"),
        ("completion/complete", template("vault://{path}"), "files:admin"),
        ("completion/complete", template("files://{path}"), "files:read"),
    ]
}

/// What somebody may be granted beside what they lack.
const OTHERS: [&str; 3] = ["", "files:other", "files:readers FILES:READ FILES:WRITE files"];

#[tokio::test]
async fn rs_19_who_lacks_scopes_gets_403_with_all_of_them_and_nothing_runs() {
    let house = House::new();
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for (method, params, needed) in operations() {
            let before = house.running.begun();
            for scopes in OTHERS {
                let reply = client.with(alice(scopes)).ask(method, params.clone()).await;
                lacks(&reply, needed);
                assert_eq!(reply.json()["id"], json!(1), "it is the answer to that request");
                assert_eq!(reply.code(), -32600);
            }
            assert_eq!(house.running.begun(), before, "{way:?} {params}");
            _ = client.with(alice(needed)).ask(method, params.clone()).await.result();
            assert_eq!(house.running.begun(), before + 1, "{way:?} {params}");
        }
    }
}

/// Of several scopes each is needed, and the challenge names all, also those that the token has.
#[tokio::test]
async fn rs_19_a_challenge_names_what_the_token_has_already() {
    let house = House::new();
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for scopes in ["files:read", "files:write", ""] {
            lacks(&client.with(alice(scopes)).call("copy").await, "files:read files:write");
        }
        let both = alice("files:write openid files:read");
        assert_eq!(client.with(both).call("copy").await.text(), "done");
    }
}

#[tokio::test]
async fn rs_19_scopes_go_before_arguments() {
    let house = House::new();
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for (method, params, needed) in operations() {
            let mut wrong = vec![params.clone(), params.clone(), params.clone()];
            wrong[0]["arguments"] = json!({ "path": 7, "unknown": [] });
            wrong[1]["arguments"] = json!("no object");
            wrong[2]["argument"] = json!({ "name": "unknown", "value": 7 });
            for params in wrong {
                lacks(&client.ask(method, params).await, needed);
            }
        }
        let params = json!({ "name": "read", "arguments": { "path": 7 } });
        let reply = client.with(alice("files:read")).ask("tools/call", params).await;
        assert!(reply.tool_error().contains("`path`"), "with them the arguments are looked at");
    }
}

/// A call that would speak at once, and be a stream.
#[tokio::test]
async fn rs_19_scopes_go_before_a_stream() {
    let house = House::new();
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        let params = json!({ "name": "endless", "arguments": { "speaks": true }, "_meta": {} });
        let speaks = |client: &Client| {
            let draft = client.request("tools/call", params.clone());
            if way == Way::Modern { draft.meta("logLevel", json!("error")) } else { draft }
        };
        let before = house.running.begun();
        lacks(&speaks(&client).send(&house.router).await, "files:read");
        assert_eq!(house.running.begun(), before);
        let mut stream = speaks(&client.with(alice("files:read"))).open(&house.router).await;
        assert_eq!(stream.headers["content-type"], "text/event-stream");
        assert!(stream.next().await.is_some());
        assert_eq!(house.running.begun(), before + 1);
    }
}

#[tokio::test]
async fn rs_21_skills_are_for_everybody_with_a_token() {
    let house = House::public();
    let (stranger, client) = (
        Client::connect(&house, Way::Modern, None).await,
        Client::connect(&house, Way::Modern, alice("")).await,
    );
    for (method, params) in [
        ("skills/list", json!({})),
        ("skills/get", json!({ "uri": "skill://guide/SKILL.md" })),
        ("resources/directory/read", json!({ "uri": "skill://guide" })),
        ("resources/read", json!({ "uri": "skill://guide/SKILL.md" })),
        ("resources/read", json!({ "uri": "skill://guide/more.md" })),
    ] {
        challenged(&stranger.ask(method, params.clone()).await, 401, None, "files:read");
        _ = client.ask(method, params).await.result();
    }
}

#[tokio::test]
async fn rs_21_skills_take_the_default_of_what_is_not_marked() {
    let house = House::with(|server| server.default_scope("skills:read"));
    for (method, params) in [
        ("skills/list", json!({})),
        ("skills/get", json!({ "uri": "skill://guide/SKILL.md" })),
        ("resources/directory/read", json!({ "uri": "skill://guide" })),
        ("resources/read", json!({ "uri": "skill://guide/SKILL.md" })),
        ("resources/read", json!({ "uri": "skill://guide/more.md" })),
    ] {
        let client = Client::connect(&house, Way::Modern, alice("")).await;
        lacks(&client.ask(method, params.clone()).await, "skills:read");
        _ = client.with(alice("skills:read")).ask(method, params).await.result();
    }
}

/// Whoever has a token is told that there is no such thing.
#[tokio::test]
async fn rs_22_what_is_not_there_is_unknown_and_not_forbidden() {
    let house = House::new();
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        let unknown = client.call("no_such").await;
        assert_eq!((unknown.status, unknown.code()), (200, -32602), "{unknown:?}");
        assert_eq!(unknown.header("www-authenticate"), "");
        let unknown = client.ask("prompts/get", json!({ "name": "no_such" })).await;
        assert_eq!(unknown.code(), -32602);
        let unknown = client.ask("resources/read", json!({ "uri": "nothing://a" })).await;
        assert_eq!(unknown.code(), if way == Way::Modern { -32602 } else { -32002 });
        for reference in [
            json!({ "type": "ref/prompt", "name": "no_such" }),
            json!({ "type": "ref/resource", "uri": "nothing://{a}" }),
            json!({ "type": "ref/other" }),
        ] {
            let params = json!({ "ref": reference, "argument": { "name": "path", "value": "" } });
            assert_eq!(client.ask("completion/complete", params).await.code(), -32602, "{reference}");
        }
    }
}

fn hierarchy(server: McpServer) -> McpServer {
    server
        .scope_implies("files:write", ["files:read"])
        .scope_implies("files:admin", ["files:write"])
        .scope_implies("all", ["files:admin", "other"])
}

#[tokio::test]
async fn rs_20_a_broader_scope_is_enough() {
    let house = House::with(hierarchy);
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for scopes in ["all", "files:admin", "files:write", "files:read files:write"] {
            assert_eq!(client.with(alice(scopes)).call("copy").await.text(), "done", "{scopes}");
            assert_eq!(client.with(alice(scopes)).call("read").await.text(), "done", "{scopes}");
        }
        assert!(client.with(alice("all")).list("tools/list").await.contains(&"copy".to_owned()));
    }
}

#[tokio::test]
async fn rs_20_a_narrower_or_similar_scope_is_not() {
    let house = House::with(hierarchy);
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for scopes in ["files:read", "other", "files:writer", "Files:Write", "files", "al", "alls"] {
            lacks(&client.with(alice(scopes)).call("write").await, "files:write");
            let listed = client.with(alice(scopes)).list("tools/list").await;
            assert!(!listed.contains(&"write".to_owned()), "{scopes}");
        }
    }
    let flat = House::new();
    let client = Client::connect(&flat, Way::Modern, alice("files:admin files:write")).await;
    lacks(&client.call("read").await, "files:read");
}

/// Messages of a batch, in a session of the one revision that has them.
async fn batch(house: &House, token: &Token, messages: Value) -> Reply {
    let draft = Draft::initialize("2025-03-26").with(token);
    let session = draft.send(&house.router).await.header("mcp-session-id").to_owned();
    let draft = Draft::post(messages).header("mcp-session-id", &session).with(token);
    draft.open(&house.router).await.rest().await
}

#[tokio::test]
async fn rs_21_a_batch_runs_whole_or_not_at_all() {
    let house = House::new();
    let message = |id: u8, tool: &str| {
        let mut message = calling(tool);
        message["id"] = json!(id);
        message
    };
    let all = json!([message(1, "any"), message(2, "copy"), message(3, "read"), request("ping", json!({}))]);
    lacks(&batch(&house, &alice(""), all.clone()).await, "files:read files:write");
    lacks(&batch(&house, &alice("files:read"), all.clone()).await, "files:read files:write");
    assert_eq!(house.running.begun(), 0);
    let read = request("resources/read", json!({ "uri": "vault://a" }));
    let union = json!([message(1, "write"), read, message(3, "read")]);
    lacks(&batch(&house, &alice("files:read"), union).await, "files:admin files:read files:write");
    assert_eq!(house.running.begun(), 0);
    let reply = batch(&house, &alice("files:read files:write"), all).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(house.running.begun(), 3);
    let unknown = json!([message(1, "no_such"), message(2, "any")]);
    let reply = batch(&house, &alice(""), unknown).await;
    assert_eq!((reply.status, house.running.begun()), (200, 4), "what is unknown fails alone");
}

#[tokio::test]
async fn rs_19_a_line_of_2024_is_told_by_the_post() {
    let house = House::new();
    let (little, much) = (alice(""), alice("files:read files:write files:admin"));
    let mut line = Line::open(&house, &little).await;
    for (method, params, needed) in operations() {
        let before = house.running.begun();
        lacks(&line.post(&little, request(method, params.clone())).await, needed);
        assert_eq!(house.running.begun(), before);
        let response = line.ask(&much, method, params).await;
        assert_eq!(response.get("error"), None, "{response}");
        assert_eq!(house.running.begun(), before + 1);
    }
}

#[tokio::test]
async fn rs_19_a_server_may_say_it_in_the_result() {
    let house = House::with(|server| server.scope_errors_as_results(true));
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("")).await;
        for (method, params, needed) in operations() {
            let reply = client.ask(method, params.clone()).await;
            assert_eq!((reply.status, reply.header("www-authenticate")), (200, ""), "{reply:?}");
            let message = reply.json();
            let text = if method == "tools/call" {
                reply.tool_error()
            } else {
                message["error"]["message"].as_str().unwrap().to_owned()
            };
            assert!(needed.split(' ').all(|scope| text.contains(scope)), "{text}");
            assert_eq!(house.running.begun(), 0, "{method}");
        }
        let bare = client.with(None).call("read").await;
        challenged(&bare, 401, None, "files:read");
    }
    let reply = batch(&house, &alice(""), json!([calling("read"), calling("any")])).await;
    assert_eq!((reply.status, house.running.begun()), (200, 1), "{reply:?}");
    let mut line = Line::open(&house, &alice("")).await;
    let response = line.ask(&alice(""), "tools/call", json!({ "name": "read" })).await;
    assert_eq!(response["result"]["isError"], json!(true), "{response}");
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    assert_eq!(client.call("read").await.text(), "done");
}

#[tokio::test]
async fn rs_21_what_is_not_marked_stops_the_start() {
    let running = mcp_tests::running::Running::default();
    let built = |change: fn(McpServer) -> McpServer| {
        let (clock, _) = mcp_server::Clock::by_hand();
        let auth = mcp_server::Auth::verifier(super::tokens::Reader::new(&clock));
        let server = McpServer::new("files").public_url(super::server::URL).auth(auth);
        let server = server.tool(tool("plain", &running)).prompt(prompt("plain", &running));
        change(server).build()
    };
    let error = built(|server| server).unwrap_err().to_string();
    assert!(error.contains("tool `plain`") && error.contains("prompt `plain`"), "{error}");
    assert!(built(|server| server.default_scope("files:read")).is_ok());
    assert!(built(McpServer::default_authenticated).is_ok());
}

#[tokio::test]
async fn rs_21_a_default_holds_for_what_is_not_marked_and_for_nothing_else() {
    let marked = |server: McpServer, running: &_| {
        server
            .tool(tool("plain", running))
            .tool(tool("read", running).scope("files:read"))
            .tool(tool("open", running).public())
    };
    let house = House::bare(|server, running| marked(server, running).default_scope("files:any"));
    let client = Client::connect(&house, Way::Modern, alice("files:read")).await;
    lacks(&client.call("plain").await, "files:any");
    assert_eq!(client.call("read").await.text(), "done");
    assert_eq!(client.with(None).call("open").await.text(), "done");
    assert_eq!(client.with(alice("files:any")).call("plain").await.text(), "done");

    let house = House::bare(|server, running| marked(server, running).default_authenticated());
    let client = Client::connect(&house, Way::Modern, alice("")).await;
    assert_eq!(client.call("plain").await.text(), "done");
    lacks(&client.call("read").await, "files:read");
    challenged(&client.with(None).call("plain").await, 401, None, "files:read");
}

#[tokio::test]
async fn rs_5_clients_begin_with_the_scopes_to_start_with() {
    let offered = |server: McpServer, running: &_| {
        server.tool(tool("a", running).scope("a")).tool(tool("b", running).scope("b").scope("c"))
    };
    let began = async |house: House| {
        let reply = Draft::call("a", json!({})).send(&house.router).await;
        let found = super::client::get("/.well-known/oauth-protected-resource/mcp").send(&house.router).await;
        let supported = found.json()["scopes_supported"].clone();
        challenged(
            &reply,
            401,
            None,
            &supported.as_array().map_or_else(String::new, |scopes| {
                scopes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
            }),
        );
        supported
    };
    assert_eq!(began(House::bare(offered)).await, json!(["a", "b", "c"]), "nothing is marked");
    let marked =
        House::bare(|server, running| offered(server, running).tool(tool("d", running).scope("d").start()));
    assert_eq!(began(marked).await, json!(["d"]));
    let said = House::bare(|server, running| offered(server, running).start_scopes(["profile", "a"]));
    assert_eq!(began(said).await, json!(["profile", "a"]));
    let none = House::bare(|server, running| server.tool(tool("a", running).authenticated()));
    assert_eq!(began(none).await, Value::Null);
}
