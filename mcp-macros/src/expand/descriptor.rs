//! The static description of what a function offers.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};

use super::{call, duration, here, option, parameters};
use crate::model::{
    Annotated, Annotations, Approval, Call, Card, Completed, Completion, Hints, Item, Level, Prompt, Reader,
    Resource, Rules, Task, Tool,
};

/// Which of the kinds it is, and its description.
pub(super) fn of(Annotated { item, call }: &Annotated) -> (Ident, TokenStream) {
    let (kind, descriptor) = match item {
        Item::Tool(tool) => ("Tool", self::tool(tool, call)),
        Item::Resource(resource) => ("Resource", self::resource(resource, call)),
        Item::Prompt(prompt) => ("Prompt", self::prompt(prompt, call)),
        Item::Completion(completion) => ("Completion", self::completion(completion, call)),
    };
    (format_ident!("{kind}", span = here()), descriptor)
}

fn tool(Tool { card, hints, rules }: &Tool, call: &Call) -> TokenStream {
    let (card, hints, rules) = (self::card(card), self::hints(hints), self::rules(rules));
    let (place, input, output) = (place(&call.function), parameters::input(call), call::output_schema(call));
    quote_spanned! {here()=>
        __mcp::ToolDescriptor {
            card: #card,
            hints: #hints,
            rules: #rules,
            place: #place,
            input: #input,
            output: #output,
        }
    }
}

fn resource(Resource { uri, card, facts, rules }: &Resource, call: &Call) -> TokenStream {
    let (card, rules) = (self::card(card), self::rules(rules));
    let (mime, size) = (option(facts.mime.as_ref()), option(facts.size));
    let annotations = option(facts.annotations.as_ref().map(annotations));
    let ttl = duration(facts.ttl.unwrap_or_default());
    let scope = format_ident!("{}", if facts.is_shared { "Public" } else { "Private" }, span = here());
    let (place, input) = (place(&call.function), parameters::input(call));
    quote_spanned! {here()=>
        __mcp::ResourceDescriptor {
            uri: #uri,
            card: #card,
            mime: #mime,
            size: #size,
            annotations: #annotations,
            cache: __mcp::Cache { ttl: #ttl, scope: __mcp::CacheScope::#scope },
            rules: #rules,
            place: #place,
            input: #input,
        }
    }
}

fn prompt(Prompt { card, rules }: &Prompt, call: &Call) -> TokenStream {
    let (card, rules) = (self::card(card), self::rules(rules));
    let (place, input) = (place(&call.function), parameters::input(call));
    quote_spanned! {here()=>
        __mcp::PromptDescriptor {
            card: #card,
            rules: #rules,
            place: #place,
            input: #input,
        }
    }
}

fn completion(Completion { of, argument }: &Completion, call: &Call) -> TokenStream {
    let of = match of {
        Completed::Prompt(name) => quote_spanned!(here()=> Prompt(#name)),
        Completed::Resource(uri) => quote_spanned!(here()=> Resource(#uri)),
    };
    let (place, input) = (place(&call.function), parameters::input(call));
    quote_spanned! {here()=>
        __mcp::CompletionDescriptor {
            of: __mcp::Completed::#of,
            argument: #argument,
            place: #place,
            input: #input,
        }
    }
}

fn card(Card { name, title, description, icon, meta }: &Card) -> TokenStream {
    let (title, icon, meta) = (option(title.as_ref()), option(icon.as_ref()), option(meta.as_ref()));
    quote_spanned! {here()=>
        __mcp::CardDescriptor {
            name: #name,
            title: #title,
            description: #description,
            icon: #icon,
            meta: #meta,
        }
    }
}

fn annotations(Annotations { audience, priority, last_modified }: &Annotations) -> TokenStream {
    let audience = audience.iter().map(|reader| match reader {
        Reader::User => quote_spanned!(here()=> __mcp::Role::User),
        Reader::Assistant => quote_spanned!(here()=> __mcp::Role::Assistant),
    });
    let (priority, last_modified) = (option(*priority), option(last_modified.as_ref()));
    quote_spanned! {here()=>
        __mcp::AnnotationsDescriptor {
            audience: &[#(#audience),*],
            priority: #priority,
            last_modified: #last_modified,
        }
    }
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
    let Rules { scopes, public, authenticated, start, approval, timeout, rate, concurrency, task } = rules;
    let approval = option(approval.as_ref().map(self::approval));
    let timeout = option(timeout.map(duration));
    let rate = option(rate.map(|(calls, per)| {
        let per = duration(per);
        quote_spanned!(here()=> __mcp::Rate { calls: #calls, per: #per })
    }));
    let concurrency = option(*concurrency);
    let task = match task {
        Task::Never => quote_spanned!(here()=> Never),
        Task::May => quote_spanned!(here()=> May),
        Task::Must => quote_spanned!(here()=> Must),
    };
    quote_spanned! {here()=>
        __mcp::Rules {
            scopes: &[#(#scopes),*],
            public: #public,
            authenticated: #authenticated,
            start: #start,
            approval: #approval,
            timeout: #timeout,
            rate: #rate,
            concurrency: #concurrency,
            task: __mcp::TaskRule::#task,
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

/// A name's file and line: `line!` gives the line of the tokens that call it, so they are the name's.
pub(super) fn place(function: &Ident) -> TokenStream {
    let std = quote_spanned!(function.span()=> ::mcp_server::__private::std);
    let (file, line) =
        (quote_spanned!(function.span()=> #std::file!()), quote_spanned!(function.span()=> #std::line!()));
    quote_spanned!(here()=> __mcp::Place { file: #file, line: #line })
}
