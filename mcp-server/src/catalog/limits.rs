//! Limits on the calls of one tool, resource or prompt, for each caller apart.

use std::{sync::Arc, time::Duration};

use super::descriptor::{Rate, Rules};
use crate::quota::{Quota, RateLimiter};

/// The limits of one tool, resource or prompt, and what its callers have used of them.
#[derive(Debug, Default)]
pub(crate) struct ItemLimits {
    pub(crate) rate: Option<(Rate, RateLimiter)>,
    /// How many calls of one caller may run at once.
    pub(crate) concurrency: Option<(u32, Quota)>,
}

impl ItemLimits {
    /// The limits that an annotation names; `default` is the server's rate for all that have none.
    pub(super) fn new(rules: &Rules, default: Option<Rate>) -> Self {
        let rate = rules.rate.or(default);
        let concurrency = rules.concurrency.map(|number| {
            let each = usize::try_from(number).unwrap_or(usize::MAX);
            (number, Quota::new(usize::MAX, each))
        });
        Self { rate: rate.map(|rate| (rate, RateLimiter::new(rate.calls, rate.per))), concurrency }
    }

    /// Takes over what callers have used of the limits that these replace, where they are the same limits.
    pub(super) fn take_over(limits: &mut Arc<Self>, before: &Arc<Self>) {
        if limits.equals(before) {
            *limits = Arc::clone(before);
        }
    }

    /// Whether these are the same limits, whatever was used of them.
    fn equals(&self, other: &Self) -> bool {
        let numbers = |limits: &Self| {
            (
                limits.rate.as_ref().map(|(rate, _)| *rate),
                limits.concurrency.as_ref().map(|(number, _)| *number),
            )
        };
        numbers(self) == numbers(other)
    }
}

impl Rate {
    /// The rate, as a message has it: `10 times in 1m`.
    pub(crate) fn text(self) -> String {
        let per = humantime::format_duration(self.per.max(Duration::from_millis(1)));
        format!("{} times in {per}", self.calls)
    }
}
