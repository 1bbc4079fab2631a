//! Three readers, three errors, and the one table that says what each of them sees.
//!
//! [`Refusal`] is read by an HTTP client: a status. [`ProtocolError`] is read by an MCP client: a JSON-RPC code.
//! [`ToolError`] is read by the model: a result with `isError`. `Display` is safe to show; causes go to the log.

mod build;

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use serde_json::{Value, json};

pub use build::{BuildError, Error, Place, Problem};

use crate::{
    protocol::{
        json::Unreadable, message::Malformed, message::RequestId, shortened::shortened, version::Revision,
    },
    quota::Exceeded,
};

/// Why a request never became a call. Its reader is an HTTP client.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{0}")]
    BadHost(&'static str),
    /// The fix is for the operator, who is told where they can be taken for one: on this machine, and in the log.
    #[error("the host `{host}` is not allowed here{}", if *.local { HOST_FIX } else { "" })]
    ForeignHost { host: String, local: bool },
    #[error("the origin `{origin}` is not allowed here{}", if *.local { ORIGIN_FIX } else { "" })]
    ForeignOrigin { origin: String, local: bool },
    #[error("there is nothing at this path; the MCP endpoint is `/mcp`")]
    NotFound,
    #[error("this endpoint takes {allow}")]
    MethodNotAllowed { allow: &'static str },
    #[error("`Accept` must list both `application/json` and `text/event-stream`")]
    NotAcceptable,
    #[error("`Content-Type` must be `application/json`")]
    NotJson,
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body did not arrive within {seconds} seconds")]
    TooSlow { seconds: u64 },
    #[error("the body must not be encoded: `Content-Encoding` and `Transfer-Encoding` say how it is")]
    Coded,
    #[error("too much is being sent to this server at once; try again")]
    Busy,
    #[error(
        "this server holds as much of your unfinished requests as one caller may have; finish them, or retry later"
    )]
    ShareExceeded,
    #[error("of HTTP+SSE streams, {0}; close one, or retry later")]
    TooManyStreams(Exceeded),
    #[error(
        "this server holds as many bytes of responses that you have not read as one caller may have, so this one was dropped; what was called has run; read your other responses, or retry later"
    )]
    UnreadResponses,
    #[error(
        "this server holds as many bytes of responses that its callers have not read as there may be, so this one was dropped; what was called has run; retry later"
    )]
    UnreadByAll,
    #[error("the body broke off")]
    BrokenBody,
    #[error(
        "`Mcp-Session-Id` is missing; begin with `initialize`, or send a request of {0}, with the header `MCP-Protocol-Version: {0}`",
        Revision::V2026_07_28
    )]
    NoSession,
    #[error("there is no such session; begin again with `initialize`")]
    UnknownSession,
    #[error("`sessionId` is missing; send to the address that the stream began with")]
    NoLine,
    #[error("there is no such stream; open one with GET")]
    UnknownLine,
    #[error("`Last-Event-ID` names no event of this session")]
    UnknownEvent,
    #[error("what followed this event is not kept any more; call again what you still need")]
    ForgottenEvents,
    #[error("`Accept` must list `text/event-stream`")]
    NotAStream,
    #[error(
        "sign in: this server takes requests with an access token only, and `WWW-Authenticate` says where to get one"
    )]
    NoToken,
    #[error(
        "this access token is not good for this server, or not any more; `WWW-Authenticate` says where to get another"
    )]
    BadToken,
    #[error("there is more than one `Authorization` header; send one access token")]
    SeveralCredentials,
    #[error(
        "the access token is longer than {limit} bytes, the most that this server takes; get one that says less: fewer groups, roles or scopes"
    )]
    LongToken { limit: usize },
    #[error(
        "too many access tokens from this address were not good, or could not be checked; keep yours, and try again in {seconds} s"
    )]
    TooManyFailures { seconds: u64 },
    #[error("the access token can't be checked at the moment; keep it, and try again in {seconds} s")]
    CannotCheck { seconds: u64 },
    #[error("{error}")]
    Protocol { id: Option<RequestId>, error: ProtocolError },
}

const HOST_FIX: &str = "; the operator allows it with `.allow_host(..)`, or by naming the public address with `--public-url` or `MCP_PUBLIC_URL`";

const ORIGIN_FIX: &str = "; the operator allows it with `.allow_origin(..)`";

impl Refusal {
    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::BadHost(_)
            | Self::BrokenBody
            | Self::NoSession
            | Self::NoLine
            | Self::UnknownEvent
            | Self::SeveralCredentials => 400,
            Self::NoToken | Self::BadToken => 401,
            Self::ForeignHost { .. } | Self::ForeignOrigin { .. } => 403,
            Self::NotFound | Self::UnknownSession | Self::UnknownLine => 404,
            Self::MethodNotAllowed { .. } => 405,
            Self::NotAcceptable | Self::NotAStream => 406,
            Self::TooSlow { .. } => 408,
            Self::ForgottenEvents => 410,
            Self::TooLarge { .. } => 413,
            Self::NotJson | Self::Coded => 415,
            Self::TooManyFailures { .. }
            | Self::ShareExceeded
            | Self::UnreadResponses
            | Self::TooManyStreams(Exceeded::Share) => 429,
            Self::LongToken { .. } => 431,
            Self::Busy
            | Self::UnreadByAll
            | Self::CannotCheck { .. }
            | Self::TooManyStreams(Exceeded::Total) => 503,
            Self::Protocol { error, .. } => error.status(),
        }
    }

    /// The JSON-RPC code in the body. A refusal of HTTP's is an invalid request.
    pub(crate) fn code(&self) -> i32 {
        match self {
            Self::Protocol { error, .. } => error.code(),
            _ => INVALID_REQUEST,
        }
    }
}

/// A refusal before the message's id is known.
impl From<ProtocolError> for Refusal {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol { id: None, error }
    }
}

impl From<Unreadable> for Refusal {
    fn from(error: Unreadable) -> Self {
        let text = error.to_string();
        Self::from(match error {
            Unreadable::NotText(_) | Unreadable::Syntax(_) => ProtocolError::Unparsable(text),
            Unreadable::Ambiguous(_) => ProtocolError::InvalidRequest(text.into()),
        })
    }
}

impl From<Exceeded> for Refusal {
    fn from(exceeded: Exceeded) -> Self {
        match exceeded {
            Exceeded::Share => Self::ShareExceeded,
            Exceeded::Total => Self::Busy,
        }
    }
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Protocol { id: malformed.id, error: ProtocolError::InvalidRequest(malformed.reason) }
    }
}

const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;
const INTERNAL_ERROR: i32 = -32603;
/// What revisions before 2026-07-28 call a resource that isn't there.
pub(crate) const RESOURCE_NOT_FOUND: i32 = -32002;
const HEADER_MISMATCH: i32 = -32020;
const MISSING_CLIENT_CAPABILITY: i32 = -32021;
const UNSUPPORTED_VERSION: i32 = -32022;
/// A draft of the specification has this code; its `data` says `retryAfterMs`.
const LIMIT_REACHED: i32 = -32023;

/// Why a message has no result. Its reader is an MCP client.
///
/// Codes: [Error codes](https://modelcontextprotocol.io/specification/2026-07-28/basic/index#error-codes).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum ProtocolError {
    /// The body isn't JSON.
    #[error("the body is not JSON: {0}")]
    Unparsable(String),
    /// The body isn't one JSON-RPC message.
    #[error("{0}")]
    InvalidRequest(Cow<'static, str>),
    /// No such method in this revision, or on this server.
    #[error("there is no method `{}`", shortened(.0))]
    MethodNotFound(String),
    /// Parameters that the method can't take.
    #[error("{0}")]
    InvalidParams(Cow<'static, str>),
    /// A header that is missing, or says something else than the body.
    #[error("{0}")]
    HeaderMismatch(String),
    /// The client didn't declare a capability that this request needs.
    #[error("this needs the client capability `{}`, which the request does not declare", path(.required))]
    MissingClientCapability {
        /// The capabilities, in the shape of `ClientCapabilities`.
        required: Value,
    },
    /// A revision this server doesn't speak.
    #[error("this server does not speak revision `{}`", shortened(.requested))]
    UnsupportedVersion {
        /// What the request asked for.
        requested: String,
    },
    /// Only callers with a token may use this. Scopes are separated by spaces.
    #[error("sign in: this needs an access token{}", of_scopes(.scopes))]
    Unauthenticated {
        /// All that it needs.
        scopes: String,
    },
    /// The caller's token lacks scopes. They are separated by spaces.
    #[error("the access token is not enough for this, which needs one{}", of_scopes(.scopes))]
    InsufficientScope {
        /// All that it needs.
        scopes: String,
    },
    /// There is no resource at this URI.
    #[error("there is no resource at `{}`", shortened(.uri))]
    NotFound {
        /// The URI.
        uri: String,
    },
    /// The caller has reached a limit, and may try again.
    #[error("{text}; try again in {} s", whole_seconds(*.retry_after))]
    LimitReached {
        /// The limit, and whose it is.
        text: String,
        /// After how long it may be tried again.
        retry_after: Duration,
    },
    /// What was asked for failed, and says why.
    #[error("{0}")]
    Failed(String),
    /// The server failed. The log has the cause under the reference.
    #[error("the server failed; its log has the cause under reference {reference}")]
    Internal {
        /// What to look for in the log.
        reference: String,
    },
}

fn of_scopes(scopes: &str) -> String {
    let several = scopes.contains(' ');
    match (scopes, several) {
        ("", _) => String::new(),
        (scopes, false) => format!(" with the scope `{scopes}`"),
        (scopes, true) => format!(" with the scopes `{scopes}`"),
    }
}

/// Whole seconds, at least one: an honoured wait is long enough.
pub(crate) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0)).max(1)
}

/// The first capability in an object of the shape of `ClientCapabilities`: `elicitation.form`.
fn path(capabilities: &Value) -> String {
    let first = |value: &Value| {
        value.as_object().and_then(|members| members.iter().next()).map(|(k, v)| (k.clone(), v.clone()))
    };
    let mut path = Vec::new();
    let mut rest = first(capabilities);
    while let Some((name, value)) = rest {
        path.push(name);
        rest = first(&value);
    }
    path.join(".")
}

impl ProtocolError {
    pub(crate) fn params(message: impl Into<Cow<'static, str>>) -> Self {
        Self::InvalidParams(message.into())
    }

    /// The JSON-RPC code.
    pub(crate) fn code(&self) -> i32 {
        match self {
            Self::Unparsable(_) => PARSE_ERROR,
            Self::InvalidRequest(_) | Self::Unauthenticated { .. } | Self::InsufficientScope { .. } => {
                INVALID_REQUEST
            }
            Self::MethodNotFound(_) => METHOD_NOT_FOUND,
            Self::InvalidParams(_) | Self::NotFound { .. } => INVALID_PARAMS,
            Self::HeaderMismatch(_) => HEADER_MISMATCH,
            Self::MissingClientCapability { .. } => MISSING_CLIENT_CAPABILITY,
            Self::UnsupportedVersion { .. } => UNSUPPORTED_VERSION,
            Self::LimitReached { .. } => LIMIT_REACHED,
            Self::Failed(_) | Self::Internal { .. } => INTERNAL_ERROR,
        }
    }

    /// The same, without its place in HTTP where the server challenges nobody for scopes: some clients take that for a
    /// broken server.
    pub(crate) fn challenging(self, challenges: bool) -> Self {
        match self {
            Self::InsufficientScope { .. } if !challenges => Self::Failed(self.to_string()),
            error => error,
        }
    }

    /// Whether an HTTP client reads it by the response's status, in every revision: it says what the caller may do now, and
    /// not what is wrong with the request.
    pub(crate) fn has_own_status(&self) -> bool {
        matches!(
            self,
            Self::Unauthenticated { .. } | Self::InsufficientScope { .. } | Self::LimitReached { .. }
        )
    }

    /// After how long a caller who has reached a limit may try again.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::LimitReached { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// The HTTP status where the error ends the request before any method ran.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated { .. } => 401,
            Self::InsufficientScope { .. } => 403,
            Self::MethodNotFound(_) => 404,
            Self::LimitReached { .. } => 429,
            Self::Internal { .. } => 500,
            _ => 400,
        }
    }

    /// What goes into the error's `data`.
    pub(crate) fn data(&self) -> Option<Value> {
        match self {
            Self::MissingClientCapability { required } => Some(json!({ "requiredCapabilities": required })),
            Self::UnsupportedVersion { requested } => Some(json!({
                "supported": Revision::ALL.map(Revision::as_str),
                "requested": requested,
            })),
            Self::NotFound { uri } => Some(json!({ "uri": uri })),
            Self::LimitReached { retry_after, .. } => {
                Some(json!({ "retryAfterMs": whole_seconds(*retry_after).saturating_mul(1_000) }))
            }
            _ => None,
        }
    }
}

/// Why a function has no result. Its reader is the model, or for resources and prompts the client.
///
/// [`ToolError::tell`] is shown as it is. Every other error, also one that comes in through `?`, is written to
/// the log with a reference, and the model sees the reference only: what a database driver says about itself
/// is nothing for a stranger.
///
/// # Example
///
/// ```
/// use mcp_server::ToolError;
///
/// fn read(path: &str) -> Result<String, ToolError> {
///     if path.contains("..") {
///         return Err(ToolError::tell("`path` must stay inside the workspace"));
///     }
///     Ok(std::fs::read_to_string(path)?) // masked
/// }
/// ```
pub struct ToolError(Kind);

enum Kind {
    Told(String),
    Masked(Box<dyn StdError + Send + Sync>),
    NotFound,
    Protocol(ProtocolError),
}

/// What is shown of a [`ToolError`].
#[derive(Debug)]
pub(crate) enum Shown {
    /// A text for the model.
    Text(String),
    /// There is no such thing.
    NotFound,
    /// An error for the client.
    Protocol(ProtocolError),
}

impl ToolError {
    /// An error for the model: say what is wrong and what to do instead.
    pub fn tell(message: impl Into<String>) -> Self {
        Self(Kind::Told(message.into()))
    }

    /// An error for the log: the model sees a reference only.
    pub fn masked(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Kind::Masked(cause.into()))
    }

    /// Asks for client capabilities that the request must declare, in the shape of `ClientCapabilities`
    /// (`{"sampling": {}}`). Answered with JSON-RPC error -32021.
    pub fn needs_client_capability(required: Value) -> Self {
        Self(Kind::Protocol(ProtocolError::MissingClientCapability { required }))
    }

    /// There is no such resource: an error for the function of a resource. A function that returns an `Option` says
    /// the same with `None`.
    pub fn not_found() -> Self {
        Self(Kind::NotFound)
    }

    /// What is shown of this error. A masked cause is handed to `log`, which gives the reference to show instead.
    pub(crate) fn show(self, log: impl FnOnce(&(dyn StdError + 'static)) -> String) -> Shown {
        match self.0 {
            Kind::Told(message) => Shown::Text(message),
            Kind::Masked(cause) => Shown::Text(format!(
                "This failed. The server's log has the cause under reference {}.",
                log(&*cause)
            )),
            Kind::NotFound => Shown::NotFound,
            Kind::Protocol(error) => Shown::Protocol(error),
        }
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for ToolError {
    fn from(cause: E) -> Self {
        Self(Kind::Masked(Box::new(cause)))
    }
}

impl From<ToolError> for Box<dyn StdError + Send + Sync> {
    fn from(error: ToolError) -> Self {
        match error.0 {
            Kind::Told(message) => message.into(),
            Kind::Masked(cause) => cause,
            Kind::NotFound => NOT_FOUND.into(),
            Kind::Protocol(error) => error.into(),
        }
    }
}

const NOT_FOUND: &str = "there is no such thing";

/// The text for the model. A masked cause is not shown.
impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Told(message) => f.write_str(message),
            Kind::Masked(_) => f.write_str("the function failed"),
            Kind::NotFound => f.write_str(NOT_FOUND),
            Kind::Protocol(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Told(message) => f.debug_tuple("Told").field(message).finish(),
            Kind::Masked(cause) => f.debug_tuple("Masked").field(cause).finish(),
            Kind::NotFound => f.write_str("NotFound"),
            Kind::Protocol(error) => f.debug_tuple("Protocol").field(error).finish(),
        }
    }
}

/// The name among `known` that is most like `given`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Nobody means a name of this length by another one.
    const LONGEST: usize = 128;
    known
        .into_iter()
        .filter(|_| given.len() <= LONGEST)
        .map(|name| (strsim::jaro_winkler(given, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}
