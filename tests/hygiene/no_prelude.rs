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
    approval("second_person", when = always, ttl = "10m", remember = "1h", message = "{text} {{}}?"),
    destructive,
    idempotent = false,
    open_world,
    timeout = "500ms",
    rate = "10/min",
    concurrency = 4,
    task
)]
fn guarded(#[arg(secret)] text: ::std::string::String) {
    ::std::mem::drop(text);
}

fn always(_: &::mcp_server::Arguments) -> bool {
    true
}
