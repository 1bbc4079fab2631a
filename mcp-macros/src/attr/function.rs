//! The function under an attribute.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, Meta, Signature, Visibility,
    parse::{ParseStream, Parser},
};

use crate::{diag::Errors, offered::Offered};

/// A function whose body is anything: a mistake in there is rustc's to tell.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(super) body: TokenStream,
}

impl Function {
    /// Reads a function, or tells why the item is none.
    pub(crate) fn read(offered: Offered, item: &TokenStream, errors: &mut Errors) -> Option<Self> {
        let read = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            let words = words(input);
            match words.first() {
                Some(first) if !begins_a_function(&words) => {
                    Err(syn::Error::new(first.span(), is_none(offered, &first.to_string())))
                }
                _ => Ok(Self { attributes, visibility, signature: input.parse()?, body: input.parse()? }),
            }
        };
        read.parse2(item.clone()).map_err(|error| errors.add(error)).ok()
    }
}

/// What an item that begins with this word is told.
fn is_none(offered: Offered, first: &str) -> String {
    let attribute = offered.attribute();
    let fix = match first {
        "impl" => "for the methods of an `impl` there is `#[mcp_tools]`",
        _ => "put it on a `fn`",
    };
    format!("`#[{attribute}]` is for functions; {fix}")
}

/// The words that an item begins with.
fn words(input: ParseStream<'_>) -> Vec<Ident> {
    let words = std::iter::successors(input.cursor().ident(), |(_, after)| after.ident());
    words.map(|(word, _)| word).collect()
}

/// Whether these words are those of a function: `const NAME` and `unsafe impl` aren't.
fn begins_a_function(words: &[Ident]) -> bool {
    const BEFORE_A_NAME: [&str; 6] = ["const", "async", "unsafe", "safe", "extern", "fn"];
    let may_be = |word: &Ident| BEFORE_A_NAME.contains(&&*word.to_string());
    match words {
        [first, second, ..] if *first != "fn" => may_be(first) && may_be(second),
        [first, ..] => may_be(first),
        [] => false,
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
            attributes.retain(|attribute| !is_ours(attribute));
        }
        tokens.extend(quote!(#(#attributes)* #visibility #signature #body));
    }
}

/// Whether the attribute of a parameter is for us.
fn is_ours(attribute: &Attribute) -> bool {
    is_arg(attribute) || is_ask(attribute) || is_doc(attribute)
}

/// Whether the attribute is `#[arg]`.
pub(crate) fn is_arg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("arg")
}

/// Whether the attribute is `#[ask]`.
pub(crate) fn is_ask(attribute: &Attribute) -> bool {
    attribute.path().is_ident("ask")
}

/// Whether the attribute is a line of a doc comment, also one whose text isn't there yet (`include_str!`).
pub(crate) fn is_doc(attribute: &Attribute) -> bool {
    attribute.path().is_ident("doc") && matches!(attribute.meta, Meta::NameValue(_))
}
