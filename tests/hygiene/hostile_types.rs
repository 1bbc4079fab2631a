//! Beside types, traits and modules that are called like everybody else's.

#![allow(dead_code, unused_macros, clippy::unused_async, clippy::needless_pass_by_value)]

use mcp_server::{mcp_completion, mcp_prompt, mcp_resource, mcp_tool, mcp_tools};

macro_rules! decoys {
    ($($name:ident)*) => {$(
        #[derive(Debug)]
        struct $name;
    )*};
}

decoys! {
    Option Some None Result Ok Err String Str Box Vec Pin Duration Arguments ToolDescriptor Glue Hints Rules Place
    Handled Invocation Input Probe Approval ArgumentRules SchemaGenerator Arc Method Offers Registered Cache
    CacheScope Role Completed Completing CardDescriptor ResourceDescriptor AnnotationsDescriptor PromptDescriptor
    CompletionDescriptor OnceLock Compiled RegisteredForm TaskRule Call
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
trait ResourceOutput {}
trait PromptOutput {}
trait CompletionOutput {}
trait Complete {}
trait Provider {}
trait Form {}
trait FormField {}
trait FormChoice {}

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
    fn contents(&self) {}
    fn messages(&self) {}
    fn suggestions(&self) {}
    fn complete(self) {}
    fn object(&self) {}
    fn offer(&self) {}
    fn running(self) {}
    fn blocking(self) {}
    fn provide(self) {}
    fn form(&self) {}
    fn asked(&self) {}
    fn ask(self) {}
    fn of_type(self) {}
    fn of_answer(self) {}
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

/// A text, at a place.
#[mcp_resource(
    "hostile-types://{place}",
    name = "hostile_types.text",
    annotations(audience = "user", priority = 1),
    ttl = "1s"
)]
async fn text(place: u8, _ctx: mcp_server::Ctx) -> Answer<::std::option::Option<::std::string::String>> {
    Answer::Ok(::std::option::Option::Some(::std::string::ToString::to_string(&place)))
}

/// Asks.
#[mcp_prompt(name = "hostile_types.ask", blocking)]
fn ask(#[arg(complete = Known::known)] what: ::std::string::String) -> ::std::string::String {
    what
}

struct Known;

impl Known {
    async fn known(typed: mcp_server::Completing) -> mcp_server::Completion {
        mcp_server::Completion::new([typed.value])
    }
}

#[mcp_completion(resource = "hostile-types://{place}", arg = "place")]
async fn places(typed: ::std::string::String) -> Answer<::std::vec::Vec<::std::string::String>> {
    Answer::Ok(::std::vec![typed])
}

/// Is shared.
#[derive(Debug, Clone)]
pub(crate) struct Shared(pub(crate) i64);

#[mcp_tools]
impl Shared {
    /// Doubles.
    #[mcp_tool(name = "hostile_types.double")]
    async fn double(&self, by: i64) -> Answer<i64> {
        Answer::Ok(self.0 * by)
    }

    /// Doubles elsewhere.
    #[mcp_resource("hostile-types://twice/{by}", name = "hostile_types.twice", blocking)]
    fn twice(&self, by: i64) -> ::std::string::String {
        ::std::string::ToString::to_string(&(self.0 * by))
    }
}
