//! Suggestions for the value of an argument.
//!
//! Source: [Completion](https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/completion).

use serde::Serialize;

/// How many values one answer may hold.
const MOST: usize = 100;

/// Suggested values, the best first. What is beyond a hundred is cut, and said to be there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<usize>,
    has_more: bool,
}

impl Completion {
    /// These values, which are all there are.
    pub fn new(values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut values: Vec<String> = values.into_iter().map(Into::into).collect();
        let total = values.len();
        values.truncate(MOST);
        Self { has_more: total > values.len(), total: Some(total), values }
    }

    /// How many there are in all, when these are only some of them.
    #[must_use]
    pub fn of(mut self, total: usize) -> Self {
        self.has_more = total > self.values.len();
        self.total = Some(total);
        self
    }

    /// There are more than these, and nobody has counted them.
    #[must_use]
    pub fn and_more(mut self) -> Self {
        self.has_more = true;
        self.total = None;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_a_hundred_values_and_says_that_there_are_more() {
        let (few, many) = (Completion::new(["a"]), Completion::new((0..101).map(|n| n.to_string())));
        assert_eq!((few.values.len(), few.total, few.has_more), (1, Some(1), false));
        assert_eq!((many.values.len(), many.total, many.has_more), (100, Some(101), true));
        assert_eq!(Completion::new(["a"]).and_more().total, None);
        assert!(Completion::new(["a"]).of(2).has_more);
    }
}
