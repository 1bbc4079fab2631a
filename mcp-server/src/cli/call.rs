//! `call NAME key=value…`: one call, from the shell, by the same way as a client's.

use serde_json::{Value, json};

use crate::{
    call::{Facts, Principal},
    catalog::{Arguments, Validator},
    dispatch::{self, Answer, Outcome, Request},
    error::{Error, nearest},
    protocol::{
        content::Content,
        json::{self as tree, Json, Object},
        tools::ToolResult,
    },
    server::Server,
};

/// Calls a tool and gives its result as text.
pub(super) async fn call(server: &Server, name: &str, arguments: &[String]) -> Result<String, Error> {
    let offer = server.service.engine.offer.load_full();
    let Some(tool) = offer.tools.get(name) else {
        let near = nearest(name, offer.tools.entries().iter().map(|tool| tool.name()));
        let hint =
            near.map_or_else(|| "`tools` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Error::Command(format!("there is no tool `{name}`; {hint}")));
    };
    let read = |argument: &String| read(argument, tool.validator());
    let arguments: Arguments = arguments.iter().map(read).collect::<Result<_, _>>()?;
    let body = json!({ "name": name, "arguments": arguments }).to_string();
    let params = params(&body)?;
    let request = Request {
        method: "tools/call".into(),
        params,
        facts: Facts { principal: Principal::trusted(), ..Facts::default() },
    };
    let outcome = match dispatch::answer(&server.service.engine.desk, &offer, request) {
        Ok(Answer::Done(outcome)) => Ok(outcome),
        Ok(Answer::Running(running)) => running.await,
        // A call listens to nothing.
        Ok(Answer::Listening(_)) => return Ok(String::new()),
        Err(error) => Err(error),
    };
    match outcome.map_err(|error| Error::Command(error.to_string()))? {
        Outcome::Tool { result, .. } if result.is_error => Err(Error::Command(shown(&result))),
        Outcome::Tool { result, .. } => Ok(shown(&result)),
        // A call gives nothing else.
        _ => Ok(String::new()),
    }
}

fn params(body: &str) -> Result<Object<'_>, Error> {
    match tree::parse(body.as_bytes()) {
        Ok(Json::Object(params)) => Ok(params),
        Ok(other) => Err(Error::Command(format!("arguments are an object, not {}", other.kind()))),
        Err(error) => Err(Error::Command(error.to_string())),
    }
}

/// Reads `key=value`. A value is text where the schema takes text, else JSON where it is JSON.
fn read(argument: &String, validator: &Validator) -> Result<(String, Value), Error> {
    match argument.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), validator.read_text(key, value.to_owned()))),
        None => Err(Error::Command(format!("`{argument}` is not `key=value`"))),
    }
}

/// A result for a person at a terminal.
fn shown(result: &ToolResult) -> String {
    if let Some(json) = &result.structured {
        return json.clone();
    }
    let block = |block: &Content| match serde_json::to_value(block) {
        Ok(Value::Object(block)) => match block.get("text").and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => Value::Object(block).to_string(),
        },
        _ => String::new(),
    };
    result.content.iter().map(block).collect::<Vec<_>>().join("\n")
}
