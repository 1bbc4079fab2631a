//! `examples/files` as a process, in front of an issuer. Whatever it says is searched for tokens.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{Router, body::Body, extract::Request};
use http::{HeaderValue, Response, Uri};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tempfile::TempDir;

use crate::{
    canary,
    issuer::Issuer,
    process::{Server, example},
};

/// A server of files that ends with its test.
#[derive(Debug)]
pub struct Files {
    server: Server,
    folder: TempDir,
    router: Router,
}

impl Files {
    /// Starts it in front of an issuer, whose tokens are for it from now on.
    ///
    /// It believes its peer about addresses, and each request that doesn't say one comes from its own: what an address may
    /// do wrong is limited, and only the tests of the limits are to see that.
    pub async fn start(issuer: &Issuer) -> Self {
        let files =
            Self::start_with(&[issuer], |command| _ = command.args(["--trusted-proxies", "127.0.0.1/32"]))
                .await;
        issuer.serves(files.url());
        files
    }

    /// Starts it in front of these issuers, with more arguments.
    ///
    /// # Panics
    ///
    /// When it doesn't start.
    pub async fn start_with(issuers: &[&Issuer], more: impl FnOnce(&mut Command)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a.txt"), "the text of a").expect("a file");
        let mut command = example("files");
        command.env("FILES_DIR", folder.path()).env("RUST_LOG", "trace");
        for issuer in issuers {
            command.args(["--issuer", &issuer.url()]);
        }
        more(&mut command);
        // The issuer may be asked before the server listens, and answers from this thread.
        let starting = tokio::task::spawn_blocking(move || Server::start_with(&mut command));
        let server = starting.await.expect("a server that starts");
        let router = canary::watched(through(server.url()));
        for issuer in issuers {
            issuer.serves(server.url());
        }
        Self { server, folder, router }
    }

    /// The URL of its endpoint, which is what its tokens are for.
    #[must_use]
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The URL without its path.
    ///
    /// # Panics
    ///
    /// When it has none.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.url().strip_suffix("/mcp").expect("a URL of an endpoint")
    }

    /// Where it listens, `127.0.0.1:…`.
    ///
    /// # Panics
    ///
    /// When it isn't HTTP.
    #[must_use]
    pub fn address(&self) -> &str {
        self.origin().strip_prefix("http://").expect("plain HTTP")
    }

    /// Sends requests to it, over connections.
    pub fn router(&self) -> &Router {
        &self.router
    }

    /// Its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it has printed so far, and nobody has taken.
    #[must_use]
    pub fn printed(&self) -> String {
        let printed = self.server.printed();
        canary::look_in(&printed, "the log");
        printed
    }
}

impl Files {
    /// What it has printed until `part` is in it, and nobody has taken.
    #[must_use]
    pub fn printed_with(&self, part: &str) -> String {
        let printed = self.server.printed_with(part);
        canary::look_in(&printed, "the log");
        printed
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let printed = self.server.end();
        // A test that has failed has said more than this could.
        if !std::thread::panicking() {
            canary::look_in(&printed, "the log");
        }
    }
}

/// A router whose requests go to a server elsewhere.
fn through(url: &str) -> Router {
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    let authority = url.split('/').nth(2).expect("a URL has an authority").to_owned();
    let next = Arc::new(AtomicU32::new(1));
    Router::new().fallback(move |request: Request| {
        let (client, authority, next) = (client.clone(), authority.clone(), next.clone());
        async move {
            let request = addressed(request, &authority, &next);
            let response: Response<_> = client.request(request).await.expect("a server that answers");
            response.map(Body::new)
        }
    })
}

fn addressed(mut request: Request, authority: &str, next: &AtomicU32) -> Request {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    *request.uri_mut() =
        Uri::builder().scheme("http").authority(authority).path_and_query(target).build().expect("a URL");
    if !request.headers().contains_key("x-forwarded-for") {
        let [_, high, middle, low] = next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let address = format!("10.{high}.{middle}.{low}");
        request.headers_mut().insert("x-forwarded-for", HeaderValue::from_str(&address).expect("an address"));
    }
    request
}
