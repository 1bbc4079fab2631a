//! Questions to the person: a form to fill in, or a page to open.
//!
//! Source: [Elicitation](https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation).

use std::sync::Arc;

use serde_json::{Map, Value, json};
use url::Url;

use super::shortened::shortened;

/// The method that asks.
pub(crate) const METHOD: &str = "elicitation/create";

/// What the person is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Elicitation {
    /// To fill in a form.
    Form {
        /// Why.
        message: String,
        /// The form: a flat object of simple values.
        schema: Arc<Value>,
    },
    /// To open a page. What is said there doesn't pass through the client.
    Page {
        /// Why.
        message: String,
        /// The page's address.
        url: String,
        /// What 2025-11-25 names the question by.
        id: String,
    },
}

impl Elicitation {
    /// Asks to open a page.
    ///
    /// # Errors
    ///
    /// When the address isn't one that a browser opens, or holds a password.
    pub(crate) fn page(message: impl Into<String>, url: &str, id: impl Into<String>) -> Result<Self, String> {
        let parsed = Url::parse(url).map_err(|error| format!("`{}` is no URL: {error}", shortened(url)))?;
        if !matches!(parsed.scheme(), "https" | "http") || !parsed.has_host() {
            return Err(format!("a page has an `https` address, and `{}` is none", shortened(url)));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(
                "the address of a page is shown to the client, so it can't hold a user's name or password"
                    .to_owned(),
            );
        }
        Ok(Self::Page { message: message.into(), url: url.to_owned(), id: id.into() })
    }

    /// The parameters, as the newest revision has them.
    pub(crate) fn params(&self) -> Value {
        match self {
            Self::Form { message, schema } => {
                json!({ "mode": "form", "message": message, "requestedSchema": **schema })
            }
            Self::Page { message, url, id: _ } => json!({ "mode": "url", "message": message, "url": url }),
        }
    }
}

/// What the person did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Elicited {
    /// Sent the form, with these values; or agreed to open the page, with none. Whatever the client says.
    Accepted(Map<String, Value>),
    /// Said no.
    Declined,
    /// Said nothing: closed the form.
    Cancelled,
}

impl Elicited {
    /// Reads an answer. Whether its values are what the form asked for, the form knows.
    ///
    /// # Errors
    ///
    /// A text that says what is wrong with it, for whoever wrote the client.
    pub(crate) fn read(answer: Value) -> Result<Self, String> {
        let Value::Object(mut answer) = answer else {
            return Err("the answer must be an object with `action`".to_owned());
        };
        match answer.get("action").and_then(Value::as_str) {
            Some("accept") => content(answer.remove("content")).map(Self::Accepted),
            Some("decline") => Ok(Self::Declined),
            Some("cancel") => Ok(Self::Cancelled),
            Some(other) => {
                Err(format!("`action` is `accept`, `decline` or `cancel`, not `{}`", shortened(other)))
            }
            None => Err("`action` must be a string: `accept`, `decline` or `cancel`".to_owned()),
        }
    }
}

/// The values of a form. Clients leave out what is empty, some by `null`.
fn content(content: Option<Value>) -> Result<Map<String, Value>, String> {
    let values = match content {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Object(values)) => values,
        Some(_) => return Err("`content` must be an object".to_owned()),
    };
    match values.iter().find(|(_, value)| !is_simple(value)) {
        None => Ok(values),
        Some((name, _)) => Err(format!(
            "`content.{}` must be a string, a number, a boolean or an array of strings",
            shortened(name)
        )),
    }
}

fn is_simple(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => true,
        Value::Array(items) => items.iter().all(Value::is_string),
        Value::Null | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_of_three() {
        let accepted = Elicited::read(json!({"action": "accept", "content": {"a": 1, "b": ["c"]}}));
        assert_eq!(
            accepted,
            Ok(Elicited::Accepted(json!({"a": 1, "b": ["c"]}).as_object().cloned().unwrap()))
        );
        for answer in [json!({"action": "accept"}), json!({"action": "accept", "content": null, "_meta": {}})]
        {
            assert_eq!(Elicited::read(answer), Ok(Elicited::Accepted(Map::new())));
        }
        assert_eq!(
            Elicited::read(json!({"action": "decline", "content": {"a": {}}})),
            Ok(Elicited::Declined)
        );
        assert_eq!(Elicited::read(json!({"action": "cancel"})), Ok(Elicited::Cancelled));
    }

    #[test]
    fn everything_else_is_told() {
        for (answer, told) in [
            (json!(12345), "object with `action`"),
            (json!(null), "object with `action`"),
            (json!({}), "must be a string"),
            (json!({"action": true}), "must be a string"),
            (json!({"action": "Accept"}), "not `Accept`"),
            (json!({"action": "accept", "content": [1]}), "`content` must be an object"),
            (json!({"action": "accept", "content": {"a": {"b": 1}}}), "`content.a` must be"),
            (json!({"action": "accept", "content": {"a": null}}), "`content.a` must be"),
            (json!({"action": "accept", "content": {"a": ["b", 1]}}), "`content.a` must be"),
        ] {
            let text = Elicited::read(answer.clone()).unwrap_err();
            assert!(text.contains(told), "{answer}: {text}");
        }
        let text = Elicited::read(json!({"action": "x".repeat(100_000)})).unwrap_err();
        assert!(text.len() < 300, "no larger than it must be");
    }

    #[test]
    fn a_page_has_an_address_that_a_browser_opens() {
        let page = Elicitation::page("Sign in.", "https://example.com/a?b=c", "1").unwrap();
        assert_eq!(
            page.params(),
            json!({"mode": "url", "message": "Sign in.", "url": "https://example.com/a?b=c"})
        );
        for url in ["", "/a", "javascript:alert(1)", "file:///etc/passwd", "https://me:pass@example.com/"] {
            assert!(Elicitation::page("Sign in.", url, "1").is_err(), "{url}");
        }
    }
}
