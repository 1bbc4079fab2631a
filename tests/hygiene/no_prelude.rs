//! Without a prelude, nothing is there that isn't named in full.

#![no_implicit_prelude]
#![allow(clippy::unused_async, clippy::needless_pass_by_value)]

/// Adds.
#[::mcp_server::mcp_tool(name = "no_prelude.add")]
async fn add(
    /// The first
    #[arg(min = 0, max = 10, default = 1, example = 2)]
    a: i64,
    b: ::std::option::Option<i64>,
    _ctx: ::mcp_server::Ctx,
) -> ::std::result::Result<i64, ::mcp_server::ToolError> {
    match b {
        ::std::option::Option::Some(b) => ::std::result::Result::Ok(a + b),
        ::std::option::Option::None => ::std::result::Result::Ok(a),
    }
}

/// Shouts.
#[::mcp_server::mcp_tool(name = "no_prelude.shout", blocking, read_only)]
fn shout(
    text: ::std::string::String,
    suffix: ::mcp_server::State<::std::string::String>,
) -> ::std::string::String {
    ::std::format!("{}{}", text.to_uppercase(), *suffix)
}

/// Everything is said of it.
#[::mcp_server::mcp_tool(
    name = "no_prelude.guarded",
    title = "Guarded",
    icon = "data:image/png;base64,",
    meta = "{}",
    scopes("a", "b"),
    start,
    approval("second_person", when = always, ttl = "10m", remember = "1h", message = "{text} {{}}?"),
    destructive,
    idempotent = false,
    open_world,
    timeout = "500ms",
    rate = "10/min",
    concurrency = 4,
    task,
    blocking
)]
fn guarded(#[arg(secret)] text: ::std::string::String) {
    ::std::mem::drop(text);
}

fn always(_: &::mcp_server::Arguments) -> bool {
    true
}

/// A text.
#[::mcp_server::mcp_resource(
    "no-prelude://text{?upper}",
    name = "no_prelude.text",
    title = "Text",
    mime = "text/plain",
    annotations(audience = ["user", "assistant"], priority = 0.5, last_modified = "2025-01-12T15:00:58Z"),
    ttl = "60s",
    cache = "public",
    timeout = "1s"
)]
async fn text(
    #[arg(default = false)] upper: bool,
    suffix: ::mcp_server::State<::std::string::String>,
) -> ::std::option::Option<::std::string::String> {
    let text = ::std::format!("text{}", *suffix);
    ::std::option::Option::Some(if upper { text.to_uppercase() } else { text })
}

/// Asks.
#[::mcp_server::mcp_prompt(name = "no_prelude.ask")]
fn ask(
    /// What
    #[arg(complete = self::known, max_length = 9)]
    what: ::std::string::String,
) -> ::std::vec::Vec<::mcp_server::PromptMessage> {
    ::std::vec![::mcp_server::PromptMessage::user(::mcp_server::Content::text(what))]
}

async fn known(typed: ::mcp_server::Completing) -> ::std::vec::Vec<::std::string::String> {
    ::std::vec![typed.value]
}

#[::mcp_server::mcp_completion(resource = "no-prelude://text{?upper}", arg = "upper")]
fn yes_or_no(typed: ::std::string::String) -> ::mcp_server::Completion {
    ::mcp_server::Completion::new([typed])
}

/// Is asked for.
#[derive(::mcp_server::Form, ::serde::Deserialize)]
pub(crate) struct Asked {
    pub(crate) size: ::std::option::Option<Size>,
    pub(crate) all: ::std::vec::Vec<Size>,
}

/// Is chosen.
#[derive(::mcp_server::Form, ::serde::Deserialize)]
pub(crate) enum Size {
    Small,
    Large,
}

/// Asks the person.
#[::mcp_server::mcp_tool(name = "no_prelude.asking")]
async fn asking(
    #[ask("Which?")] asked: Asked,
    #[ask("How large?", key = "size")] size: ::std::option::Option<Size>,
) -> usize {
    let several = asked.all.len();
    match (asked.size, size) {
        (::std::option::Option::Some(Size::Small), ::std::option::Option::Some(Size::Large)) => several,
        _ => 0,
    }
}

/// Has a part.
pub(crate) struct Whole {
    pub(crate) part: ::std::string::String,
}

#[::mcp_server::mcp_tools]
impl Whole {
    /// Gives the part.
    #[::mcp_server::mcp_tool(name = "no_prelude.part")]
    async fn part(&self) -> ::std::string::String {
        ::std::clone::Clone::clone(&self.part)
    }

    /// Asks for another part.
    #[::mcp_server::mcp_resource("no-prelude://part", name = "no_prelude.other_part", blocking)]
    fn other(&self, #[ask("Which?")] part: ::std::string::String) -> ::std::string::String {
        ::std::format!("{}{part}", self.part)
    }

    /// Gives the part, elsewhere.
    #[::mcp_server::mcp_prompt(name = "no_prelude.part", blocking)]
    fn asked(&self) -> ::std::result::Result<::std::string::String, ::mcp_server::ToolError> {
        ::std::result::Result::Ok(::std::clone::Clone::clone(&self.part))
    }
}
