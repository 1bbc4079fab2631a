//! A task, driven to its end.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{Running, Said, TaskDesk, failed};
use crate::{call::Call, dispatch::Outcome, error::ProtocolError, store::TaskState};

/// Drives a call to its end, and keeps what becomes of it.
pub(super) async fn drive(listed: Listed, running: Running) {
    let Listed { desk, id } = &listed;
    // One that has expired is found by nobody, so nobody could end it.
    if let Ok(Some(said)) = timeout(desk.0.times.ttl, go_on(desk, id, running)).await {
        desk.change(id, said).await;
    }
}

/// What the task comes to. `None` when it is over already: it was cancelled, or asks more than can be kept.
async fn go_on(desk: &TaskDesk, id: &Arc<str>, mut running: Running) -> Option<Said> {
    let call = running.call().clone();
    let mut version = call.questions().version();
    loop {
        match poll_fn(|context| step(&mut running, &call, version, context)).await {
            Step::Left => return None,
            Step::Asked(now) => {
                version = now;
                if !desk.change(id, (asking(&call), None)).await {
                    return None;
                }
            }
            Step::Done(outcome) => return Some(ended(outcome)),
        }
    }
}

enum Step {
    /// It has other questions than before.
    Asked(u64),
    Left,
    Done(Result<Outcome, ProtocolError>),
}

fn step(running: &mut Running, call: &Call, version: u64, context: &mut Context<'_>) -> Poll<Step> {
    let outbox = call.outbox();
    outbox.listen(context.waker());
    if outbox.is_cancelled() {
        return Poll::Ready(Step::Left);
    }
    if let Poll::Ready(outcome) = Pin::new(running).poll(context) {
        return Poll::Ready(Step::Done(outcome));
    }
    // Nobody is told how far a task is, or what it logs: the extension has no place for it.
    drop(outbox.take());
    let now = call.questions().version();
    if now == version { Poll::Pending } else { Poll::Ready(Step::Asked(now)) }
}

/// What a task says that goes on.
fn asking(call: &Call) -> TaskState {
    let open = call.questions().open();
    if open.is_empty() {
        return TaskState::Working;
    }
    let requests: Map<String, Value> = open.iter().map(|question| question.request()).collect();
    TaskState::InputRequired(Value::Object(requests).to_string().into())
}

/// What a task says that has ended.
fn ended(outcome: Result<Outcome, ProtocolError>) -> Said {
    match outcome {
        Ok(Outcome::Tool { result, .. }) => (TaskState::Completed(result.to_json().into()), None),
        Ok(_) => unreachable!("only tools run as tasks"),
        Err(error) => failed(&error),
    }
}

/// A call among those that run as tasks, until this is dropped.
pub(super) struct Listed {
    desk: TaskDesk,
    id: Arc<str>,
}

impl Listed {
    pub(super) fn new(desk: &TaskDesk, id: &Arc<str>, call: &Call) -> Self {
        desk.all().insert(Arc::clone(id), call.clone());
        Self { desk: desk.clone(), id: Arc::clone(id) }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.desk.all().remove(&self.id);
    }
}
