//! The token goes no further than the door.

use std::{
    io,
    sync::{Arc, Mutex},
};

use mcp_tests::wire::{Draft, Reply};
use serde_json::json;
use tracing::subscriber::set_default;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use super::{
    client::{Client, Line, Way, calling},
    server::{House, shows},
    tokens::{CANARY, Signed, alice},
};

#[tokio::test]
async fn rs_23_no_function_sees_the_token() {
    let house = House::with(|server| server.tool(shows()));
    for way in Way::BOTH {
        let client = Client::connect(&house, way, alice("files:read")).await;
        for tool in ["whoami", "shows"] {
            let said = client.ask("tools/call", json!({ "name": tool })).await.text();
            assert!(said.contains("alice") && said.contains("alice@example.com"), "{said}");
            assert!(said.contains("files:read") && said.contains("id.example.com"), "{said}");
            assert!(!said.contains(CANARY), "{said}");
        }
    }
}

/// The log, as text.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn rs_23_no_log_and_no_answer_has_the_token() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(EnvFilter::new("trace")).with_writer(writer).finish();
    let _guard = set_default(subscriber);
    let house = House::public();
    let mut replies: Vec<Reply> = Vec::new();
    for token in [alice("files:read"), alice(""), alice("files:read").seconds(0)] {
        for draft in [
            Draft::call("read", json!({ "path": "a" })),
            Draft::call("write", json!({ "path": 7 })),
            Draft::call("whoami", json!({})),
            Draft::modern("no/such", json!({})),
            Draft::modern("tools/list", json!({ "cursor": "x" })),
            Draft::initialize("2025-11-25"),
            Draft::listen("unknown"),
            Draft::call("read", json!({})).text("{"),
        ] {
            replies.push(draft.with(&token).send(&house.router).await);
            let broken = format!("Bearer {token} {CANARY}");
            replies.push(draft.clone().header("authorization", &broken).send(&house.router).await);
            let jwt = format!("Bearer {CANARY}.{CANARY}.{CANARY}");
            replies.push(draft.clone().header("authorization", &jwt).send(&house.router).await);
        }
    }
    house.reader.down(true);
    let unchecked = Draft::call("read", json!({})).with(&alice("").serial(1));
    replies.push(unchecked.send(&house.router).await);
    house.reader.down(false);
    let mut line = Line::open(&house, &alice("files:read")).await;
    replies.push(line.post(&alice(""), calling("write")).await);
    line.ask(&alice("files:read"), "tools/list", json!({})).await;
    for reply in replies {
        let said = format!("{:?} {}", reply.headers, String::from_utf8_lossy(&reply.body));
        assert!(!said.contains(CANARY), "{said}");
    }
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("a token was refused"), "there is a log: {logged}");
    assert!(!logged.contains(CANARY), "{logged}");
}
