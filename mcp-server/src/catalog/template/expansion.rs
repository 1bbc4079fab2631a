//! From values to the URI: RFC 6570, section 3.2.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{Charset, Template, TemplatePart};
use crate::protocol::uri::{is_reserved, is_unreserved};

impl Template {
    /// The URI that these values make.
    pub(crate) fn expand(&self, values: &Map<String, Value>) -> String {
        let mut uri = String::new();
        for part in &self.parts {
            part.expand(values, &mut uri);
        }
        uri
    }
}

impl TemplatePart {
    fn expand(&self, values: &Map<String, Value>, uri: &mut String) {
        let text = |name: &str| values.get(name).and_then(Value::as_str);
        match self {
            Self::Literal { text, .. } => uri.push_str(text),
            Self::Value { name, charset, .. } => encode(text(name).unwrap_or_default(), *charset, uri),
            Self::Parameter { name } => {
                uri.extend([";", name]);
                if let Some(value) = text(name).filter(|value| !value.is_empty()) {
                    uri.push('=');
                    encode(value, Charset::Unreserved, uri);
                }
            }
            Self::Segments { name, .. } => {
                for segment in values.get(name).and_then(Value::as_array).into_iter().flatten() {
                    uri.push('/');
                    encode(segment.as_str().unwrap_or_default(), Charset::Unreserved, uri);
                }
            }
            Self::Query { first, names } => {
                let given = names.iter().filter_map(|name| Some((name, text(name)?)));
                for (at, (name, value)) in given.enumerate() {
                    uri.push(if at == 0 { *first } else { '&' });
                    uri.extend([name, "="]);
                    encode(value, Charset::Unreserved, uri);
                }
            }
        }
    }
}

/// Adds a value, with everything percent-encoded that the charset doesn't have. Where reserved characters stand for
/// themselves, so do percent-encoded ones.
fn encode(value: &str, charset: Charset, uri: &mut String) {
    let is_reserving = matches!(charset, Charset::Reserved { .. });
    let bytes = value.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let is_triplet = || {
            let digits = bytes.get(at + 1..at + 3);
            *byte == b'%' && digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        if is_unreserved(*byte) || (is_reserving && (is_reserved(*byte) || is_triplet())) {
            uri.push(char::from(*byte));
        } else {
            // Writing to a text doesn't fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
}
