//! Tasks in this process's memory.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry},
    fmt,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    quota::{Amount, Exceeded, Ranking, ShareKey, SizedPermit, SizedQuota},
    store::{Full, Owner, Pending, RESERVED, Task, TaskState, Tasks},
};

/// How many tasks may be kept, and how large.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskLimits {
    /// Of one share.
    pub(crate) each: Amount,
    /// Of all together.
    pub(crate) total: Amount,
}

impl TaskLimits {
    fn of(&self, share: &ShareKey) -> Amount {
        if *share == ShareKey::Trusted { self.total } else { self.each }
    }
}

impl Default for TaskLimits {
    fn default() -> Self {
        Self {
            each: Amount { entries: 1_000, bytes: 16 * 1024 * 1024 },
            total: Amount { entries: 10_000, bytes: 128 * 1024 * 1024 },
        }
    }
}

/// The tasks of this process.
pub(crate) struct MemoryTasks {
    held: Mutex<Held>,
    /// What those hold that have not ended.
    running: SizedQuota,
    limits: TaskLimits,
}

impl MemoryTasks {
    pub(crate) fn new(limits: TaskLimits) -> Self {
        Self { held: Mutex::default(), running: SizedQuota::new(limits.total, limits.each), limits }
    }

    /// What is held now: nothing in there has expired.
    fn held(&self, now: Duration) -> MutexGuard<'_, Held> {
        // Nothing panics under this lock.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.forget_expired(now, self.limits);
        held
    }
}

impl Tasks for MemoryTasks {
    fn create(&self, task: Task) -> Pending<Result<(), Full>> {
        Box::pin(ready(self.held(task.created).create(task, &self.running, self.limits)))
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
    shares: HashMap<ShareKey, Share>,
    all: Amount,
    /// The shares of those that have ended.
    ranking: Ranking,
    /// Those that expire, the next first.
    expiries: BTreeSet<(Duration, Arc<str>)>,
    /// How many have ended.
    ends: u64,
}

struct Kept {
    task: Task,
    /// Its number among those that have ended.
    ended: Option<u64>,
    /// As long as it has not ended.
    running: Option<SizedPermit>,
}

/// What a caller has in here.
#[derive(Default)]
struct Share {
    kept: Amount,
    /// Those that have ended, in this order.
    ended: BTreeMap<u64, Arc<str>>,
}

impl Held {
    fn create(&mut self, task: Task, running: &SizedQuota, limits: TaskLimits) -> Result<(), Full> {
        if self.tasks.contains_key(&task.id) {
            return Err(Full::Taken);
        }
        let permit = running.take(task.owner.share(), size(&task));
        let permit = permit.map_err(|exceeded| full(&task.owner, exceeded))?;
        self.make_room(&task, limits);
        self.keep(task, Some(permit), limits);
        Ok(())
    }

    /// Keeps a task in place of what it was until now.
    fn replace(&mut self, task: Task, limits: TaskLimits) -> Result<Task, Full> {
        let id = Arc::clone(&task.id);
        if let Some(Kept { running: Some(permit), .. }) = self.tasks.get_mut(&id) {
            permit.resize(size(&task).bytes).map_err(|exceeded| full(&task.owner, exceeded))?;
        }
        let permit = self.take(&id, limits).and_then(|kept| kept.running);
        self.make_room(&task, limits);
        self.keep(task.clone(), permit, limits);
        Ok(task)
    }

    /// Lets go of what has ended until a task has room. What has not ended has its own limits, so there is enough.
    fn make_room(&mut self, task: &Task, limits: TaskLimits) {
        while let Some(id) = self.next_to_go(task.owner.share(), size(task), limits) {
            self.take(&id, limits);
        }
    }

    /// The task that goes next, so that this share may have so much more.
    fn next_to_go(&self, share: &ShareKey, amount: Amount, limits: TaskLimits) -> Option<Arc<str>> {
        let first = |share: &Share| share.ended.first_key_value().map(|(_, id)| Arc::clone(id));
        let own = self.shares.get(share);
        if let Some(own) = own.filter(|own| own.kept.and(amount).exceeds(limits.of(share))) {
            return first(own);
        }
        if !self.all.and(amount).exceeds(limits.total) {
            return None;
        }
        self.shares.get(self.ranking.first()?).and_then(first)
    }

    fn forget_expired(&mut self, now: Duration, limits: TaskLimits) {
        while let Some((_, id)) = self.expiries.first().filter(|(expiry, _)| *expiry <= now).cloned() {
            self.take(&id, limits);
        }
    }

    fn keep(&mut self, task: Task, running: Option<SizedPermit>, limits: TaskLimits) {
        let ended = task.state.is_terminal().then_some(self.ends);
        self.ends += u64::from(ended.is_some());
        let running = running.filter(|_| ended.is_none());
        let (id, share, amount) = (Arc::clone(&task.id), task.owner.share().clone(), size(&task));
        self.all = self.all.and(amount);
        let own = self.shares.entry(share.clone()).or_default();
        own.kept = own.kept.and(amount);
        own.ended.extend(ended.map(|end| (end, Arc::clone(&id))));
        if let Some(expiry) = task.expiry() {
            self.expiries.insert((expiry, Arc::clone(&id)));
        }
        self.tasks.insert(id, Kept { task, ended, running });
        self.rank(&share, limits);
    }

    fn take(&mut self, id: &Arc<str>, limits: TaskLimits) -> Option<Kept> {
        let kept = self.tasks.remove(id)?;
        let (share, amount) = (kept.task.owner.share(), size(&kept.task));
        self.all = self.all.without(amount);
        if let Entry::Occupied(mut own) = self.shares.entry(share.clone()) {
            own.get_mut().kept = own.get().kept.without(amount);
            kept.ended.map(|end| own.get_mut().ended.remove(&end));
            if own.get().kept.entries == 0 {
                own.remove();
            }
        }
        if let Some(expiry) = kept.task.expiry() {
            self.expiries.remove(&(expiry, Arc::clone(id)));
        }
        self.rank(share, limits);
        Some(kept)
    }

    /// Says how much a share holds now, if any of it can go.
    fn rank(&mut self, share: &ShareKey, limits: TaskLimits) {
        let standing = |own: &Share| Some((own.kept.weight(limits.total), *own.ended.first_key_value()?.0));
        self.ranking.set(share, self.shares.get(share).and_then(standing));
    }
}

fn full(owner: &Owner, exceeded: Exceeded) -> Full {
    match exceeded {
        Exceeded::Share if !owner.is_shared() => Full::Owner,
        Exceeded::Share | Exceeded::Total => Full::Everybody,
    }
}

/// How much room a task takes up.
fn size(task: &Task) -> Amount {
    let request = if task.state.is_terminal() { 0 } else { task.request };
    let names = task.id.len() + task.owner.name().len() + task.tool.len() + task.scope.len();
    Amount::one(names + task.said().max(RESERVED) + request)
}

#[cfg(test)]
mod tests {
    use std::iter;

    use futures_util::FutureExt;

    use super::*;
    use crate::store::{contract, owner};

    contract::tasks::suite!(|limits| Arc::new(MemoryTasks::new(limits)));

    const LIMITS: TaskLimits = TaskLimits {
        each: Amount { entries: 8, bytes: 12 * RESERVED },
        total: Amount { entries: 20, bytes: 30 * RESERVED },
    };

    /// Numbers that look random, the same each time.
    fn numbers() -> impl Iterator<Item = usize> {
        let next = |number: &u64| Some(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        iter::successors(Some(1), next).map(|number| usize::try_from(number >> 40).unwrap())
    }

    fn sum<'t>(kept: impl Iterator<Item = &'t Kept>) -> Amount {
        kept.fold(Amount::default(), |sum, kept| sum.and(size(&kept.task)))
    }

    fn check(tasks: &MemoryTasks, now: Duration) {
        let held = tasks.held(now);
        let kept = || held.tasks.values();
        assert_eq!(held.all, sum(kept()));
        assert!(!held.all.exceeds(LIMITS.total), "{:?}", held.all);
        assert_eq!(tasks.running.held(), sum(kept().filter(|kept| kept.ended.is_none())));
        for (share, own) in &held.shares {
            let theirs = || kept().filter(|kept| kept.task.owner.share() == share);
            assert_eq!(own.kept, sum(theirs()));
            assert!(!own.kept.exceeds(LIMITS.each), "{:?}", own.kept);
            let ended = theirs().filter_map(|kept| kept.ended).collect::<BTreeSet<_>>();
            assert!(own.ended.keys().eq(&ended));
            assert!(own.kept.entries > 0, "who has nothing is forgotten");
        }
        let present: usize = held.shares.values().map(|own| own.kept.entries).sum();
        assert_eq!(present, held.tasks.len());
        let first = held.ranking.first().map(|share| held.shares[share].kept.weight(LIMITS.total));
        let may_go = held.shares.values().filter(|own| !own.ended.is_empty());
        assert_eq!(first, may_go.map(|own| own.kept.weight(LIMITS.total)).max());
        assert_eq!(held.expiries.len(), kept().filter_map(|kept| kept.task.expiry()).count());
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
            check(&tasks, now);
        }
        assert!(
            [created, changed, refused].iter().all(|times| *times > 100),
            "{created} {changed} {refused}"
        );
        check(&tasks, Duration::MAX);
        assert!(tasks.held(Duration::MAX).expiries.is_empty());
    }
}
