//! The standard streams of the process, taken for messages alone.
//!
//! Gives the client's two streams as files that nothing else of the process, and no child process, can name. Knows nothing
//! of what goes over them.

use std::{fs::File, io};

/// The client's ends of the process: duplicates of standard input and output, which child processes don't inherit.
pub(super) struct StandardStreams {
    pub(super) input: File,
    pub(super) output: File,
}

impl StandardStreams {
    /// Takes standard input and output. From then on, whoever reads standard input finds it at its end, and what is
    /// written to standard output goes to standard error: `println!`, foreign code and child processes alike. That
    /// includes text that Rust's own buffer of standard output still holds.
    ///
    /// On Windows the two are duplicated and not redirected, as that needs `unsafe` code: `println!` doesn't hold messages up,
    /// but what it writes is between them.
    pub(super) fn take() -> io::Result<Self> {
        let streams = Self { input: copy(&io::stdin())?, output: copy(&io::stdout())? };
        #[cfg(unix)]
        redirect()?;
        Ok(streams)
    }
}

#[cfg(unix)]
fn redirect() -> io::Result<()> {
    rustix::stdio::dup2_stdout(io::stderr())?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    Ok(())
}

#[cfg(unix)]
fn copy(stream: &impl std::os::fd::AsFd) -> io::Result<File> {
    Ok(stream.as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn copy(stream: &impl std::os::windows::io::AsHandle) -> io::Result<File> {
    Ok(stream.as_handle().try_clone_to_owned()?.into())
}
