//! Forms: what a person can be asked for at once, and how the answer becomes a value.
//!
//! Takes a type's JSON Schema, gives the flat one that clients make a form of, and a check of what they send. What a
//! form can't hold is said when the server is built.
//!
//! Source: [Requested schema](https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation#requested-schema).

mod bounds;
mod choices;
mod field;
mod flat;
mod property;
mod schema;
mod secrecy;
mod single;
#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use field::{FormChoice, FormField};
use schema::ANSWER;
pub use schema::{Compiled, FormSchema, InvalidForm};
pub(crate) use schema::{of_answer, of_type};

use crate::{
    catalog::with_whole_numbers,
    error::{Place, Problem},
    protocol::shortened::shortened,
};

/// A type that a person can be asked for in a form.
///
/// `#[derive(Form)]` makes one of a struct whose fields are simple, beside `serde::Deserialize` and
/// `schemars::JsonSchema`. Doc comments, titles, defaults and rules are shown as they are on arguments. An `Option`
/// may be left out, an enum without data is a choice, and a `Vec` of one is a choice of several.
///
/// A `String`, a `bool`, a number and an enum are forms of one field by themselves.
///
/// # Example
///
/// ```
/// use mcp_server::Form;
///
/// /// A person to write to.
/// #[derive(Form, serde::Deserialize, schemars::JsonSchema)]
/// struct Contact {
///     /// The full name
///     #[schemars(length(min = 1))]
///     name: String,
///     #[schemars(email)]
///     email: Option<String>,
///     channel: Channel,
/// }
///
/// #[derive(Form, serde::Deserialize, schemars::JsonSchema)]
/// enum Channel {
///     /// By letter
///     Post,
///     /// By telephone
///     Phone,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be asked in a form",
    label = "not a `Form`",
    note = "add `#[derive(Form, serde::Deserialize, schemars::JsonSchema)]` to your struct of simple fields, or to your enum without data",
    note = "a `String`, a `bool` and a number are forms by themselves"
)]
pub trait Form: DeserializeOwned + Send + 'static {
    /// Whether the form asks for a value by itself, as its only member.
    #[doc(hidden)]
    const IS_SINGLE: bool = false;

    /// The form, or what is wrong with it.
    #[doc(hidden)]
    fn form() -> &'static Compiled;
}

/// A type's form.
///
/// # Errors
///
/// What is wrong with it, for the server's author. A server that registered the type doesn't start with it.
pub(crate) fn of<T: Form>() -> Result<&'static FormSchema, String> {
    T::form().as_ref().map_err(|wrong| wrong.join("; "))
}

/// Reads an answer to a type's form.
///
/// # Errors
///
/// A text that says what is wrong with it, for whoever filled the form in.
pub(crate) fn read<T: Form>(content: Map<String, Value>) -> Result<T, String> {
    let mut values = of::<T>()?.read(content)?;
    let value = if T::IS_SINGLE { values.remove(ANSWER).unwrap_or_default() } else { Value::Object(values) };
    // JSON Schema takes 1.0 for an integer, and a Rust integer doesn't: such a value is read once more.
    let whole = with_whole_numbers(&value);
    T::deserialize(value)
        .or_else(|error| whole.map_or(Err(error), T::deserialize))
        .map_err(|error| format!("the answer can't be taken: {}", shortened(&error.to_string())))
}

/// A type with `#[derive(Form)]`.
#[derive(Debug)]
pub struct RegisteredForm {
    /// The type's name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Its form.
    pub form: fn() -> &'static Compiled,
}

inventory::collect!(RegisteredForm);

/// Everything that is wrong with the program's forms.
pub(crate) fn check(problems: &mut Vec<Problem>) {
    for registered in inventory::iter::<RegisteredForm> {
        let wrong = (registered.form)().as_ref().err().into_iter().flatten();
        let subject = format!("form `{}`", registered.name);
        problems.extend(wrong.map(|text| Problem::new(registered.place, &subject, text)));
    }
}
