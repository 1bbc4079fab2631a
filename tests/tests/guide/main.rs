//! The guides' examples are this code, and their messages are what goes over the wire.

mod asking;
mod authorization;

use std::{fs, path::Path};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file")
}

/// The blocks of a guide in this language, in their order.
fn blocks(guide: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let begun = guide.split(&fence).skip(1);
    begun.map(|block| block.split("```").next().expect("an end").to_owned()).collect()
}

/// A text whose lines may be indented otherwise.
fn flat(text: &str) -> String {
    text.lines().flat_map(|line| [line.trim(), "\n"]).collect()
}

/// Every Rust block of a guide stands in a source that is compiled.
fn shows_only(guide: &str, source: &str) {
    let source = flat(&read(source));
    for block in blocks(&read(guide), "rust") {
        assert!(source.contains(&flat(&block)), "{guide} shows what isn't compiled:\n{block}");
    }
}
