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

use mcp_server::{Ctx, State, ToolError, mcp_tool};

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
