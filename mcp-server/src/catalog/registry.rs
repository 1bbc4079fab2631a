//! Every tool of a server, by name and in order.

use std::{collections::HashMap, sync::Arc};

use super::tool::{Entry, Tool};
use crate::error::{Place, Problem, nearest};

/// The tools of a server: found by name, listed in the order of their names.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    tools: Vec<Arc<Entry>>,
    by_name: HashMap<Box<str>, usize>,
    mirrors: bool,
}

/// Which of the tools that were found a server offers.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) only: Option<Vec<String>>,
    pub(crate) without: Vec<String>,
    pub(crate) expected: Option<Vec<String>>,
    /// Where the server was made: the place of what is wrong with the names above.
    pub(crate) place: Place,
}

impl Catalog {
    /// Compiles the chosen tools. Adds everything that is wrong with them to `problems`, and holds the others.
    pub(crate) fn build(mut found: Vec<Tool>, selection: &Selection, problems: &mut Vec<Problem>) -> Self {
        selection.unknown_names(&found, problems);
        found.retain(|tool| selection.takes(tool.name()));
        selection.unexpected(&found, problems);
        // Registration has no order of its own; names do.
        found.sort_by(|a, b| a.name().cmp(b.name()).then_with(|| a.place().cmp(&b.place())));
        for pair in found.windows(2) {
            if let [first, second] = pair
                && first.name() == second.name()
            {
                let text = format!("has the same name as the one at {}; rename one of them", first.place());
                problems.push(Problem::new(second.place(), format!("tool `{}`", second.name()), text));
            }
        }
        let mut tools = Vec::with_capacity(found.len());
        for tool in found {
            match Entry::compile(tool) {
                Ok(entry) => tools.push(Arc::new(entry)),
                Err(wrong) => problems.extend(wrong),
            }
        }
        let by_name = tools.iter().enumerate().map(|(at, tool)| (tool.name().into(), at)).collect();
        let mirrors = tools.iter().any(|tool| !tool.validator().headers().is_empty());
        Self { tools, by_name, mirrors }
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&Arc<Entry>> {
        self.by_name.get(name).and_then(|at| self.tools.get(*at))
    }

    /// Whether any tool has an argument that clients repeat in a header.
    pub(crate) fn has_mirrors(&self) -> bool {
        self.mirrors
    }

    /// Every tool, in the order in which it is listed.
    pub(crate) fn tools(&self) -> &[Arc<Entry>] {
        &self.tools
    }
}

impl Selection {
    fn takes(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|wanted| wanted == name))
            && !self.without.iter().any(|unwanted| unwanted == name)
    }

    /// Names in `only` and `without` that no tool has: a guard that guards nothing.
    fn unknown_names(&self, found: &[Tool], problems: &mut Vec<Problem>) {
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
    fn unexpected(&self, chosen: &[Tool], problems: &mut Vec<Problem>) {
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
