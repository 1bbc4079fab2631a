//! `add(a, b)` by hand, for both eras.

use serde::{Deserialize, Serialize};

use super::envelope::{Request, RequestMeta, Response, ResultMeta, SERVER};

/// What `tools/call` takes.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// Always `add`.
    pub name: String,
    /// What is added.
    pub arguments: Arguments,
    /// In the modern era.
    #[serde(rename = "_meta")]
    pub meta: Option<RequestMeta>,
}

/// What is added.
#[derive(Debug, Deserialize)]
pub struct Arguments {
    a: i64,
    b: i64,
}

/// The result, as the client's revision has it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Sum {
    /// 2026-07-28.
    Modern(Modern),
    /// 2025-11-25.
    Legacy(Legacy),
}

/// A result of 2026-07-28.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Modern {
    result_type: &'static str,
    content: [Text; 1],
    structured_content: i64,
    #[serde(rename = "_meta")]
    meta: ResultMeta,
}

/// A result of 2025-11-25, where a structured value is an object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Legacy {
    content: [Text; 1],
    structured_content: Wrapped,
}

#[derive(Debug, Serialize)]
struct Wrapped {
    result: i64,
}

#[derive(Debug, Serialize)]
struct Text {
    r#type: &'static str,
    text: String,
}

/// Adds.
pub fn add(request: Request<Params>) -> Response<Sum> {
    let sum = request.params.arguments.a + request.params.arguments.b;
    let content = [Text { r#type: "text", text: sum.to_string() }];
    let result = match request.params.meta {
        Some(_) => {
            Sum::Modern(Modern { result_type: "complete", content, structured_content: sum, meta: SERVER })
        }
        None => Sum::Legacy(Legacy { content, structured_content: Wrapped { result: sum } }),
    };
    Response::new(request.id, result)
}
