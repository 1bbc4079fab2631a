//! A call on its way to being a task.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    Running, TaskDesk,
    driving::{Listed, drive},
};
use crate::{
    call::Call,
    catalog::ToolEntry,
    error::ProtocolError,
    secret::secret,
    store::{Full, Pending, Task, TaskState},
};

/// A call that is to become a task, as soon as what is asked before that is answered.
pub(in crate::dispatch) struct Becoming {
    pub(super) desk: TaskDesk,
    tool: Arc<ToolEntry>,
    /// Whether something is asked first.
    asks: bool,
    /// How many bytes its request holds.
    request: usize,
    creating: Option<(Task, Pending<Result<(), Full>>)>,
}

impl Becoming {
    /// `request`: how many bytes the call's request holds.
    pub(in crate::dispatch) fn new(desk: &TaskDesk, tool: &Arc<ToolEntry>, request: usize) -> Self {
        let (desk, asks) = (desk.clone(), tool.asks_first());
        Self { desk, tool: Arc::clone(tool), asks, request, creating: None }
    }

    /// Whether nothing more is to be done before the task.
    pub(in crate::dispatch) fn is_due(&self, call: &Call) -> bool {
        !self.asks || call.questions().is_at_gate()
    }

    /// Creates the task. It is there when this resolves.
    pub(in crate::dispatch) fn poll_create(
        &mut self,
        call: &Call,
        context: &mut Context<'_>,
    ) -> Poll<Result<Task, ProtocolError>> {
        let (task, creating) = match self.creating.take() {
            Some(creating) => creating,
            None => match self.begin(call) {
                Ok(creating) => creating,
                Err(error) => return Poll::Ready(Err(error)),
            },
        };
        let (_, creating) = self.creating.insert((task, creating));
        let created = std::task::ready!(creating.as_mut().poll(context));
        let task = self.creating.take().map(|(task, _)| task);
        let created = created.map_err(|full| ProtocolError::Failed(full.to_string()));
        Poll::Ready(created.and_then(|()| task.ok_or_else(|| unreachable!("it was put in"))))
    }

    fn begin(&self, call: &Call) -> Result<(Task, Pending<Result<(), Full>>), ProtocolError> {
        let (times, now) = (self.desk.0.times, self.desk.0.clock.wall());
        let task = Task {
            id: secret()?.into(),
            owner: call.principal().owner(),
            tool: self.tool.name().into(),
            scope: self.tool.access().scope().into(),
            state: TaskState::Working,
            message: None,
            created: now,
            updated: now,
            ttl: Some(times.ttl),
            poll: Some(times.poll),
            request: self.request,
        };
        Ok((task.clone(), self.desk.0.store.create(task)))
    }

    /// Lets the call go on as this task.
    pub(in crate::dispatch) fn detach(self, id: &Arc<str>, running: Running) {
        running.call().questions().become_task();
        // Listed before its client knows of it, which may cancel it at once.
        let listed = Listed::new(&self.desk, id, running.call());
        tokio::spawn(drive(listed, running));
    }
}
