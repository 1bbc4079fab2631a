//! Functions, parameters and macros with the names that generated code might use.

#![allow(
    dead_code,
    unused_macros,
    clippy::unused_async,
    clippy::needless_pass_by_value,
    clippy::struct_field_names
)]

use mcp_server::{Completing, mcp_completion, mcp_prompt, mcp_resource, mcp_tool, mcp_tools};

macro_rules! file {
    () => {
        ::std::compile_error!("a macro of the user's was called")
    };
}

macro_rules! line {
    () => {
        ::std::compile_error!("a macro of the user's was called")
    };
}

macro_rules! vec {
    () => {
        ::std::compile_error!("a macro of the user's was called")
    };
}

macro_rules! submit {
    () => {
        ::std::compile_error!("a macro of the user's was called")
    };
}

#[allow(non_upper_case_globals)]
const invocation: i64 = 1;
#[allow(non_upper_case_globals)]
static input: i64 = 1;

/// Is called like a closure's argument.
#[mcp_tool(name = "hostile_names.invocation")]
fn generator(call: i64, output: i64, tag: i64) -> i64 {
    call + output + tag
}

/// Is called like a field.
#[mcp_tool(name = "hostile_names.call")]
async fn call(generator: i64, value: i64, error: i64) -> i64 {
    generator + value + error
}

/// Is called like a field.
#[mcp_tool(name = "hostile_names.output", blocking)]
#[allow(clippy::used_underscore_binding, clippy::just_underscores_and_digits)]
fn output(__invocation: i64, __value: i64, __0: i64) -> i64 {
    __invocation + __value + __0
}

/// Is called like a helper.
#[mcp_tool(name = "hostile_names.start")]
fn start(running: i64, blocking: i64, mut name: i64) -> i64 {
    name += 1;
    running + blocking + name
}

/// Is a keyword, and so are its arguments.
#[mcp_tool]
fn r#match(r#type: i64, r#fn: i64, #[arg(rename = "self")] this: i64) -> i64 {
    r#type + r#fn + this
}

/// Has variables that are called like what is generated.
#[mcp_resource("hostile-names://{output}/{call}{?__0}", name = "hostile_names.uri")]
#[allow(clippy::just_underscores_and_digits)]
async fn uri(output: i64, call: i64, #[arg(default = 3)] __0: i64) -> String {
    format!("{}", output + call + __0)
}

/// Has arguments that are called like what is generated.
#[mcp_prompt(name = "hostile_names.typed")]
#[allow(clippy::used_underscore_binding)]
fn typed(#[arg(complete = complete)] __typed: String, value: String) -> String {
    __typed + &value
}

fn complete(typed: Completing) -> Vec<String> {
    Vec::from([typed.value])
}

#[mcp_completion(prompt = "hostile_names.typed", arg = "value")]
#[allow(clippy::used_underscore_binding)]
fn submitted(__value: String, #[arg(rename = "__typed")] __object: Option<String>) -> Vec<String> {
    Vec::from([__value + &__object.unwrap_or_default()])
}

/// Has fields that are called like what is generated.
#[derive(mcp_server::Form, serde::Deserialize, schemars::JsonSchema)]
#[allow(clippy::used_underscore_binding, clippy::struct_field_names)]
pub(crate) struct Form {
    __form: i64,
    form: Option<Compiled>,
    is_single: Vec<Compiled>,
}

/// Is called like what is generated.
#[derive(mcp_server::Form, serde::Deserialize, schemars::JsonSchema)]
pub(crate) enum Compiled {
    Form,
    Field,
}

/// Asks for what is called like what is generated.
#[mcp_tool(name = "hostile_names.asked")]
#[allow(clippy::used_underscore_binding, clippy::just_underscores_and_digits)]
fn asked(
    __0: i64,
    #[ask("Which?")] __call: Form,
    #[ask("What?")] __1: Option<i64>,
    #[ask("How?")] together: String,
) -> i64 {
    __0 + __call.__form + __1.unwrap_or_default() + i64::from(together.is_empty())
}

/// Is called like a parameter of the glue.
pub(crate) struct Object(pub(crate) i64);

#[mcp_tools]
impl Object {
    /// Is called like the glue itself.
    #[mcp_tool(name = "hostile_names.provide")]
    async fn provide(&self, __object: i64, __offers: i64, __shared: i64) -> i64 {
        self.0 + __object + __offers + __shared
    }

    /// Is a keyword.
    #[mcp_tool(name = "hostile_names.type", blocking)]
    fn r#type(&self, r#self_: i64, offers: i64) -> i64 {
        self.0 + r#self_ + offers
    }

    #[mcp_completion(resource = "hostile-names://{output}/{call}{?__0}", arg = "call")]
    fn offer(&self, offers: String) -> Vec<String> {
        Vec::from([format!("{offers}{}", self.0)])
    }
}
