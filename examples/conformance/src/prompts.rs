//! Prompts, and what is suggested for their arguments.

use mcp_server::{EmbeddedResource, Image, prelude::*};

use crate::media;

/// Says one thing.
#[mcp_prompt(title = "A simple prompt")]
fn test_simple_prompt() -> &'static str {
    "This is a simple prompt for testing."
}

/// Repeats its arguments.
#[mcp_prompt]
fn test_prompt_with_arguments(
    /// The first thing to repeat
    #[arg(complete = words)]
    arg1: String,
    /// The second thing to repeat
    arg2: String,
) -> String {
    format!("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")
}

/// The words that begin with what was typed.
fn words(typed: Completing) -> Vec<&'static str> {
    ["test", "testament", "toast"].into_iter().filter(|word| word.starts_with(&typed.value)).collect()
}

/// What goes with the first argument.
#[mcp_completion(prompt = "test_prompt_with_arguments", arg = "arg2")]
async fn pairs(_typed: String, arg1: Option<String>) -> Vec<String> {
    arg1.map(|first| format!("{first} again")).into_iter().collect()
}

/// Holds a resource.
#[mcp_prompt]
fn test_prompt_with_embedded_resource(
    /// The URI that the resource is said to have
    #[arg(rename = "resourceUri")]
    uri: String,
) -> Vec<PromptMessage> {
    let resource = EmbeddedResource::text(uri, "text/plain", "Embedded resource content for testing.");
    vec![PromptMessage::user(resource), please("Please process the embedded resource above.")]
}

/// Holds an image.
#[mcp_prompt]
fn test_prompt_with_image() -> Vec<PromptMessage> {
    let image = Image::new(media::PNG, "image/png");
    vec![PromptMessage::user(image), please("Please analyze the image above.")]
}

fn please(text: &str) -> PromptMessage {
    PromptMessage::user(text)
}
