//! Where a row's instructions go: the functions by what they cost themselves, and with what they call.

use std::{
    collections::HashMap,
    io::{self, Write},
    path::Path,
    process::Command,
};

use crate::{
    COUNTED, Fallible, WARM,
    rows::Row,
    valgrind::{self, Tool},
};

/// How many functions a list shows.
const SHOWN: usize = 60;

type Costs = HashMap<String, i64>;

/// Prints both lists, in instructions per call.
pub(crate) fn print(row: &Row) -> Fallible<()> {
    let short = valgrind::run(row, Tool::Callgrind, WARM)?.output;
    let long = valgrind::run(row, Tool::Callgrind, WARM + COUNTED)?.output;
    for (title, inclusive) in [("itself", "no"), ("with what it calls", "yes")] {
        let before = annotate(&short, inclusive)?;
        let per_call = annotate(&long, inclusive)?
            .into_iter()
            .map(|(function, cost)| (cost - before.get(&function).copied().unwrap_or_default(), function));
        let mut per_call: Vec<_> = per_call.collect();
        per_call.sort_unstable_by(|a, b| b.cmp(a));
        writeln!(io::stdout(), "\n{}: instructions per call, {title}\n", row.name)?;
        for (cost, function) in per_call.into_iter().take(SHOWN) {
            writeln!(io::stdout(), "{:>9}  {function}", cost / COUNTED.cast_signed())?;
        }
    }
    Ok(())
}

/// Every function's cost. What was inlined from several files into one function is one function's.
fn annotate(file: &Path, inclusive: &str) -> Fallible<Costs> {
    let output = Command::new("callgrind_annotate")
        .args(["--threshold=100", "--auto=no", "--show-percs=no"])
        .arg(format!("--inclusive={inclusive}"))
        .arg(file)
        .output()
        .map_err(|error| format!("callgrind_annotate does not run ({error}); it comes with valgrind"))?;
    let text = String::from_utf8(output.stdout)?;
    let mut costs = Costs::new();
    for (cost, function) in text.lines().filter_map(function) {
        // With what it calls, a function's pieces each hold the whole.
        let known = costs.entry(function.to_owned()).or_default();
        *known = if inclusive == "yes" { cost.max(*known) } else { cost + *known };
    }
    Ok(costs)
}

/// ` 1,234  file.rs:function [object]`
fn function(line: &str) -> Option<(i64, &str)> {
    let (cost, rest) = line.trim_start().split_once("  ")?;
    let cost = cost.replace(',', "").parse().ok()?;
    let (_, function) = rest.split_once(':')?;
    Some((cost, function.rsplit_once(" [").map_or(function, |(function, _)| function)))
}
