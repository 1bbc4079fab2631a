//! `#[derive(Form)]`: the types that a person can be asked for.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{Attribute, Data, DataEnum, DeriveInput, Field, Fields, FieldsNamed, Meta, Type};

use crate::diag::Errors;

/// A type that is to be asked for.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) name: Ident,
    pub(crate) kind: Kind,
}

/// What the type is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A struct, with the types of the fields that are asked for as they are.
    Fields(Vec<Type>),
    /// An enum without data.
    Choice,
    /// Something that can't be asked for. That is told already.
    Wrong,
}

impl Form {
    /// Reads a type; says everything that is wrong with it.
    pub(crate) fn read(item: &DeriveInput, errors: &mut Errors) -> Self {
        let kind = match &item.data {
            _ if !item.generics.params.is_empty() => {
                let rule = "a form has one schema, so it can't be generic";
                errors.at(&item.generics, format!("{rule}; write the types out"));
                Kind::Wrong
            }
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => asked(fields),
                Fields::Unnamed(fields) => {
                    let name = &item.ident;
                    let fix = format!("write `struct {name} {{ field: .. }}`");
                    errors.at(fields, format!("a form's fields have names, which the answer repeats; {fix}"));
                    Kind::Fields(Vec::new())
                }
                Fields::Unit => {
                    let fix = format!("write `struct {} {{}}`", item.ident);
                    errors.at(&item.ident, format!("a form is an object, also one without fields; {fix}"));
                    Kind::Fields(Vec::new())
                }
            },
            Data::Enum(data) => choice(item, data, errors),
            Data::Union(data) => {
                let rule = "a union can't be asked for";
                errors.at(data.union_token, format!("{rule}; write a `struct` with named fields"));
                Kind::Wrong
            }
        };
        Self { name: item.ident.clone(), kind }
    }
}

fn choice(item: &DeriveInput, data: &DataEnum, errors: &mut Errors) -> Kind {
    if data.variants.is_empty() {
        errors.at(&item.ident, "a choice of nothing can't be answered; add a variant");
    }
    for variant in data.variants.iter().filter(|variant| !matches!(variant.fields, Fields::Unit)) {
        let rule = "a form asks for one of several names, and a name has no data";
        let fix = "remove the data, and ask for it afterwards";
        errors.at(&variant.fields, format!("{rule}; {fix}"));
    }
    Kind::Choice
}

fn asked(fields: &FieldsNamed) -> Kind {
    let asked = fields.named.iter().filter(|field| !is_something_else(field));
    Kind::Fields(asked.map(|field| field.ty.clone()).collect())
}

/// Whether a field isn't asked for, or not as what its type is. What is asked instead, the schema says when the server
/// is built.
fn is_something_else(field: &Field) -> bool {
    const ELSE: [&str; 5] = ["skip", "skip_deserializing", "flatten", "with", "schema_with"];
    let ours = |attribute: &&Attribute| {
        let path = attribute.path();
        path.is_ident("serde") || path.is_ident("schemars")
    };
    let mut words = field.attrs.iter().filter(ours).flat_map(words);
    words.any(|word| ELSE.iter().any(|known| word == known))
}

/// The words of an attribute, without what stands in further parentheses.
fn words(attribute: &Attribute) -> Vec<Ident> {
    let tokens = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let word = |token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    };
    tokens.into_iter().filter_map(word).collect()
}
