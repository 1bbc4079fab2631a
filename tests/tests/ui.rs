//! What the compiler says: one mistake, one error, at its token, with the rule and the fix.
//!
//! `tests/ui/<topic>/<mistake>.rs` beside what is said about it. `TRYBUILD=overwrite cargo test --test ui` writes
//! that down anew; read every line of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn each_mistake_is_told_once_and_as_it_is_written_down() {
    let compiler = trybuild::TestCases::new();
    compiler.compile_fail("ui/*/*.rs");
    drop(compiler); // which runs them
    each_is_told_once();
}

fn each_is_told_once() {
    let cases = cases();
    assert!(cases.len() >= 300, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let source = fs::read_to_string(&case).unwrap();
        let said = fs::read_to_string(case.with_extension("stderr")).unwrap_or_default();
        let told =
            said.lines().filter(|line| line.starts_with("error") && !line.starts_with("error: aborting"));
        let (told, made) = (told.count(), mistakes(&source));
        if told != made {
            wrong.push(format!("{}: {told} errors about {made} mistakes", case.display()));
        }
        if said.contains("warning") {
            wrong.push(format!("{}: a warning", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How many mistakes a case makes: one, unless it says so.
fn mistakes(source: &str) -> usize {
    let said = source.lines().find_map(|line| line.strip_prefix("// ")?.strip_suffix(" mistakes"));
    said.map_or(1, |number| number.parse().unwrap())
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let entries = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let topics = entries(&folder).filter(|path| path.is_dir());
    let files = topics.flat_map(|topic| entries(&topic).collect::<Vec<_>>());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}
