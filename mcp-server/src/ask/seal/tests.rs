use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::json;

use super::*;
use crate::{call, clock::Hand};

const PAYLOAD: &[u8] = b"what the function has done so far";
const LIFETIME: Duration = Duration::from_mins(10);

/// A sealer of these keys with a clock by hand.
fn sealer(keys: StateKeys) -> (Sealer, Hand) {
    let (clock, hand) = Clock::by_hand();
    (Sealer::new(keys, "https://mcp.example.com/mcp".into(), LIFETIME, clock), hand)
}

fn keys() -> StateKeys {
    StateKeys::new([1; 32])
}

fn somebody(issuer: &str, subject: &str, client: &str) -> Principal {
    call::somebody(issuer, subject, client)
}

/// A request that state is sealed for.
struct Asked {
    principal: Principal,
    method: &'static str,
    name: &'static str,
    arguments: Map<String, Value>,
}

impl Asked {
    fn honest() -> Self {
        Self {
            principal: somebody("https://issuer", "anna", "editor"),
            method: "tools/call",
            name: "pay",
            arguments: arguments(json!({"to": "bob", "amount": 1, "note": null})),
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            principal: &self.principal,
            method: self.method,
            name: self.name,
            arguments: &self.arguments,
        }
    }
}

fn arguments(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { panic!("{value}") };
    members
}

/// Asserts that the sealer refuses the text as any other, and still opens the honest one.
#[track_caller]
fn refused(sealer: &Sealer, asked: &Asked, text: &str, honest: &str) {
    assert_eq!(sealer.open(&asked.context(), text), Err(Unsealed));
    assert_eq!(sealer.open(&Asked::honest().context(), honest).as_deref(), Ok(PAYLOAD));
}

#[test]
fn what_was_sealed_for_a_request_opens_for_the_same_one() {
    let (sealer, _hand) = sealer(keys());
    let asked = Asked::honest();
    for payload in [PAYLOAD, b"", &[0; 10_000]] {
        let text = sealer.seal(&asked.context(), payload).unwrap();
        assert_eq!(sealer.open(&asked.context(), &text).as_deref(), Ok(payload));
    }
    let text = sealer.seal(&asked.context(), PAYLOAD).unwrap();
    let reordered =
        Asked { arguments: arguments(json!({"note": null, "amount": 1, "to": "bob"})), ..Asked::honest() };
    assert!(sealer.open(&reordered.context(), &text).is_ok(), "the order of members is no part of a request");
    assert_ne!(text, sealer.seal(&asked.context(), PAYLOAD).unwrap(), "each has a nonce of its own");
}

#[test]
fn a_client_reads_nothing_in_it() {
    let (sealer, _hand) = sealer(keys());
    let text = sealer.seal(&Asked::honest().context(), PAYLOAD).unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
    assert!(!bytes.windows(4).any(|part| PAYLOAD.windows(4).any(|known| known == part)));
}

#[test]
fn ap_7_no_bit_of_it_can_be_changed() {
    let (sealer, _hand) = sealer(keys());
    let honest = sealer.seal(&Asked::honest().context(), PAYLOAD).unwrap();
    for at in 0..honest.len() {
        for bit in 0..8 {
            let mut changed = honest.clone().into_bytes();
            changed[at] ^= 1 << bit;
            // A byte beyond ASCII is no text, and never comes this far.
            if let Ok(changed) = String::from_utf8(changed) {
                refused(&sealer, &Asked::honest(), &changed, &honest);
            }
        }
    }
    let bytes = URL_SAFE_NO_PAD.decode(&honest).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            refused(&sealer, &Asked::honest(), &URL_SAFE_NO_PAD.encode(changed), &honest);
        }
    }
}

#[test]
fn ap_7_it_is_good_for_no_other_request() {
    let (sealer, _hand) = sealer(keys());
    let honest = sealer.seal(&Asked::honest().context(), PAYLOAD).unwrap();
    let principal =
        |issuer, subject, client| Asked { principal: somebody(issuer, subject, client), ..Asked::honest() };
    let with = |value| Asked { arguments: arguments(value), ..Asked::honest() };
    for other in [
        Asked { principal: Principal::default(), ..Asked::honest() },
        principal("https://other", "anna", "editor"),
        principal("https://issuer", "bert", "editor"),
        principal("https://issuer", "anna", "terminal"),
        principal("https://issuera", "nna", "editor"),
        Asked { name: "pray", ..Asked::honest() },
        Asked { method: "prompts/get", ..Asked::honest() },
        Asked { method: "tools/callpay", name: "", ..Asked::honest() },
        with(json!({"to": "bob", "amount": 2, "note": null})),
        with(json!({"to": "bob", "amount": 1.0, "note": null})),
        with(json!({"to": "bob", "amount": "1", "note": null})),
        with(json!({"to": "bob", "amount": 1})),
        with(json!({"to": "bob", "amount": 1, "note": null, "more": 1})),
        with(json!({})),
    ] {
        refused(&sealer, &other, &honest, &honest);
    }
}

#[test]
fn ap_7_it_expires() {
    let (sealer, hand) = sealer(keys());
    let honest = sealer.seal(&Asked::honest().context(), PAYLOAD).unwrap();
    hand.advance(LIFETIME.checked_sub(Duration::from_secs(1)).unwrap());
    let fresh = sealer.seal(&Asked::honest().context(), PAYLOAD).unwrap();
    assert!(sealer.open(&Asked::honest().context(), &honest).is_ok(), "the last second");
    hand.advance(Duration::from_secs(1));
    refused(&sealer, &Asked::honest(), &honest, &fresh);
}

#[test]
fn ap_7_keys_overlap_and_then_are_gone() {
    let (before, _hand) = sealer(keys());
    let (during, _hand) = sealer(StateKeys::new([2; 32]).opening([1; 32]));
    let (after, _hand) = sealer(StateKeys::new([2; 32]));
    let (old, new) = (
        before.seal(&Asked::honest().context(), PAYLOAD).unwrap(),
        during.seal(&Asked::honest().context(), PAYLOAD).unwrap(),
    );
    assert!(during.open(&Asked::honest().context(), &old).is_ok());
    refused(&after, &Asked::honest(), &old, &new);
    refused(&before, &Asked::honest(), &new, &old);
}

#[test]
fn a_key_is_not_mistaken_for_another_of_its_name() {
    let (sealer, _hand) = sealer(StateKeys::new([1; 32]).opening([2; 32]));
    let honest = sealer.seal(&Asked::honest().context(), PAYLOAD).unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(&honest).unwrap();
    bytes[1..=KeyId::LENGTH].copy_from_slice(&StateKeys::new([2; 32]).sealing().id.0);
    refused(&sealer, &Asked::honest(), &URL_SAFE_NO_PAD.encode(bytes), &honest);
}

#[test]
fn another_server_with_the_same_keys_refuses_it() {
    let (one, _hand) = sealer(keys());
    let (clock, _hand) = Clock::by_hand();
    let other = Sealer::new(keys(), "https://mcp.example.com/other".into(), LIFETIME, clock);
    let honest = other.seal(&Asked::honest().context(), PAYLOAD).unwrap();
    assert_eq!(one.open(&Asked::honest().context(), &honest), Err(Unsealed));
    assert!(other.open(&Asked::honest().context(), &honest).is_ok());
}

#[test]
fn what_is_no_sealed_text_is_refused() {
    let (sealer, _hand) = sealer(keys());
    let honest = sealer.seal(&Asked::honest().context(), PAYLOAD).unwrap();
    for length in 0..honest.len() {
        refused(&sealer, &Asked::honest(), &honest[..length], &honest);
    }
    for text in [
        "not base64".to_owned(),
        "{}".to_owned(),
        format!("{honest}="),
        format!("{honest}A"),
        format!("{honest}-TAMPERED"),
        format!(" {honest}"),
        format!("{honest}\n"),
        "A".repeat(MAX_TEXT),
        "A".repeat(MAX_TEXT + 1),
        "=".repeat(10_000_000),
    ] {
        refused(&sealer, &Asked::honest(), &text, &honest);
    }
}

#[test]
fn what_would_be_too_large_is_not_sealed() {
    let (sealer, _hand) = sealer(keys());
    let most = MAX_TEXT / 4 * 3 - Header::LENGTH - EXPIRY - TAG;
    let text = sealer.seal(&Asked::honest().context(), &vec![7; most]).unwrap();
    assert_eq!(text.len(), MAX_TEXT);
    assert_eq!(sealer.open(&Asked::honest().context(), &text), Ok(vec![7; most]));
    let error = sealer.seal(&Asked::honest().context(), &vec![7; most + 1]).unwrap_err();
    assert!(error.to_string().contains("longer than 65536"), "{error}");
}

#[test]
fn why_it_is_refused_is_in_the_log_and_the_state_is_not() {
    let (sealer, hand) = sealer(keys());
    let honest = sealer.seal(&Asked::honest().context(), PAYLOAD).unwrap();
    let foreign = sealed_elsewhere();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    // The event is known from here on.
    assert!(sealer.open(&Asked::honest().context(), "").is_err());
    tracing::subscriber::with_default(subscriber, || {
        for text in [&honest[1..], &honest[..20], &foreign, &honest.repeat(1_000), &format!("{honest} ")] {
            // A test beside this one may be the first to say whether anybody listens to this event: there, nobody does.
            tracing::callsite::rebuild_interest_cache();
            assert!(sealer.open(&Asked::honest().context(), text).is_err());
        }
        hand.advance(LIFETIME);
        assert!(sealer.open(&Asked::honest().context(), &honest).is_err());
    });
    let log = log.text();
    assert_eq!(log.lines().count(), 6, "{log}");
    for part in [
        "tools/call",
        "pay",
        "WARN",
        "too short",
        "expired",
        "not base64url",
        "longer than any",
        "doesn't have",
    ] {
        assert!(log.contains(part), "{part}\n{log}");
    }
    assert!(!log.contains(&honest[..8]) && !log.contains(&foreign[..8]), "{log}");
}

/// Something that was sealed with a key of somebody else.
fn sealed_elsewhere() -> String {
    sealer(StateKeys::new([9; 32])).0.seal(&Asked::honest().context(), PAYLOAD).unwrap()
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_client_gets_one_error_for_everything() {
    let error = ProtocolError::from(Unsealed);
    assert_eq!(error.code(), -32602);
    assert_eq!(error.to_string(), Unsealed.to_string());
    assert_eq!(error.data(), None);
}
