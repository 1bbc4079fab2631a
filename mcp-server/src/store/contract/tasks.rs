//! What every store of tasks must do: each sentence of [`Tasks`]' documentation is a test.

use std::{sync::Arc, time::Duration};

use super::{at_once, seconds};
use crate::{
    quota::{Amount, ShareKey},
    store::{self, Full, Owner, RESERVED, Task, TaskLimits, TaskState, Tasks, owner},
};

const PLENTY: Amount = Amount { entries: 2_000, bytes: 2_000 * RESERVED };

/// Has a store of tasks run these tests. `$make` makes one, given its limits.
macro_rules! suite {
    ($make:expr) => {
        $crate::store::contract::tests! { tasks, $make,
            a_task_is_there_as_soon_as_it_is_created
            only_its_owner_finds_a_task
            a_task_expires_whatever_its_state
            a_change_says_what_the_task_is_now
            a_task_that_has_ended_never_changes
            of_many_who_end_a_task_at_once_one_does
            the_time_of_an_update_only_grows
            an_id_stays_with_its_first_task
            those_that_have_expired_make_room_first
            an_owner_makes_room_with_what_ended_first_of_its_own
            all_make_room_with_what_ended_first_of_whoever_has_most
            owners_of_one_share_have_its_room_together
            owners_who_cannot_be_told_apart_have_the_room_of_all
            one_that_has_not_ended_never_goes
            what_is_refused_leaves_everything_as_it_was
            what_is_said_takes_up_room_of_its_owner_and_of_all
            a_change_to_little_is_never_refused
        }
    };
}
pub(crate) use suite;

/// Makes a store of so many tasks.
pub(crate) type Make<'m> = &'m dyn Fn(TaskLimits) -> Arc<dyn Tasks>;

/// A store of as many tasks as a test needs.
fn roomy(make: Make<'_>) -> Arc<dyn Tasks> {
    make(TaskLimits { each: PLENTY, total: PLENTY })
}

/// A store of so many tasks of an owner, and so many in all.
fn narrow(make: Make<'_>, owner: usize, total: usize) -> Arc<dyn Tasks> {
    make(TaskLimits { each: Amount { entries: owner, ..PLENTY }, total: Amount { entries: total, ..PLENTY } })
}

/// What ada began at second 100, for a minute.
fn task(id: &str) -> Task {
    Task {
        id: id.into(),
        owner: owner("ada"),
        tool: "tool".into(),
        scope: "a b".into(),
        state: TaskState::Working,
        message: None,
        created: seconds(100),
        updated: seconds(100),
        ttl: Some(seconds(60)),
        poll: Some(seconds(1)),
        request: 0,
    }
}

fn of(owner: &str, id: &str) -> Task {
    Task { owner: store::owner(owner), ..task(id) }
}

fn completed() -> TaskState {
    TaskState::Completed("{}".into())
}

async fn create(tasks: &dyn Tasks, created: impl IntoIterator<Item = Task>) {
    for task in created {
        tasks.create(task).await.unwrap();
    }
}

/// Changes a task at second 110.
async fn change(tasks: &dyn Tasks, id: &str, state: TaskState) -> Result<Option<Task>, Full> {
    tasks.change(id.into(), state, None, seconds(110)).await
}

async fn end(tasks: &dyn Tasks, ids: impl IntoIterator<Item = &str>) {
    for id in ids {
        assert!(change(tasks, id, completed()).await.unwrap().is_some());
    }
}

/// Which of these there are at second 120, whosever they are.
async fn present<'t>(tasks: &dyn Tasks, known: &'t [Task]) -> Vec<&'t str> {
    let mut present = Vec::new();
    for Task { id, owner, .. } in known {
        let found = tasks.get(id.clone(), owner.clone(), seconds(120)).await;
        present.extend(found.map(|_| &**id));
    }
    present
}

pub(crate) async fn a_task_is_there_as_soon_as_it_is_created(make: Make<'_>) {
    let tasks = roomy(make);
    let said = Task { message: Some("begun".into()), ..task("a") };
    create(&*tasks, [said.clone(), Task { ttl: None, poll: None, ..task("b") }]).await;
    assert_eq!(tasks.get("a".into(), said.owner.clone(), seconds(100)).await, Some(said));
    assert!(tasks.get("b".into(), owner("ada"), seconds(100)).await.is_some());
}

pub(crate) async fn only_its_owner_finds_a_task(make: Make<'_>) {
    let tasks = roomy(make);
    create(&*tasks, [of("ada", "a"), of("bob", "b")]).await;
    let find = |id: &str, name: &str| tasks.get(id.into(), owner(name), seconds(120));
    assert!(find("a", "ada").await.is_some());
    assert!(find("b", "bob").await.is_some());
    assert_eq!(find("a", "bob").await, None);
    assert_eq!(find("b", "ada").await, None);
    assert_eq!(find("c", "ada").await, None, "one that never was");
}

pub(crate) async fn a_task_expires_whatever_its_state(make: Make<'_>) {
    let find = |tasks: &dyn Tasks, id: &str, now| tasks.get(id.into(), owner("ada"), now);
    for state in [TaskState::Working, completed()] {
        let tasks = roomy(make);
        create(&*tasks, [Task { state, ..task("a") }]).await;
        assert!(find(&*tasks, "a", Duration::from_millis(159_999)).await.is_some());
        assert_eq!(find(&*tasks, "a", seconds(160)).await, None);
    }
    let tasks = roomy(make);
    create(&*tasks, [task("a"), Task { ttl: None, ..task("b") }]).await;
    create(&*tasks, [Task { ttl: Some(Duration::MAX), ..task("c") }]).await;
    let late = tasks.change("a".into(), completed(), None, seconds(160)).await;
    assert_eq!(late, Ok(None), "what has expired isn't changed");
    assert!(find(&*tasks, "b", Duration::MAX).await.is_some());
    assert!(find(&*tasks, "c", Duration::MAX).await.is_some());
}

pub(crate) async fn a_change_says_what_the_task_is_now(make: Make<'_>) {
    let tasks = roomy(make);
    create(&*tasks, [task("a")]).await;
    let asks = TaskState::InputRequired(r#"{"name":{}}"#.into());
    let changed = tasks.change("a".into(), asks.clone(), Some("asks".into()), seconds(110)).await;
    let expected = Task { state: asks, message: Some("asks".into()), updated: seconds(110), ..task("a") };
    assert_eq!(changed, Ok(Some(expected.clone())));
    assert_eq!(tasks.get("a".into(), expected.owner, seconds(110)).await, changed.unwrap());
    let changed = change(&*tasks, "a", TaskState::Working).await.unwrap().unwrap();
    assert_eq!(changed.message, None, "the message goes with what it was about");
    assert_eq!(change(&*tasks, "b", TaskState::Working).await, Ok(None), "one that never was");
}

pub(crate) async fn a_task_that_has_ended_never_changes(make: Make<'_>) {
    let tasks = roomy(make);
    for (id, state) in
        [("a", completed()), ("b", TaskState::Failed("{}".into())), ("c", TaskState::Cancelled)]
    {
        create(&*tasks, [task(id)]).await;
        let ended = change(&*tasks, id, state).await.unwrap();
        for state in [TaskState::Working, TaskState::Cancelled, TaskState::Completed("[]".into())] {
            assert_eq!(change(&*tasks, id, state).await, Ok(None));
        }
        assert_eq!(tasks.get(id.into(), owner("ada"), seconds(120)).await, ended);
    }
}

pub(crate) async fn of_many_who_end_a_task_at_once_one_does(make: Make<'_>) {
    let tasks = roomy(make);
    let ids: Vec<Arc<str>> = (0..1_000).map(|id| id.to_string().into()).collect();
    create(&*tasks, ids.iter().map(|id| task(id))).await;
    let ended = at_once(&ids, |thread, id| {
        let state = TaskState::Completed(thread.to_string().into());
        tasks.change(Arc::clone(id), state, None, seconds(110))
    });
    for (place, id) in ids.iter().enumerate() {
        let by: Vec<_> = ended.iter().filter_map(|ended| ended[place].as_ref().unwrap().as_ref()).collect();
        let found = tasks.get(Arc::clone(id), owner("ada"), seconds(120)).await;
        assert_eq!(by, [&found.unwrap()]);
    }
}

pub(crate) async fn the_time_of_an_update_only_grows(make: Make<'_>) {
    let tasks = roomy(make);
    create(&*tasks, [task("a")]).await;
    for (now, updated) in [(120, 120), (110, 120), (130, 130)] {
        let changed = tasks.change("a".into(), TaskState::Working, None, seconds(now)).await;
        assert_eq!(changed.unwrap().unwrap().updated, seconds(updated));
    }
}

pub(crate) async fn an_id_stays_with_its_first_task(make: Make<'_>) {
    let tasks = roomy(make);
    create(&*tasks, [task("a")]).await;
    assert_eq!(tasks.create(of("bob", "a")).await, Err(Full::Taken));
    assert_eq!(tasks.create(task("a")).await, Err(Full::Taken));
    assert_eq!(present(&*tasks, &[task("a"), of("bob", "a")]).await, ["a"]);
    let later = Task { created: seconds(160), ..of("bob", "a") };
    assert_eq!(tasks.create(later).await, Ok(()), "the first has expired");
}

pub(crate) async fn those_that_have_expired_make_room_first(make: Make<'_>) {
    let tasks = narrow(make, 2, 2);
    let soon = Task { ttl: Some(seconds(15)), ..task("runs") };
    create(&*tasks, [task("ended"), soon.clone()]).await;
    end(&*tasks, ["ended"]).await;
    let next = Task { created: seconds(115), ..task("next") };
    create(&*tasks, [next.clone()]).await;
    assert_eq!(present(&*tasks, &[task("ended"), soon, next]).await, ["ended", "next"]);
}

pub(crate) async fn an_owner_makes_room_with_what_ended_first_of_its_own(make: Make<'_>) {
    let tasks = narrow(make, 3, 100);
    let known = [of("bob", "x"), task("a"), task("b"), task("c"), task("d"), task("e")];
    create(&*tasks, known[..4].iter().cloned()).await;
    end(&*tasks, ["x", "b", "a"]).await;
    create(&*tasks, [task("d")]).await;
    assert_eq!(present(&*tasks, &known).await, ["x", "a", "c", "d"]);
    create(&*tasks, [task("e")]).await;
    assert_eq!(present(&*tasks, &known).await, ["x", "c", "d", "e"]);
}

pub(crate) async fn all_make_room_with_what_ended_first_of_whoever_has_most(make: Make<'_>) {
    let tasks = narrow(make, 3, 5);
    let known = [of("bob", "x"), of("eve", "y"), of("eve", "z"), task("a"), task("b"), task("c"), task("d")];
    create(&*tasks, known[..5].iter().cloned()).await;
    end(&*tasks, ["x", "z", "y", "b"]).await;
    // Eve and ada have as much, and what ended first is eve's.
    create(&*tasks, [task("c")]).await;
    assert_eq!(present(&*tasks, &known).await, ["x", "y", "a", "b", "c"]);
    create(&*tasks, [of("bob", "d")]).await;
    let known = [&known[..6], &[of("bob", "d")]].concat();
    assert_eq!(present(&*tasks, &known).await, ["x", "y", "a", "c", "d"], "ada has most");
    // What ada has left runs, and so others make room.
    create(&*tasks, [of("eve", "e")]).await;
    assert_eq!(present(&*tasks, &known).await, ["y", "a", "c", "d"]);
}

pub(crate) async fn owners_of_one_share_have_its_room_together(make: Make<'_>) {
    let tasks = narrow(make, 2, 10);
    let by = |client: &str, id: &str| {
        let owner = Owner::new(format!("ada by {client}"), ShareKey::Principal("ada".into()));
        Task { owner, ..task(id) }
    };
    create(&*tasks, [by("one", "a"), by("two", "b")]).await;
    assert_eq!(tasks.create(by("three", "c")).await, Err(Full::Owner));
    assert_eq!(tasks.create(of("bob", "x")).await, Ok(()));
    assert_eq!(tasks.get("a".into(), by("two", "a").owner, seconds(110)).await, None, "each has their own");
}

pub(crate) async fn owners_who_cannot_be_told_apart_have_the_room_of_all(make: Make<'_>) {
    let tasks = narrow(make, 1, 2);
    let shared = |id: &str| Task { owner: Owner::shared(), ..task(id) };
    create(&*tasks, [shared("a"), shared("b")]).await;
    assert_eq!(tasks.create(shared("c")).await, Err(Full::Everybody));
}

pub(crate) async fn one_that_has_not_ended_never_goes(make: Make<'_>) {
    let tasks = narrow(make, 2, 3);
    let known = [task("a"), task("b"), of("bob", "x")];
    create(&*tasks, known.clone()).await;
    assert!(change(&*tasks, "a", TaskState::InputRequired("{}".into())).await.unwrap().is_some());
    assert_eq!(tasks.create(task("c")).await, Err(Full::Owner));
    assert_eq!(tasks.create(of("bob", "y")).await, Err(Full::Everybody));
    assert_eq!(present(&*tasks, &known).await, ["a", "b", "x"]);
}

pub(crate) async fn what_is_refused_leaves_everything_as_it_was(make: Make<'_>) {
    let tasks = make(TaskLimits { each: Amount { entries: 10, bytes: 5 * RESERVED }, total: PLENTY });
    let known = [task("ended"), task("runs")];
    create(&*tasks, known.clone()).await;
    end(&*tasks, ["ended"]).await;
    let large = TaskState::InputRequired("x".repeat(5 * RESERVED).into());
    assert_eq!(tasks.create(Task { state: large.clone(), ..task("large") }).await, Err(Full::Owner));
    assert_eq!(change(&*tasks, "runs", large).await, Err(Full::Owner));
    assert_eq!(present(&*tasks, &known).await, ["ended", "runs"]);
    let [_, runs] = known;
    assert_eq!(tasks.get("runs".into(), owner("ada"), seconds(120)).await, Some(runs));
}

pub(crate) async fn what_is_said_takes_up_room_of_its_owner_and_of_all(make: Make<'_>) {
    let two = |tasks: usize| Amount { entries: 10, bytes: tasks * RESERVED + 100 };
    let cases = [(two(2), PLENTY, "ada", Full::Owner), (PLENTY, two(2), "bob", Full::Everybody)];
    for (each, total, other, refusal) in cases {
        let tasks = make(TaskLimits { each, total });
        create(&*tasks, [task("a"), of(other, "b")]).await;
        assert_eq!(tasks.create(of(other, "c")).await, Err(refusal));
        let asks = TaskState::InputRequired("x".repeat(RESERVED + 100).into());
        assert_eq!(change(&*tasks, "a", asks.clone()).await, Err(refusal));
        end(&*tasks, ["b"]).await;
        assert!(change(&*tasks, "a", asks).await.unwrap().is_some());
        assert_eq!(present(&*tasks, &[task("a"), of(other, "b")]).await, ["a"]);
    }
}

pub(crate) async fn a_change_to_little_is_never_refused(make: Make<'_>) {
    let tasks = make(TaskLimits { each: PLENTY, total: Amount { entries: 100, bytes: 10 * RESERVED } });
    let mut created = Vec::new();
    for id in (0..10).map(|id| id.to_string()) {
        created.extend(tasks.create(task(&id)).await.ok().map(|()| id));
    }
    assert!(created.len() > 1);
    for id in created {
        let asks = TaskState::InputRequired("x".repeat(RESERVED - 3).into());
        let changed = tasks.change(id.into(), asks, Some("why".into()), seconds(110)).await;
        assert!(changed.unwrap().is_some());
    }
}
