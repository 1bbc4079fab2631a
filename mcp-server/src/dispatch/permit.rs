//! What a request is about, and whether its caller may use that.

use std::collections::BTreeSet;

use super::Desk;
use crate::{
    call::Principal,
    catalog::{Access, Guarded, Kind, Offer},
    error::ProtocolError,
    guard,
    protocol::{
        json::{Json, Object},
        message::Message,
    },
};

/// Whether somebody may have a method answered with these parameters, before anything else of them is looked at.
///
/// # Errors
///
/// What they lack, all of it at once. Somebody who hasn't signed in learns of nothing whether it is there.
pub(super) fn permit(
    offer: &Offer,
    principal: &Principal,
    (method, params): (&str, &Object<'_>),
) -> Result<(), ProtocolError> {
    if principal.is_trusted() {
        return Ok(());
    }
    match target(offer, method, params) {
        Target::Access(access) => guard::permit(offer, principal, access),
        Target::Unknown if principal.is_anonymous() && offer.admission().door == Guarded::Checked => {
            Err(ProtocolError::Unauthenticated { scopes: String::new() })
        }
        Target::Unknown | Target::Nothing => Ok(()),
    }
}

/// Whether somebody may have all of these messages answered: one challenge names everything that they lack.
pub(crate) fn permit_all<'m, 'a: 'm>(
    (desk, offer): (&Desk, &Offer),
    principal: &Principal,
    messages: impl IntoIterator<Item = &'m Message<'a>>,
) -> Result<(), ProtocolError> {
    // Who has no token at all is asked for one also where scopes aren't.
    if !desk.challenges && !principal.is_anonymous() {
        return Ok(());
    }
    let (mut scopes, mut is_refused) = (BTreeSet::new(), false);
    for message in messages {
        let Message::Request { method, params, .. } = message else { continue };
        is_refused |= permit(offer, principal, (method, params)).is_err();
        // Also of what is permitted: whoever comes back with what is named here gets all of it.
        if let Target::Access(access) = target(offer, method, params) {
            scopes.extend(access.scopes.iter().map(|scope| &**scope));
        }
    }
    if !is_refused {
        return Ok(());
    }
    let scopes: Vec<&str> = scopes.into_iter().collect();
    Err(guard::refusal(principal, scopes.join(" ")))
}

/// What a request is about.
enum Target<'o> {
    /// Something that is there.
    Access(&'o Access),
    /// Something that isn't.
    Unknown,
    /// Nothing in particular.
    Nothing,
}

impl<'o> From<Option<&'o Access>> for Target<'o> {
    fn from(access: Option<&'o Access>) -> Self {
        access.map_or(Self::Unknown, Self::Access)
    }
}

fn target<'o>(offer: &'o Offer, method: &str, params: &Object<'_>) -> Target<'o> {
    let text = |name: &str| params.get(name).and_then(Json::as_str);
    match method {
        "tools/call" => text("name").and_then(|name| offer.tools.get(name)).map(|tool| tool.access()).into(),
        "prompts/get" => prompt(offer, text("name")),
        "resources/read" => text("uri").and_then(|uri| resource(offer, uri)).into(),
        "completion/complete" => {
            let reference = params.get("ref").and_then(Json::as_object);
            let of = |name: &str| reference.and_then(|reference| reference.get(name)).and_then(Json::as_str);
            match of("type") {
                Some("ref/prompt") => prompt(offer, of("name")),
                Some("ref/resource") => of("uri").and_then(|uri| template(offer, uri)).into(),
                _ => Target::Unknown,
            }
        }
        "skills/list" | "skills/get" | "resources/directory/read" if offer.offers(Kind::Skills) => {
            Target::Access(offer.for_skills())
        }
        _ => Target::Nothing,
    }
}

fn prompt<'o>(offer: &'o Offer, name: Option<&str>) -> Target<'o> {
    name.and_then(|name| offer.prompts.get(name)).map(|prompt| prompt.access()).into()
}

fn resource<'o>(offer: &'o Offer, uri: &str) -> Option<&'o Access> {
    offer.resource_at(uri).map(|(resource, _)| resource.access())
}

fn template<'o>(offer: &'o Offer, uri: &str) -> Option<&'o Access> {
    offer.templates.get(uri).or_else(|| offer.resources.get(uri)).map(|resource| resource.access())
}
