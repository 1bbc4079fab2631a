//! What callers see of an offer: one view for all who have the same, kept as long as there is room.

use super::{recent::Recent, registry::Offer};
use crate::scope::ScopeSet;

/// What a caller has, as far as it matters for what they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Has {
    pub(crate) token: bool,
    pub(crate) scopes: ScopeSet,
}

/// How many different views of one offer are kept.
pub(crate) const MOST_VIEWS: usize = 128;

/// What callers see of an offer, by what they have.
pub(super) type Views = Recent<Has, Offer, MOST_VIEWS>;

#[cfg(test)]
mod tests {
    use std::{cell::Cell, sync::Arc};

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
        for number in 0..128 {
            let set = scopes.needed([&*format!("s{number}")]).unwrap();
            let view = see(set, true);
            assert!(Arc::ptr_eq(&view, &see(set, true)), "{number}");
            assert!(views.len() <= MOST_VIEWS, "{number}");
        }
        assert_eq!(count.get(), 128);
        assert!(!Arc::ptr_eq(&see(ScopeSet::default(), true), &see(ScopeSet::default(), false)));
    }

    #[test]
    fn rl_2_sixty_five_sets_of_scopes_are_rendered_once_each() {
        let (views, scopes, offer, count) = (Views::default(), Scopes::default(), offer(), Cell::new(0));
        for _ in 0..3 {
            for number in 0..65 {
                let scopes = scopes.needed([&*format!("s{number}")]).unwrap();
                views.get(Has { token: true, scopes }, || {
                    count.set(count.get() + 1);
                    offer.clone()
                });
            }
        }
        assert_eq!(count.get(), 65);
    }
}
