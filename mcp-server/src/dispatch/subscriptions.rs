//! `subscriptions/listen`.
//!
//! Source: [Subscriptions](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions).

use std::{
    collections::VecDeque,
    fmt,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use indexmap::IndexSet;
use serde::{Serialize, Serializer};

use super::{
    Answer, Desk, Request,
    permit::permit_tasks,
    tasks::{self, TaskDesk},
};
use crate::{
    call::Principal,
    catalog::{Kind, Offer},
    cluster::{Change, Changes, Interest, Listener, TooMuch},
    error::ProtocolError,
    guard,
    protocol::{
        json::{Json, Object},
        uri::CanonicalUri,
    },
    quota::Permit,
    store::{Pending, Task},
};

/// After how long a client that may not listen now may try again: others end whenever they like.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// A client that listens, and to what.
pub(crate) struct Subscription {
    listener: Listener,
    pub(crate) acknowledged: Filter,
    tasks: TaskDesk,
    /// Who opened it.
    principal: Principal,
    /// As [`Desk::challenges`].
    challenges: bool,
    /// What has changed, and isn't told yet.
    changes: VecDeque<Change>,
    /// A task that has changed, while it is looked up.
    looking: Option<Pending<Option<Task>>>,
    _permit: Permit,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("acknowledged", &self.acknowledged).finish_non_exhaustive()
    }
}

/// Something that a listener is told.
#[derive(Debug)]
pub(crate) enum Told {
    /// What has changed.
    Change(Change),
    /// A task, as it is now.
    Task(Box<Task>),
}

impl Subscription {
    /// Whether whoever opened it may hear of the tasks that it names, as far as these are theirs. Of the others nothing is
    /// told.
    ///
    /// # Errors
    ///
    /// Everything that the tasks need.
    pub(crate) async fn permit(&mut self, offer: &Offer) -> Result<(), ProtocolError> {
        if self.principal.is_trusted() {
            return Ok(());
        }
        let (owner, mut tasks) = (self.principal.owner(), Vec::new());
        for id in &self.acknowledged.task_ids {
            tasks.extend(self.tasks.get(id, &owner).await);
        }
        permit_tasks(offer, &self.principal, &tasks).map_err(|error| error.challenging(self.challenges))
    }

    /// Something that has changed, as soon as anything has. One at a time: a task may have much to say, and whoever
    /// listens may read slowly. What whoever opened it may not use, as things are offered now, is left out.
    pub(crate) fn poll_next(&mut self, offer: &Offer, context: &mut Context<'_>) -> Poll<Told> {
        loop {
            if let Some(looking) = &mut self.looking {
                let task = ready!(looking.as_mut().poll(context));
                self.looking = None;
                // One that is gone, or somebody else's, is nobody's business.
                if let Some(task) = task
                    && permit_tasks(offer, &self.principal, [&task]).is_ok()
                {
                    return Poll::Ready(Told::Task(Box::new(task)));
                }
            }
            match self.changes.pop_front() {
                Some(Change::Task(id)) => {
                    let (tasks, owner) = (self.tasks.clone(), self.principal.owner());
                    self.looking = Some(Box::pin(async move { tasks.get(&id, &owner).await }));
                }
                Some(change) if guard::may_hear(offer, &self.principal, &change) => {
                    return Poll::Ready(Told::Change(change));
                }
                Some(_) => {}
                None => self.changes.extend(ready!(self.listener.poll_take(context))),
            }
        }
    }
}

/// What a client listens to, as the acknowledgment says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Filter {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tools_list_changed: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    prompts_list_changed: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    resources_list_changed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "texts")]
    resource_subscriptions: Vec<Arc<str>>,
    /// As they were asked for: whether there is such a task is told by what follows.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "texts")]
    task_ids: Vec<Arc<str>>,
}

/// Begins to listen to what the client asks for, as far as this server has it.
pub(super) fn listen(
    desk: &Desk,
    offer: &Arc<Offer>,
    request: &Request<'_>,
) -> Result<Answer, ProtocolError> {
    let (params, principal) = (&request.params, request.facts.principal.clone());
    let Some(asked) = params.get("notifications").and_then(Json::as_object) else {
        return Err(ProtocolError::params("`notifications` must be an object"));
    };
    let filter = Filter::read(asked, offer, &principal)?;
    if asked.get("taskIds").is_some() && !request.facts.capabilities.tasks {
        return Err(tasks::undeclared());
    }
    let owner = principal.owner();
    let limited = |text: String| ProtocolError::LimitReached { text, retry_after: RETRY_AFTER };
    let permit = desk.listeners.take(owner.share(), 1);
    let permit = permit
        .map_err(|exceeded| limited(format!("of subscriptions, {exceeded}; end one, or retry later")))?;
    let listener = desk.surroundings.changes.listen(filter.interest(), owner.share());
    let listener = listener.map_err(|much| match much {
        TooMuch::Share | TooMuch::Everybody => limited(much.to_string()),
        TooMuch::Uris | TooMuch::Bytes => ProtocolError::params(much.to_string()),
    })?;
    // What they are now, for whoever has missed how they became it.
    filter.task_ids.iter().for_each(|id| listener.note(Change::Task(Arc::clone(id))));
    let tasks = desk.tasks.clone();
    let acknowledged = filter;
    let subscription = Subscription {
        listener,
        acknowledged,
        tasks,
        principal,
        challenges: desk.challenges,
        changes: VecDeque::new(),
        looking: None,
        _permit: permit,
    };
    Ok(Answer::Listening(Box::new(subscription)))
}

impl Filter {
    fn read(asked: &Object<'_>, offer: &Offer, principal: &Principal) -> Result<Self, ProtocolError> {
        let flag = |name: &str, offered: bool| match asked.get(name) {
            None => Ok(false),
            Some(Json::Bool(wanted)) => Ok(*wanted && offered),
            Some(other) => Err(ProtocolError::params(format!(
                "`notifications.{name}` must be a boolean, not {}",
                other.kind()
            ))),
        };
        Ok(Self {
            tools_list_changed: flag("toolsListChanged", offer.offers(Kind::Tools))?,
            prompts_list_changed: flag("promptsListChanged", offer.offers(Kind::Prompts))?,
            resources_list_changed: flag("resourcesListChanged", offer.offers(Kind::Resources))?,
            resource_subscriptions: uris(asked, offer, principal)?,
            task_ids: task_ids(asked, offer)?,
        })
    }

    fn interest(&self) -> Interest {
        Interest {
            tools: self.tools_list_changed,
            prompts: self.prompts_list_changed,
            resources: self.resources_list_changed,
            uris: self.resource_subscriptions.iter().map(Arc::clone).collect(),
            tasks: self.task_ids.iter().map(Arc::clone).collect(),
        }
    }
}

/// The URIs that are asked for and that are resources here, each once. What somebody may not read is as good as not
/// there: decided by what would be read, which may be another thing than what they see at that URI.
fn uris(asked: &Object<'_>, offer: &Offer, principal: &Principal) -> Result<Vec<Arc<str>>, ProtocolError> {
    let names = names(asked, "resourceSubscriptions")?;
    let bytes: usize = names.iter().map(|name| name.len()).sum();
    if bytes > Changes::MOST_BYTES {
        return Err(ProtocolError::params(TooMuch::Bytes.to_string()));
    }
    let mut uris = IndexSet::new();
    for name in names {
        let uri = CanonicalUri::read(name).map_err(|error| {
            ProtocolError::params(format!("`notifications.resourceSubscriptions`: {error}"))
        })?;
        if guard::may_read(offer, principal, &uri) {
            uris.insert(uri.as_str().into());
        }
    }
    Ok(uris.into_iter().collect())
}

/// The tasks that are asked for, each once.
fn task_ids(asked: &Object<'_>, offer: &Offer) -> Result<Vec<Arc<str>>, ProtocolError> {
    let names = names(asked, "taskIds")?;
    Ok(names.into_iter().filter(|_| offer.has_tasks()).map(Into::into).collect())
}

/// A list of strings, each once.
fn names<'a>(asked: &'a Object<'_>, member: &str) -> Result<IndexSet<&'a str>, ProtocolError> {
    let not_texts = || ProtocolError::params(format!("`notifications.{member}` must be an array of strings"));
    let asked = match asked.get(member) {
        None => return Ok(IndexSet::new()),
        Some(Json::Array(names)) => names,
        Some(_) => return Err(not_texts()),
    };
    if asked.len() > Changes::MOST_URIS {
        let most = Changes::MOST_URIS;
        return Err(ProtocolError::params(format!("`notifications.{member}` takes {most} at most")));
    }
    asked.iter().map(|name| name.as_str().ok_or_else(not_texts)).collect()
}

fn texts<S: Serializer>(texts: &[Arc<str>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(texts.iter().map(|text| &**text))
}
