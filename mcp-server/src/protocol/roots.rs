//! The folders and files that a client thinks matter.
//!
//! Source: [Roots](https://modelcontextprotocol.io/specification/2026-07-28/client/roots).

use serde_json::Value;
use url::Url;

use super::shortened::shortened;

/// The method that asks.
pub(crate) const METHOD: &str = "roots/list";

/// The most roots that are taken. People have a handful.
const MOST: usize = 1_000;

/// A folder or a file that the client thinks matters.
///
/// It says where to look. It allows nothing: what a function may touch is the server's to decide. The newest
/// revision calls roots deprecated: new servers take paths as arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Root {
    /// Its URI, which begins with `file://`.
    pub uri: String,
    /// A name for people.
    pub name: Option<String>,
}

impl Root {
    /// Reads the answer to a question for the roots.
    ///
    /// # Errors
    ///
    /// A text that says what is wrong with it, for whoever wrote the client.
    pub(crate) fn read_all(answer: &Value) -> Result<Vec<Self>, String> {
        let Some(roots) = answer.get("roots").and_then(Value::as_array) else {
            return Err("the answer must be an object with the array `roots`".to_owned());
        };
        if roots.len() > MOST {
            return Err(format!("`roots` may have {MOST} items, and has {}", roots.len()));
        }
        let read = |(at, root)| Self::read(root).map_err(|wrong| format!("`roots[{at}].{wrong}"));
        roots.iter().enumerate().map(read).collect()
    }

    fn read(root: &Value) -> Result<Self, String> {
        let Some(uri) = root.get("uri").and_then(Value::as_str) else {
            return Err("uri` must be a string".to_owned());
        };
        if !uri.starts_with("file://") || Url::parse(uri).is_err() {
            return Err(format!("uri` must be a URI that begins with `file://`, not `{}`", shortened(uri)));
        }
        let name = match root.get("name") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name.clone()),
            Some(_) => return Err("name` must be a string".to_owned()),
        };
        Ok(Self { uri: uri.to_owned(), name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn roots_are_read() {
        let answer =
            json!({"roots": [{"uri": "file:///a", "name": "A", "_meta": {}}, {"uri": "file:///b%20c"}]});
        let roots = Root::read_all(&answer).unwrap();
        let root = |uri: &str, name: Option<&str>| Root { uri: uri.into(), name: name.map(Into::into) };
        assert_eq!(roots, [root("file:///a", Some("A")), root("file:///b%20c", None)]);
        assert_eq!(Root::read_all(&json!({"roots": []})), Ok(Vec::new()));
    }

    #[test]
    fn everything_else_is_told() {
        for (answer, told) in [
            (json!([]), "the array `roots`"),
            (json!({"roots": {}}), "the array `roots`"),
            (json!({"roots": [1]}), "`roots[0].uri` must be a string"),
            (json!({"roots": [{"uri": "file:///a"}, {"uri": 1}]}), "`roots[1].uri` must be a string"),
            (json!({"roots": [{"uri": "https://a/"}]}), "begins with `file://`, not `https://a/`"),
            (json!({"roots": [{"uri": "file:///a", "name": 1}]}), "`roots[0].name` must be a string"),
            (json!({"roots": vec![json!({"uri": "file:///a"}); 1_001]}), "and has 1001"),
        ] {
            let text = Root::read_all(&answer).unwrap_err();
            assert!(text.contains(told), "{text}");
        }
    }
}
