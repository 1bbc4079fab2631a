//! Tasks in this process's memory.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry},
    fmt,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::Room;
use crate::store::{Full, Owner, Pending, RESERVED, Task, TaskState, Tasks};

/// How many tasks may be kept, and how large.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskLimits {
    /// Of one owner.
    pub(crate) owner: Room,
    /// Of all owners together.
    pub(crate) total: Room,
}

impl TaskLimits {
    fn of(&self, owner: &Owner) -> Room {
        if owner.is_shared() { self.total } else { self.owner }
    }
}

impl Default for TaskLimits {
    fn default() -> Self {
        Self {
            owner: Room { entries: 1_000, bytes: 16 * 1024 * 1024 },
            total: Room { entries: 10_000, bytes: 128 * 1024 * 1024 },
        }
    }
}

/// The tasks of this process.
pub(crate) struct MemoryTasks {
    held: Mutex<Held>,
    limits: TaskLimits,
}

impl MemoryTasks {
    pub(crate) fn new(limits: TaskLimits) -> Self {
        Self { held: Mutex::default(), limits }
    }

    /// What is held now: nothing in there has expired.
    fn held(&self, now: Duration) -> MutexGuard<'_, Held> {
        // Nothing panics under this lock.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.forget_expired(now);
        held
    }
}

impl Tasks for MemoryTasks {
    fn create(&self, task: Task) -> Pending<Result<(), Full>> {
        Box::pin(ready(self.held(task.created).create(task, self.limits)))
    }

    fn get(&self, id: Arc<str>, owner: Owner, now: Duration) -> Pending<Option<Task>> {
        let held = self.held(now);
        let kept = held.tasks.get(&id).filter(|kept| kept.task.owner == owner);
        Box::pin(ready(kept.map(|kept| kept.task.clone())))
    }

    fn change(
        &self,
        id: Arc<str>,
        state: TaskState,
        message: Option<Arc<str>>,
        now: Duration,
    ) -> Pending<Result<Option<Task>, Full>> {
        let mut held = self.held(now);
        let running = held.tasks.get(&id).filter(|kept| kept.ended.is_none());
        let changed = running.map(|Kept { task, .. }| Task {
            state,
            message,
            updated: task.updated.max(now),
            ..task.clone()
        });
        let changed = changed.map(|task| held.replace(task, self.limits)).transpose();
        Box::pin(ready(changed))
    }
}

impl fmt::Debug for MemoryTasks {
    /// Without the tasks, whose results are their owners'.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTasks").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Tasks, by what is asked of them. Nothing is looked for from one end to the other.
#[derive(Default)]
struct Held {
    tasks: HashMap<Arc<str>, Kept>,
    owners: HashMap<Owner, Share>,
    all: Share,
    /// Those that expire, the next first.
    expiries: BTreeSet<(Duration, Arc<str>)>,
    /// How many have ended.
    ends: u64,
}

struct Kept {
    task: Task,
    /// Its number among those that have ended.
    ended: Option<u64>,
}

/// What an owner has in here, or all together.
#[derive(Default)]
struct Share {
    kept: Room,
    /// The part of it that has not ended.
    running: Room,
    /// The others, in the order in which they ended.
    ended: BTreeMap<u64, Arc<str>>,
}

impl Held {
    fn create(&mut self, task: Task, limits: TaskLimits) -> Result<(), Full> {
        if self.tasks.contains_key(&task.id) {
            return Err(Full::Taken);
        }
        self.make_room(&task, limits)?;
        self.keep(task);
        Ok(())
    }

    /// Keeps a task in place of what it was until now.
    fn replace(&mut self, task: Task, limits: TaskLimits) -> Result<Task, Full> {
        let before = self.take(&task.id);
        let room = self.make_room(&task, limits);
        self.keep(before.filter(|_| room.is_err()).unwrap_or_else(|| task.clone()));
        room.map(|()| task)
    }

    /// Lets go of what has ended until a task has room, unless it hasn't even without that.
    fn make_room(&mut self, task: &Task, limits: TaskLimits) -> Result<(), Full> {
        let bytes = size(task);
        let own = self.owners.get(&task.owner).map(|share| share.running).unwrap_or_default();
        if own.and(bytes).exceeds(limits.of(&task.owner)) {
            return Err(if task.owner.is_shared() { Full::Everybody } else { Full::Owner });
        }
        if self.all.running.and(bytes).exceeds(limits.total) {
            return Err(Full::Everybody);
        }
        while let Some(id) = self.next_to_go(&task.owner, bytes, limits) {
            self.take(&id);
        }
        Ok(())
    }

    /// The task that goes next, so that this owner may have so many bytes more.
    fn next_to_go(&self, owner: &Owner, bytes: usize, limits: TaskLimits) -> Option<Arc<str>> {
        let own = self.owners.get(owner).filter(|own| own.kept.and(bytes).exceeds(limits.of(owner)));
        let all = Some(&self.all).filter(|all| all.kept.and(bytes).exceeds(limits.total));
        own.or(all)?.ended.first_key_value().map(|(_, id)| Arc::clone(id))
    }

    fn forget_expired(&mut self, now: Duration) {
        while let Some((_, id)) = self.expiries.first().filter(|(expiry, _)| *expiry <= now).cloned() {
            self.take(&id);
        }
    }

    fn keep(&mut self, task: Task) {
        let ended = task.state.is_terminal().then_some(self.ends);
        self.ends += u64::from(ended.is_some());
        let (id, kept) = (Arc::clone(&task.id), Kept { task, ended });
        self.all.add(&kept);
        self.owners.entry(kept.task.owner.clone()).or_default().add(&kept);
        if let Some(expiry) = kept.task.expiry() {
            self.expiries.insert((expiry, Arc::clone(&id)));
        }
        self.tasks.insert(id, kept);
    }

    fn take(&mut self, id: &Arc<str>) -> Option<Task> {
        let kept = self.tasks.remove(id)?;
        self.all.remove(&kept);
        if let Entry::Occupied(mut own) = self.owners.entry(kept.task.owner.clone()) {
            own.get_mut().remove(&kept);
            if own.get().kept.entries == 0 {
                own.remove();
            }
        }
        if let Some(expiry) = kept.task.expiry() {
            self.expiries.remove(&(expiry, Arc::clone(id)));
        }
        Some(kept.task)
    }
}

impl Share {
    fn add(&mut self, kept: &Kept) {
        let bytes = size(&kept.task);
        self.kept = self.kept.and(bytes);
        match kept.ended {
            Some(end) => _ = self.ended.insert(end, Arc::clone(&kept.task.id)),
            None => self.running = self.running.and(bytes),
        }
    }

    fn remove(&mut self, kept: &Kept) {
        let bytes = size(&kept.task);
        self.kept = self.kept.without(bytes);
        match kept.ended {
            Some(end) => _ = self.ended.remove(&end),
            None => self.running = self.running.without(bytes),
        }
    }
}

/// How much room a task takes up, in bytes.
fn size(task: &Task) -> usize {
    let request = if task.state.is_terminal() { 0 } else { task.request };
    let names = task.id.len() + task.owner.name().len() + task.tool.len() + task.scope.len();
    names + task.said().max(RESERVED) + request
}

#[cfg(test)]
mod tests {
    use std::iter;

    use futures_util::FutureExt;

    use super::*;
    use crate::store::{contract, owner};

    contract::tasks::suite!(|limits| Arc::new(MemoryTasks::new(limits)));

    const LIMITS: TaskLimits = TaskLimits {
        owner: Room { entries: 8, bytes: 12 * RESERVED },
        total: Room { entries: 20, bytes: 30 * RESERVED },
    };

    /// Numbers that look random, the same each time.
    fn numbers() -> impl Iterator<Item = usize> {
        let next = |number: &u64| Some(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        iter::successors(Some(1), next).map(|number| usize::try_from(number >> 40).unwrap())
    }

    /// What the books have to say about what is kept.
    fn share<'t>(kept: impl Iterator<Item = &'t Kept>) -> Share {
        kept.fold(Share::default(), |mut share, kept| {
            share.add(kept);
            share
        })
    }

    fn check(held: &Held) {
        let same = |left: &Share, right: &Share, limit| {
            assert_eq!((left.kept, left.running, &left.ended), (right.kept, right.running, &right.ended));
            assert!(!left.kept.exceeds(limit), "{:?}", left.kept);
        };
        same(&held.all, &share(held.tasks.values()), LIMITS.total);
        for (owner, own) in &held.owners {
            same(own, &share(held.tasks.values().filter(|kept| kept.task.owner == *owner)), LIMITS.owner);
        }
        let expiring = held.tasks.values().filter_map(|kept| kept.task.expiry());
        assert_eq!(held.expiries.len(), expiring.count());
        let present: usize = held.owners.values().map(|own| own.kept.entries).sum();
        assert_eq!(present, held.tasks.len());
        assert!(held.owners.values().all(|own| own.kept.entries > 0), "an owner of nothing is forgotten");
    }

    #[test]
    fn whatever_happens_the_books_are_right_and_the_limits_hold() {
        let (tasks, mut numbers) = (MemoryTasks::new(LIMITS), numbers());
        let mut number = |below: usize| numbers.next().unwrap() % below;
        let (mut created, mut changed, mut refused) = (0, 0, 0);
        for now in (0..10_000).map(Duration::from_secs) {
            let text = "x".repeat(number(5 * RESERVED)).into();
            let state = match number(5) {
                0 | 1 => TaskState::Working,
                2 | 3 => TaskState::InputRequired(text),
                _ => TaskState::Completed(text),
            };
            let id: Arc<str> = number(60).to_string().into();
            if number(3) > 0 {
                let result = tasks.change(id, state, None, now).now_or_never().unwrap();
                changed += usize::from(matches!(result, Ok(Some(_))));
                refused += usize::from(result.is_err());
            } else {
                let owner = owner(&(number(2) * number(20)).to_string());
                let ttl = [None, Some(Duration::from_secs(5)), Some(Duration::from_mins(2))][number(3)];
                let task = Task {
                    id,
                    owner,
                    tool: "".into(),
                    scope: "".into(),
                    state,
                    message: None,
                    created: now,
                    updated: now,
                    ttl,
                    poll: None,
                    request: 0,
                };
                created += usize::from(tasks.create(task).now_or_never().unwrap().is_ok());
            }
            check(&tasks.held(now));
        }
        assert!(
            [created, changed, refused].iter().all(|times| *times > 100),
            "{created} {changed} {refused}"
        );
        let held = tasks.held(Duration::MAX);
        check(&held);
        assert!(held.expiries.is_empty());
    }
}
