//! Beside types, traits and modules that are called like everybody else's.

#![allow(dead_code, unused_macros, clippy::unused_async, clippy::needless_pass_by_value)]

use mcp_server::mcp_tool;

macro_rules! decoys {
    ($($name:ident)*) => {$(
        #[derive(Debug)]
        struct $name;
    )*};
}

decoys! {
    Option Some None Result Ok Err String Str Box Vec Pin Duration Arguments ToolDescriptor Glue Hints Rules Place
    Handled Invocation Input Probe Approval ArgumentRules SchemaGenerator
}

mod std {}
mod core {}
mod inventory {}
mod schemars {}

trait Send {}
trait Sync {}
trait Fn {}
trait FnOnce {}
trait Future {}
trait Into {}
trait From {}
trait FromCall {}
trait Deserialize {}
trait DeserializeOwned {}
trait Serialize {}
trait JsonSchema {}
trait ToolOutput {}

/// Has every method that generated code could call, on every type.
trait Everything: Sized {
    fn parameter(&self) {}
    fn declare(self) {}
    fn argument(self) {}
    fn injected(self) {}
    fn take(self) {}
    fn fits(self) {}
    fn returned(&self) {}
    fn value(self) {}
    fn error(self) {}
    fn output(&self) {}
    fn schema(self) {}
    fn finish(self) {}
    fn result(self) {}
    fn into_result(self) {}
    fn into(self) {}
    fn call(self) {}
}

impl<T> Everything for T {}

type Answer<T> = ::std::result::Result<T, ::mcp_server::ToolError>;

/// Adds.
#[mcp_tool(name = "hostile_types.add")]
async fn add(a: i64, b: ::std::option::Option<i64>, _ctx: mcp_server::Ctx) -> Answer<i64> {
    Answer::Ok(a + b.unwrap_or_default())
}

/// Counts.
#[mcp_tool(name = "hostile_types.count", approval = true, timeout = "1s", rate = "1/s", blocking)]
fn count(texts: ::std::vec::Vec<::std::string::String>) -> usize {
    texts.len()
}
