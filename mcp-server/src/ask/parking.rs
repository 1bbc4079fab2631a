//! Finds out that a function waits for answers alone, in a revision in which nobody can answer while it waits.
//!
//! Whoever waits for something leaves a waker with it. So a function whose waker nobody holds, but its own questions,
//! can't go on before they are answered. One that waits for something else too (a timer, a connection) gets a moment for
//! it, and as long as it takes when that is a [step](crate::Ctx::step).

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering, fence},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use futures_util::task::AtomicWaker;
use tokio::time::{Sleep, sleep};

use crate::call::Questions;

/// For how long a function may go on with something else while it waits for answers.
const MOMENT: Duration = Duration::from_millis(250);

/// A function that has asked something.
pub(crate) struct Parking {
    bell: Arc<Bell>,
    waker: Waker,
    moment: Pin<Box<Sleep>>,
}

/// Wakes whoever drives the function.
#[derive(Default)]
struct Bell {
    driver: AtomicWaker,
    /// Since the function was polled.
    has_rung: AtomicBool,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.has_rung.store(true, Ordering::Release);
        self.driver.wake();
    }
}

impl Parking {
    pub(crate) fn new() -> Self {
        let bell = Arc::new(Bell::default());
        Self { waker: Arc::clone(&bell).into(), bell, moment: Box::pin(sleep(MOMENT)) }
    }

    /// The waker to poll the function with.
    pub(crate) fn waker(&self, context: &Context<'_>) -> &Waker {
        self.bell.driver.register(context.waker());
        // Only then: whoever rings from now on finds somebody to wake.
        self.bell.has_rung.store(false, Ordering::Release);
        &self.waker
    }

    /// Whether the function, which was polled with that waker and waits, waits for answers alone.
    pub(crate) fn poll_parked(&mut self, questions: &Questions, context: &mut Context<'_>) -> Poll<()> {
        // The bell itself and the waker here are two. Counted before it is looked whether it has rung: who rings lets go
        // afterwards.
        let held = Arc::strong_count(&self.bell);
        fence(Ordering::Acquire);
        // One that was woken meanwhile, perhaps by itself, is about to go on.
        if questions.is_stepping() || self.bell.has_rung.load(Ordering::Acquire) {
            return Poll::Pending;
        }
        let others = held.saturating_sub(2 + questions.holding(&self.waker));
        if others == 0 { Poll::Ready(()) } else { self.moment.as_mut().poll(context) }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin};

    use futures_util::future::{join_all, select};
    use tokio::time::timeout;

    use super::*;
    use crate::{
        call::{Brought, Draft, Way},
        clock,
        protocol::input::Input,
    };

    /// How long a function goes on before it is parked. `None`: it ends, or waits for something that isn't asked.
    async fn parked_after(function: impl Future<Output = ()>, questions: &Questions) -> Option<Duration> {
        const LONGEST: Duration = Duration::from_mins(1);
        let (mut function, mut parking) = (pin!(function), Parking::new());
        let limit = sleep(LONGEST);
        let parked = poll_fn(|context| {
            let waker = parking.waker(context).clone();
            let polled = function.as_mut().poll(&mut Context::from_waker(&waker));
            drop(waker);
            match polled {
                Poll::Ready(()) => Poll::Ready(None),
                Poll::Pending => parking
                    .poll_parked(questions, context)
                    .map(|()| Some(LONGEST.saturating_sub(clock::left(&limit)))),
            }
        });
        timeout(LONGEST, parked).await.ok().flatten()
    }

    async fn ask(questions: &Questions) {
        let draft = Draft { input: Input::Roots, digest: "roots".into(), name: None };
        let question = questions.ask(draft);
        poll_fn(|context| questions.poll_answer(&question.key, context)).await;
    }

    fn questions() -> Questions {
        Questions::new(Way::Park, Brought::default())
    }

    #[tokio::test(start_paused = true)]
    async fn a_function_that_only_asks_is_parked_at_once() {
        let (one, two, many) = (questions(), questions(), questions());
        assert_eq!(parked_after(ask(&one), &one).await, Some(Duration::ZERO));
        let both = async {
            let _ = tokio::join!(ask(&two), ask(&two));
        };
        assert_eq!((parked_after(both, &two).await, two.open().len()), (Some(Duration::ZERO), 2));
        let all = async { drop(join_all((0..40).map(|_| ask(&many))).await) };
        assert_eq!((parked_after(all, &many).await, many.open().len()), (Some(MOMENT), 40));
    }

    #[tokio::test(start_paused = true)]
    async fn what_else_it_waits_for_gets_a_moment() {
        let (short, long, raced) = (questions(), questions(), questions());
        let wait = |millis| sleep(Duration::from_millis(millis));
        let both = async {
            let _ = tokio::join!(ask(&short), wait(100));
        };
        assert_eq!(parked_after(both, &short).await, Some(Duration::from_millis(100)));
        let both = async {
            let _ = tokio::join!(ask(&long), wait(10_000));
        };
        assert_eq!(parked_after(both, &long).await, Some(MOMENT));
        let race = async { drop(timeout(Duration::from_secs(30), ask(&raced)).await) };
        assert_eq!(parked_after(race, &raced).await, Some(MOMENT));
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_is_not_cut_off() {
        let questions = questions();
        let step = async {
            questions.begin_step("step").unwrap();
            sleep(Duration::from_secs(10)).await;
            questions.end_step("step", None);
        };
        let both = async {
            let _ = tokio::join!(ask(&questions), step);
        };
        assert_eq!(parked_after(both, &questions).await, Some(Duration::from_secs(10)));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_wakes_itself_goes_on() {
        let (questions, mut turns) = (questions(), 0);
        let busy = poll_fn(|context| {
            turns += 1;
            context.waker().wake_by_ref();
            if turns < 100 { Poll::Pending } else { Poll::Ready(()) }
        });
        let both = async {
            let _ = tokio::join!(ask(&questions), busy);
        };
        assert_eq!(parked_after(both, &questions).await, Some(Duration::ZERO));
        assert_eq!(turns, 100);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_goes_on_without_an_answer_ends() {
        let (questions, mut ended) = (questions(), false);
        let race = async {
            _ = select(pin!(ask(&questions)), pin!(sleep(Duration::from_millis(100)))).await;
            ended = true;
        };
        assert_eq!(parked_after(race, &questions).await, None);
        assert!(ended, "it was parked, or left waiting");
    }
}
