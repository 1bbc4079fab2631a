//! A request's body, as one message.

use std::error::Error;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::BodyLimits;
use crate::{
    error::Refusal,
    quota::{Permit, Quota, ShareKey},
};

/// The client sends JSON, and takes both kinds of answer.
pub(super) fn media_types(headers: &HeaderMap) -> Result<(), Refusal> {
    is_json(headers)?;
    // What nearly every client sends, word for word, needs no taking apart.
    let usual = headers.get(ACCEPT).is_some_and(|value| value == "application/json, text/event-stream");
    if usual || (accepts(headers, "application/json") && accepts(headers, "text/event-stream")) {
        Ok(())
    } else {
        Err(Refusal::NotAcceptable)
    }
}

/// The client sends JSON, as it is.
pub(super) fn is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    match only(headers, &CONTENT_TYPE) {
        Some(sent) if essence(sent).eq_ignore_ascii_case("application/json") => {}
        _ => return Err(Refusal::NotJson),
    }
    let coded = headers.get_all(CONTENT_ENCODING).iter().any(|coding| coding != "identity");
    let coded = coded || headers.get_all(TRANSFER_ENCODING).iter().any(|coding| coding != "chunked");
    if coded { Err(Refusal::Coded) } else { Ok(()) }
}

/// The client takes streams.
pub(super) fn takes_streams(headers: &HeaderMap) -> Result<(), Refusal> {
    if accepts(headers, "text/event-stream") { Ok(()) } else { Err(Refusal::NotAStream) }
}

/// A header that makes sense once only.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.to_str().unwrap_or_default())
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let group = media_type.split('/').next().unwrap_or_default();
    let ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let wanted = ranges.flat_map(|value| value.split(',')).filter(|range| !is_unwanted(range));
    wanted.map(essence).any(|range| {
        range.eq_ignore_ascii_case(media_type)
            || range == "*/*"
            || range.strip_suffix("/*").is_some_and(|prefix| prefix.eq_ignore_ascii_case(group))
    })
}

/// Whether a media range has the quality 0: RFC 9110, section 12.4.2.
fn is_unwanted(range: &str) -> bool {
    let mut parameters = range.split(';').skip(1).map(str::trim);
    parameters.any(|parameter| {
        let quality = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
        quality.is_some_and(|quality| quality.parse() == Ok(0.0))
    })
}

/// How many bytes a body that has to be waited for counts at least: so a caller's share bounds also how many of their
/// requests are unfinished.
pub(super) const LEAST_COUNTED: usize = 64 * 1024;

/// A body, and the permit for its bytes.
pub(super) struct Received {
    pub(super) bytes: Bytes,
    _permit: Permit,
}

/// Reads the whole body, within its limits. A body that says it is too large isn't read at all.
pub(super) async fn body(
    headers: &HeaderMap,
    body: Body,
    limits: BodyLimits,
    (quota, key): (&Quota, &ShareKey),
) -> Result<Received, Refusal> {
    if announced(headers).is_some_and(|length| length > limits.bytes as u64) {
        return Err(Refusal::TooLarge { limit: limits.bytes });
    }
    let permit = quota.take(key, LEAST_COUNTED)?;
    match timeout(limits.time, whole(body, limits.bytes, permit)).await {
        Ok(received) => received,
        Err(_) => Err(Refusal::TooSlow { seconds: limits.time.as_secs() }),
    }
}

/// Nearly every body comes in one piece, which is then taken as it is.
async fn whole(body: Body, limit: usize, mut permit: Permit) -> Result<Received, Refusal> {
    let mut body = Limited::new(body, limit);
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&*error, limit))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length > permit.amount() {
            permit.grow(length - permit.amount())?;
        }
        if first.is_empty() {
            first = data;
            continue;
        }
        if joined.is_empty() {
            joined.extend_from_slice(&first);
        }
        joined.extend_from_slice(&data);
    }
    let bytes = if joined.is_empty() { first } else { joined.freeze() };
    Ok(Received { bytes, _permit: permit })
}

fn broken(error: &(dyn Error + Send + Sync + 'static), limit: usize) -> Refusal {
    if error.is::<LengthLimitError>() { Refusal::TooLarge { limit } } else { Refusal::BrokenBody }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH).map(HeaderValue::to_str)?.ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.append(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        headers.remove(name);
        for value in values {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn tr_5_only_json_is_taken() {
        for value in ["application/json", "Application/JSON; charset=utf-8"] {
            assert_eq!(media_types(&with(&CONTENT_TYPE, &[value])), Ok(()), "{value}");
        }
        for values in
            [&[][..], &["text/plain"], &["application/json-rpc"], &["application/json", "text/plain"]]
        {
            assert_eq!(media_types(&with(&CONTENT_TYPE, values)), Err(Refusal::NotJson), "{values:?}");
        }
        for values in [&["gzip"][..], &["gzip", "br"], &["identity", "gzip"]] {
            assert_eq!(media_types(&with(&CONTENT_ENCODING, values)), Err(Refusal::Coded), "{values:?}");
        }
        assert_eq!(media_types(&with(&CONTENT_ENCODING, &["identity"])), Ok(()));
        assert_eq!(media_types(&with(&TRANSFER_ENCODING, &["gzip, chunked"])), Err(Refusal::Coded));
    }

    #[test]
    fn tr_5_both_kinds_of_answer_must_be_acceptable() {
        for values in [
            &["application/json, text/event-stream"][..],
            &["text/event-stream;q=0.5,application/json"],
            &["application/json", "text/event-stream"],
            &["*/*"],
            &["application/*, text/*"],
        ] {
            assert_eq!(media_types(&with(&ACCEPT, values)), Ok(()), "{values:?}");
        }
        for values in [
            &[][..],
            &["application/json"],
            &["text/event-stream"],
            &["text/html"],
            &["*/*;q=0"],
            &["text/event-stream, application/json;q=0.0"],
        ] {
            assert_eq!(media_types(&with(&ACCEPT, values)), Err(Refusal::NotAcceptable), "{values:?}");
        }
    }
}
