//! A function's parameters: what is injected from the call, and what the client sends.

use std::{
    any::{TypeId, type_name},
    sync::Arc,
};

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::{
    de::{DeserializeOwned, Deserializer, Error as _, Visitor, value::Error as Missing},
    forward_to_deserialize_any,
};

use super::completion::{Completer, Completers, Suggester};
use crate::{
    call::{Call, Ctx, Principal, State},
    error::ToolError,
};

/// A parameter that is taken from the call instead of from the client's arguments.
///
/// Implement it for a type of your own, and functions can ask for it.
///
/// # Example
///
/// ```
/// use mcp_server::prelude::*;
/// use mcp_server::{Call, FromCall, Needs};
///
/// struct Database;
///
/// /// The part of the database that belongs to whoever calls.
/// struct Tenant(String);
///
/// impl FromCall for Tenant {
///     fn needs(needs: &mut Needs) {
///         needs.state::<Database>();
///     }
///
///     fn from_call(call: &Call) -> Result<Self, ToolError> {
///         Ok(Self(format!("{:?}", call.principal())))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be taken from the call",
    label = "not `FromCall`",
    note = "a parameter is injected (`Ctx`, `State<T>`, your own `FromCall` type) or an argument (`Deserialize + JsonSchema`)"
)]
pub trait FromCall: Sized {
    /// Says what the server must have for this to work. A server without it doesn't build.
    fn needs(needs: &mut Needs) {
        let _ = needs;
    }

    /// Whether a function may ask its client something through the value. What says no costs a call a little less.
    fn may_ask() -> bool {
        true
    }

    /// Takes the value. An error ends the call before the function runs.
    fn from_call(call: &Call) -> Result<Self, ToolError>;
}

impl FromCall for Ctx {
    fn from_call(call: &Call) -> Result<Self, ToolError> {
        Ok(Self::new(call.clone()))
    }
}

impl FromCall for Principal {
    fn may_ask() -> bool {
        false
    }

    fn from_call(call: &Call) -> Result<Self, ToolError> {
        Ok(call.principal().clone())
    }
}

impl<T: Send + Sync + 'static> FromCall for State<T> {
    fn needs(needs: &mut Needs) {
        needs.state::<T>();
    }

    fn may_ask() -> bool {
        false
    }

    fn from_call(call: &Call) -> Result<Self, ToolError> {
        let missing = || ToolError::masked(format!("no state of type {}", type_name::<T>()));
        call.state().ok_or_else(missing)
    }
}

/// What a parameter needs the server to have.
#[derive(Debug, Default)]
pub struct Needs {
    pub(crate) states: Vec<(TypeId, &'static str)>,
    /// Whether the client may be asked something.
    pub(crate) may_ask: bool,
    /// Whether it is, before the function's body runs.
    pub(crate) asks_first: bool,
}

impl Needs {
    /// Of a function that gets the whole call.
    pub(super) fn of_a_call() -> Self {
        Self { may_ask: true, ..Self::default() }
    }

    /// Needs `McpServer::state` to have been given a `T`.
    pub fn state<T: Send + Sync + 'static>(&mut self) {
        self.states.push((TypeId::of::<T>(), type_name::<T>()));
    }
}

/// What is said of one argument beside its type.
#[derive(Debug, Clone, Copy)]
pub struct ArgumentRules {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it is, for the model.
    pub description: Option<&'static str>,
    /// JSON Schema keywords and their values as JSON texts, in the order they were written.
    pub keywords: &'static [(&'static str, &'static str)],
    /// Never logged, masked where it is shown.
    pub secret: bool,
    /// Suggests values.
    pub complete: Option<Completer>,
}

/// Collects a function's parameters while its glue declares them.
#[derive(Debug)]
pub struct Input {
    pub(crate) generator: SchemaGenerator,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) needs: Needs,
}

/// One argument: its rules, the schema of its type, and whether it may be left out.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) rules: ArgumentRules,
    pub(crate) schema: Schema,
    pub(crate) optional: bool,
}

impl Argument {
    /// Whether a client may leave it out.
    pub(crate) fn may_be_absent(&self) -> bool {
        self.optional || self.rules.keywords.iter().any(|(keyword, _)| *keyword == "default")
    }
}

impl Input {
    pub(crate) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None);
        Self { generator: settings.into_generator(), arguments: Vec::new(), needs: Needs::default() }
    }

    /// Declares an argument.
    pub fn argument<T: DeserializeOwned + JsonSchema>(&mut self, rules: ArgumentRules) {
        let schema = self.generator.subschema_for::<T>();
        self.arguments.push(Argument { rules, schema, optional: T::deserialize(Absent).is_ok() });
    }

    /// The functions that suggest values, by the names of their arguments.
    pub(crate) fn completers(&self) -> Completers {
        let completer = |argument: &Argument| {
            let function: Suggester = Arc::new(argument.rules.complete?);
            Some((argument.rules.name.to_owned(), function))
        };
        self.arguments.iter().filter_map(completer).collect()
    }

    /// Declares a parameter that the user is asked for before the function's body runs.
    pub fn asked(&mut self) {
        self.needs.asks_first = true;
        self.needs.may_ask = true;
    }

    /// Declares an injected parameter.
    pub fn injected<T: FromCall>(&mut self) {
        T::needs(&mut self.needs);
        self.needs.may_ask |= T::may_ask();
    }
}

/// Reads the value that isn't there, as serde does for a struct's missing field: only an `Option` has one.
pub(super) fn absent<T: DeserializeOwned>() -> Option<T> {
    T::deserialize(Absent).ok()
}

struct Absent;

impl<'de> Deserializer<'de> for Absent {
    type Error = Missing;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Missing> {
        Err(Missing::custom("missing"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Missing> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// `T: Deserialize` for a type that is read from the arguments.
pub(super) fn read<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, serde_json::Error> {
    T::deserialize(value)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(transparent)]
    struct Wrapped(#[allow(dead_code)] Option<String>);

    #[test]
    fn only_what_serde_reads_from_nothing_is_optional() {
        type Alias = Option<u8>;
        assert!(absent::<Alias>().is_some());
        assert!(absent::<Wrapped>().is_some());
        assert!(absent::<u8>().is_none());
        assert!(absent::<()>().is_none());
        assert!(absent::<Vec<u8>>().is_none());
    }
}
