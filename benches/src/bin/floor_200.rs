//! `tools/list` of 200 tools by hand: typed descriptors, serialised for each request.

use std::{collections::BTreeMap, io};

use axum::{Json, Router, extract::State, routing::post};
use mcp_benches::floor::{
    envelope::{Request, RequestMeta, Response, ResultMeta, SERVER},
    serve,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Params {
    #[serde(rename = "_meta")]
    #[expect(dead_code, reason = "read as it comes; there is nothing to decide")]
    meta: Option<RequestMeta>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    result_type: &'static str,
    tools: &'static [Tool],
    ttl_ms: u64,
    cache_scope: &'static str,
    #[serde(rename = "_meta")]
    meta: ResultMeta,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tool {
    name: String,
    description: String,
    input_schema: ObjectSchema,
    output_schema: Schema,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ObjectSchema {
    r#type: String,
    properties: BTreeMap<String, Schema>,
    additional_properties: bool,
    required: Vec<String>,
}

#[derive(Serialize)]
struct Schema {
    r#type: String,
    format: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Schema {
    fn integer(description: Option<&str>) -> Self {
        let description = description.map(str::to_owned);
        Self { r#type: "integer".to_owned(), format: "int64".to_owned(), description }
    }
}

fn tool(number: usize) -> Tool {
    let properties = [("a", "First addend"), ("b", "Second addend")];
    Tool {
        name: format!("add_{number:03}"),
        description: "Add two numbers.".to_owned(),
        input_schema: ObjectSchema {
            r#type: "object".to_owned(),
            properties: properties.map(|(name, text)| (name.to_owned(), Schema::integer(Some(text)))).into(),
            additional_properties: false,
            required: properties.map(|(name, _)| name.to_owned()).into(),
        },
        output_schema: Schema::integer(None),
    }
}

async fn list(
    State(tools): State<&'static [Tool]>,
    Json(request): Json<Request<Params>>,
) -> Json<Response<Listing>> {
    let listing =
        Listing { result_type: "complete", tools, ttl_ms: 300_000, cache_scope: "public", meta: SERVER };
    Json(Response::new(request.id, listing))
}

fn main() -> io::Result<()> {
    let tools: &'static [Tool] = (0..200).map(tool).collect::<Vec<_>>().leak();
    mcp_benches::run(async |listener| {
        serve(listener, Router::new().route("/mcp", post(list)).with_state(tools)).await
    })
}
