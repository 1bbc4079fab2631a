//! What callers see of an offer: one view for all who have the same, kept as long as there is room.

use std::sync::Arc;

use super::registry::Offer;
use crate::scope::ScopeSet;

/// What a caller has, as far as it matters for what they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Has {
    pub(crate) token: bool,
    pub(crate) scopes: ScopeSet,
}

/// How many different views of one offer are kept.
const MOST_VIEWS: usize = 64;

/// What callers see of an offer, by what they have.
#[derive(Debug, Clone, Default)]
pub(super) struct Views(Arc<papaya::HashMap<Has, Arc<Offer>>>);

impl Views {
    /// What somebody sees who has this; it is made when nobody has seen it yet.
    pub(super) fn get(&self, has: Has, make: impl FnOnce() -> Offer) -> Arc<Offer> {
        let views = self.0.pin();
        if let Some(view) = views.get(&has) {
            return Arc::clone(view);
        }
        if views.len() >= MOST_VIEWS {
            views.clear();
        }
        Arc::clone(views.get_or_insert_with(has, || Arc::new(make())))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::{
        catalog::{Found, OfferRules, Selection},
        scope::Scopes,
    };

    fn offer() -> Offer {
        let rules = OfferRules { page_size: 10, ..OfferRules::default() };
        Offer::build(Found::default(), &Selection::default(), rules, &mut Vec::new())
    }

    #[test]
    fn rs_22_there_is_an_end_to_what_is_kept_and_who_has_the_same_sees_the_same() {
        let (views, scopes, offer, count) = (Views::default(), Scopes::default(), offer(), Cell::new(0));
        let see = |scopes: ScopeSet, token: bool| {
            let make = || {
                count.set(count.get() + 1);
                offer.clone()
            };
            views.get(Has { token, scopes }, make)
        };
        for number in 0..100 {
            let set = scopes.needed([&*format!("s{number}")]).unwrap();
            let view = see(set, true);
            assert!(Arc::ptr_eq(&view, &see(set, true)), "{number}");
            assert!(views.0.len() <= MOST_VIEWS, "{number}");
        }
        assert_eq!(count.get(), 100);
        assert!(!Arc::ptr_eq(&see(ScopeSet::default(), true), &see(ScopeSet::default(), false)));
    }
}
