//! Which of the tools that were found a server offers.

use super::tool::Tool;
use crate::error::{Place, Problem, nearest};

/// Which of the tools that were found a server offers.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) only: Option<Vec<String>>,
    pub(crate) without: Vec<String>,
    pub(crate) expected: Option<Vec<String>>,
    /// Where the server was made: the place of what is wrong with the names above.
    pub(crate) place: Place,
}

impl Selection {
    pub(super) fn takes(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|wanted| wanted == name))
            && !self.without.iter().any(|unwanted| unwanted == name)
    }

    /// Names in `only` and `without` that no tool has: a guard that guards nothing.
    pub(super) fn unknown_names(&self, found: &[Tool], problems: &mut Vec<Problem>) {
        let lists = [("only", self.only.as_deref().unwrap_or_default()), ("without", &self.without)];
        for (list, name) in lists.into_iter().flat_map(|(list, names)| names.iter().map(move |n| (list, n))) {
            if !found.iter().any(|tool| tool.name() == name) {
                let hint = nearest(name, found.iter().map(Tool::name));
                let hint = hint.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                problems.push(Problem::new(
                    self.place,
                    format!("`{list}`"),
                    format!("no tool is named `{name}`{hint}"),
                ));
            }
        }
    }

    /// The difference between the tools that are there and those that `expect_tools` pins.
    pub(super) fn unexpected(&self, chosen: &[Tool], problems: &mut Vec<Problem>) {
        let Some(expected) = &self.expected else { return };
        for name in expected.iter().filter(|name| !chosen.iter().any(|tool| tool.name() == *name)) {
            let text = format!(
                "expects a tool `{name}`, which was not found; is its crate named in code, not only in `Cargo.toml`?"
            );
            problems.push(Problem::new(self.place, "`expect_tools`", text));
        }
        for tool in chosen.iter().filter(|tool| !expected.iter().any(|name| name == tool.name())) {
            let text = format!(
                "does not expect the tool `{}`; name it, or leave it out with `.without`",
                tool.name()
            );
            problems.push(Problem::new(tool.place(), "`expect_tools`", text));
        }
    }
}
