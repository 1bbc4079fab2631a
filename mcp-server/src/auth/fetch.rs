//! Fetches what authorization servers publish, and nothing that is large, slow or elsewhere.

use std::{error::Error, fmt::Write, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use tokio::time::timeout;

use super::BoxFuture;
use crate::protocol::json::{self, Object, Unreadable};

/// How long an authorization server may take to answer.
pub(super) const LONGEST: Duration = Duration::from_secs(5);

/// How much it may answer, in bytes.
const LARGEST: usize = 64 * 1024;

/// Sends the requests by which tokens are checked: a proxy, a certificate of one's own, or a test's answers.
///
/// * It follows no redirect: where it ended, nobody has said that it may be asked.
/// * It reads no more than `limit` bytes of an answer.
/// * After five seconds nobody waits for it any more.
///
/// # Example
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use mcp_server::{Auth, BoxFuture, Fetch, FetchError};
///
/// struct Nowhere;
///
/// impl Fetch for Nowhere {
///     fn fetch(&self, request: Request<Bytes>, limit: usize) -> BoxFuture<'static, Result<Response<Bytes>, FetchError>> {
///         let failed = FetchError::Failed(format!("no way to {}", request.uri()).into());
///         Box::pin(async move { Err(failed) })
///     }
/// }
///
/// let auth = Auth::issuer("https://id.example.com").fetcher(Nowhere);
/// ```
pub trait Fetch: Send + Sync + 'static {
    /// Sends a request, and reads its answer if that has `limit` bytes at most.
    fn fetch(
        &self,
        request: Request<Bytes>,
        limit: usize,
    ) -> BoxFuture<'static, Result<Response<Bytes>, FetchError>>;
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// It took too long.
    #[error("it took too long")]
    Timeout,
    /// It is larger than what is read.
    #[error("the answer is too large")]
    TooLarge,
    /// Anything else.
    #[error("it failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// Why what an authorization server publishes is of no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{url} can't be fetched")]
    Fetch { url: String, source: FetchError },
    #[error("{url} answers {status}")]
    Status { url: String, status: StatusCode },
    #[error("{url} answers what is not JSON: {reason}")]
    NotJson { url: String, reason: Unreadable },
    #[error("{url} answers JSON that is no good: {reason}")]
    Unfit { url: String, reason: String },
}

/// An error with all its causes, for the log.
pub(super) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        // Writing to a string doesn't fail.
        let _ = write!(text, ": {cause}");
        next = cause.source();
    }
    text
}

/// Where authorization servers are: bounds in time and size for whoever fetches.
#[derive(Clone)]
pub(super) struct Web(Arc<dyn Fetch>);

impl Web {
    pub(super) fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self(fetch)
    }

    /// Fetches a document.
    pub(super) async fn get(&self, url: &str) -> Result<Document, Failure> {
        self.send(url, Method::GET, HeaderMap::new(), Bytes::new()).await
    }

    /// Sends a form. The value of `Authorization` is the sender's secret.
    pub(super) async fn post(&self, url: &str, secret: &str, form: String) -> Result<Document, Failure> {
        let failed = |error: http::Error| Failure::Fetch {
            url: url.to_owned(),
            source: FetchError::Failed(error.into()),
        };
        let mut secret = HeaderValue::from_str(secret).map_err(|error| failed(error.into()))?;
        secret.set_sensitive(true);
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, secret), (header::CONTENT_TYPE, kind)]);
        self.send(url, Method::POST, headers, form.into()).await
    }

    async fn send(
        &self,
        url: &str,
        method: Method,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Document, Failure> {
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let failed = |source| Failure::Fetch { url: url.to_owned(), source };
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = url.parse().map_err(|error| failed(FetchError::Failed(Box::new(error))))?;
        *request.headers_mut() = headers;
        let answer = timeout(LONGEST, self.0.fetch(request, LARGEST)).await;
        let answer = answer.map_err(|_| failed(FetchError::Timeout))?.map_err(failed)?;
        let (parts, body) = answer.into_parts();
        if body.len() > LARGEST {
            return Err(failed(FetchError::TooLarge));
        }
        if parts.status != StatusCode::OK {
            return Err(Failure::Status { url: url.to_owned(), status: parts.status });
        }
        Ok(Document { url: url.to_owned(), headers: parts.headers, body })
    }
}

/// What an authorization server has answered.
pub(super) struct Document {
    url: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Document {
    /// The JSON object that it is.
    pub(super) fn object(&self) -> Result<Object<'_>, Failure> {
        let tree =
            json::parse(&self.body).map_err(|reason| Failure::NotJson { url: self.url.clone(), reason })?;
        match tree {
            json::Json::Object(object) => Ok(object),
            other => Err(self.unfit(format!("it is {}, not an object", other.kind()))),
        }
    }

    /// It is JSON, and no good.
    pub(super) fn unfit(&self, reason: impl Into<String>) -> Failure {
        Failure::Unfit { url: self.url.clone(), reason: reason.into() }
    }

    /// How long its publisher says it may be kept (RFC 9111).
    pub(super) fn max_age(&self) -> Option<Duration> {
        let values = self.headers.get_all(header::CACHE_CONTROL).iter();
        let mut directives =
            values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        directives.find_map(|directive| match directive.trim().split_once('=') {
            None if matches!(&*directive.trim().to_ascii_lowercase(), "no-store" | "no-cache") => {
                Some(Duration::ZERO)
            }
            Some((name, age)) if name.eq_ignore_ascii_case("max-age") => {
                age.trim_matches('"').parse().ok().map(Duration::from_secs)
            }
            _ => None,
        })
    }
}

/// The way to authorization servers unless the program has its own.
pub(super) struct Direct(reqwest::Client);

impl Direct {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(LONGEST)
            .user_agent(concat!("mcp-server/", env!("CARGO_PKG_VERSION")));
        Ok(Self(client.build()?))
    }
}

impl Fetch for Direct {
    fn fetch(
        &self,
        request: Request<Bytes>,
        limit: usize,
    ) -> BoxFuture<'static, Result<Response<Bytes>, FetchError>> {
        let client = self.0.clone();
        Box::pin(async move {
            let request = request.try_into().map_err(failed)?;
            let mut answer = client.execute(request).await.map_err(failed)?;
            let mut body = BytesMut::new();
            while let Some(chunk) = answer.chunk().await.map_err(failed)? {
                if body.len() + chunk.len() > limit {
                    return Err(FetchError::TooLarge);
                }
                body.extend_from_slice(&chunk);
            }
            let mut response = Response::new(body.freeze());
            *response.status_mut() = answer.status();
            *response.headers_mut() = std::mem::take(answer.headers_mut());
            Ok(response)
        })
    }
}

fn failed(error: reqwest::Error) -> FetchError {
    if error.is_timeout() { FetchError::Timeout } else { FetchError::Failed(error.without_url().into()) }
}
