//! Tools that ask: the user with forms, and the client's model.

use mcp_server::{FormSchema, Sampling, prelude::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Who somebody is.
#[derive(Form, Deserialize, JsonSchema)]
struct User {
    username: String,
    email: String,
}

/// Asks the user who they are.
#[mcp_tool]
async fn test_elicitation(
    /// What the user is told
    message: String,
    ctx: Ctx,
) -> Result<String, ToolError> {
    let user: User = ctx.elicit(message).await?;
    Ok(format!("User response: {} <{}>", user.username, user.email))
}

/// A form that is filled in already.
#[derive(Form, Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Profile {
    name: String,
    age: i64,
    score: f64,
    status: Status,
    verified: bool,
}

#[derive(Form, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Active,
    Inactive,
    Pending,
}

impl Default for Profile {
    fn default() -> Self {
        Self { name: "John Doe".to_owned(), age: 30, score: 95.5, status: Status::Active, verified: true }
    }
}

/// Asks the user for values of every kind, each with a default.
#[mcp_tool]
async fn test_elicitation_sep1034_defaults(ctx: Ctx) -> Result<String, ToolError> {
    let profile: Profile = ctx.elicit("Please review your profile.").await?;
    Ok(format!("The user confirmed {profile:?}"))
}

/// Asks the user to choose, in every way there is.
#[mcp_tool]
async fn test_elicitation_sep1330_enums(ctx: Ctx) -> Result<String, ToolError> {
    let form = FormSchema::from_value(choices())?;
    let chosen = ctx.elicit_form("Please choose.", form).await?;
    Ok(format!("The user chose {}", Value::Object(chosen)))
}

/// A form that is written by hand: no type has the choice that older clients know.
fn choices() -> Value {
    let plain = json!(["option1", "option2", "option3"]);
    let titled = json!([
        { "const": "value1", "title": "First option" },
        { "const": "value2", "title": "Second option" },
        { "const": "value3", "title": "Third option" },
    ]);
    json!({
        "type": "object",
        "properties": {
            "untitledSingle": { "type": "string", "enum": plain },
            "titledSingle": { "type": "string", "oneOf": titled },
            "legacyEnum": {
                "type": "string",
                "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option one", "Option two", "Option three"]
            },
            "untitledMulti": { "type": "array", "items": { "type": "string", "enum": plain } },
            "titledMulti": { "type": "array", "items": { "anyOf": titled } }
        }
    })
}

/// Asks the client's model.
#[mcp_tool]
async fn test_sampling(
    /// What the model is asked
    prompt: String,
    ctx: Ctx,
) -> Result<String, ToolError> {
    let sampled = ctx.sample(Sampling::from(prompt).max_tokens(100)).await?;
    Ok(format!("LLM response: {}", sampled.text()))
}
