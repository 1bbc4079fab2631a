//! The parameters: what each is to be, and what is said of it.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Path, spanned::Spanned};

use super::{here, option, shown_at};
use crate::model::{Call, Parameter};

/// What a parameter's type is to be: its traits decide.
pub(super) fn tag(parameter: &Parameter) -> TokenStream {
    let ty = &parameter.ty;
    let there = shown_at(ty.span());
    if parameter.ask.is_some() {
        return quote_spanned!(there=> (&&&&__mcp::Probe::<#ty>::new()).__asked());
    }
    quote_spanned!(there=> (&&&&&&__mcp::Probe::<#ty>::new()).__parameter())
}

/// Declares the parameters. What is asked of a type is asked here, once.
pub(super) fn input(call: &Call) -> TokenStream {
    let declarations = call.parameters.iter().map(|parameter| {
        let (tag, ty, rules) = (tag(parameter), &parameter.ty, argument_rules(parameter));
        let there = shown_at(ty.span());
        if parameter.ask.is_some() {
            return quote_spanned! {there=>
                #tag.__fits::<#ty>();
                __input.asked();
            };
        }
        let has_rules = parameter.has_rules.then(|| quote_spanned!(there=> __tag.__has_rules::<#ty>();));
        let injected = parameter.injected.then(|| quote_spanned!(there=> __tag.__is_injected::<#ty>();));
        quote_spanned! {there=>
            let __tag = #tag;
            __tag.__fits::<#ty>();
            #has_rules
            #injected
            __tag.__declare(__input, #rules);
        }
    });
    quote_spanned!(here()=> |__input: &mut __mcp::Input| { #(#declarations)* })
}

fn argument_rules(parameter: &Parameter) -> TokenStream {
    let Parameter { name, description, arg, .. } = parameter;
    let name = &name.value;
    let description = option(description.as_ref());
    let keywords = arg.keywords.iter().map(|(keyword, json)| quote_spanned!(here()=> (#keyword, #json)));
    let secret = arg.secret;
    let complete = option(arg.complete.as_ref().map(completer));
    quote_spanned! {here()=>
        __mcp::ArgumentRules {
            name: #name,
            description: #description,
            keywords: &[#(#keywords),*],
            secret: #secret,
            complete: #complete,
        }
    }
}

/// A function that suggests values, in the only form there is a type for. What is wrong with it is told at its path.
fn completer(path: &Path) -> TokenStream {
    let there = shown_at(path.span());
    quote_spanned!(there=> |__typed: __mcp::Completing| __mcp::Complete::complete(#path, __typed))
}
