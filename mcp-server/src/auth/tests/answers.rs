//! A network that answers what it is told, and counts what it is asked.

use std::{
    collections::HashMap,
    future::pending,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    super::{BoxFuture, Fetch, FetchError},
    ISSUER, KEYS, METADATA, Signer,
};

#[derive(Clone, Default)]
pub(super) struct Answers(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    answers: HashMap<String, Answer>,
    asked: Vec<Asked>,
    gate: Option<Arc<Semaphore>>,
}

#[derive(Clone)]
pub(super) enum Answer {
    Says(Response<Bytes>),
    Fails,
    Hangs,
    Panics,
}

#[derive(Clone)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// An answer of this status, `Cache-Control` and body.
pub(super) fn answer(status: u16, cache: &str, body: impl Into<Bytes>) -> Answer {
    let builder = Response::builder().status(status).header("cache-control", cache);
    Answer::Says(builder.body(body.into()).unwrap())
}

/// An answer that is this document.
pub(super) fn json(document: &Value) -> Answer {
    answer(200, "", document.to_string())
}

impl Answers {
    pub(super) fn says(&self, url: &str, answer: Answer) {
        self.0.lock().unwrap().answers.insert(url.to_owned(), answer);
    }

    /// The issuer's metadata, and these keys.
    pub(super) fn publish(&self, keys: &[&Signer]) {
        self.says(METADATA, json(&json!({ "issuer": ISSUER, "jwks_uri": KEYS })));
        self.publish_keys(&keys.iter().map(|key| key.jwk()).collect::<Vec<_>>());
    }

    pub(super) fn publish_keys(&self, keys: &[Value]) {
        self.says(KEYS, json(&json!({ "keys": keys })));
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.0.lock().unwrap().asked.clone()
    }

    /// How often this has been asked for.
    pub(super) fn count(&self, url: &str) -> usize {
        self.asked().iter().filter(|asked| asked.url == url).count()
    }

    /// From now on nothing is answered before the gate is opened, once for each question.
    pub(super) fn close(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        self.0.lock().unwrap().gate = Some(Arc::clone(&gate));
        gate
    }
}

impl Fetch for Answers {
    fn fetch(
        &self,
        request: Request<Bytes>,
        _limit: usize,
    ) -> BoxFuture<'static, Result<Response<Bytes>, FetchError>> {
        let (parts, body) = request.into_parts();
        let (url, body) = (parts.uri.to_string(), String::from_utf8(body.to_vec()).unwrap());
        let mut script = self.0.lock().unwrap();
        let missing = || answer(404, "", "");
        let answer = script.answers.get(&url).or_else(|| script.answers.get(url.trim_end_matches('/')));
        let answer = answer.cloned().unwrap_or_else(missing);
        script.asked.push(Asked { method: parts.method, url, headers: parts.headers, body });
        let gate = script.gate.clone();
        Box::pin(async move {
            if let Some(gate) = gate {
                gate.acquire().await.unwrap().forget();
            }
            match answer {
                Answer::Says(answer) => Ok(answer),
                Answer::Fails => Err(FetchError::Failed("nobody is there".into())),
                Answer::Hangs => pending().await,
                Answer::Panics => panic!("a fetcher that is wrong"),
            }
        })
    }
}
