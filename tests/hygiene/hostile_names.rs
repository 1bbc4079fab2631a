//! Functions, parameters and macros with the names that generated code might use.

#![allow(dead_code, unused_macros, clippy::unused_async, clippy::needless_pass_by_value)]

use mcp_server::mcp_tool;

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
