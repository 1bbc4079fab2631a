//! A tool whose schema is written by hand and published as it is.

use mcp_server::{Invocation, Tool, ToolResult};
use serde_json::{Value, json};

pub(crate) fn tool() -> Tool {
    let describe = "Takes a contact, by a schema that uses references, composition and conditions.";
    Tool::new("json_schema_2020_12_tool", describe, |call: Invocation| async move {
        Ok(ToolResult::text(format!("{} properties given.", call.arguments.len())))
    })
    .input_schema(schema())
}

fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
            }
        },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" }
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false
    })
}
