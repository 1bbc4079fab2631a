//! `completion/complete`.
//!
//! Source: [Completion](https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/completion).

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Answer, Desk, Outcome, Request, required_text, required_uri,
    work::{self, Suggesting},
};
use crate::{
    call::{Call, Way},
    catalog::{Completing, Offer, Suggest},
    error::ProtocolError,
    protocol::{
        completion::Completion,
        json::{Json, Object},
        shortened::shortened,
    },
};

/// Suggests values for an argument. One that nobody completes has no suggestions; one that isn't there is an error.
pub(super) fn complete(
    desk: &Desk,
    offer: &Offer,
    mut request: Request<'_>,
) -> Result<Answer, ProtocolError> {
    let argument = member(&request.params, "argument")?;
    let (name, value) = (required_text(argument, "name")?, required_text(argument, "value")?);
    let suggest = suggest(offer, member(&request.params, "ref")?, name)?;
    let value = value.to_owned();
    let Some(suggest) = suggest else {
        return Ok(Answer::Done(Outcome::Completion(Completion::default())));
    };
    desk.begin(&mut request, None)?;
    let arguments = known_arguments(&mut request.params);
    request.facts.way = Way::Never;
    let call = Call::new(request.facts, Arc::clone(&desk.surroundings));
    let typed = Completing { value, arguments, call: call.clone() };
    work::answer(desk, (call, None), Suggesting, || suggest.suggest(typed, desk.arguments))
}

/// What suggests values for the argument of this name.
fn suggest<'o>(
    offer: &'o Offer,
    reference: &Object<'_>,
    argument: &str,
) -> Result<Option<Suggest<'o>>, ProtocolError> {
    let unknown = |what: &str, owner: &str| {
        let (owner, argument) = (shortened(owner), shortened(argument));
        ProtocolError::params(format!("{what} `{owner}` has no argument `{argument}`"))
    };
    match required_text(reference, "type")? {
        "ref/prompt" => {
            let name = required_text(reference, "name")?;
            let prompt = offer.prompts.get(name);
            let prompt = prompt
                .ok_or_else(|| ProtocolError::params(format!("Unknown prompt: {}", shortened(name))))?;
            if !prompt.validator().takes(argument) {
                return Err(unknown("the prompt", name));
            }
            Ok(offer.suggest_for_prompt(prompt, argument))
        }
        "ref/resource" => {
            let uri = required_uri(reference)?;
            let uri = uri.as_str();
            // "A URI or URI template": a fixed resource has nothing to complete.
            match offer.templates.get(uri) {
                Some(template) if template.validator().takes(argument) => {
                    Ok(offer.suggest_for_template(template, argument))
                }
                Some(_) => Err(unknown("the resource template", uri)),
                None if offer.resources.get(uri).is_some() => Err(unknown("the resource", uri)),
                None => Err(ProtocolError::params(format!("Unknown resource template: {}", shortened(uri)))),
            }
        }
        other => Err(ProtocolError::params(format!(
            "`ref.type` is `ref/prompt` or `ref/resource`, not `{}`",
            shortened(other)
        ))),
    }
}

fn member<'p, 'a>(params: &'p Object<'a>, name: &str) -> Result<&'p Object<'a>, ProtocolError> {
    let member = params.get(name).and_then(Json::as_object);
    member.ok_or_else(|| ProtocolError::params(format!("`{name}` must be an object")))
}

/// The other arguments, as far as the client knows them.
fn known_arguments(params: &mut Object<'_>) -> BTreeMap<String, String> {
    let Some(Json::Object(mut context)) = params.take("context") else { return BTreeMap::new() };
    let Some(Json::Object(arguments)) = context.take("arguments") else { return BTreeMap::new() };
    let texts = arguments.into_map().into_iter();
    texts.filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
}
