//! Values that a client repeats in headers, so that what stands between can route without reading bodies.
//!
//! Source: [Value encoding](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#value-encoding).

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderMap;

use super::headers::once;
use crate::{catalog::HeaderArgument, error::ProtocolError, protocol::json::Json};

/// A header's value as text: what stands between the base64 markers is decoded, everything else is literal.
///
/// `None` when the markers are there and what stands between them is not base64 of UTF-8.
pub(super) fn decode(value: &str) -> Option<Cow<'_, str>> {
    match value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        Some(encoded) => {
            let bytes = STANDARD.decode(encoded).ok()?;
            String::from_utf8(bytes).ok().map(Cow::Owned)
        }
        None => Some(Cow::Borrowed(value)),
    }
}

/// Every argument with a header must be repeated there; one that is absent or null must not.
pub(super) fn check(
    headers: &HeaderMap,
    mirrored: &[HeaderArgument],
    arguments: Option<&Json<'_>>,
) -> Result<(), ProtocolError> {
    mirrored.iter().try_for_each(|argument| check_one(headers, argument, arguments))
}

fn check_one(
    headers: &HeaderMap,
    argument: &HeaderArgument,
    arguments: Option<&Json<'_>>,
) -> Result<(), ProtocolError> {
    let mismatch = |text: &str| {
        let HeaderArgument { header, path } = argument;
        Err(ProtocolError::HeaderMismatch(format!("the header `{header}` of `{}` {text}", path.join("."))))
    };
    let value = once(headers, &argument.header)?;
    let mut keys = argument.path.iter();
    let body = arguments.and_then(|root| keys.try_fold(root, |json, key| json.as_object()?.get(key)));
    match (value, body) {
        (None, None | Some(Json::Null)) => Ok(()),
        (None, Some(_)) => mismatch("is missing, but the body has a value"),
        (Some(_), None | Some(Json::Null)) => mismatch("is there, but the body has no value"),
        (Some(value), Some(body)) => match decode(value) {
            None => mismatch("is not valid base64"),
            Some(said) if says(&said, body) => Ok(()),
            Some(_) => mismatch("says something else than the body"),
        },
    }
}

/// Whether a header's text stands for a value. Numbers are compared as numbers.
fn says(said: &str, body: &Json<'_>) -> bool {
    match body {
        Json::String(text) => said == text,
        Json::Bool(value) => said == if *value { "true" } else { "false" },
        Json::Number(number) => integer(said).is_some_and(|said| {
            number.as_i64() == Some(said)
                || number.as_f64().filter(|_| number.is_f64()).and_then(whole) == Some(said)
        }),
        // Not a value that is mirrored: its schema will say so, and no header can.
        Json::Null | Json::Array(_) | Json::Object(_) => false,
    }
}

/// The integer that a header says: decimal digits, and perhaps a fraction of nothing but zeros.
fn integer(said: &str) -> Option<i64> {
    let digits = match said.split_once('.') {
        Some((digits, zeros)) if !zeros.is_empty() && zeros.bytes().all(|digit| digit == b'0') => digits,
        Some(_) => return None,
        None => said,
    };
    let plain = !digits.starts_with('+')
        && (digits.trim_start_matches('-') == "0" || !digits.trim_start_matches('-').starts_with('0'));
    digits.parse().ok().filter(|_| plain)
}

/// The integer that a float is, where floats can tell integers apart.
fn whole(float: f64) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    #[allow(clippy::cast_possible_truncation)] // whole and at most 2^53 - 1
    (float.fract() == 0.0 && float.abs() <= LARGEST).then_some(float as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::json;

    #[test]
    fn only_whole_markers_mean_base64() {
        let cases = [
            ("us-west1", Some("us-west1")),
            ("=?base64?SGVsbG8=?=", Some("Hello")),
            ("=?base64?SGVsbG8?=", None),
            ("=?base64?SGVs!!!bG8=?=", None),
            ("=?base64?SGVsbG8=", Some("=?base64?SGVsbG8=")),
            ("SGVsbG8=", Some("SGVsbG8=")),
            ("=?BASE64?SGVsbG8=?=", Some("=?BASE64?SGVsbG8=?=")),
            ("=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=", Some("=?base64?literal?=")),
            ("=?base64?/w==?=", None),
        ];
        for (value, expected) in cases {
            assert_eq!(decode(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(says("42.0", &Json::Number(42.into())));
        assert!(says("-7", &Json::Number((-7).into())));
        assert!(!says("43", &Json::Number(42.into())));
        assert!(!says("9007199254740993", &Json::Number(9_007_199_254_740_992_u64.into())));
        for (said, body) in [("42", "42.0"), ("0", "0"), ("-0", "0"), ("42.00", "42")] {
            assert!(says(said, &json::parse(body.as_bytes()).unwrap()), "{said} {body}");
        }
        for (said, body) in [
            ("NaN", "0"),
            ("+42", "42"),
            ("042", "42"),
            ("42.", "42"),
            ("4.2e1", "42"),
            ("42.5", "42"),
            ("", "0"),
            ("9007199254740993", "9007199254740992.0"),
            ("9007199254740992.0", "9007199254740993"),
            ("18446744073709551614", "18446744073709551615"),
        ] {
            assert!(!says(said, &json::parse(body.as_bytes()).unwrap()), "{said} {body}");
        }
    }
}
