use mcp_server::prelude::*;

/// Find books.
///
/// By what is known of them.
#[mcp_tool(name = "books.find", title = "Find books", icon = "https://example.com/b.png", meta = r#"{"a": 1}"#)]
fn find(
    /// A word of the title,
    /// or a part of one
    #[arg(min_length = 2, max_length = 0x50, pattern = r"^\w+$", example = "\"whale\"")]
    word: String,
    #[arg(min = 1, max = 100, default = 10)] limit: u8,
    #[arg(min = -0.5, max = 1e3, default = 1)] weight: f64,
    #[arg(default = ["en", "de"], rename = "languages")] r#in: Vec<String>,
    #[arg(header = "Region")] region: Option<String>,
    #[arg(secret)] key: Option<String>,
) -> &'static str {
    "none"
}
