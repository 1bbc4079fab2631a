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
    scope::ScopeSet,
    store::Task,
};

/// Whether somebody may have a method answered with these parameters, before anything else of them is looked at. Gives the
/// scopes that it needs: what comes of it later needs them too.
///
/// # Errors
///
/// What they lack, all of it at once. Somebody who hasn't signed in learns of nothing whether it is there.
pub(super) fn permit(
    offer: &Offer,
    principal: &Principal,
    (method, params): (&str, &Object<'_>),
) -> Result<ScopeSet, ProtocolError> {
    if principal.is_trusted() {
        return Ok(ScopeSet::default());
    }
    match target(offer, method, params) {
        Target::Access(access) => guard::permit(offer, principal, access).map(|()| access.need.scopes()),
        Target::Unknown if principal.is_anonymous() && offer.admission().door == Guarded::Checked => {
            Err(ProtocolError::Unauthenticated { scopes: String::new() })
        }
        Target::Unknown | Target::Nothing => Ok(ScopeSet::default()),
    }
}

/// Whether somebody may have all of these messages answered: one challenge names everything that they lack. `answers`: what
/// the calls needed that messages among them answer.
pub(crate) fn permit_all<'m, 'a: 'm>(
    (desk, offer): (&Desk, &Offer),
    principal: &Principal,
    messages: impl IntoIterator<Item = &'m Message<'a>>,
    answers: ScopeSet,
) -> Result<(), ProtocolError> {
    let mut is_refused = guard::permit_set(offer, principal, answers).is_err();
    // Who has no token at all is asked for one also where scopes aren't.
    if !desk.challenges && !principal.is_anonymous() && !is_refused {
        return Ok(());
    }
    let answers = offer.admission().scopes.names(answers);
    let mut scopes: BTreeSet<&str> = answers.split_ascii_whitespace().collect();
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

/// The scopes that those of these messages need which somebody may have answered.
pub(crate) fn needed<'m, 'a: 'm>(
    offer: &Offer,
    principal: &Principal,
    messages: impl IntoIterator<Item = &'m Message<'a>>,
) -> ScopeSet {
    let of = |message: &Message<'_>| match message {
        Message::Request { method, params, .. } => permit(offer, principal, (method, params)).ok(),
        Message::Notification { .. } | Message::Response { .. } => None,
    };
    messages.into_iter().filter_map(of).fold(ScopeSet::default(), ScopeSet::with)
}

/// Whether somebody may have to do with these tasks of theirs: they need what the calls needed, and what calls of the same
/// tools need now.
///
/// # Errors
///
/// Everything that the tasks need together.
pub(super) fn permit_tasks<'t>(
    offer: &Offer,
    principal: &Principal,
    tasks: impl IntoIterator<Item = &'t Task>,
) -> Result<(), ProtocolError> {
    let (mut scopes, mut is_refused) = (BTreeSet::new(), false);
    for task in tasks {
        let before = task.scope.split_ascii_whitespace();
        let access = offer.tools.get(&task.tool).map(|tool| tool.access());
        is_refused |= !guard::has_all(offer, principal, before.clone())
            || access.is_some_and(|access| guard::permit(offer, principal, access).is_err());
        scopes.extend(before);
        scopes.extend(access.iter().flat_map(|access| &access.scopes).map(|scope| &**scope));
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
