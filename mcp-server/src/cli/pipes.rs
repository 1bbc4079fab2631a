//! Standard input and output, each on a thread of its own.
//!
//! Takes a server, gives the end of its service. Knows nothing of what the lines mean.
//!
//! Neither a read nor a write can be cancelled, and the runtime would wait for one of its own threads that does either:
//! the process would not end before its input, or before somebody reads its output.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    thread,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, duplex},
    runtime::Handle,
    sync::{oneshot, watch},
    time::timeout,
};

use super::{
    ending::{self, HURRY},
    streams::StandardStreams,
};
use crate::{error::Error, server::Server, stdio::GRACE};

/// How much is read before it is asked for. The end of the input is to be seen also behind messages that can't be
/// answered, because nobody reads the answers.
const AHEAD: usize = 1024 * 1024;

/// How much is read or written at once.
const PIECE: usize = 16 * 1024;

/// How long a client whose input has ended may leave the output full and take nothing of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the process may go on after its input has ended, however slowly its output is read.
const LONGEST: Duration = Duration::from_mins(1);

/// Serves one client. Ends with the input, or some time after the process is asked to, whatever the client reads and
/// whatever a function does.
pub(super) async fn serve(server: &Server, streams: StandardStreams) -> Result<(), Error> {
    let (input, over) = input(streams.input);
    let (output, writing, written) = output(streams.output);
    let stop = ending::watch(GRACE + HURRY, is_stuck(over.clone(), writing.clone()))?;
    let serving = async {
        server.serve_lines(input, output).await?;
        // A thread that is gone without a word has said why it is.
        Ok(written.await.unwrap_or(Ok(()))?)
    };
    let stopping = async {
        stop.asked().await;
        server.stop();
        tokio::time::sleep(GRACE + HURRY).await;
    };
    tokio::select! {
        biased;
        () = stopping => Err(late("asked to end, and not everything could be done or written in time")),
        ended = serving => ended,
        () = is_unread(over, writing) => Err(late("the client says nothing more, and doesn't read what it is told")),
    }
}

fn late(why: &str) -> Error {
    io::Error::new(io::ErrorKind::TimedOut, why).into()
}

/// Resolves when the input has ended and the process should have, on a runtime that no function runs on: nothing is
/// written, and nothing has been for longer than calls have to end, or a write is stuck.
async fn is_stuck(over: watch::Receiver<bool>, mut writing: watch::Receiver<bool>) -> &'static str {
    ended(over).await;
    let stuck = async {
        loop {
            let limit = if *writing.borrow_and_update() { PATIENCE } else { GRACE + HURRY };
            match timeout(limit + HURRY, writing.changed()).await {
                Ok(Ok(())) => {}
                // Everything is written: what the program does now, or waits for, has the time of a call.
                Ok(Err(_)) => return tokio::time::sleep(GRACE + HURRY).await,
                Err(_) => return,
            }
        }
    };
    // A client that reads slowly may take its time; one that reads for ever may not.
    let _ = timeout(LONGEST, stuck).await;
    "the input has ended, and a function blocks its thread, or nobody reads the output: the process is ended"
}

async fn ended(mut over: watch::Receiver<bool>) {
    // The thread that reads drops its end of it when the input has ended.
    while over.changed().await.is_ok() {}
}

/// Resolves when the client says nothing more, and takes nothing of what is being written.
async fn is_unread(over: watch::Receiver<bool>, mut writing: watch::Receiver<bool>) {
    ended(over).await;
    while writing.wait_for(|writing| *writing).await.is_ok() {
        if timeout(PATIENCE, writing.changed()).await.is_err() {
            return;
        }
    }
    // Everything is written, and the service ends by itself.
    std::future::pending::<()>().await;
}

/// Standard input. What is given back with it resolves when the input has ended.
fn input(mut source: File) -> (BufReader<DuplexStream>, watch::Receiver<bool>) {
    let ((mut copy, input), (ended, over)) = (duplex(AHEAD), watch::channel(false));
    let runtime = Handle::current();
    thread::spawn(move || {
        let _until_the_end = ended;
        let mut buffer = [0; PIECE];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return,
                Ok(read) if runtime.block_on(copy.write_all(&buffer[..read])).is_err() => return,
                Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                    tracing::warn!(%error, "can't read standard input");
                    return;
                }
                _ => {}
            }
        }
    });
    (BufReader::new(input), over)
}

/// Standard output, whether something is being written to it, and how it has ended once all is written.
fn output(target: File) -> (DuplexStream, watch::Receiver<bool>, oneshot::Receiver<io::Result<()>>) {
    let (output, copy) = duplex(PIECE);
    let ((busy, writing), (ended, written)) = (watch::channel(false), oneshot::channel());
    let runtime = Handle::current();
    thread::spawn(move || {
        // Nobody waits any more when the process is about to end.
        let _ = ended.send(write(&runtime, copy, target, &busy));
    });
    (output, writing, written)
}

fn write(
    runtime: &Handle,
    mut copy: DuplexStream,
    mut target: File,
    busy: &watch::Sender<bool>,
) -> io::Result<()> {
    let mut buffer = [0; PIECE];
    loop {
        let read = runtime.block_on(copy.read(&mut buffer))?;
        if read == 0 {
            return Ok(());
        }
        busy.send_replace(true);
        let written = target.write_all(&buffer[..read]);
        busy.send_replace(false);
        written?;
    }
}
