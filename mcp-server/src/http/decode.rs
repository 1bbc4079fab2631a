//! A request's body, as one message.

use axum::body::Body;
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::BodyLimits;
use crate::{
    error::Refusal,
    protocol::{json, message::Message},
};

/// The client sends JSON, and takes both kinds of answer.
pub(super) fn media_types(headers: &HeaderMap) -> Result<(), Refusal> {
    match only(headers, &CONTENT_TYPE) {
        Some(sent) if essence(sent).eq_ignore_ascii_case("application/json") => {}
        _ => return Err(Refusal::NotJson),
    }
    if only(headers, &CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(Refusal::NotJson);
    }
    // What nearly every client sends, word for word, needs no taking apart.
    let usual = headers.get(ACCEPT).is_some_and(|value| value == "application/json, text/event-stream");
    if usual || (accepts(headers, "application/json") && accepts(headers, "text/event-stream")) {
        Ok(())
    } else {
        Err(Refusal::NotAcceptable)
    }
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
    ranges.flat_map(|value| value.split(',')).map(essence).any(|range| {
        range.eq_ignore_ascii_case(media_type)
            || range == "*/*"
            || range.strip_suffix("/*").is_some_and(|prefix| prefix.eq_ignore_ascii_case(group))
    })
}

/// Reads the whole body, within its limits. A body that says it is too large isn't read at all.
pub(super) async fn body(headers: &HeaderMap, body: Body, limits: BodyLimits) -> Result<Bytes, Refusal> {
    let too_large = Refusal::TooLarge { limit: limits.bytes };
    if announced(headers).is_some_and(|length| length > limits.bytes as u64) {
        return Err(too_large);
    }
    let reading = Limited::new(body, limits.bytes).collect();
    match timeout(limits.time, reading).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large),
        Ok(Err(_)) => Err(Refusal::BrokenBody),
        Err(_) => Err(Refusal::TooSlow { seconds: limits.time.as_secs() }),
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH).map(HeaderValue::to_str)?.ok()?.parse().ok()
}

/// Reads the message.
pub(super) fn message(bytes: &[u8]) -> Result<Message<'_>, Refusal> {
    Ok(Message::read(json::parse(bytes)?)?)
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
        assert_eq!(media_types(&with(&CONTENT_ENCODING, &["gzip"])), Err(Refusal::NotJson));
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
        for values in [&[][..], &["application/json"], &["text/event-stream"], &["text/html"]] {
            assert_eq!(media_types(&with(&ACCEPT, values)), Err(Refusal::NotAcceptable), "{values:?}");
        }
    }
}
