use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt(authenticated, timeout = "10s")]
fn review(
    /// The code
    code: String,
    /// Its language
    #[arg(complete = languages::known)]
    language: Option<String>,
) -> Vec<PromptMessage> {
    messages(&code, language.as_deref())
}
