//! What a request is about, and whether its caller may use that.

use std::{borrow::Cow, collections::BTreeSet};

use super::Desk;
use crate::{
    call::Principal,
    catalog::{Access, Guarded, Kind, Located, Offer},
    error::ProtocolError,
    guard,
    protocol::{
        json::{Json, Object},
        message::Message,
        uri::CanonicalUri,
    },
    scope::ScopeSet,
    store::Task,
};

/// What a request is about, if its caller may have it answered, before anything else of it is looked at. A URI is
/// looked up here, once: what is permitted is what is read.
///
/// # Errors
///
/// What they lack, all of it at once. Somebody who hasn't signed in learns of nothing whether it is there.
pub(super) fn permit<'o>(
    offer: &'o Offer,
    principal: &Principal,
    (method, params): (&str, &Object<'_>),
) -> Result<Target<'o>, ProtocolError> {
    // Whoever may do everything needs no look-up but the one that the answer begins with.
    if principal.is_trusted() && !matches!(method, "resources/read" | "resources/directory/read") {
        return Ok(Target::Nothing);
    }
    let target = target(offer, method, params);
    check(offer, principal, &target)?;
    Ok(target)
}

fn check(offer: &Offer, principal: &Principal, target: &Target<'_>) -> Result<(), ProtocolError> {
    match target.access() {
        _ if principal.is_trusted() => Ok(()),
        Some(access) => guard::permit(offer, principal, access),
        None if matches!(target, Target::Unknown)
            && principal.is_anonymous()
            && offer.admission().door == Guarded::Checked =>
        {
            Err(ProtocolError::Unauthenticated { scopes: String::new() })
        }
        None => Ok(()),
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
    if principal.is_trusted() || (!desk.challenges && !principal.is_anonymous() && !is_refused) {
        return Ok(());
    }
    let answers = offer.admission().scopes.names(answers);
    let mut scopes: BTreeSet<String> = answers.split_ascii_whitespace().map(str::to_owned).collect();
    for message in messages {
        let Message::Request { method, params, .. } = message else { continue };
        let target = target(offer, method, params);
        is_refused |= check(offer, principal, &target).is_err();
        // Also of what is permitted: whoever comes back with what is named here gets all of it.
        let named = target.access().map_or(&[][..], |access| &access.scopes);
        scopes.extend(named.iter().map(|scope| scope.clone().into_owned()));
    }
    if !is_refused {
        return Ok(());
    }
    let scopes: Vec<String> = scopes.into_iter().collect();
    Err(guard::refusal(principal, scopes.join(" ")))
}

/// The scopes that those of these messages need which somebody may have answered.
pub(crate) fn needed<'m, 'a: 'm>(
    offer: &Offer,
    principal: &Principal,
    messages: impl IntoIterator<Item = &'m Message<'a>>,
) -> ScopeSet {
    let of = |message: &Message<'_>| match message {
        Message::Request { method, params, .. } => {
            permit(offer, principal, (method, params)).ok().map(|target| target.need(principal))
        }
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
pub(super) enum Target<'o> {
    /// A resource.
    Resource(Located<'o>),
    /// Something of a skill, and the resource that has its URI.
    Skill(Cow<'o, Access>, Option<Located<'o>>),
    /// Something else that is there.
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

impl<'o> Target<'o> {
    fn access(&self) -> Option<&Access> {
        match self {
            Self::Resource(located) => Some(&located.access),
            Self::Access(access) => Some(access),
            Self::Skill(access, _) => Some(access),
            Self::Unknown | Self::Nothing => None,
        }
    }

    /// The scopes that a caller needs for it, also for what comes of it later.
    pub(super) fn need(&self, principal: &Principal) -> ScopeSet {
        match self.access() {
            Some(access) if !principal.is_trusted() => access.need.scopes(),
            _ => ScopeSet::default(),
        }
    }

    /// The resource at the URI, if there is one.
    pub(super) fn resource(self) -> Option<Located<'o>> {
        match self {
            Self::Resource(located) => Some(located),
            Self::Skill(_, located) => located,
            _ => None,
        }
    }
}

fn target<'o>(offer: &'o Offer, method: &str, params: &Object<'_>) -> Target<'o> {
    let text = |name: &str| params.get(name).and_then(Json::as_str);
    // One that is too long is nothing's, and the method says so.
    let uri = || text("uri").and_then(|uri| CanonicalUri::read(uri).ok());
    match method {
        "tools/call" => text("name").and_then(|name| offer.tools.get(name)).map(|tool| tool.access()).into(),
        "prompts/get" => prompt(offer, text("name")),
        "resources/read" => {
            uri().and_then(|uri| offer.locate(&uri)).map_or(Target::Unknown, Target::Resource)
        }
        "completion/complete" => {
            let reference = params.get("ref").and_then(Json::as_object);
            let of = |name: &str| reference.and_then(|reference| reference.get(name)).and_then(Json::as_str);
            match of("type") {
                Some("ref/prompt") => prompt(offer, of("name")),
                Some("ref/resource") => of("uri").and_then(|uri| template(offer, uri)).into(),
                _ => Target::Unknown,
            }
        }
        "skills/list" if offer.offers(Kind::Skills) => Target::Access(offer.for_skills()),
        "skills/get" | "resources/directory/read" if offer.offers(Kind::Skills) => {
            let located = uri().and_then(|uri| offer.locate(&uri));
            let both = located.as_ref().map(|located| offer.for_skills().with(&located.access));
            Target::Skill(both.map_or(Cow::Borrowed(offer.for_skills()), Cow::Owned), located)
        }
        _ => Target::Nothing,
    }
}

fn prompt<'o>(offer: &'o Offer, name: Option<&str>) -> Target<'o> {
    name.and_then(|name| offer.prompts.get(name)).map(|prompt| prompt.access()).into()
}

/// What a template suggests is its own: it is named by its text, and no other has that.
fn template<'o>(offer: &'o Offer, uri: &str) -> Option<&'o Access> {
    let uri = CanonicalUri::read(uri).ok()?;
    let template = offer.templates.get(uri.as_str()).map(|template| template.access());
    template.or_else(|| offer.resources.get(uri.as_str()).map(|fixed| offer.access_of(fixed)))
}
