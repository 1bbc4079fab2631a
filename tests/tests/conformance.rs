//! The official conformance suite against the example `conformance`.
//!
//! A check that fails, warns or is skipped must be in `tests/conformance/pending.yml`, and one that
//! is there must not pass. The suite's own verdict is coarser: it forgives what a revision does not
//! score, what is skipped, and what a scenario only informs of because it did not see what it looked for. The results of
//! the last run stay in `tests/conformance/results/`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use mcp_tests::process::{Server, installed, run};
use serde::Deserialize;

const LIMIT: Duration = Duration::from_mins(3);

/// The checks that inform whatever a server does: what went over the wire.
const TRACES: [&str; 5] = [
    "incoming-response",
    "incoming-sse-event",
    "outgoing-request",
    "server-sse-streams-functional",
    "stream-closed",
];

#[test]
fn requirements_2026_07_28() {
    passes("--requirements", "2026-07-28");
}

#[test]
fn requirements_2025_11_25() {
    passes("--requirements", "2025-11-25");
}

#[test]
fn suite_all() {
    passes("--suite", "all");
}

fn passes(option: &str, value: &str) {
    let node = installed(folder("node_modules/.bin/node"));
    let server = Server::start("conformance");
    let results = folder("results").join(value);
    let _ = fs::remove_dir_all(&results);
    fs::create_dir_all(&results).expect("a folder for the results");

    let mut suite = Command::new(node);
    suite.arg(folder("node_modules/.bin/conformance")).args(["server", "--url", server.url(), option, value]);
    let finished = run(suite.arg("--output-dir").arg(&results), LIMIT);

    let report = Report::read(&results);
    let announced = announced(&finished.output);
    let wrong = report.compare(&pending(), value == "all");
    if announced != Some(report.scenarios.len()) || !wrong.is_empty() {
        let ran = report.scenarios.len();
        let (wrong, suite, server) = (wrong.join("\n"), finished.output, server.printed());
        panic!(
            "{suite}\nThe server printed:\n{server}\n\
             {ran} scenarios ran, {announced:?} were announced; against tests/conformance/pending.yml:\n{wrong}"
        );
    }
}

/// What a run of the suite found.
#[derive(Default)]
struct Report {
    scenarios: BTreeSet<String>,
    /// The checks that did not pass, as `scenario:check`, and why.
    missed: BTreeMap<String, String>,
}

/// One entry of a `checks.json`; the same check may be there more than once.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Check {
    id: String,
    status: String,
    error_message: Option<String>,
}

impl Check {
    fn passed(&self) -> bool {
        self.status == "SUCCESS" || self.status == "INFO" && TRACES.contains(&&*self.id)
    }
}

impl Report {
    fn read(results: &Path) -> Self {
        let mut report = Self::default();
        for entry in fs::read_dir(results).expect("the results") {
            let folder = entry.expect("a folder of results").path();
            let scenario = scenario(&folder);
            let checks = fs::read(folder.join("checks.json")).expect("the checks of a scenario");
            let checks: Vec<Check> = serde_json::from_slice(&checks).expect("a list of checks");
            report.add(scenario, checks);
        }
        report
    }

    fn add(&mut self, scenario: String, checks: Vec<Check>) {
        if checks.iter().all(|check| check.status == "INFO") {
            let why = "every check only informs, so nothing was tested";
            self.missed.insert(format!("{scenario}:nothing-tested"), why.to_owned());
        }
        for check in checks.into_iter().filter(|check| !check.passed()) {
            let why = format!("{}: {}", check.status, check.error_message.unwrap_or_default());
            self.missed.insert(format!("{scenario}:{}", check.id), why);
        }
        self.scenarios.insert(scenario);
    }

    /// The differences from what is `pending`, where `complete` means that every scenario ran.
    fn compare(&self, pending: &BTreeSet<String>, complete: bool) -> Vec<String> {
        let ran = |check: &str| check.split(':').next().is_some_and(|name| self.scenarios.contains(name));
        let unexpected = self.missed.iter().filter(|(check, _)| !pending.contains(*check));
        let unexpected = unexpected.map(|(check, why)| format!("{check} does not pass: {why}"));
        let expected = pending.iter().filter(|check| complete || ran(check));
        let stale = expected.filter(|check| !self.missed.contains_key(*check));
        let stale = stale.map(|check| format!("{check} passes now, or is no check: remove its line"));
        unexpected.chain(stale).collect()
    }
}

/// The scenario of a folder `server-<scenario>-<time>`, where the time is `2026-07-28T12-00-00-000Z`.
fn scenario(folder: &Path) -> String {
    let name = folder.file_name().and_then(|name| name.to_str()).expect("the name of a folder");
    let name = name.strip_prefix("server-").expect("the results of a server");
    name[..name.len() - "-2026-07-28T12-00-00-000Z".len()].to_owned()
}

/// The number in the line `Running all suite (65 scenarios) against ..`.
fn announced(output: &str) -> Option<usize> {
    let (before, _) = output.split_once(" scenarios) against")?;
    before.rsplit('(').next()?.parse().ok()
}

/// The lines `  - scenario:check` of `pending.yml`.
fn pending() -> BTreeSet<String> {
    let file = fs::read_to_string(folder("pending.yml")).expect("tests/conformance/pending.yml");
    let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter(|line| *line != "server:")
        .map(|line| line.strip_prefix("- ").unwrap_or_else(|| panic!("not a check: {line}")).to_owned())
        .collect()
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance").join(path)
}
