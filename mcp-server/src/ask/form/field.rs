//! What a form's field can be.

/// A type that a field of a [`Form`](crate::Form) can have.
///
/// Implement it for a type of your own that is read from a text, a number or a boolean, and says so in its JSON Schema.
///
/// # Example
///
/// ```
/// use mcp_server::{Form, FormField};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// #[serde(transparent)]
/// struct Postcode(String);
///
/// impl FormField for Postcode {}
///
/// #[derive(Form, serde::Deserialize, schemars::JsonSchema)]
/// struct Place {
///     postcode: Postcode,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a form",
    label = "not a text, a number, a boolean or a choice",
    note = "a form is flat: its fields are `String`, `bool`, numbers, enums with `#[derive(Form)]`, `Vec`s of such enums, and `Option`s of these",
    note = "for a type of your own that is read from one of them, write `impl mcp_server::FormField for ..`"
)]
pub trait FormField {}

/// An enum without data, of which a [`Form`](crate::Form) can ask for one or for several. `#[derive(Form)]` implements it.
#[diagnostic::on_unimplemented(
    message = "a form can't ask for several of `{Self}`",
    label = "not an enum without data",
    note = "a list in a form is a choice of several: a `Vec` of an enum with `#[derive(Form)]`"
)]
pub trait FormChoice: FormField {}

impl<T: FormField> FormField for Option<T> {}

impl<T: FormChoice> FormField for Vec<T> {}
