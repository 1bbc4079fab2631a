//! What must hold, so that the benchmark is a guard.

use crate::{
    Fallible,
    report::{Figures, beside, find},
    rows::AXUM,
};

/// The most instructions of a modern call, as a multiple of the leaner floor's.
const MODERN_RATIO: f64 = 1.35;
/// The most instructions of a call with a token that is remembered, as a multiple of the same call without.
const PROTECTED_RATIO: f64 = 1.15;
/// The most allocations of a call, in either era.
const ALLOCATIONS: f64 = 40.0;

/// Says every limit that is broken. Rows that were not measured break none.
pub(crate) fn check(figures: &[Figures]) -> Fallible<()> {
    let mut broken = Vec::new();
    if let (Some(ours), Some(floor)) = (find(figures, "ours"), find(figures, "lean")) {
        let ratio = ours.instructions / floor.instructions;
        if ratio > MODERN_RATIO {
            broken.push(format!(
                "a modern call costs {ratio:.2} of lean axum's instructions; the limit is {MODERN_RATIO}"
            ));
        }
    }
    if let (Some(ours), Some(open)) = (find(figures, "ours-protected"), find(figures, "ours")) {
        let ratio = ours.instructions / open.instructions;
        if ratio > PROTECTED_RATIO {
            broken.push(format!(
                "a call with a token and a scope costs {ratio:.2} of one without; the limit is {PROTECTED_RATIO}"
            ));
        }
    }
    for ours in ["ours", "ours-legacy"].into_iter().filter_map(|name| find(figures, name)) {
        if ours.allocations > ALLOCATIONS {
            let (name, count) = (ours.row.name, ours.allocations);
            broken.push(format!("`{name}` allocates {count:.1} times a call; the limit is {ALLOCATIONS}"));
        }
    }
    if let (Some(ours), Some(floor)) = (find(figures, "ours-list"), find(figures, "floor-list"))
        && ours.instructions >= floor.instructions
    {
        broken.push("a listing costs more than serialising it".to_owned());
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.join("; ").into()) }
}

/// A floor that answers something else than we do is no floor.
pub(crate) fn same_answers(figures: &[Figures]) -> Fallible<()> {
    for ours in figures.iter().filter(|figures| figures.row.name.starts_with("ours")) {
        if let Some(floor) = beside(figures, ours.row.traffic, AXUM)
            && floor.answer != ours.answer
        {
            // The beginning says enough of a listing.
            let [theirs, own] = [floor, ours].map(|figures| figures.answer.to_string());
            let name = ours.row.name;
            return Err(format!("the floor answers {theirs:.800}, and `{name}` answers {own:.800}").into());
        }
    }
    Ok(())
}
