//! Runs a server under a tool of valgrind's, has it called, and reads the total.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{Fallible, client::Client, rows::Row, say};

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tool {
    /// Instructions.
    Callgrind,
    /// Blocks that the allocator hands out.
    Dhat,
}

/// A run that is over.
#[derive(Debug)]
pub(crate) struct Run {
    /// Instructions or blocks, from start to end.
    pub(crate) total: u64,
    /// The first answer.
    pub(crate) answer: Value,
    /// What the tool wrote.
    pub(crate) output: PathBuf,
}

/// A server that is killed when its driver stops for an error.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended by itself, unless something went wrong, which is being told.
        let _: std::io::Result<()> = self.0.kill();
        let _: std::io::Result<_> = self.0.wait();
    }
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Callgrind => "callgrind",
            Self::Dhat => "dhat",
        }
    }

    fn total(self, run: &Path) -> Fallible<u64> {
        let (file, start) = match self {
            Self::Callgrind => (run.with_extension("out"), "totals: "),
            Self::Dhat => (run.with_extension("log"), "Total:"),
        };
        let text = fs::read_to_string(&file)?;
        let line = text.lines().find_map(|line| line.split_once(start)).map(|(_, rest)| rest);
        // `totals: 123`, and `Total:     1,234 bytes in 56 blocks`
        let number = line.and_then(|line| match self {
            Self::Callgrind => Some(line),
            Self::Dhat => line.strip_suffix(" blocks")?.rsplit(' ').next(),
        });
        let number = number.ok_or_else(|| format!("{} has no total", file.display()))?;
        Ok(number.trim().replace(',', "").parse()?)
    }
}

/// The version, or what to install.
pub(crate) fn version() -> Fallible<String> {
    let output = Command::new("valgrind").arg("--version").output();
    let output =
        output.map_err(|error| format!("valgrind does not run ({error}); Debian's package is `valgrind`"))?;
    Ok(String::from_utf8(output.stdout)?.trim().replace('-', " "))
}

/// Starts the row's server under the tool, calls it so many times, and ends it.
pub(crate) fn run(row: &Row, tool: Tool, calls: u64) -> Fallible<Run> {
    say(&format!("{}: {calls} calls under {}", row.name, tool.name()));
    let files = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{}-{calls}", row.name, tool.name()));
    let mut server = start(row, tool, &files)?;
    let answer = call(row, &mut server.0, calls)?;
    drop(server.0.stdin.take());
    let status = server.0.wait()?;
    if !status.success() {
        return Err(format!("{} ended with {status}", row.program).into());
    }
    Ok(Run { total: tool.total(&files)?, answer, output: files.with_extension("out") })
}

fn start(row: &Row, tool: Tool, files: &Path) -> Fallible<Server> {
    let child = Command::new("valgrind")
        .arg(format!("--tool={}", tool.name()))
        .arg(format!("--{}-out-file={}", tool.name(), files.with_extension("out").display()))
        .arg(format!("--log-file={}", files.with_extension("log").display()))
        .arg(row.program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    Ok(Server(child))
}

fn call(row: &Row, server: &mut Child, calls: u64) -> Fallible<Value> {
    let stdout = server.stdout.take().ok_or("a piped standard output is there")?;
    let mut url = String::new();
    BufReader::new(stdout).read_line(&mut url)?;
    let mut client = Client::connect(url.trim())?;
    let headers = row.traffic.open(&mut client)?;
    let mut first = None;
    for id in 1..=calls {
        wait_until_idle(server.id())?;
        let answer = client.post(&headers, &row.traffic.body(id))?;
        let message = row.traffic.check(id, &answer)?;
        first.get_or_insert(message);
    }
    wait_until_idle(server.id())?;
    first.ok_or_else(|| "no call was made".into())
}

/// Waits for the server to sleep, as it does between the calls of a real client.
///
/// Under valgrind it is slower than this client: the next request would sometimes be there already when it looks
/// for one, which saves it a way through the event loop, and the count would depend on the machine's load.
fn wait_until_idle(process: u32) -> Fallible<()> {
    loop {
        let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
        if stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S')) {
            return Ok(());
        }
        thread::sleep(Duration::from_micros(100));
    }
}
