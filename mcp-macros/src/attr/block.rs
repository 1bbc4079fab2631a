//! The `impl` under `#[mcp_tools]`: its head, and its members one by one. What isn't annotated stays as it is.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::{
    Attribute, Generics, Path, Token, Type, Visibility,
    parse::{Parse, ParseStream, Parser, discouraged::Speculative},
};

use super::{Annotation, function::Function};
use crate::{diag::Errors, offered::Offered};

/// An `impl` of a type.
pub(crate) struct Block {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) generics: Generics,
    /// The trait, where it is the `impl` of one.
    pub(crate) of_trait: Option<Path>,
    pub(crate) ty: Type,
    pub(crate) members: Vec<Member>,
    /// Everything before the braces, as it was.
    head: TokenStream,
    braces: Group,
}

/// Something in an `impl`.
pub(crate) enum Member {
    /// A function of ours, without our attribute; a second one is still there.
    Annotated(Annotation, Box<Function>),
    /// Everything else.
    Other(TokenStream),
}

impl Block {
    /// Reads an `impl`, or tells why the item is none.
    pub(crate) fn read(item: &TokenStream, errors: &mut Errors) -> Option<Self> {
        let mut read = Self::parse.parse2(item.clone()).map_err(|error| errors.add(error)).ok()?;
        read.members = members.parse2(read.braces.stream()).map_err(|error| errors.add(error)).ok()?;
        let unread = read.members.iter_mut().filter_map(Member::misplaced);
        unread.for_each(|error| errors.add(error));
        Some(read)
    }

    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let start = input.fork();
        let attributes = input.call(Attribute::parse_outer)?;
        if !input.peek(Token![impl]) && !input.peek(Token![unsafe]) {
            return Err(input.error(
                "`#[mcp_tools]` is for the `impl` of a type; put it on an `impl`, and \
                `#[mcp_tool]` on a `fn`",
            ));
        }
        let _: Option<Token![unsafe]> = input.parse()?;
        let _: Token![impl] = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let first: Type = input.parse()?;
        let of_trait = input.parse::<Option<Token![for]>>()?.and(path(&first));
        let ty = if of_trait.is_some() { input.parse()? } else { first };
        generics.where_clause = input.parse()?;
        let (head, braces) = split(start.parse()?)?;
        input.parse::<TokenStream>()?;
        Ok(Self { attributes, generics, of_trait, ty, members: Vec::new(), head, braces })
    }
}

fn path(ty: &Type) -> Option<Path> {
    match ty {
        Type::Path(path) => Some(path.path.clone()),
        _ => None,
    }
}

/// Everything before the braces, and them.
fn split(item: TokenStream) -> syn::Result<(TokenStream, Group)> {
    let mut head: Vec<TokenTree> = item.into_iter().collect();
    match head.pop() {
        Some(TokenTree::Group(braces)) if braces.delimiter() == Delimiter::Brace => {
            Ok((head.into_iter().collect(), braces))
        }
        last => Err(syn::Error::new_spanned(last, "an `impl` ends with its braces")),
    }
}

fn members(input: ParseStream<'_>) -> syn::Result<Vec<Member>> {
    let mut members = Vec::new();
    while !input.is_empty() {
        members.push(input.parse()?);
    }
    Ok(members)
}

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        let mut attributes = ahead.call(Attribute::parse_outer)?;
        let at = attributes.iter().position(|attribute| Offered::of(attribute).is_some());
        let annotation = at.map(|at| attributes.remove(at)).as_ref().and_then(Annotation::of);
        let visibility: Visibility = ahead.parse()?;
        let Some(annotation) = annotation else { return other(input).map(Self::Other) };
        let Ok(signature) = ahead.parse() else { return other(input).map(Self::Other) };
        let body = ahead.parse::<TokenTree>()?.into_token_stream();
        input.advance_to(&ahead);
        let function = Function { attributes, visibility, signature, body };
        Ok(Self::Annotated(annotation, Box::new(function)))
    }
}

/// A member as it stands: up to its semicolon, or up to its braces. A constant's value may have braces too.
fn other(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer)?;
    ahead.parse::<Visibility>()?;
    let is_value = (ahead.peek(Token![const]) && !ahead.peek2(Token![fn])) && ahead.peek3(Token![:]);
    let mut tokens = TokenStream::new();
    while !input.is_empty() {
        let token: TokenTree = input.parse()?;
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !is_value,
            _ => false,
        };
        tokens.append(token);
        if ends {
            break;
        }
    }
    Ok(tokens)
}

impl Member {
    /// An attribute of ours on something that is no function.
    fn misplaced(&mut self) -> Option<syn::Error> {
        let Self::Other(tokens) = self else { return None };
        let (attributes, rest) = attributes_and_rest.parse2(tokens.clone()).ok()?;
        let ours = attributes.iter().find(|attribute| Offered::of(attribute).is_some())?;
        let message = format!("`#[{}]` is for methods; put it on a `fn`", Offered::of(ours)?.attribute());
        let error = syn::Error::new_spanned(ours, message);
        let others = attributes.iter().filter(|attribute| Offered::of(attribute).is_none());
        *tokens = quote::quote!(#(#others)* #rest);
        Some(error)
    }
}

fn attributes_and_rest(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, TokenStream)> {
    Ok((input.call(Attribute::parse_outer)?, input.parse()?))
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Annotated(_, function) => {
                let mut function = Function::clone(function);
                function.attributes.retain(|attribute| Offered::of(attribute).is_none());
                function.to_tokens(tokens);
            }
            Self::Other(other) => tokens.extend(other.clone()),
        }
    }
}

impl ToTokens for Block {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let members = self.members.iter().map(ToTokens::to_token_stream).collect();
        let mut braces = Group::new(Delimiter::Brace, members);
        braces.set_span(self.braces.span());
        tokens.extend(self.head.clone());
        tokens.append(braces);
    }
}
