//! Programs that a test starts: the server it tests, and the clients that test it.
//!
//! None outlives its test, and what they printed is at hand when the test fails.

use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

/// An example of this workspace, serving on a free port of the loopback interface.
#[derive(Debug)]
pub struct Server {
    process: Process,
    url: String,
    start: String,
}

impl Server {
    /// How long a server may take until it listens.
    const START: Duration = Duration::from_secs(30);

    /// Starts the example `name` and waits until it listens.
    ///
    /// # Panics
    ///
    /// When the example is not built, or does not print its URL.
    #[must_use]
    pub fn start(name: &str) -> Self {
        Self::start_with(&mut example(name))
    }

    /// Starts a server with more arguments, and waits until it listens.
    ///
    /// # Panics
    ///
    /// When it does not print its URL.
    pub fn start_with(command: &mut Command) -> Self {
        Self::listening(command.args(["--bind", "127.0.0.1:0"]), mcp_url)
    }

    /// Starts a program that prints where it listens, and waits until `url` finds that in a line.
    ///
    /// # Panics
    ///
    /// When it is in none.
    pub fn listening(command: &mut Command, url: impl Fn(&str) -> Option<&str>) -> Self {
        let mut process = Process::start(command);
        let deadline = Instant::now() + Self::START;
        let mut printed = String::new();
        while let Ok(line) = process.line(deadline) {
            printed.push_str(&line);
            if let Some(url) = url(&line) {
                let url = url.to_owned();
                return Self { process, url, start: printed };
            }
        }
        process.kill();
        panic!("{command:?} does not print where it listens; it printed:\n{printed}");
    }

    /// The URL of the MCP endpoint, or where else it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the server printed since it listens.
    #[must_use]
    pub fn printed(&self) -> String {
        self.process.lines.try_iter().collect()
    }

    /// What the server printed since it listens and nobody has taken, read until `part` is in it.
    ///
    /// # Panics
    ///
    /// When it isn't printed in time.
    #[must_use]
    pub fn printed_with(&self, part: &str) -> String {
        let (deadline, mut printed) = (Instant::now() + Self::START, String::new());
        while !printed.contains(part) {
            match self.process.line(deadline) {
                Ok(line) => printed.push_str(&line),
                Err(error) => panic!("{error}: `{part}` is not printed, but:\n{printed}"),
            }
        }
        printed
    }

    /// Ends the server, and gives everything that it printed and nobody has taken.
    pub fn end(&mut self) -> String {
        self.process.kill();
        let mut printed = std::mem::take(&mut self.start);
        printed.extend(self.process.lines.iter());
        printed
    }
}

/// How a program ended, and what it printed.
#[derive(Debug)]
pub struct Finished {
    /// The status it exited with.
    pub status: ExitStatus,
    /// Its standard output and standard error, line by line.
    pub output: String,
}

/// Runs a program to its end.
///
/// # Panics
///
/// When it takes longer than `limit`.
pub fn run(command: &mut Command, limit: Duration) -> Finished {
    let mut process = Process::start(command);
    let deadline = Instant::now() + limit;
    let mut output = String::new();
    loop {
        match process.line(deadline) {
            Ok(line) => output.push_str(&line),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                process.kill();
                panic!("{command:?} takes longer than {limit:?}; it printed:\n{output}");
            }
        }
    }
    let status = process.child.wait().expect("the status of a child process");
    Finished { status, output }
}

/// `path`, which `./check` builds or installs.
///
/// # Panics
///
/// When it is not there.
#[must_use]
pub fn installed(path: PathBuf) -> PathBuf {
    assert!(path.exists(), "{} is missing: run ./check, which builds and installs it", path.display());
    path
}

/// A command that runs the example `name`, without what the environment says of MCP servers.
#[must_use]
pub fn example(name: &str) -> Command {
    let mut command = Command::new(installed(built(name)));
    for name in [
        "MCP_BIND",
        "MCP_PUBLIC_URL",
        "MCP_ISSUER",
        "MCP_AUDIENCE",
        "MCP_WARNING_ACCEPT_UNTYPED",
        "MCP_TRUSTED_PROXIES",
        "MCP_STATE_KEYS",
        "MCP_DATA",
        "MCP_NODES",
        "FILES_DIR",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    command
}

/// Where cargo puts the example `name`: one folder above the test that is running.
fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.parent().and_then(Path::parent).expect("the folder of the build");
    profile.join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// The URL of an MCP endpoint that `line` holds.
fn mcp_url(line: &str) -> Option<&str> {
    let url = &line[line.find("http://127.0.0.1:")?..];
    let end = url.find("/mcp")? + "/mcp".len();
    Some(&url[..end])
}

/// A child process that is killed when it goes out of scope.
#[derive(Debug)]
struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let (sender, lines) = mpsc::channel();
        forward(child.stdout.take(), sender.clone());
        forward(child.stderr.take(), sender);
        Self { child, lines }
    }

    /// The next line printed; disconnected when the program has closed its output.
    fn line(&self, deadline: Instant) -> Result<String, RecvTimeoutError> {
        self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now()))
    }

    fn kill(&mut self) {
        // It fails when the process has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends each line of `stream` on, until one side is gone.
fn forward(stream: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if lines.send(line + "\n").is_err() {
                return;
            }
        }
    });
}
