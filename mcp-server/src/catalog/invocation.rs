//! One call of a function: what goes in, and what comes out.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    input::{absent, read},
    schema,
};
use crate::{call::Call, error::ToolError};

/// A call's arguments, checked against the schema, by name.
pub type Arguments = Map<String, Value>;

/// A boxed future that may cross threads.
pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The function of something that is offered.
pub(crate) type Handler<T> = Arc<dyn Fn(Invocation) -> Handled<T> + Send + Sync>;

/// One call of a function: its arguments, which hold what the schema says, and the call.
#[derive(Debug)]
pub struct Invocation {
    /// What the client sent, with defaults filled in.
    pub arguments: Arguments,
    /// The call.
    pub call: Call,
    /// The arguments whose values are shown to nobody.
    pub(crate) secrets: Vec<Box<str>>,
}

impl Invocation {
    /// Takes an argument out and reads it as its type.
    ///
    /// # Errors
    ///
    /// When the type refuses a value that the schema allows: told to the model with the argument's name.
    pub fn argument<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ToolError> {
        let Some(value) = self.arguments.remove(name) else {
            return absent().ok_or_else(|| ToolError::tell(format!("`{name}` is required, but missing.")));
        };
        // JSON Schema takes 1.0 for an integer, and a Rust integer doesn't: such a value is read once more.
        let whole = schema::with_whole_numbers(&value);
        read(value).or_else(|error| whole.map_or(Err(error), read)).map_err(|error| {
            // What serde says may quote the value.
            let secret = self.secrets.iter().any(|secret| **secret == *name);
            let reason = if secret { String::new() } else { format!(": {error}") };
            ToolError::tell(format!("`{name}` has a value that can't be taken{reason}."))
        })
    }
}

/// What calling a function gives: a result at once, or a future of it.
pub enum Handled<T> {
    /// The function is done.
    Ready(Result<T, ToolError>),
    /// The function runs.
    Running(BoxFuture<Result<T, ToolError>>),
}

impl<T: fmt::Debug> fmt::Debug for Handled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready(result) => f.debug_tuple("Ready").field(result).finish(),
            Self::Running(_) => f.write_str("Running(..)"),
        }
    }
}
