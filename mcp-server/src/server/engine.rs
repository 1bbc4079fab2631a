//! Puts together what answers messages.

use std::sync::Arc;

use super::{Catalog, Limits};
use crate::{
    ask::Sealer,
    call::{States, Surroundings},
    catalog::Offer,
    clock::Clock,
    cluster::{Changes, Memory},
    dispatch::{Desk, TaskDesk},
    drive::Engine,
    era::{Eras, Face, Identity, Sessions},
    quota::Quota,
    store::{MemoryOnce, MemoryTasks, Tasks},
};

/// The engine, and a handle of what it offers, which functions may take as `State<Catalog>`.
pub(super) fn engine(
    (identity, offer): (Identity, Offer),
    mut states: States,
    (limits, challenges): (&Limits, bool),
    (clock, sealer): (&Clock, Sealer),
) -> (Arc<Engine>, Catalog) {
    let changes = Changes::default();
    let events = Arc::new(Memory::new(limits.events, clock.clone()));
    let (total, each) = limits.listeners;
    let eras = Eras {
        face: Arc::new(Face::new(identity)),
        sessions: Arc::new(Sessions::new(limits.sessions, clock.clone(), events.clone())),
        changes: changes.clone(),
        events,
    };
    let tasks: Arc<dyn Tasks> = Arc::new(MemoryTasks::new(limits.task_room));
    let mut catalog = None;
    let engine = Arc::new_cyclic(|engine| {
        states.insert(catalog.insert(Catalog::new(engine.clone())).clone());
        let desk = Desk {
            surroundings: Arc::new(Surroundings {
                states,
                changes: changes.clone(),
                clock: clock.clone(),
                once: Arc::new(MemoryOnce::default()),
                patience: limits.patience,
            }),
            timeout: limits.timeout,
            calls: Quota::new(limits.calls.0, limits.calls.1),
            arguments: limits.arguments,
            challenges,
            tasks: TaskDesk::new(tasks, changes, clock.clone(), limits.tasks),
            listeners: Quota::new(total, each),
            sealer: Arc::new(sealer),
        };
        Engine::new(eras, desk, offer)
    });
    (engine, catalog.unwrap_or_else(|| unreachable!("it was put in")))
}
