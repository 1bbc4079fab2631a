//! The table, on the screen and in the documentation.

use std::{
    fmt::Write,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use crate::{
    Fallible,
    memory::{self, Held},
    rows::{AXUM, LEAN, Row},
    traffic::Traffic,
};

/// What one row cost per call.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) row: &'static Row,
    pub(crate) instructions: f64,
    pub(crate) allocations: f64,
    /// The answer to the first call.
    pub(crate) answer: Value,
}

/// The row of this name, where it was measured.
pub(crate) fn find<'a>(figures: &'a [Figures], name: &str) -> Option<&'a Figures> {
    figures.iter().find(|figures| figures.row.name == name)
}

/// The row that answers this traffic with this server, where it was measured.
pub(crate) fn beside<'a>(figures: &'a [Figures], traffic: Traffic, title: &str) -> Option<&'a Figures> {
    figures.iter().find(|figures| figures.row.traffic == traffic && figures.row.title == title)
}

/// A table in Markdown.
pub(crate) fn table(figures: &[Figures]) -> String {
    let mut table = format!(
        "| per call | server | instructions | of {AXUM} | of {LEAN} | allocations |\n|---|---|---:|---:|---:|---:|\n"
    );
    let mut sorted: Vec<_> = figures.iter().collect();
    sorted.sort_by_key(|figures| figures.row.traffic as u8);
    for Figures { row, instructions, allocations, .. } in sorted {
        let [axum, lean] = [AXUM, LEAN].map(|floor| {
            beside(figures, row.traffic, floor)
                .map_or("–".to_owned(), |floor| format!("{:.2}", instructions / floor.instructions))
        });
        let (traffic, title, instructions) = (row.traffic.title(), row.title, grouped(*instructions));
        // Writing to a string does not fail.
        let _: std::fmt::Result =
            writeln!(table, "| {traffic} | {title} | {instructions} | {axum} | {lean} | {allocations:.1} |");
    }
    table
}

/// Thousands apart.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let first = digits.len() % 3;
    let groups = digits.as_bytes()[first..].chunks(3).map(|group| String::from_utf8_lossy(group));
    let head = (first > 0).then(|| digits[..first].into());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}

const BEGIN: &str = "<!-- figures: written by `cargo bench -p mcp-benches -- --write` -->";
const END: &str = "<!-- end of figures -->";

/// Replaces the figures in `docs/performance.md`.
pub(crate) fn write(figures: &[Figures], held: &[Held], valgrind: &str) -> Fallible<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md");
    let text = fs::read_to_string(&path)?;
    let (before, rest) =
        text.split_once(BEGIN).ok_or_else(|| format!("docs/performance.md lacks `{BEGIN}`"))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("docs/performance.md lacks `{END}`"))?;
    let Output { stdout, .. } = Command::new("rustc").arg("--version").output()?;
    let rustc = String::from_utf8(stdout)?;
    let rustc: Vec<_> = rustc.split(' ').take(2).collect();
    let (table, rustc, arch) = (table(figures), rustc.join(" "), std::env::consts::ARCH);
    let held = memory::table(held);
    let with = format!("{rustc}, {valgrind}, {arch}, the release profile.");
    fs::write(path, format!("{before}{BEGIN}\n\n{table}\n{held}\n{with}\n\n{END}{after}"))?;
    Ok(())
}
