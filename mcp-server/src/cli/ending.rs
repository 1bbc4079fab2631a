//! The end of the process, whatever its functions do.
//!
//! Takes what the process is asked, gives a process that ends in time. Knows nothing of what is served.
//!
//! A function that blocks its thread holds up the runtime it runs on: nothing on it might hear a signal or see a time limit,
//! and dropping it waits for the function. So signals are received, and the last limit kept, on a thread with a
//! runtime of its own.

use std::{io, process, thread, time::Duration};

use tokio::{runtime, sync::watch, time::sleep};

/// How much later than the runtime's own limit the process is ended from outside it, and how long an orderly exit may take.
pub(super) const HURRY: Duration = Duration::from_millis(500);

/// Resolves, on any runtime, when the process is asked to end.
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(super) async fn asked(mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            // The thread that listens doesn't end before the process.
            std::future::pending::<()>().await;
        }
    }
}

/// Listens for signals, and ends the process `grace` after one if it is still there, or when `over` says why.
///
/// # Errors
///
/// When there is no thread or no runtime for it.
pub(super) fn watch(
    grace: Duration,
    over: impl Future<Output = &'static str> + Send + 'static,
) -> io::Result<Stop> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let (sender, asked) = watch::channel(false);
    // Made here, so that signals are listened for before anything is answered.
    let mut signals = {
        let _inside = runtime.enter();
        Signals::new()?
    };
    let late = async move {
        signals.next().await;
        sender.send_replace(true);
        sleep(grace.saturating_add(HURRY)).await;
        "asked to end, and a function blocks its thread: the process is ended"
    };
    thread::Builder::new().name("mcp-ending".to_owned()).spawn(move || {
        end(runtime.block_on(async {
            tokio::select! {
                why = late => why,
                why = over => why,
            }
        }));
    })?;
    Ok(Stop(asked))
}

/// Ends the process. An exit may itself be held up, by somebody's exit handler or by a log that nobody reads.
fn end(why: &'static str) {
    thread::spawn(move || {
        tracing::error!("{why}");
        process::exit(1);
    });
    thread::sleep(HURRY);
    process::abort();
}

#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 2]);

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?]))
    }

    async fn next(&mut self) {
        let [interrupt, terminate] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
