//! Under lints that forbid most things.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_lifetimes,
    unused_results,
    rust_2018_idioms,
    nonstandard_style,
    let_underscore,
    keyword_idents,
    trivial_casts,
    trivial_numeric_casts,
    single_use_lifetimes,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    redundant_lifetimes,
    variant_size_differences,
    clippy::all,
    clippy::pedantic,
    clippy::cargo
)]
#![forbid(unsafe_code)]

use mcp_server::{
    Completing, Ctx, State, ToolError, mcp_completion, mcp_prompt, mcp_resource, mcp_tool, mcp_tools,
};

/// Old, and still there.
#[deprecated = "there is a newer one"]
#[mcp_tool(name = "strict.old")]
fn old(text: String) -> String {
    text
}

/// Takes one of each.
///
/// # Errors
///
/// Never.
#[allow(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    clippy::double_must_use,
    clippy::unnecessary_wraps
)]
#[mcp_tool(name = "strict.new", read_only)]
pub(crate) async fn new(
    /// An argument
    #[arg(min_length = 1)]
    text: Option<String>,
    suffix: State<String>,
    ctx: Ctx,
) -> Result<String, ToolError> {
    tokio::task::yield_now().await;
    let text = text.ok_or_else(|| ToolError::tell("nothing"))?;
    let caller = ctx.principal().clone();
    drop(ctx);
    Ok(format!("{text}{}{caller:?}", String::clone(&suffix)))
}

/// Gives nothing.
#[mcp_tool(name = "strict.nothing", blocking)]
fn nothing() {}

#[cfg(any())]
/// Isn't there.
#[mcp_tool]
fn absent(missing: Missing) {}

/// Has a tool inside.
pub(crate) fn outer() {
    /// Is inside of a function.
    #[mcp_tool(name = "strict.inner")]
    fn inner(count: u8) -> u8 {
        count
    }
    assert_eq!(inner(1), 1);
}

/// Old, and still there.
#[deprecated = "there is a newer one"]
#[mcp_resource("strict://{name}{?short}", name = "strict.text", ttl = "1s")]
async fn text(
    /// Its name
    #[arg(min_length = 1, complete = names)]
    name: String,
    short: Option<bool>,
    ctx: Ctx,
) -> Result<Option<String>, ToolError> {
    tokio::task::yield_now().await;
    drop(ctx);
    Ok(Some(name).filter(|_| short.is_none()))
}

fn names(typed: Completing) -> Vec<String> {
    vec![typed.value]
}

/// Asks.
#[mcp_prompt(name = "strict.ask")]
fn ask(what: String) -> String {
    what
}

#[mcp_completion(prompt = "strict.ask", arg = "what")]
async fn whats(typed: String, suffix: State<String>) -> Vec<String> {
    tokio::task::yield_now().await;
    vec![format!("{typed}{}", String::clone(&suffix))]
}

/// Has methods of all kinds.
#[derive(Debug)]
pub(crate) struct Methods {
    /// A number
    pub(crate) number: u8,
}

#[mcp_tools]
impl Methods {
    /// Old, and still there.
    ///
    /// # Errors
    ///
    /// Never.
    #[deprecated = "there is a newer one"]
    #[mcp_tool(name = "strict.number")]
    pub(crate) async fn number(&self, ctx: Ctx) -> Result<u8, ToolError> {
        tokio::task::yield_now().await;
        drop(ctx);
        Ok(self.number)
    }

    /// A number as a text.
    #[mcp_resource("strict://number", name = "strict.number")]
    fn text(&self) -> String {
        self.number.to_string()
    }
}
