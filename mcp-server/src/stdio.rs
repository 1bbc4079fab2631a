//! The same server over standard input and output: a message a line.
//!
//! Takes lines, gives lines. Knows nothing of what they mean.
//! Source: [stdio](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio).

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt},
    sync::mpsc,
    task::JoinHandle,
    time::timeout,
};

use crate::{
    call::Principal,
    drive::{Engine, MOST_UNWRITTEN, Talk, refused},
    error::Refusal,
};

/// How long calls may go on after the input has ended. A client that has gone wants the process to end; a script that
/// has said everything wants its answers.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// How long a client that says nothing more may take to read what it is told.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers the lines of `input` on `output` until the input ends or the server stops.
pub(crate) async fn serve(
    engine: Arc<Engine>,
    mut input: impl AsyncBufRead + Unpin,
    output: impl AsyncWrite + Send + Unpin + 'static,
    limit: usize,
) -> io::Result<()> {
    let (out, written) = mpsc::channel(MOST_UNWRITTEN);
    let mut writer = tokio::spawn(write(output, written));
    let stopped = engine.stopped();
    let talk = Arc::new(Talk::new(Arc::clone(&engine), &Principal::trusted(), true, out.clone()));
    let ended = tokio::select! {
        ended = read(&talk, &mut input, limit, &out) => ended,
        () = talk.tell_changes() => Ok(()),
        () = stopped => Ok(()),
    };
    let finishing = async {
        talk.finish(GRACE).await;
        drop((talk, out));
        joined(&mut writer).await
    };
    if let Ok(written) = timeout(GRACE + PATIENCE, finishing).await {
        return written.and(ended);
    }
    writer.abort();
    Err(io::Error::new(
        io::ErrorKind::TimedOut,
        "the client says nothing more, and doesn't read what it is told",
    ))
}

async fn read(
    talk: &Talk,
    input: &mut (impl AsyncBufRead + Unpin),
    limit: usize,
    out: &mpsc::Sender<Bytes>,
) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        match next_line(input, &mut line, limit).await? {
            Line::End => return Ok(()),
            Line::TooLong => {
                let refusal = refused(&Refusal::TooLarge { limit });
                // The writer may be gone, which will be told.
                let _ = out.send(refusal.into()).await;
            }
            Line::Whole if line.trim_ascii().is_empty() => {}
            Line::Whole => talk.answer(talk.take(&Principal::trusted(), &line)).await,
        }
    }
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads a line. Of one that is too long nothing is kept.
async fn next_line(
    input: &mut (impl AsyncBufRead + Unpin),
    line: &mut Vec<u8>,
    limit: usize,
) -> io::Result<Line> {
    let mut too_long = false;
    loop {
        let buffer = input.fill_buf().await?;
        if buffer.is_empty() {
            // A last line without its end is a line too.
            return Ok(match (too_long, line.is_empty()) {
                (true, _) => Line::TooLong,
                (false, true) => Line::End,
                (false, false) => Line::Whole,
            });
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(buffer.len());
        too_long |= line.len() + taken > limit;
        if too_long {
            line.clear();
        } else {
            line.extend_from_slice(&buffer[..taken]);
        }
        input.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(if too_long { Line::TooLong } else { Line::Whole });
        }
    }
}

async fn write(mut output: impl AsyncWrite + Unpin, mut written: mpsc::Receiver<Bytes>) -> io::Result<()> {
    while let Some(message) = written.recv().await {
        output.write_all(&message).await?;
        output.write_all(b"\n").await?;
        if written.is_empty() {
            output.flush().await?;
        }
    }
    output.flush().await
}

async fn joined(writer: &mut JoinHandle<io::Result<()>>) -> io::Result<()> {
    match writer.await {
        Ok(written) => written,
        Err(error) => Err(io::Error::other(error)),
    }
}
