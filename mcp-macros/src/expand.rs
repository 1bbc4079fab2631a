//! A tool as code: one static description and three functions. No rule is checked here, and no policy is written.
//!
//! Everything is named from `::mcp_server::__private`, because the function may stand anywhere: beside types
//! called `Option`, without a prelude, under lints that forbid most things.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Type, spanned::Spanned};

use crate::model::{Approval, Call, Card, Hints, Level, Parameter, Rules, Tool, Way};

/// The tool's registration.
pub(crate) fn tool(tool: &Tool) -> TokenStream {
    let Tool { card: Card { name, title, description, icon, meta }, hints, rules, call } = tool;
    let conditions = &call.conditions;
    let (title, icon, meta) = (option(title.as_ref()), option(icon.as_ref()), option(meta.as_ref()));
    let hints = self::hints(hints);
    let when = rules.approval.as_ref().and_then(|approval| approval.when.as_ref());
    let when =
        when.map(|path| quote_spanned!(here()=> const _: fn(&__mcp::Arguments) -> __mcp::bool = #path;));
    let rules = self::rules(rules);
    let place = place(&call.function);
    let (input, output, start) = (input(call), output(call), start(call));
    quote_spanned! {here()=>
        #(#conditions)*
        #[allow(deprecated)]
        const _: () = {
            use ::mcp_server::__private as __mcp;
            use __mcp::traits::*;
            #when
            const __TOOL: __mcp::ToolDescriptor = __mcp::ToolDescriptor {
                card: __mcp::CardDescriptor {
                    name: #name,
                    title: #title,
                    description: #description,
                    icon: #icon,
                    meta: #meta,
                },
                hints: #hints,
                rules: #rules,
                place: #place,
                input: #input,
                output: #output,
            };
            __mcp::inventory::submit!(__mcp::Registered::Tool(&__TOOL, #start));
        };
    }
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

fn hints(hints: &Hints) -> TokenStream {
    let [read_only, destructive, idempotent, open_world] =
        [hints.read_only, hints.destructive, hints.idempotent, hints.open_world].map(option);
    quote_spanned! {here()=>
        __mcp::Hints {
            read_only: #read_only,
            destructive: #destructive,
            idempotent: #idempotent,
            open_world: #open_world,
        }
    }
}

fn rules(rules: &Rules) -> TokenStream {
    let Rules { scopes, public, approval, timeout, rate, concurrency, task } = rules;
    let approval = option(approval.as_ref().map(self::approval));
    let timeout = option(timeout.map(duration));
    let rate = option(rate.map(|(calls, per)| {
        let per = duration(per);
        quote_spanned!(here()=> __mcp::Rate { calls: #calls, per: #per })
    }));
    let concurrency = option(*concurrency);
    quote_spanned! {here()=>
        __mcp::Rules {
            scopes: &[#(#scopes),*],
            public: #public,
            approval: #approval,
            timeout: #timeout,
            rate: #rate,
            concurrency: #concurrency,
            task: #task,
        }
    }
}

fn approval(approval: &Approval) -> TokenStream {
    let level = match approval.level {
        Level::Client => quote_spanned!(here()=> Client),
        Level::User => quote_spanned!(here()=> User),
        Level::SecondPerson => quote_spanned!(here()=> SecondPerson),
    };
    let when = option(approval.when.as_ref().map(|path| path.to_token_stream().to_string().replace(' ', "")));
    let [ttl, remember] = [approval.ttl, approval.remember].map(|time| option(time.map(duration)));
    let message = option(approval.message.as_ref().map(|message| &message.value));
    quote_spanned! {here()=>
        __mcp::Approval {
            level: __mcp::ApprovalLevel::#level,
            when: #when,
            ttl: #ttl,
            remember: #remember,
            message: #message,
        }
    }
}

/// The function's file and line: `line!` gives the line of the tokens that call it, so they are the name's.
fn place(function: &Ident) -> TokenStream {
    let std = quote_spanned!(function.span()=> ::mcp_server::__private::std);
    let (file, line) =
        (quote_spanned!(function.span()=> #std::file!()), quote_spanned!(function.span()=> #std::line!()));
    quote_spanned!(here()=> __mcp::Place { file: #file, line: #line })
}

/// What a parameter's type is to be: its traits decide.
fn tag(parameter: &Parameter) -> TokenStream {
    let ty = &parameter.ty;
    let there = shown_at(ty.span());
    quote_spanned!(there=> (&&&&&&__mcp::Probe::<#ty>::new()).__parameter())
}

/// Declares the parameters. What is asked of a type is asked here, once.
fn input(call: &Call) -> TokenStream {
    let declarations = call.parameters.iter().map(|parameter| {
        let (tag, ty, rules) = (tag(parameter), &parameter.ty, argument_rules(parameter));
        let there = shown_at(ty.span());
        let has_rules = parameter.has_rules.then(|| quote_spanned!(there=> __tag.__has_rules::<#ty>();));
        quote_spanned! {there=>
            let __tag = #tag;
            __tag.__fits::<#ty>();
            #has_rules
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
    quote_spanned! {here()=>
        __mcp::ArgumentRules {
            name: #name,
            description: #description,
            keywords: &[#(#keywords),*],
            secret: #secret,
            complete: __mcp::None,
        }
    }
}

/// What the function returns, and what its value and its error are to be.
fn returned(ty: &Type) -> TokenStream {
    quote_spanned! {here()=>
        let __returned = (&&__mcp::Probe::<#ty>::new()).__returned();
        let __value = (&&&&&__returned.__value()).__output();
        let __error = (&&&__returned.__error()).__failure();
    }
}

/// Gives the schema of what the function returns. What is asked of its type is asked here, once.
fn output(call: &Call) -> TokenStream {
    let ty = &call.output;
    let returned = returned(ty);
    let fits = quote_spanned! {shown_at(ty.span())=>
        __value.__fits::<#ty>();
        __error.__fits::<#ty>();
    };
    quote_spanned! {here()=>
        |__generator: &mut __mcp::SchemaGenerator| {
            #returned
            #fits
            __value.__schema(__generator)
        }
    }
}

/// Takes the parameters and calls the function.
fn start(call: &Call) -> TokenStream {
    let taken = call.parameters.iter().enumerate().map(|(at, parameter)| {
        let (tag, name, local) = (tag(parameter), &parameter.name.value, local(at));
        quote_spanned!(shown_at(parameter.ty.span())=> let #local = #tag.__take(__invocation, #name)?;)
    });
    let locals = (0..call.parameters.len()).map(local);
    let function = &call.function;
    let there = shown_at(function.span());
    let returned = returned(&call.output);
    let called = quote_spanned!(there=> #function(#(#locals),*));
    let run = match call.way {
        Way::Sync => {
            quote_spanned!(here()=> __mcp::Handled::Ready(__returned.__finish(#called, __value, __error)))
        }
        Way::Async => quote_spanned! {there=>
            __mcp::running(async move { __returned.__finish(#called.await, __value, __error) })
        },
        Way::Blocking => quote_spanned! {there=>
            __mcp::blocking(move || __returned.__finish(#called, __value, __error))
        },
    };
    quote_spanned! {here()=>
        |__invocation: __mcp::Invocation| __mcp::start(__invocation, |__invocation| {
            #(#taken)*
            #returned
            __mcp::Ok(#run)
        })
    }
}

fn local(at: usize) -> Ident {
    format_ident!("__{at}", span = here())
}
