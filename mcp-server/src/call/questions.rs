//! What a running function asks its client, until there is an answer.
//!
//! Made by the first question, or by a request that brings answers: a function that asks nothing has none of this.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use serde_json::{Map, Value};

use super::{Answer, Brought, Draft, Given, Question, Way, question::NoStep};

/// The questions of a call.
#[derive(Debug)]
pub(crate) struct Questions(Mutex<Inner>);

/// Whether the function may go on into its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Open,
    Closed,
    /// It waits there.
    Reached,
}

#[derive(Debug)]
struct Inner {
    way: Way,
    gate: Gate,
    brought: Brought,
    open: Vec<Open>,
    /// How many questions there were of each key.
    counted: HashMap<String, u32>,
    /// The keys of the steps that there were.
    stepped: HashSet<String>,
    /// The client is to come back with the state.
    returns: bool,
    /// How many steps are being taken.
    stepping: usize,
    /// Grows with every question that is opened or closed.
    version: u64,
    /// Whether an answer of this round met its question.
    matched: bool,
    ended: bool,
    /// Those who wait for the end.
    waiting: Vec<Waker>,
}

/// A question that somebody waits for.
#[derive(Debug)]
struct Open {
    question: Arc<Question>,
    answer: Option<Answer>,
    waker: Option<Waker>,
}

impl Questions {
    pub(crate) fn new(way: Way, brought: Brought) -> Self {
        Self(Mutex::new(Inner {
            way,
            gate: Gate::Open,
            brought,
            open: Vec::new(),
            counted: HashMap::new(),
            stepped: HashSet::new(),
            returns: false,
            stepping: 0,
            version: 0,
            matched: false,
            ended: false,
            waiting: Vec::new(),
        }))
    }

    pub(crate) fn way(&self) -> Way {
        self.inner().way
    }

    /// The function stops before its body, because its call is to become a task there.
    pub(crate) fn close_gate(&self) {
        self.inner().gate = Gate::Closed;
    }

    /// Whether the function waits before its body.
    pub(crate) fn is_at_gate(&self) -> bool {
        self.inner().gate == Gate::Reached
    }

    /// From now on the call is a task.
    pub(crate) fn become_task(&self) {
        let mut inner = self.inner();
        inner.way = Way::Keep;
        inner.gate = Gate::Open;
    }

    /// Goes through the gate. Whoever opens it polls the function then.
    pub(crate) fn poll_gate(&self) -> Poll<()> {
        let mut inner = self.inner();
        match inner.gate {
            Gate::Open => Poll::Ready(()),
            Gate::Closed | Gate::Reached => {
                inner.gate = Gate::Reached;
                Poll::Pending
            }
        }
    }

    /// Asks. A question that was answered in an earlier round has its answer at once.
    pub(crate) fn ask(&self, draft: Draft) -> Arc<Question> {
        let mut inner = self.inner();
        let key = inner.key(&draft);
        let answer = inner.answer_to(&key, &draft).map(Answer::Result);
        let Draft { input, digest, name } = draft;
        let question = Arc::new(Question { key: key.into(), input, digest, is_named: name.is_some() });
        inner.open.push(Open { question: Arc::clone(&question), answer, waker: None });
        inner.version += 1;
        question
    }

    /// The answer, when there is one.
    pub(crate) fn poll_answer(&self, key: &str, context: &mut Context<'_>) -> Poll<Option<Answer>> {
        let mut inner = self.inner();
        let ended = inner.ended;
        match inner.open.iter_mut().find(|open| *open.question.key == *key) {
            None => Poll::Ready(None),
            Some(open) => match open.answer.clone() {
                Some(answer) => Poll::Ready(Some(answer)),
                None if ended => Poll::Ready(None),
                None => {
                    if !open.waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
                        open.waker = Some(context.waker().clone());
                    }
                    Poll::Pending
                }
            },
        }
    }

    /// Answers an open question. Gives back whether there was one of this key.
    pub(crate) fn answer(&self, key: &str, answer: Answer) -> bool {
        let mut inner = self.inner();
        let is_meant = |open: &&mut Open| *open.question.key == *key && open.answer.is_none();
        let Some(open) = inner.open.iter_mut().find(is_meant) else { return false };
        open.answer = Some(answer);
        let waker = open.waker.take();
        inner.version += 1;
        drop(inner);
        waker.into_iter().for_each(Waker::wake);
        true
    }

    /// The answer isn't one: the question is open again.
    pub(crate) fn reopen(&self, question: &Question) {
        let mut inner = self.inner();
        inner.brought.responses.shift_remove(&*question.key);
        inner.brought.answers.remove(&*question.key);
        if let Some(open) = inner.open.iter_mut().find(|open| open.question.key == question.key) {
            open.answer = None;
        }
        inner.version += 1;
    }

    /// The answer is one. What the call asks next is carried with it.
    pub(crate) fn settle(&self, question: &Question, result: Value) {
        let mut inner = self.inner();
        // Elsewhere there is no other round.
        if inner.way == Way::Park {
            let given = Given { digest: question.digest.clone(), result };
            inner.brought.answers.insert(question.key.to_string(), given);
        }
    }

    /// Nobody waits for it any more. Gives back whether it was open.
    pub(crate) fn close(&self, question: &Question) -> bool {
        let mut inner = self.inner();
        let Some(at) = inner.open.iter().position(|open| open.question.key == question.key) else {
            return false;
        };
        let open = inner.open.remove(at);
        inner.version += 1;
        open.answer.is_none()
    }

    /// The questions that wait for an answer, in the order in which they were asked.
    pub(crate) fn open(&self) -> Vec<Arc<Question>> {
        let inner = self.inner();
        let open = inner.open.iter().filter(|open| open.answer.is_none());
        open.map(|open| Arc::clone(&open.question)).collect()
    }

    /// Whether this question waits for an answer.
    pub(crate) fn is_open(&self, question: &Question) -> bool {
        let is_it = |open: &Open| open.answer.is_none() && open.question.key == question.key;
        self.inner().open.iter().any(is_it)
    }

    /// Whether the call can't go on before the client has said something: it is asked, or is to come back.
    pub(crate) fn are_open(&self) -> bool {
        let inner = self.inner();
        inner.returns || inner.open.iter().any(|open| open.answer.is_none())
    }

    /// Grows with every question that is opened or closed.
    pub(crate) fn version(&self) -> u64 {
        self.inner().version
    }

    /// How many questions hold this waker.
    pub(crate) fn holding(&self, waker: &Waker) -> usize {
        let inner = self.inner();
        let asking = inner.open.iter().filter_map(|open| open.waker.as_ref());
        asking.chain(&inner.waiting).filter(|held| held.will_wake(waker)).count()
    }

    /// Resolves when the call is over.
    pub(crate) fn poll_end(&self, context: &Context<'_>) -> Poll<()> {
        let mut inner = self.inner();
        if inner.ended {
            return Poll::Ready(());
        }
        if !inner.waiting.iter().any(|held| held.will_wake(context.waker())) {
            inner.waiting.push(context.waker().clone());
        }
        Poll::Pending
    }

    /// Whether the client has answered, and nothing of what is asked.
    pub(crate) fn is_unmatched(&self) -> bool {
        let inner = self.inner();
        !inner.matched && !inner.brought.responses.is_empty()
    }

    /// The call is over: whoever still waits, somewhere else, waits no more.
    pub(crate) fn end(&self) {
        let mut inner = self.inner();
        inner.ended = true;
        let mut wakers = std::mem::take(&mut inner.waiting);
        wakers.extend(inner.open.iter_mut().filter_map(|open| open.waker.take()));
        drop(inner);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// What a step has given in an earlier round. A key names one step of a call: the order of several would have to be
    /// the same in each round.
    ///
    /// Without it, the step is to be taken now, and to be ended: the call isn't ended meanwhile.
    pub(crate) fn begin_step(&self, key: &str) -> Result<Option<Value>, NoStep> {
        let mut inner = self.inner();
        if inner.ended {
            return Err(NoStep::Over(key.to_owned()));
        }
        if !inner.stepped.insert(key.to_owned()) {
            return Err(NoStep::Two(key.to_owned()));
        }
        let given = inner.brought.steps.get(key).cloned();
        inner.stepping += usize::from(given.is_none());
        Ok(given)
    }

    /// Ends a step. Without what it gave, it wasn't taken, and may be begun again.
    pub(crate) fn end_step(&self, key: &str, given: Option<Value>) {
        let mut inner = self.inner();
        inner.stepping -= 1;
        match given {
            None => _ = inner.stepped.remove(key),
            Some(given) if inner.way == Way::Park => _ = inner.brought.steps.insert(key.to_owned(), given),
            // There is no other round.
            Some(_) => {}
        }
    }

    /// Whether a step is being taken.
    pub(crate) fn is_stepping(&self) -> bool {
        self.inner().stepping > 0
    }

    /// Which chain of rounds this is, if its client knows.
    pub(crate) fn brought_chain(&self) -> Option<String> {
        let inner = self.inner();
        inner.brought.chain.clone().filter(|_| !inner.returns)
    }

    /// Begins a chain, unless one has begun: the client is to come back with it, whether it is asked something or not.
    pub(crate) fn begin_chain(&self, chain: String) {
        let mut inner = self.inner();
        inner.returns = true;
        inner.brought.chain.get_or_insert(chain);
    }

    /// What the next round needs to know.
    pub(crate) fn carried(&self) -> Brought {
        let inner = self.inner();
        let named = inner.open.iter().map(|open| &open.question).filter(|question| question.is_named);
        Brought {
            has_state: true,
            responses: Map::new(),
            answers: inner.brought.answers.clone(),
            asked: named.map(|question| (question.key.to_string(), question.digest.clone())).collect(),
            steps: inner.brought.steps.clone(),
            chain: inner.brought.chain.clone(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// A key that no other question of this call has. Those without a name are told apart by what they ask, so that
    /// an answer never meets another question than its own.
    fn key(&mut self, draft: &Draft) -> String {
        numbered(&mut self.counted, draft.name.as_deref().unwrap_or(&draft.digest))
    }

    fn answer_to(&mut self, key: &str, draft: &Draft) -> Option<Value> {
        if let Some(given) = self.brought.answers.get(key).filter(|given| given.digest == draft.digest) {
            return Some(given.result.clone());
        }
        // Of a question with a name it is known what was asked under it, if its client is honest. A client that has no
        // state to send is taken at its word.
        let is_answered = match self.brought.asked.get(key) {
            Some(asked) => *asked == draft.digest,
            None if draft.name.is_none() => true,
            None => !self.brought.has_state,
        };
        let answer = self.brought.responses.get(key).filter(|_| is_answered).cloned();
        self.matched |= answer.is_some();
        answer
    }
}

/// The key itself the first time, and with a number from the second time on.
fn numbered(counted: &mut HashMap<String, u32>, key: &str) -> String {
    loop {
        let count = counted.entry(key.to_owned()).or_default();
        *count += 1;
        if *count == 1 {
            return key.to_owned();
        }
        let numbered = format!("{key}-{count}");
        // Somebody may have chosen that name.
        if !counted.contains_key(&numbered) {
            counted.insert(numbered.clone(), 1);
            return numbered;
        }
    }
}
