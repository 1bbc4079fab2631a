//! Resources: a text, bytes, a template, and one that changes.

use mcp_server::{FromCall, Invocation, Resource, ResourceContents, State};
use serde_json::json;

use crate::{changes::Watched, media};

pub(crate) fn all() -> [Resource; 4] {
    [static_text(), static_binary(), template(), watched()]
}

fn static_text() -> Resource {
    Resource::new("test://static-text", "static-text", "A text that stays as it is.", |_| async {
        Ok("This is the content of the static text resource.")
    })
    .title("Static text")
    .mime_type("text/plain")
}

fn static_binary() -> Resource {
    Resource::new("test://static-binary", "static-binary", "An image of one pixel.", |_| async {
        Ok(media::PNG)
    })
    .mime_type("image/png")
    .size(media::PNG.len() as u64)
}

fn template() -> Resource {
    let describe = "The data of an id.";
    Resource::new("test://template/{id}/data", "template", describe, |mut call: Invocation| async move {
        let id: String = call.argument("id")?;
        let data = json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") });
        Ok(ResourceContents::json(&data)?)
    })
    .mime_type("application/json")
}

fn watched() -> Resource {
    let describe = "Says how often it was changed.";
    Resource::new(Watched::URI, "watched-resource", describe, |call: Invocation| async move {
        Ok(State::<Watched>::from_call(&call.call)?.text())
    })
    .mime_type("text/plain")
}
