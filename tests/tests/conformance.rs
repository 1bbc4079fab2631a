//! The official conformance suite against the example `conformance`: every scenario of both of its versions.
//!
//! Every check must pass. The suite's own verdict is coarser: it forgives what a revision does not score, what is
//! skipped, and what a scenario only informs of because it did not see what it looked for. The results of the last run
//! stay in `tests/conformance/results/`.

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

/// The version that knows 2026-07-28, and the one before it.
const NEW: &str = "@modelcontextprotocol/conformance";
const OLD: &str = "conformance-0.1";

/// The checks that inform whatever a server does: what went over the wire.
const TRACES: [&str; 5] = [
    "incoming-response",
    "incoming-sse-event",
    "outgoing-request",
    "server-sse-streams-functional",
    "stream-closed",
];

/// The check that the new version skips whatever a server does: it does not listen for notifications of tasks yet.
const SKIPPED: [&str; 1] = ["tasks-status-notifications:tasks-status-notifications"];

#[test]
fn requirements_2026_07_28() {
    passes(NEW, ["--requirements", "2026-07-28"], &SKIPPED);
}

#[test]
fn requirements_2025_11_25() {
    passes(NEW, ["--requirements", "2025-11-25"], &[]);
}

#[test]
fn suite_all() {
    passes(NEW, ["--suite", "all"], &SKIPPED);
}

#[test]
fn older_suite_all() {
    passes(OLD, ["--suite", "all"], &[]);
}

fn passes(package: &str, [option, value]: [&str; 2], skipped: &[&str]) {
    let node = installed(folder("node_modules/.bin/node"));
    let suite = installed(folder("node_modules").join(package).join("dist/index.js"));
    let server = Server::start("conformance");
    let results = folder("results").join(package.replace('/', "-")).join(value);
    let _ = fs::remove_dir_all(&results);
    fs::create_dir_all(&results).expect("a folder for the results");

    let mut command = Command::new(node);
    command.arg(suite).args(["server", "--url", server.url(), option, value, "--output-dir"]);
    let finished = run(command.arg(&results), LIMIT);

    let report = Report::read(&results);
    let announced = announced(&finished.output);
    let wrong = report.wrong(skipped);
    if announced != Some(report.scenarios.len()) || !wrong.is_empty() {
        let ran = report.scenarios.len();
        let (wrong, suite, server) = (wrong.join("\n"), finished.output, server.printed());
        panic!(
            "{suite}\nThe server printed:\n{server}\n\
             {ran} scenarios ran, {announced:?} were announced:\n{wrong}"
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

    /// What doesn't pass, and what does although the suite is said to skip it.
    fn wrong(&self, skipped: &[&str]) -> Vec<String> {
        let missed = self.missed.iter().filter(|(check, _)| !skipped.contains(&&***check));
        let missed = missed.map(|(check, why)| format!("{check} does not pass: {why}"));
        let stale = skipped
            .iter()
            .filter(|check| !self.missed.get(**check).is_some_and(|why| why.starts_with("SKIPPED")));
        missed.chain(stale.map(|check| format!("{check} is not skipped any more"))).collect()
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

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance").join(path)
}
