//! What is offered, as code: static descriptions and functions. No rule is checked here, and no policy is written.
//!
//! Everything is named from `::mcp_server::__private`, because the function may stand anywhere: beside types
//! called `Option`, without a prelude, under lints that forbid most things.

mod call;
mod descriptor;
mod form;
mod parameters;

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, spanned::Spanned};

pub(crate) use self::form::{form, no_form};
use crate::model::{Annotated, Item, Methods};

/// A function's registration.
pub(crate) fn function(annotated: &Annotated) -> TokenStream {
    let conditions = &annotated.call.conditions;
    let when = when(annotated).map(|when| quote_spanned!(here()=> const _: #when;));
    let (kind, descriptor) = descriptor::of(annotated);
    let start = call::start(annotated);
    unnamed(
        conditions,
        &quote_spanned! {here()=>
            #when
            const __OFFERED: __mcp::Registered = __mcp::Registered::#kind(&const { #descriptor }, #start);
            __mcp::inventory::submit!(__OFFERED);
        },
    )
}

/// The `impl` by which an object offers its methods.
pub(crate) fn methods(methods: &Methods) -> TokenStream {
    let ty = &methods.ty;
    let offered = methods.offered.iter().map(method);
    let there = shown_at(ty.span());
    let shared = call::shared(ty);
    provider(
        methods,
        &quote_spanned! {there=>
            let __shared = #shared;
            __shared.__fits::<#ty>();
            #(#offered)*
        },
    )
}

/// The same, of an `impl` with mistakes.
pub(crate) fn no_methods(methods: &Methods) -> TokenStream {
    if methods.is_inherent { provider(methods, &TokenStream::new()) } else { TokenStream::new() }
}

fn provider(methods: &Methods, body: &TokenStream) -> TokenStream {
    let ty = &methods.ty;
    let (generics, _, clause) = methods.generics.split_for_impl();
    let there = shown_at(ty.span());
    let implementation = quote_spanned! {there=>
        impl #generics __mcp::Provider for #ty #clause {
            fn provide(self: __mcp::Arc<Self>, __offers: &mut __mcp::Offers<'_>) {
                #body
            }
        }
    };
    unnamed(&methods.conditions, &implementation)
}

/// One method of an object.
fn method(annotated: &Annotated) -> TokenStream {
    let conditions = &annotated.call.conditions;
    let when = when(annotated).map(|when| quote_spanned!(here()=> let _: #when;));
    let (kind, descriptor) = descriptor::of(annotated);
    let start = call::start(annotated);
    quote_spanned! {here()=>
        #(#conditions)*
        {
            #when
            __shared.__offer(__offers, &self, __mcp::Method::#kind(&const { #descriptor }, #start));
        }
    }
}

/// Code that leaves no name behind.
fn unnamed(conditions: &[Attribute], code: &TokenStream) -> TokenStream {
    quote_spanned! {here()=>
        #(#conditions)*
        #[allow(deprecated)]
        const _: () = {
            use ::mcp_server::__private as __mcp;
            use __mcp::traits::*;
            #code
        };
    }
}

/// The type and the value of an approval's condition, so that another type is told at its path.
fn when(annotated: &Annotated) -> Option<TokenStream> {
    let Item::Tool(tool) = &annotated.item else { return None };
    let path = tool.rules.approval.as_ref()?.when.as_ref()?;
    Some(quote_spanned!(here()=> fn(&__mcp::Arguments) -> __mcp::bool = #path))
}

/// Where generated code stands: its local names are its own, and lints see that nobody wrote it.
fn here() -> Span {
    Span::mixed_site()
}

/// The same, shown to people as this place.
fn shown_at(span: Span) -> Span {
    here().located_at(span)
}

fn option(value: Option<impl ToTokens>) -> TokenStream {
    let none = || quote_spanned!(here()=> __mcp::None);
    value.map_or_else(none, |value| quote_spanned!(here()=> __mcp::Some(#value)))
}

fn duration(duration: Duration) -> TokenStream {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    quote_spanned!(here()=> __mcp::Duration::from_millis(#millis))
}
