//! What clients cost that do nothing: sessions without a request, and streams without an event. Resident memory, in
//! bytes each.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{
    Fallible,
    client::{Client, Stream},
    report::grouped,
    rows::{OURS, PEER, RMCP, US},
    say,
    traffic::Traffic,
};

/// How many there are before it is measured: enough for every pool and table to have its first size.
const WARM: usize = 500;
/// How many are measured.
const SESSIONS: usize = 10_000;
const STREAMS: usize = 5_000;

/// The most that one of ours may cost, in bytes.
const LARGEST_SESSION: usize = 2 * 1024;
const LARGEST_STREAM: usize = 20 * 1024;

/// What one server keeps for one client.
#[derive(Debug)]
pub(crate) struct Held {
    title: &'static str,
    session: usize,
    stream: usize,
}

/// Measures both servers.
pub(crate) fn measure() -> Fallible<Vec<Held>> {
    // Each stream is a connection, here and there.
    let needed = 2 * (WARM + STREAMS) as u64;
    let allowed = rlimit::increase_nofile_limit(needed)?;
    if allowed < needed {
        return Err(format!("{needed} files must be open at once, and {allowed} may; see `ulimit -n`").into());
    }
    [(US, OURS), (PEER, RMCP)].into_iter().map(|(title, program)| held(title, program)).collect()
}

/// A table in Markdown.
pub(crate) fn table(held: &[Held]) -> String {
    let mut table = "| held for a client | server | bytes each |\n|---|---|---:|\n".to_owned();
    for (what, bytes) in [
        ("an idle session", (|held| held.session) as fn(&Held) -> usize),
        ("a session with an open stream, and its connection", |held| held.stream),
    ] {
        for held in held {
            // Writing to a string does not fail.
            let _: std::fmt::Result = writeln!(
                table,
                "| {what} | {} | {} |",
                held.title,
                grouped(f64::from(u32::try_from(bytes(held)).unwrap_or(u32::MAX)))
            );
        }
    }
    table
}

/// Says every limit that is broken.
pub(crate) fn check(held: &[Held]) -> Fallible<()> {
    for ours in held.iter().filter(|held| held.title == US) {
        if ours.session > LARGEST_SESSION || ours.stream > LARGEST_STREAM {
            return Err(format!(
                "a session costs {} bytes and a stream {}; the limits are {LARGEST_SESSION} and {LARGEST_STREAM}",
                ours.session, ours.stream
            )
            .into());
        }
    }
    Ok(())
}

fn held(title: &'static str, program: &str) -> Fallible<Held> {
    say(&format!("{title}: {SESSIONS} sessions"));
    let session = {
        let server = Server::start(program)?;
        let mut client = Client::connect(&server.url)?;
        let mut open = |count| (0..count).try_for_each(|_| Traffic::LegacyCall.open(&mut client).map(|_| ()));
        open(WARM)?;
        let before = server.resident()?;
        open(SESSIONS)?;
        server.resident()?.saturating_sub(before) / SESSIONS
    };
    say(&format!("{title}: {STREAMS} streams"));
    let server = Server::start(program)?;
    let mut client = Client::connect(&server.url)?;
    let mut open = |count: usize| -> Fallible<Vec<Stream>> {
        (0..count).map(|_| Stream::open(&server.url, &Traffic::LegacyCall.open(&mut client)?)).collect()
    };
    let warm = open(WARM)?;
    let before = server.resident()?;
    let streams = open(STREAMS)?;
    let stream = server.resident()?.saturating_sub(before) / streams.len();
    drop((warm, streams));
    Ok(Held { title, session, stream })
}

/// A server that ends with its measurement.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(program: &str) -> Fallible<Self> {
        let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or("a piped standard output is there")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned() })
    }

    /// How many bytes of it are in memory.
    fn resident(&self) -> Fallible<usize> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("VmRSS is in there")?;
        Ok(kilobytes.trim().parse::<usize>()? * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What is measured is measured.
        let _: std::io::Result<()> = self.child.kill();
        let _: std::io::Result<_> = self.child.wait();
    }
}
