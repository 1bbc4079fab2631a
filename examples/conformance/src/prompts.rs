//! Prompts, and what is suggested for their arguments.

use mcp_server::{Completing, EmbeddedResource, Image, Invocation, Prompt, PromptMessage};

use crate::media;

pub(crate) fn all() -> [Prompt; 4] {
    [simple(), with_arguments(), with_embedded_resource(), with_image()]
}

fn simple() -> Prompt {
    Prompt::new("test_simple_prompt", "Says one thing.", |_| async {
        Ok("This is a simple prompt for testing.")
    })
    .title("A simple prompt")
}

fn with_arguments() -> Prompt {
    let describe = "Repeats its arguments.";
    Prompt::new("test_prompt_with_arguments", describe, |mut call: Invocation| async move {
        let (first, second): (String, String) = (call.argument("arg1")?, call.argument("arg2")?);
        Ok(format!("Prompt with arguments: arg1='{first}', arg2='{second}'"))
    })
    .argument("arg1", "The first thing to repeat", true)
    .argument("arg2", "The second thing to repeat", true)
    .complete("arg1", words)
    .complete("arg2", pairs)
}

/// The words that begin with what was typed.
fn words(typed: Completing) -> Vec<&'static str> {
    ["test", "testament", "toast"].into_iter().filter(|word| word.starts_with(&typed.value)).collect()
}

/// What goes with the first argument.
async fn pairs(typed: Completing) -> Vec<String> {
    typed.arguments.get("arg1").map(|first| format!("{first} again")).into_iter().collect()
}

fn with_embedded_resource() -> Prompt {
    let describe = "Holds a resource.";
    Prompt::new("test_prompt_with_embedded_resource", describe, |mut call: Invocation| async move {
        let uri: String = call.argument("resourceUri")?;
        let resource = EmbeddedResource::text(uri, "text/plain", "Embedded resource content for testing.");
        Ok(vec![PromptMessage::user(resource), please("Please process the embedded resource above.")])
    })
    .argument("resourceUri", "The URI that the resource is said to have", true)
}

fn with_image() -> Prompt {
    Prompt::new("test_prompt_with_image", "Holds an image.", |_| async {
        let image = Image::new(media::PNG, "image/png");
        Ok(vec![PromptMessage::user(image), please("Please analyze the image above.")])
    })
}

fn please(text: &str) -> PromptMessage {
    PromptMessage::user(text)
}
