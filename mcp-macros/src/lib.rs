//! The attribute macros of `mcp-server`, which re-exports them. Nothing here is for use without that crate.

mod attr;
mod diag;
mod expand;
mod model;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, Signature, Visibility,
    parse::{Parse, ParseStream},
};

use crate::diag::Errors;

/// Makes a function a tool.
#[proc_macro_attribute]
pub fn mcp_tool(
    attribute: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    tool(attribute.into(), item.into()).into()
}

/// The function as it was, then its glue, or what is wrong with it.
fn tool(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let entries = attr::entries(attribute, &mut errors);
    let function: Function = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            errors.add(error);
            let errors = errors.into_tokens();
            return quote!(#item #errors);
        }
    };
    let tool = model::read(entries, &function, &mut errors);
    let glue = if errors.is_empty() { expand::tool(&tool) } else { errors.into_tokens() };
    quote!(#function #glue)
}

/// A function whose body is anything: a mistake in there is rustc's to tell.
struct Function {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            body: input.parse()?,
        })
    }
}

/// Without the attributes of parameters that are ours: rustc takes none of them there.
impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, signature, body } = self;
        let mut signature = signature.clone();
        for input in &mut signature.inputs {
            let attributes = match input {
                FnArg::Receiver(receiver) => &mut receiver.attrs,
                FnArg::Typed(typed) => &mut typed.attrs,
            };
            attributes.retain(|attribute| !model::is_ours(attribute));
        }
        tokens.extend(quote!(#(#attributes)* #visibility #signature #body));
    }
}
