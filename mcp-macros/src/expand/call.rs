//! The function's call: what is asked of its result, and how it starts.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Type, spanned::Spanned};

use super::{here, option, parameters::tag, shown_at};
use crate::model::{Annotated, Ask, Call, Item, Parameter, Way};

/// What the function returns, and what its value and its error are to be. `value` is the way of its kind.
fn returned(ty: &Type, value: &str) -> TokenStream {
    let value = format_ident!("{value}", span = here());
    quote_spanned! {here()=>
        let __returned = (&&__mcp::Probe::<#ty>::new()).__returned();
        let __value = (&&&&&__returned.__value()).#value();
        let __error = (&&&__returned.__error()).__failure();
    }
}

/// What is asked of the type that the function returns, once.
fn fits(ty: &Type) -> TokenStream {
    quote_spanned! {shown_at(ty.span())=>
        __value.__fits::<#ty>();
        __error.__fits::<#ty>();
    }
}

/// Gives the schema of what a tool returns.
pub(super) fn output_schema(call: &Call) -> TokenStream {
    let ty = &call.output;
    let (returned, fits) = (returned(ty, "__output"), fits(ty));
    quote_spanned! {here()=>
        |__generator: &mut __mcp::SchemaGenerator| {
            #returned
            #fits
            __value.__schema(__generator)
        }
    }
}

/// Takes the parameters and calls the function.
pub(super) fn start(Annotated { item, call }: &Annotated) -> TokenStream {
    let sent = call.parameters.iter().enumerate().filter(|(_, parameter)| parameter.ask.is_none());
    let taken = sent.map(|(at, parameter)| {
        let (tag, name, local) = (tag(parameter), &parameter.name.value, local(at));
        quote_spanned!(shown_at(parameter.ty.span())=> let #local = #tag.__take(__invocation, #name)?;)
    });
    let value = match item {
        Item::Tool(_) => "__output",
        Item::Resource(_) => "__contents",
        Item::Prompt(_) => "__messages",
        Item::Completion(_) => "__suggestions",
    };
    let returned = returned(&call.output, value);
    // A tool's type is asked beside its schema.
    let fits = (!matches!(item, Item::Tool(_))).then(|| fits(&call.output));
    let run = if call.asks() { asks(call) } else { run(call, quote_spanned!(here()=> &__invocation.call)) };
    let (object, held) = (object(call), held(call));
    quote_spanned! {here()=>
        |#object __invocation: __mcp::Invocation| __mcp::start(__invocation, |__invocation| {
            #(#taken)*
            #returned
            #fits
            #held
            __mcp::Ok(#run)
        })
    }
}

/// The object, as the first parameter.
fn object(call: &Call) -> Option<TokenStream> {
    let ty = call.owner.as_ref()?;
    Some(quote_spanned!(here()=> __object: &__mcp::Arc<#ty>,))
}

/// A method that goes on by itself holds its object.
fn held(call: &Call) -> Option<TokenStream> {
    call.owner.as_ref().filter(|_| call.way != Way::Sync || call.asks())?;
    Some(quote_spanned!(here()=> let __object = __mcp::Clone::clone(__object);))
}

/// Whether an object can be shared: its type's traits decide.
pub(super) fn shared(ty: &Type) -> TokenStream {
    quote_spanned!(shown_at(ty.span())=> (&&&__mcp::Probe::<#ty>::new()).__object())
}

/// Asks for what the person is asked for, all at once; then calls the function and runs it.
fn asks(call: &Call) -> TokenStream {
    let there = shown_at(call.function.span());
    let asked: Vec<(usize, &Parameter, &Ask)> =
        call.parameters.iter().enumerate().filter_map(asked).collect();
    let questions = asked.iter().map(|(at, parameter, Ask { message, key })| {
        let (tag, local) = (tag(parameter), local(*at));
        let key = option(key.as_ref().map(|key| &key.value));
        quote_spanned!(shown_at(parameter.ty.span())=> let #local = #tag.__ask(&__call, #message, #key);)
    });
    // A pair of the first and of all others, which are a pair as well.
    let locals = asked.iter().rev().map(|(at, ..)| local(*at).into_token_stream());
    let answers = locals.clone().reduce(|rest, first| quote_spanned!(here()=> (#first, #rest)));
    let together = locals.reduce(|rest, first| quote_spanned!(here()=> __mcp::together(#first, #rest)));
    let (running, called) = (runs(call, "running"), called(call));
    let finish = match call.way {
        Way::Sync => quote_spanned!(here()=> __returned.__finish(#called, __value, __error)),
        Way::Async => quote_spanned!(here()=> __returned.__finish(#called.await, __value, __error)),
        Way::Blocking => {
            let blocking = run(call, quote_spanned!(here()=> &__call));
            quote_spanned!(here()=> __mcp::ended(#blocking).await)
        }
    };
    quote_spanned! {there=>
        {
            let __call = __mcp::Clone::clone(&__invocation.call);
            #running(async move {
                #(#questions)*
                let #answers = #together.await?;
                __mcp::begun(&__call).await;
                #finish
            })
        }
    }
}

fn asked((at, parameter): (usize, &Parameter)) -> Option<(usize, &Parameter, &Ask)> {
    Some((at, parameter, parameter.ask.as_ref()?))
}

/// Calls the function and runs it.
fn run(call: &Call, invoked: TokenStream) -> TokenStream {
    let there = shown_at(call.function.span());
    let called = called(call);
    match call.way {
        Way::Sync => {
            quote_spanned!(here()=> __mcp::Handled::Ready(__returned.__finish(#called, __value, __error)))
        }
        Way::Async => {
            let running = runs(call, "running");
            quote_spanned! {there=>
                #running(async move { __returned.__finish(#called.await, __value, __error) })
            }
        }
        Way::Blocking => {
            let blocking = runs(call, "blocking");
            quote_spanned!(there=> #blocking(#invoked, move || __returned.__finish(#called, __value, __error)))
        }
    }
}

fn called(call: &Call) -> TokenStream {
    let function = &call.function;
    let locals = (0..call.parameters.len()).map(local);
    let there = shown_at(function.span());
    match &call.owner {
        None => quote_spanned!(there=> #function(#(#locals),*)),
        Some(ty) => quote_spanned!(there=> <#ty>::#function(&__object, #(#locals),*)),
    }
}

/// What runs it: for a method something that asks less of an object that has its error already.
fn runs(call: &Call, how: &str) -> TokenStream {
    let there = shown_at(call.function.span());
    match &call.owner {
        None => {
            let how = format_ident!("{how}", span = there);
            quote_spanned!(there=> __mcp::#how)
        }
        Some(ty) => {
            let (shared, how) = (shared(ty), format_ident!("__{how}", span = there));
            quote_spanned!(there=> #shared.#how)
        }
    }
}

fn local(at: usize) -> Ident {
    format_ident!("__{at}", span = here())
}
