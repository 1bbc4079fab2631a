//! `tasks/get`, `tasks/update` and `tasks/cancel`: calls that go on after their request was answered.
//!
//! Source: [Tasks](https://github.com/modelcontextprotocol/ext-tasks), extension `io.modelcontextprotocol/tasks`.

mod becoming;
mod driving;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub(super) use becoming::Becoming;
use serde_json::json;

use super::{Answer, Desk, Outcome, Request, Running, object, permit::permit_tasks, required_text};
use crate::{
    call::{Answer as Given, Call, Principal},
    catalog::{Arguments, BoxFuture, Offer},
    clock::Clock,
    cluster::{Change, Changes},
    error::ProtocolError,
    protocol::json::Object,
    store::{Owner, Task, TaskState, Tasks},
};

/// The extension's name.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// The tasks of a server: those that run here, and what is kept of all of them. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct TaskDesk(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn Tasks>,
    /// The calls behind the tasks that run here.
    running: Mutex<HashMap<Arc<str>, Call>>,
    changes: Changes,
    clock: Clock,
    times: TaskTimes,
}

/// How long tasks are kept, and how often they are to be asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskTimes {
    pub(crate) ttl: Duration,
    pub(crate) poll: Duration,
}

impl Default for TaskTimes {
    fn default() -> Self {
        Self { ttl: Duration::from_hours(1), poll: Duration::from_secs(1) }
    }
}

/// How many bytes a result may have that is kept, or what is asked at once: everybody who asks for a task is told it,
/// however slowly they read.
const MOST_SAID: usize = 1024 * 1024;

/// What a task says.
type Said = (TaskState, Option<Arc<str>>);

/// Who asks for which task.
struct TaskQuery {
    desk: TaskDesk,
    id: Arc<str>,
    principal: Principal,
    offer: Arc<Offer>,
    /// Whether the client declares the extension.
    is_declared: bool,
    /// As [`Desk::challenges`].
    challenges: bool,
}

/// A method that is about a task. Whether its caller may have to do with the task is looked at before everything else.
pub(super) fn answer(
    desk: &Desk,
    offer: &Arc<Offer>,
    mut request: Request<'_>,
) -> Result<Answer, ProtocolError> {
    let is_declared = request.facts.capabilities.tasks;
    let id = required_text(&request.params, "taskId");
    let id = id.map_err(|error| if is_declared { error } else { undeclared() })?.into();
    let asked = TaskQuery {
        desk: desk.tasks.clone(),
        id,
        principal: request.facts.principal.clone(),
        offer: Arc::clone(offer),
        is_declared,
        challenges: desk.challenges,
    };
    let (method, future): (_, BoxFuture<_>) = match &*request.method {
        "tasks/get" => ("tasks/get", Box::pin(get(asked))),
        "tasks/cancel" => ("tasks/cancel", Box::pin(cancel(asked))),
        _ => ("tasks/update", Box::pin(update(asked, responses(&mut request.params)))),
    };
    let call = Call::new(request.facts, Arc::clone(&desk.surroundings));
    Ok(Answer::Running(Running::stored(call, method, future)))
}

/// The client doesn't declare the extension.
pub(super) fn undeclared() -> ProtocolError {
    ProtocolError::MissingClientCapability { required: json!({ "extensions": { EXTENSION: {} } }) }
}

fn responses(params: &mut Object<'_>) -> Result<Arguments, ProtocolError> {
    if params.get("inputResponses").is_none() {
        return Err(ProtocolError::params("`inputResponses` is missing"));
    }
    object(params, "inputResponses")
}

async fn get(asked: TaskQuery) -> Result<Outcome, ProtocolError> {
    Ok(Outcome::Task { task: Box::new(asked.find().await?), is_new: false })
}

async fn update(
    asked: TaskQuery,
    responses: Result<Arguments, ProtocolError>,
) -> Result<Outcome, ProtocolError> {
    asked.find().await?;
    if let (Some(call), responses) = (asked.desk.running(&asked.id), responses?) {
        for (key, result) in responses {
            // What isn't asked, or is answered, is nobody's.
            call.questions().answer(&key, Given::Result(result));
        }
    }
    Ok(Outcome::Acknowledged)
}

async fn cancel(asked: TaskQuery) -> Result<Outcome, ProtocolError> {
    asked.find().await?;
    let TaskQuery { desk, id, .. } = asked;
    // One that has ended meanwhile stays as it is.
    desk.change(&id, (TaskState::Cancelled, None)).await;
    desk.running(&id).inspect(Call::cancel);
    Ok(Outcome::Acknowledged)
}

impl TaskQuery {
    /// The task, if it is the caller's and they have what its call needed.
    async fn find(&self) -> Result<Task, ProtocolError> {
        let task = self.desk.get(&self.id, &self.principal.owner()).await;
        permit_tasks(&self.offer, &self.principal, &task)
            .map_err(|error| error.challenging(self.challenges))?;
        if !self.is_declared {
            return Err(undeclared());
        }
        task.ok_or_else(|| ProtocolError::params("there is no such task; it may have expired"))
    }
}

impl TaskDesk {
    pub(crate) fn new(store: Arc<dyn Tasks>, changes: Changes, clock: Clock, times: TaskTimes) -> Self {
        Self(Arc::new(Inner { store, running: Mutex::default(), changes, clock, times }))
    }

    /// The owner's task of this id.
    pub(super) async fn get(&self, id: &Arc<str>, owner: &Owner) -> Option<Task> {
        self.0.store.get(Arc::clone(id), owner.clone(), self.0.clock.wall()).await
    }

    /// Has a task say something else, and tells those who listen to it. Gives back whether it says so now: one that has
    /// ended doesn't, and one that would say too much has failed.
    async fn change(&self, id: &Arc<str>, (state, message): Said) -> bool {
        let bytes = state.text().len();
        let changed = if bytes > MOST_SAID {
            Err(format!("a task may say {MOST_SAID} bytes, and this one came to {bytes}"))
        } else {
            let changed = self.0.store.change(Arc::clone(id), state, message, self.0.clock.wall()).await;
            changed.map_err(|full| full.to_string())
        };
        match changed {
            Ok(Some(_)) => {
                self.0.changes.publish(&Change::Task(Arc::clone(id)));
                true
            }
            Ok(None) => false,
            // Which is little enough to say.
            Err(full) => {
                Box::pin(self.change(id, failed(&ProtocolError::Failed(full)))).await;
                false
            }
        }
    }

    fn running(&self, id: &Arc<str>) -> Option<Call> {
        self.all().get(id).cloned()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Arc<str>, Call>> {
        // Nothing panics under this lock.
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a task says that came to an error.
fn failed(error: &ProtocolError) -> Said {
    let message = error.to_string();
    let mut written = json!({ "code": error.code(), "message": message });
    if let Some(data) = error.data() {
        written["data"] = data;
    }
    (TaskState::Failed(written.to_string().into()), Some(message.into()))
}
