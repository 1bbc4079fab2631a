//! Revision 2026-07-28: every request says everything, in `_meta`, and again in headers.
//!
//! Sources: [`_meta`](https://modelcontextprotocol.io/specification/2026-07-28/basic/index#meta),
//! [Request metadata](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#request-metadata).

use std::{borrow::Cow, sync::Arc};

use http::{HeaderMap, HeaderName};

use super::{
    Face, META_VERSION, Speaker, Turn,
    headers::{METHOD, NAME, VERSION, once},
    meta, mirror, refused,
};
use crate::{
    call::{Capabilities, Facts, Principal, Trace, Way},
    catalog::Offer,
    dispatch::{Request, TASKS},
    error::{ProtocolError, Refusal},
    guard,
    protocol::{
        json::{Json, Object},
        message::{MAX_ID, RequestId},
        notification::{Level, ProgressToken},
        shortened::shortened,
        version::{Era, Revision},
    },
    scope::ScopeSet,
};

const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const META_LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";

type Parts<'a> = (RequestId, Cow<'a, str>, Object<'a>);

/// What a request is checked against.
pub(super) struct Check<'c> {
    pub(super) principal: &'c Principal,
    /// Absent where a transport has none.
    pub(super) headers: Option<&'c HeaderMap>,
    pub(super) offer: &'c Offer,
}

impl Check<'_> {
    /// Checks a request by this revision's rules: first what it says, then that the headers say the same.
    pub(super) fn request<'a>(
        &self,
        face: &Arc<Face>,
        (id, method, params): Parts<'a>,
    ) -> Result<Turn<'a>, Refusal> {
        match self.facts(&method, &params) {
            Ok(facts) => Ok(Turn::Call {
                request: Request { method, params, facts },
                speaker: Speaker::new(Arc::clone(face), Revision::V2026_07_28, id, None),
            }),
            Err(error) => Err(refused(Some(id), error)),
        }
    }

    fn facts(&self, method: &str, params: &Object<'_>) -> Result<Facts, ProtocolError> {
        let Some(meta) = meta(params) else { return Err(no_meta(self.headers)) };
        check_version(self.headers, required_text(meta, META_VERSION)?)?;
        let capabilities = capabilities(meta)?;
        if let Some(headers) = self.headers {
            check_same(headers, &METHOD, method, "the body's method")?;
            check_name(headers, method, params)?;
            self.check_mirrors(headers, method, params)?;
        }
        Ok(Facts {
            principal: self.principal.clone(),
            need: ScopeSet::default(),
            progress_token: progress_token(meta)?,
            log_level: log_level(meta)?,
            capabilities,
            resumable: false,
            trace: trace(meta),
            way: Way::Park,
            brought: None,
            permit: None,
        })
    }

    fn check_mirrors(
        &self,
        headers: &HeaderMap,
        method: &str,
        params: &Object<'_>,
    ) -> Result<(), ProtocolError> {
        if method == "tools/call"
            && self.offer.has_mirrors()
            && let Some(name) = params.get("name").and_then(Json::as_str)
            && let Some(tool) = self.offer.tools.get(name)
            // Who may not call it learns nothing of its arguments.
            && guard::permit(self.offer, self.principal, tool.access()).is_ok()
        {
            mirror::check(headers, tool.validator().headers(), params.get("arguments"))?;
        }
        Ok(())
    }
}

/// In this revision a client has no questions to answer.
pub(super) fn response() -> Refusal {
    let text = "a client sends requests and notifications, not responses";
    refused(None, ProtocolError::InvalidRequest(text.into()))
}

/// A revision that nobody knows here may say itself elsewhere: its client is told those that are spoken.
fn no_meta(headers: Option<&HeaderMap>) -> ProtocolError {
    match headers.map(|headers| once(headers, &VERSION)) {
        Some(Ok(Some(version))) if Revision::parse(version).is_none() => {
            ProtocolError::UnsupportedVersion { requested: version.to_owned() }
        }
        _ => ProtocolError::params("`params._meta` is missing"),
    }
}

fn required_text<'m>(meta: &'m Object<'_>, key: &str) -> Result<&'m str, ProtocolError> {
    match meta.get(key) {
        Some(Json::String(text)) => Ok(text),
        Some(other) => {
            Err(ProtocolError::params(format!("`_meta[\"{key}\"]` must be a string, not {}", other.kind())))
        }
        None => Err(ProtocolError::params(format!("`_meta[\"{key}\"]` is missing"))),
    }
}

fn capabilities(meta: &Object<'_>) -> Result<Capabilities, ProtocolError> {
    match meta.get(META_CAPABILITIES) {
        Some(Json::Object(declared)) => Ok(declared_capabilities(declared)),
        Some(other) => Err(ProtocolError::params(format!(
            "`_meta[\"{META_CAPABILITIES}\"]` must be an object, not {}",
            other.kind()
        ))),
        None => Err(ProtocolError::params(format!("`_meta[\"{META_CAPABILITIES}\"]` is missing"))),
    }
}

/// What a `ClientCapabilities` object declares.
pub(super) fn declared_capabilities(declared: &Object<'_>) -> Capabilities {
    let member = |name: &str| declared.get(name).and_then(Json::as_object);
    let has = |object: Option<&Object<'_>>, name| {
        object.is_some_and(|object| matches!(object.get(name), Some(Json::Object(_))))
    };
    let (sampling, elicitation) = (member("sampling"), member("elicitation"));
    let urls = has(elicitation, "url");
    Capabilities {
        sampling: sampling.is_some(),
        sampling_tools: has(sampling, "tools"),
        // "An empty capabilities object is equivalent to declaring support for form mode only."
        forms: elicitation.is_some() && (has(elicitation, "form") || !urls),
        urls,
        roots: member("roots").is_some(),
        tasks: has(member("extensions"), TASKS),
    }
}

fn check_version(headers: Option<&HeaderMap>, version: &str) -> Result<(), ProtocolError> {
    if let Some(headers) = headers {
        check_same(headers, &VERSION, version, "the version in `_meta`")?;
    }
    match Revision::parse(version) {
        Some(revision) if revision.era() == Era::Modern => Ok(()),
        _ => Err(ProtocolError::UnsupportedVersion { requested: version.to_owned() }),
    }
}

/// A header must be there once and say exactly what the body says.
fn check_same(headers: &HeaderMap, name: &HeaderName, body: &str, what: &str) -> Result<(), ProtocolError> {
    match once(headers, name)? {
        Some(value) if value == body => Ok(()),
        Some(value) => Err(ProtocolError::HeaderMismatch(format!(
            "the header `{name}` is `{}`, but {what} is `{}`",
            shortened(value),
            shortened(body)
        ))),
        None => Err(ProtocolError::HeaderMismatch(format!("the header `{name}` is missing"))),
    }
}

/// `Mcp-Name` repeats what a method works on, possibly as base64.
fn check_name(headers: &HeaderMap, method: &str, params: &Object<'_>) -> Result<(), ProtocolError> {
    let key = match method {
        "tools/call" | "prompts/get" => "name",
        "resources/read" => "uri",
        "tasks/get" | "tasks/update" | "tasks/cancel" => "taskId",
        _ => return Ok(()),
    };
    let Some(value) = once(headers, &NAME)? else {
        return Err(ProtocolError::HeaderMismatch(format!("the header `{NAME}` is missing")));
    };
    let said = mirror::decode(value)
        .ok_or_else(|| ProtocolError::HeaderMismatch(format!("the header `{NAME}` is not valid base64")))?;
    match params.get(key).and_then(Json::as_str) {
        Some(body) if body == said => Ok(()),
        body => Err(ProtocolError::HeaderMismatch(format!(
            "the header `{NAME}` is `{}`, but the body's `{key}` is {}",
            shortened(&said),
            body.map_or_else(|| "missing".to_owned(), |body| format!("`{}`", shortened(body)))
        ))),
    }
}

/// The trace that a request is part of, in every revision. What is no trace context is left out, as its specification
/// wants.
pub(super) fn trace(meta: &Object<'_>) -> Option<Box<Trace>> {
    let text = |key: &str| meta.get(key).and_then(Json::as_str);
    Trace::read(text("traceparent")?, text("tracestate"), text("baggage")).map(Box::new)
}

/// The token for progress, in every revision.
pub(super) fn progress_token(meta: &Object<'_>) -> Result<Option<ProgressToken>, ProtocolError> {
    match meta.get("progressToken") {
        None => Ok(None),
        Some(Json::String(text)) if text.len() <= MAX_ID => {
            Ok(Some(ProgressToken::Text(text.clone().into_owned())))
        }
        Some(Json::String(_)) => {
            Err(ProtocolError::params(format!("`_meta.progressToken` has {MAX_ID} bytes at most")))
        }
        Some(Json::Number(number)) if !number.is_f64() => Ok(Some(ProgressToken::Integer(number.clone()))),
        Some(other) => Err(ProtocolError::params(format!(
            "`_meta.progressToken` must be a string or an integer, not {}",
            other.kind()
        ))),
    }
}

fn log_level(meta: &Object<'_>) -> Result<Option<Level>, ProtocolError> {
    let Some(level) = meta.get(META_LOG_LEVEL) else { return Ok(None) };
    level
        .as_str()
        .unwrap_or_default()
        .parse()
        .map(Some)
        .map_err(|error| ProtocolError::params(format!("`_meta[\"{META_LOG_LEVEL}\"]`: {error}")))
}
