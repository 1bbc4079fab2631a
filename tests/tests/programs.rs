//! A server's program on its standard streams: what is on them, and how it ends.

use std::{
    io::{BufRead, BufReader as LineReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use mcp_tests::{
    eventually,
    process::example,
    wire::{Draft, LEGACY},
};
use serde_json::{Value, json};

fn modern(id: i64, method: &str, params: Value) -> Value {
    Draft::modern(method, params).id(id).body
}

/// The program itself, with what it writes to each of its streams.
struct Program(Child);

impl Program {
    fn start(log: &str) -> Self {
        let mut command: Command = example("hello");
        command.arg("stdio").env("RUST_LOG", log);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    fn write(&mut self, text: &str) {
        self.0.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// A line of its output, read by the byte: what follows stays in the pipe.
    fn line(&mut self) -> String {
        // Unbuffered: what follows the message is read by whoever reads next.
        #[allow(clippy::unbuffered_bytes)]
        let bytes = self.0.stdout.as_mut().unwrap().bytes().map_while(Result::ok);
        let line: Vec<u8> = bytes.take_while(|byte| *byte != b'\n').collect();
        String::from_utf8(line).unwrap()
    }

    /// Waits until it has ended, at most that long.
    fn ends(&mut self, within: Duration) -> bool {
        eventually::within(within, || self.0.try_wait().unwrap()).is_some()
    }

    fn finish(mut self) -> (String, String) {
        drop(self.0.stdin.take());
        let (mut out, mut log) = (String::new(), String::new());
        self.0.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(self.0.wait().unwrap().success());
        (out, log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_program_writes_messages_to_its_output_and_the_log_elsewhere() {
    let mut program = Program::start("trace");
    let call = |id: i64| modern(id, "tools/call", json!({ "name": "add", "arguments": { "a": id, "b": 1 } }));
    program.write(&format!("{}\nnonsense\n\n{}\n{}", call(1), call(2), call(3)));
    let (out, _) = program.finish();
    let messages: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(messages.len(), 4, "{out}");
    assert!(out.ends_with('\n'));
    for id in 1..=3 {
        let answer = messages.iter().find(|message| message["id"] == json!(id)).unwrap();
        assert_eq!(answer["result"]["structuredContent"], json!(id + 1));
    }
}

#[cfg(unix)]
#[test]
fn a_program_that_is_asked_to_end_does_though_its_input_is_open() {
    for signal in ["-TERM", "-INT"] {
        let mut program = Program::start("info");
        program.write(&format!("{}\n", modern(1, "server/discover", json!({}))));
        let line = program.line();
        assert!(line.contains("supportedVersions"));
        let id = program.0.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert!(program.ends(LIMIT), "{signal}");
        assert!(program.0.wait().unwrap().success(), "{signal}");
    }
}

/// More answers than a pipe and everything before it hold, which nobody reads.
#[cfg(unix)]
fn unread() -> Program {
    let mut program = Program::start("info");
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    program.write(&format!("{}\n", Draft::initialize(LEGACY).body));
    program.write(&format!("{list}\n").repeat(1_000));
    program
}

#[cfg(unix)]
#[test]
fn a_program_that_is_asked_to_end_does_though_nobody_reads_its_output() {
    for is_open in [true, false] {
        let mut program = unread();
        if !is_open {
            drop(program.0.stdin.take());
        }
        // Signals are listened for before anything is answered, and the other answers don't fit anywhere.
        program.line();
        let id = program.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(program.ends(LIMIT), "input open: {is_open}");
    }
}

#[cfg(unix)]
#[test]
fn a_program_ends_after_its_input_though_nobody_reads_its_output() {
    let mut program = unread();
    drop(program.0.stdin.take());
    assert!(program.ends(LIMIT));
}

#[test]
fn a_program_ends_after_its_output_has_been_read() {
    let mut program = Program::start("info");
    program.write(&format!("{}\n", modern(1, "tools/list", json!({}))).repeat(1_000));
    let (out, _) = program.finish();
    assert_eq!(out.lines().count(), 1_000);
}

const RUNTIMES: [&str; 2] = ["current", "multi"];

/// More than calls have to end, and the process after them.
const LIMIT: Duration = Duration::from_secs(15);

fn noisy(runtime: &str) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_noisy"));
    command.arg("stdio").env("NOISY_RUNTIME", runtime).env_remove("RUST_LOG");
    Program::of(command)
}

fn call(id: i64, tool: &str) -> String {
    format!("{}\n", modern(id, "tools/call", json!({ "name": tool, "arguments": {} })))
}

fn read(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in LineReader::new(stream).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}

#[cfg(unix)]
#[test]
fn nothing_but_messages_is_on_standard_output_whoever_writes() {
    for runtime in RUNTIMES {
        let mut program = noisy(runtime);
        let (out, log) = (read(program.0.stdout.take().unwrap()), read(program.0.stderr.take().unwrap()));
        for (id, tool) in [(1, "prints"), (2, "begins"), (3, "starts"), (4, "prints")] {
            program.write(&call(id, tool));
            let answer = out.recv_timeout(LIMIT).unwrap_or_else(|_| panic!("{runtime}: {tool} is answered"));
            let answer: Value =
                serde_json::from_str(&answer).unwrap_or_else(|_| panic!("a message: {answer}"));
            assert_eq!(answer["id"], json!(id), "{answer}");
        }
        drop(program.0.stdin.take());
        assert!(program.ends(LIMIT), "{runtime}: it ends with its input");
        assert!(program.0.wait().unwrap().success());
        assert_eq!(out.iter().collect::<Vec<_>>(), Vec::<String>::new(), "{runtime}: nothing more");
        let log = log.iter().collect::<Vec<_>>().join("\n");
        for noise in ["a line", "a beginning", "a child", "what is in the buffer at the end"] {
            assert!(log.contains(&format!("noise: {noise}")), "{runtime}: {noise}\n{log}");
        }
        assert!(log.contains("what follows is done"), "{log}");
    }
}

#[cfg(unix)]
#[test]
fn what_a_client_says_is_read_by_nobody_else() {
    for runtime in RUNTIMES {
        let mut program = noisy(runtime);
        let out = read(program.0.stdout.take().unwrap());
        program.write(&(call(1, "reads") + &call(2, "prints")));
        let mut answers = [(); 2].map(|()| out.recv_timeout(LIMIT).expect("an answer"));
        answers.sort_by_key(|answer| answer.contains("printed"));
        assert!(answers[0].contains("Some(0) Some(0)"), "{runtime}: {}", answers[0]);
        assert!(answers[1].contains("printed"), "{runtime}: {}", answers[1]);
    }
}

#[cfg(unix)]
#[test]
fn a_program_ends_in_time_whatever_a_function_does() {
    for runtime in RUNTIMES {
        for tool in ["blocks", "locks", "waits"] {
            for how in ["-TERM", "-INT", "its input"] {
                let mut program = noisy(runtime);
                let log = read(program.0.stderr.take().unwrap());
                // One for each thread of the runtime.
                program.write(&(call(1, tool) + &call(2, tool)));
                assert!(log.iter().any(|line| line == "blocked"));
                let id = program.0.id().to_string();
                match how {
                    "its input" => drop(program.0.stdin.take()),
                    signal => assert!(Command::new("kill").args([signal, &id]).status().unwrap().success()),
                }
                assert!(program.ends(LIMIT), "{runtime} {tool} {how}");
                let status = program.0.wait().unwrap();
                assert_eq!(status.code(), Some(1), "{runtime} {tool} {how}");
                assert!(log.iter().any(|line| line.contains("a function blocks its thread")), "{how}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_program_that_serves_over_http_ends_in_time_whatever_a_function_does() {
    for runtime in RUNTIMES {
        let mut command = Command::new(env!("CARGO_BIN_EXE_noisy"));
        command.args(["--bind", "127.0.0.1:0"]).env("NOISY_RUNTIME", runtime).env_remove("RUST_LOG");
        let mut program = Program::of(command);
        let (out, log) = (read(program.0.stdout.take().unwrap()), read(program.0.stderr.take().unwrap()));
        let url = out.recv_timeout(LIMIT).expect("where it listens");
        let address = url.split('/').nth(2).expect("an address").to_owned();
        let body = modern(1, "tools/call", json!({ "name": "blocks", "arguments": {} })).to_string();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             accept: application/json, text/event-stream\r\nmcp-protocol-version: 2026-07-28\r\n\
             mcp-method: tools/call\r\nmcp-name: blocks\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connections = Vec::new();
        for _ in 0..2 {
            let mut connection = TcpStream::connect(&address).unwrap();
            connection.write_all(head.as_bytes()).unwrap();
            connections.push(connection);
        }
        assert!(log.iter().any(|line| line == "blocked"));
        let id = program.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(program.ends(LIMIT), "{runtime}");
        assert_eq!(program.0.wait().unwrap().code(), Some(1), "{runtime}");
    }
}
