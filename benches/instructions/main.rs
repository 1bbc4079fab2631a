//! What a call costs: instructions and allocations of each server, counted by valgrind, in one table. And what
//! clients cost that do nothing, in bytes of memory, in another.
//!
//! ```text
//! cargo bench -p mcp-benches                      the table; fails when a limit is broken
//! cargo bench -p mcp-benches -- ours floor        these rows only
//! cargo bench -p mcp-benches -- --memory          the second table only
//! cargo bench -p mcp-benches -- --write           the tables, into docs/performance.md
//! cargo bench -p mcp-benches -- --profile ours    where one row's instructions go
//! ```

use std::{env, error::Error, io::Write, process::ExitCode};

use report::Figures;
use rows::{ROWS, Row};
use serde_json::Value;
use valgrind::Tool;

mod client;
mod limits;
mod memory;
mod profile;
mod report;
mod rows;
mod traffic;
mod valgrind;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Calls in the shorter run: enough for every buffer, cache and table to have its final size.
const WARM: u64 = 200;
/// Calls that are counted: the difference between the longer and the shorter run.
const COUNTED: u64 = 1000;

fn main() -> ExitCode {
    let (bench, args): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|arg| arg == "--bench");
    if bench.is_empty() {
        say("nothing measured: `cargo bench` builds what is worth measuring, and `cargo test` doesn't");
        return ExitCode::SUCCESS;
    }
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Fallible<()> {
    let (options, names): (Vec<_>, Vec<_>) =
        args.iter().map(String::as_str).partition(|arg| arg.starts_with("--"));
    let rows = select(&names)?;
    if *options == ["--memory"] && names.is_empty() {
        return memory::check(&held()?);
    }
    let version = valgrind::version()?;
    match *options {
        [] if names.is_empty() => {
            let (figures, held) = (measure(&rows)?, held()?);
            limits::check(&figures).and(memory::check(&held))
        }
        [] => measure(&rows).and_then(|figures| limits::check(&figures)),
        ["--write"] if names.is_empty() => {
            let (figures, held) = (measure(&rows)?, held()?);
            report::write(&figures, &held, &version)?;
            limits::check(&figures).and(memory::check(&held))
        }
        ["--profile"] if !names.is_empty() => rows.into_iter().try_for_each(profile::print),
        _ => Err("usage: [ROW..] | --memory | --write | --profile ROW..".into()),
    }
}

fn select(names: &[&str]) -> Fallible<Vec<&'static Row>> {
    if let Some(unknown) = names.iter().find(|name| ROWS.iter().all(|row| row.name != **name)) {
        let known: Vec<_> = ROWS.iter().map(|row| row.name).collect();
        return Err(format!("there is no row `{unknown}`; there are {}", known.join(", ")).into());
    }
    Ok(ROWS.iter().filter(|row| names.is_empty() || names.contains(&row.name)).collect())
}

/// Measures every row, prints the table, and holds the servers' answers against the floor's.
fn measure(rows: &[&'static Row]) -> Fallible<Vec<Figures>> {
    let figures = rows.iter().map(|row| figures(row)).collect::<Fallible<Vec<_>>>()?;
    writeln!(std::io::stdout(), "\n{}", report::table(&figures))?;
    limits::same_answers(&figures)?;
    Ok(figures)
}

/// Measures what idle clients cost, and prints the table.
fn held() -> Fallible<Vec<memory::Held>> {
    let held = memory::measure()?;
    writeln!(std::io::stdout(), "\n{}", memory::table(&held))?;
    Ok(held)
}

fn figures(row: &'static Row) -> Fallible<Figures> {
    let (instructions, _) = per_call(row, Tool::Callgrind)?;
    let (allocations, answer) = per_call(row, Tool::Dhat)?;
    Ok(Figures { row, instructions, allocations, answer })
}

/// The count of one call, and the first call's answer. What start-up and warming up cost is in both runs, and goes
/// out with the difference.
#[expect(clippy::cast_precision_loss, reason = "totals are far below 2^52")]
fn per_call(row: &Row, tool: Tool) -> Fallible<(f64, Value)> {
    let short = valgrind::run(row, tool, WARM)?;
    let long = valgrind::run(row, tool, WARM + COUNTED)?;
    Ok(((long.total as f64 - short.total as f64) / COUNTED as f64, long.answer))
}

/// Progress, beside the table.
fn say(line: &str) {
    // Nothing is to be done about a closed standard error.
    let _: std::io::Result<()> = writeln!(std::io::stderr(), "{line}");
}
