//! The command line that every server gets.
//!
//! Takes flags and `MCP_*` variables, gives a running server, a list, or one call's result. The last room
//! before `main`.

mod access;
mod call;
mod ending;
mod pipes;
mod start;
mod state;
mod streams;

use std::{
    io::{self, IsTerminal as _, Write as _},
    net::SocketAddr,
};

use access::AccessFlags;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use state::StateFlags;
use streams::StandardStreams;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::{
    auth::Auth,
    error::Error,
    server::{McpServer, Server, refuse_exposure},
};

#[derive(Parser)]
struct Cli {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, env = "MCP_BIND", default_value = "127.0.0.1:8000", global = true)]
    bind: String,
    /// The URL under which clients reach the endpoint from outside
    #[arg(long, env = "MCP_PUBLIC_URL", global = true)]
    public_url: Option<String>,
    #[command(flatten)]
    access: AccessFlags,
    #[command(flatten)]
    state: StateFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve over HTTP (the default)
    Serve,
    /// Serve one client over standard input and output
    Stdio,
    /// List the tools
    Tools {
        /// As clients get them, in JSON
        #[arg(long)]
        json: bool,
    },
    /// Call a tool and print its result
    Call {
        /// The tool's name
        name: String,
        /// The arguments: `key=value`; values that aren't text are JSON
        #[arg(value_name = "KEY=VALUE")]
        arguments: Vec<String>,
    },
}

impl McpServer {
    /// Runs the server's command line: `serve` (the default), `stdio`, `tools`,
    /// `call NAME key=value…`; `--help` says more.
    ///
    /// `--bind` or `MCP_BIND` is the address to listen on, `--public-url` or `MCP_PUBLIC_URL` the URL from
    /// outside; `--issuer`, with `--audience`, is [`McpServer::auth`]; `--trusted-proxies` is
    /// [`McpServer::trusted_proxy`]; `--state-keys`, `--data` and `--nodes` are [`McpServer::state_keys`], [`McpServer::data_dir`] and
    /// [`McpServer::nodes`]. The log goes to standard error; `RUST_LOG` filters it.
    ///
    /// With `stdio`, standard output is the client's from the beginning of this function: what functions, libraries and child
    /// processes print goes to standard error, and who reads standard input finds it at its end. What is printed before,
    /// in `main` or by the initialiser of a static, reaches the client; on Windows, what is printed later does as well.
    ///
    /// **The process ends in time.** A signal (SIGINT, SIGTERM) gives calls 2 s with `stdio`, and over HTTP
    /// [`McpServer::shutdown_grace`]; the end of standard input gives them 2 s. A second later at the latest the
    /// process exits with status 1, if a function that blocks its thread keeps it from ending. That goes for
    /// what the program does after this function as well: it has what is left of that time.
    ///
    /// # Errors
    ///
    /// When the server can't be built, can't listen, or would be open to everyone who reaches it; and when a
    /// command fails.
    pub async fn run(self) -> Result<(), Error> {
        self.run_with(|_| {}).await
    }

    /// As [`McpServer::run`], and hands the server out before it serves: for what changes its
    /// [catalog](Server::catalog) from elsewhere.
    ///
    /// # Errors
    ///
    /// As [`McpServer::run`].
    ///
    /// # Example
    ///
    /// ```no_run
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), mcp_server::Error> {
    /// let server = mcp_server::McpServer::new("files");
    /// server
    ///     .run_with(|server| {
    ///         let catalog = server.catalog();
    ///         tokio::spawn(async move { catalog.resource_updated("files://log") });
    ///     })
    ///     .await
    /// # }
    /// ```
    pub async fn run_with(mut self, started: impl FnOnce(&Server)) -> Result<(), Error> {
        let cli = self.parse();
        // Before anything that could print, or start what prints.
        let streams = matches!(cli.command, Some(Command::Stdio)).then(StandardStreams::take).transpose()?;
        log_to_stderr();
        if cli.public_url.is_some() {
            self.public.url.clone_from(&cli.public_url);
        }
        cli.state.tell(&mut self);
        let Some(command) = cli.command.filter(|command| !matches!(command, Command::Serve)) else {
            cli.access.tell(&mut self)?;
            return self.serve(&cli.bind, started).await;
        };
        // Whoever starts the program is its user: there is nobody to be asked for a token.
        self.access.auth = Some(Auth::none());
        let server = self.build()?;
        started(&server);
        match (command, streams) {
            (Command::Stdio, Some(streams)) => pipes::serve(&server, streams).await,
            (Command::Tools { json }, _) => print(&start::tools(&server, json)),
            (Command::Call { name, arguments }, _) => print(&call::call(&server, &name, &arguments).await?),
            (Command::Serve | Command::Stdio, _) => Ok(()),
        }
    }

    /// Serves over HTTP. Without a public URL, where it listens is its URL: for clients on this machine.
    async fn serve(mut self, bind: &str, started: impl FnOnce(&Server)) -> Result<(), Error> {
        // Looked at before it is opened: an address that must not be served should not be listened on either.
        if let Ok(address) = bind.parse::<SocketAddr>()
            && self.access.auth.as_ref().is_none_or(Auth::is_for_this_machine)
        {
            refuse_exposure(address)?;
        }
        let failed = |source| Error::Bind { address: bind.to_owned(), source };
        let listener = TcpListener::bind(bind).await.map_err(failed)?;
        let address = listener.local_addr()?;
        let told = self.public.endpoint();
        if self.public.url.is_none() && self.access.auth.is_some() {
            self.public.url = access::local_url(address);
        }
        let name = self.implementation.name.clone();
        let server = self.build()?;
        server.refuse_exposure(address)?;
        started(&server);
        let stop = ending::watch(server.shutdown_grace(), std::future::pending())?;
        print(&start::banner(&server, &name, address, told))?;
        server.serve_until(listener, stop.asked()).await
    }

    fn parse(&self) -> Cli {
        let command = Cli::command()
            .name(self.implementation.name.clone())
            .version(self.implementation.version.clone());
        Cli::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
    }
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A program that has its own subscriber keeps it.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .try_init();
}

fn print(text: &str) -> Result<(), Error> {
    match writeln!(io::stdout(), "{text}") {
        // Whoever read us has read enough (`tools | head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
