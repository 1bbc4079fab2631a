//! The `impl` under `#[mcp_tools]`: what it may look like, and what its methods offer.

use proc_macro2::TokenStream;
use syn::{Attribute, GenericParam, Generics, Type};

use super::{
    Annotated,
    source::{Source, conditions},
    types,
};
use crate::{
    attr::{Block, Member},
    diag::Errors,
};

/// What the annotated methods of an `impl` offer.
#[derive(Debug)]
pub(crate) struct Methods {
    pub(crate) ty: Type,
    pub(crate) generics: Generics,
    /// The `#[cfg]`s that the `impl` stands under.
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) offered: Vec<Annotated>,
    /// There is a trait to implement: that of the `impl` isn't another one.
    pub(crate) is_inherent: bool,
}

/// Reads an `impl`; says everything that is wrong with it and with its methods.
pub(crate) fn read(arguments: TokenStream, block: &Block, errors: &mut Errors) -> Methods {
    check(arguments, block, errors);
    let offered = block.members.iter().filter_map(|member| match member {
        Member::Annotated(annotation, function) => {
            let source = Source { function, offered: annotation.offered, owner: Some(&block.ty) };
            Some(super::read(annotation, &source, errors))
        }
        Member::Other(_) => None,
    });
    Methods {
        offered: offered.collect(),
        ty: block.ty.clone(),
        generics: block.generics.clone(),
        conditions: conditions(&block.attributes),
        is_inherent: block.of_trait.is_none(),
    }
}

fn check(arguments: TokenStream, block: &Block, errors: &mut Errors) {
    if !arguments.is_empty() {
        errors.at(arguments, "`#[mcp_tools]` takes no keys; they stand on the methods, in `#[mcp_tool(..)]`");
    }
    let generics = &block.generics;
    if let Some(of_trait) = &block.of_trait {
        let fix = "put it on an `impl` of the type's own, with methods that call these";
        errors.at(of_trait, format!("`#[mcp_tools]` is not for the `impl` of a trait; {fix}"));
    } else if generics.params.iter().any(|parameter| !matches!(parameter, GenericParam::Lifetime(_))) {
        let rule = "what is offered has one schema, so the `impl` can't be generic";
        errors.at(generics, format!("{rule}; write the types out, or hold a `Box<dyn ..>`"));
    } else if let Some(lifetime) = types::lifetime(&block.ty) {
        let rule = "the object lives as long as the server, so it can't borrow";
        errors.at(lifetime, format!("{rule}; let it own its values"));
    }
    if block.members.iter().all(|member| matches!(member, Member::Other(_))) && errors.is_empty() {
        let rule = "nothing in this `impl` is annotated";
        errors.at(
            &block.ty,
            format!("{rule}; put `#[mcp_tool]` or another on a method, or remove `#[mcp_tools]`"),
        );
    }
}
