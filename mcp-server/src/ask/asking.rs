//! One question, from being asked to its answer.

use std::{future::poll_fn, sync::Arc};

use serde_json::Value;
use tokio::time::timeout;

use super::{
    AskError, Unsupported,
    digest::{Digest, Fields},
};
use crate::{
    call::{Answer, Call, Draft, Question, Said, Way},
    protocol::input::Input,
    telemetry,
};

/// How often a client is asked again that answers what can't be taken.
const ATTEMPTS: usize = 3;

/// The code of a client whose user refuses that its model is sampled.
///
/// Source: [Sampling, error handling](https://modelcontextprotocol.io/specification/2025-11-25/client/sampling#error-handling).
const REFUSED: i64 = -1;

/// What an answer says.
pub(crate) enum Reply<T> {
    Given(T),
    Declined,
    Cancelled,
}

/// Asks, until there is an answer that can be taken. `read` says what an answer means, or why it is none.
pub(crate) async fn ask<T>(
    call: &Call,
    input: Input,
    name: Option<&str>,
    read: impl Fn(&Value) -> Result<Reply<T>, String>,
) -> Result<T, AskError> {
    let way = call.way();
    if way == Way::Never || !call.facts().capabilities.allow(input.needs()) {
        return Err(AskError::Unsupported(Unsupported::new(input.needs(), way)));
    }
    if let Some(name) = name.filter(|name| !is_key(name)) {
        let text = format!("`{name}` can't be a question's key: 1 to 64 of the characters A-Z a-z 0-9 _ - .");
        return Err(AskError::Invalid(text));
    }
    input.check().map_err(AskError::Invalid)?;
    let digest = digest(&input);
    for _ in 0..ATTEMPTS {
        let draft = Draft { input: input.clone(), digest: digest.clone(), name: name.map(Into::into) };
        let asking = Asking { call, question: call.questions().ask(draft) };
        if let Some(reply) = asking.reply(&read).await? {
            return match reply {
                Reply::Given(value) => Ok(value),
                Reply::Declined => Err(AskError::Declined),
                Reply::Cancelled => Err(AskError::Cancelled),
            };
        }
    }
    Err(AskError::Cancelled)
}

/// Whether an author's key may be one.
fn is_key(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(legal)
}

/// What tells a question from every other one of its call.
fn digest(input: &Input) -> String {
    let fields = Fields::new("question").text("method", input.method());
    fields.hashed("params", Digest::of_value(&input.params())).digest().short()
}

/// A question that waits, until this is dropped.
struct Asking<'c> {
    call: &'c Call,
    question: Arc<Question>,
}

impl Asking<'_> {
    /// What the answer says. `None`: it can't be taken, and the client is to be asked anew.
    async fn reply<T>(
        &self,
        read: &impl Fn(&Value) -> Result<Reply<T>, String>,
    ) -> Result<Option<Reply<T>>, AskError> {
        loop {
            let result = match self.answer().await {
                Some(Answer::Result(result)) => result,
                Some(Answer::Unsupported) => {
                    let lacking = Unsupported::unknown(self.question.input.needs(), self.call.way());
                    return Err(AskError::Unsupported(lacking));
                }
                Some(Answer::Error { code: REFUSED }) => return Err(AskError::Declined),
                Some(Answer::Error { .. }) | None => return Err(AskError::Cancelled),
            };
            match read(&result) {
                Ok(reply) => {
                    self.call.questions().settle(&self.question, result);
                    return Ok(Some(reply));
                }
                Err(reason) => telemetry::unfit(&self.question.key, &reason),
            }
            if self.call.way() != Way::Park {
                return Ok(None);
            }
            // Asked under the same key: it is the same question still.
            self.call.questions().reopen(&self.question);
        }
    }

    /// The answer. `None`: there won't be one.
    async fn answer(&self) -> Option<Answer> {
        let (call, question) = (self.call, &self.question);
        let answer = poll_fn(|context| call.questions().poll_answer(&question.key, context));
        if call.way() != Way::Send {
            // A task that the function has begun may ask too.
            call.outbox().nudge();
            return answer.await;
        }
        call.say(Said::Question(Arc::clone(question))).await;
        // Whoever can't be told of it won't answer it.
        if call.outbox().is_closed() {
            return None;
        }
        timeout(call.surroundings().patience, answer).await.ok().flatten()
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let was_open = self.call.questions().close(&self.question);
        if was_open && self.call.way() == Way::Send {
            self.call.outbox().push(Said::Withdrawn(Arc::clone(&self.question)));
        }
        self.call.outbox().nudge();
    }
}
