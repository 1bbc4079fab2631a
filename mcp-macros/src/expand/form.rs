//! A type's form: where its schema is made flat once, and its registration.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::{Type, spanned::Spanned};

use super::{descriptor::place, here, shown_at, unnamed};
use crate::model::{Form, Kind};

/// A type's form, registered.
pub(crate) fn form(form: &Form) -> TokenStream {
    let (name, implementation) = (&form.name, implementation(form));
    let (text, place) = (name.to_string(), place(name));
    unnamed(
        &[],
        &quote_spanned! {here()=>
            #implementation
            const __FORM: __mcp::RegisteredForm = __mcp::RegisteredForm {
                name: #text,
                place: #place,
                form: __form,
            };
            __mcp::inventory::submit!(__FORM);
        },
    )
}

/// The same, of a type with mistakes.
pub(crate) fn no_form(form: &Form) -> TokenStream {
    match form.kind {
        Kind::Wrong => TokenStream::new(),
        Kind::Fields(_) | Kind::Choice => unnamed(&[], &implementation(form)),
    }
}

fn implementation(Form { name, kind }: &Form) -> TokenStream {
    let (is_single, beside, of) = match kind {
        Kind::Choice => (true, choice(name), "__of_answer"),
        Kind::Fields(types) => (false, types.iter().map(field).collect(), "__of_type"),
        Kind::Wrong => (false, TokenStream::new(), "__of_type"),
    };
    let of = format_ident!("{of}", span = here());
    let there = shown_at(name.span());
    let fits = quote_spanned!(there=> __schema.__fits::<#name>(););
    let header = quote_spanned!(there=> impl __mcp::Form for #name);
    quote_spanned! {here()=>
        #beside
        fn __form() -> &'static __mcp::Compiled {
            static __COMPILED: __mcp::OnceLock<__mcp::Compiled> = __mcp::OnceLock::new();
            __COMPILED.get_or_init(|| {
                let __schema = (&&__mcp::Probe::<#name>::new()).__form();
                #fits
                __schema.#of()
            })
        }
        #header {
            const IS_SINGLE: __mcp::bool = #is_single;
            fn form() -> &'static __mcp::Compiled {
                __form()
            }
        }
    }
}

fn choice(name: &Ident) -> TokenStream {
    quote_spanned! {here()=>
        impl __mcp::FormField for #name {}
        impl __mcp::FormChoice for #name {}
    }
}

/// What is asked of a field's type, once.
fn field(ty: &Type) -> TokenStream {
    let there = shown_at(ty.span());
    quote_spanned!(there=> const _: () = __mcp::field::<#ty>();)
}
