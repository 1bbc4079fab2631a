//! Standard input and output, each on a thread of its own.
//!
//! Takes a server, gives the end of its service. Knows nothing of what the lines mean.
//!
//! Neither a read nor a write can be cancelled, and the runtime would wait for one of its own threads that does either:
//! the process would not end before its input, or before somebody reads its output.

use std::{
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

use crate::{error::Error, server::Server, stdio::GRACE};

/// How much is read before it is asked for. The end of the input is to be seen also behind messages that can't be
/// answered, because nobody reads the answers.
const AHEAD: usize = 1024 * 1024;

/// How much is read or written at once.
const PIECE: usize = 16 * 1024;

/// How long a client whose input has ended may leave the output full and take nothing of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long writing may go on after the calls' time, when the process is asked to end.
const HURRY: Duration = Duration::from_millis(500);

/// Serves one client. Ends with the input, or some time after `stop`, whatever the client reads.
pub(super) async fn serve(server: &Server, stop: impl Future<Output = ()>) -> Result<(), Error> {
    let (input, over) = input();
    let (output, writing, written) = output();
    let serving = async {
        server.serve_lines(input, output).await?;
        // A thread that is gone without a word has said why it is.
        Ok(written.await.unwrap_or(Ok(()))?)
    };
    let stopping = async {
        stop.await;
        server.stop();
        tokio::time::sleep(GRACE + HURRY).await;
    };
    tokio::select! {
        // First, so that signals are listened for before anything is answered.
        biased;
        () = stopping => Err(late("asked to end, and not everything could be done or written in time")),
        ended = serving => ended,
        () = is_unread(over, writing) => Err(late("the client says nothing more, and doesn't read what it is told")),
    }
}

fn late(why: &str) -> Error {
    io::Error::new(io::ErrorKind::TimedOut, why).into()
}

/// Resolves when the client says nothing more, and takes nothing of what is being written.
async fn is_unread(over: oneshot::Receiver<()>, mut writing: watch::Receiver<bool>) {
    // The thread drops its end of it when the input has ended.
    let _ = over.await;
    while writing.wait_for(|writing| *writing).await.is_ok() {
        if timeout(PATIENCE, writing.changed()).await.is_err() {
            return;
        }
    }
    // Everything is written, and the service ends by itself.
    std::future::pending::<()>().await;
}

/// Standard input. What is given back with it resolves when the input has ended.
fn input() -> (BufReader<DuplexStream>, oneshot::Receiver<()>) {
    let ((mut copy, input), (ended, over)) = (duplex(AHEAD), oneshot::channel());
    let runtime = Handle::current();
    thread::spawn(move || {
        let _until_the_end = ended;
        let (mut source, mut buffer) = (io::stdin().lock(), [0; PIECE]);
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
fn output() -> (DuplexStream, watch::Receiver<bool>, oneshot::Receiver<io::Result<()>>) {
    let (output, copy) = duplex(PIECE);
    let ((busy, writing), (ended, written)) = (watch::channel(false), oneshot::channel());
    let runtime = Handle::current();
    thread::spawn(move || {
        // Nobody waits any more when the process is about to end.
        let _ = ended.send(write(&runtime, copy, &busy));
    });
    (output, writing, written)
}

fn write(runtime: &Handle, mut copy: DuplexStream, busy: &watch::Sender<bool>) -> io::Result<()> {
    let (mut target, mut buffer) = (io::stdout().lock(), [0; PIECE]);
    loop {
        let read = runtime.block_on(copy.read(&mut buffer))?;
        if read == 0 {
            return Ok(());
        }
        busy.send_replace(true);
        let written = target.write_all(&buffer[..read]).and_then(|()| target.flush());
        busy.send_replace(false);
        written?;
    }
}
