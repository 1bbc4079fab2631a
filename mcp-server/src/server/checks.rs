//! What must hold of everything that is offered, beside what holds of each thing by itself.

use std::any::TypeId;

use super::Catalog;
use crate::{
    call::States,
    catalog::{Guarded, Need, Needs, Offer},
    error::{Place, Problem},
};

/// What is offered, as far as it is checked.
struct Offered<'o> {
    subject: String,
    place: Place,
    needs: &'o Needs,
    need: Need,
}

/// Everything that needs a state the server doesn't have.
pub(super) fn check(offer: &Offer, states: &States, problems: &mut Vec<Problem>) {
    undecided(offer, problems);
    for offered in all(offer) {
        let problem = |text| Problem::new(offered.place, &offered.subject, text);
        problems.extend(missing(offered.needs, states).map(problem));
    }
    for (argument, place, needs) in offer.completion_needs() {
        let subject = format!("completion of `{argument}`");
        problems.extend(missing(needs, states).map(|text| Problem::new(place, &subject, text)));
    }
}

/// What needs to know its callers, on a server that has no way to.
fn undecided(offer: &Offer, problems: &mut Vec<Problem>) {
    if offer.admission().door != Guarded::Undecided {
        return;
    }
    let mut needy = all(offer).filter(|offered| offered.need != Need::Nothing);
    let Some(first) = needy.next() else { return };
    let more = match needy.count() {
        0 => String::new(),
        1 => " (and one more)".to_owned(),
        count => format!(" (and {count} more)"),
    };
    let text = format!(
        "callers need a token for it{more}, and nobody has said whose tokens are good: `.auth(Auth::issuer(\"https://..\"))`, or \
         `--issuer https://..` to a server that is `.run()`; `.auth(Auth::none())` lets everybody on this machine call everything"
    );
    problems.push(Problem::new(first.place, &first.subject, text));
}

fn all(offer: &Offer) -> impl Iterator<Item = Offered<'_>> {
    let tools = offer.tools.entries().iter().map(|tool| Offered {
        subject: format!("tool `{}`", tool.name()),
        place: tool.place(),
        needs: tool.needs(),
        need: tool.access().need,
    });
    let resources = offer.resources.entries().iter().chain(offer.templates.entries());
    let resources = resources.map(|resource| Offered {
        subject: format!("resource `{}`", resource.uri()),
        place: resource.place(),
        needs: resource.needs(),
        need: resource.access().need,
    });
    let prompts = offer.prompts.entries().iter().map(|prompt| Offered {
        subject: format!("prompt `{}`", prompt.name()),
        place: prompt.place(),
        needs: prompt.needs(),
        need: prompt.access().need,
    });
    tools.chain(resources).chain(prompts)
}

fn missing(needs: &Needs, states: &States) -> impl Iterator<Item = String> {
    // The server has a handle of its catalog by itself.
    let given = |id: TypeId| states.has(id) || id == TypeId::of::<Catalog>();
    needs
        .states
        .iter()
        .filter(move |(id, _)| !given(*id))
        .map(|(_, name)| format!("takes `State<{name}>`, and the server has none; add `.state(..)` with one"))
}
