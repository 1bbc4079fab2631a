//! Does the caller have what this needs?

use std::sync::Arc;

use crate::{
    call::Principal,
    catalog::{Access, Has, Need, Offer},
    cluster::Change,
    error::ProtocolError,
    protocol::uri::CanonicalUri,
    scope::ScopeSet,
};

/// Whether somebody may use something that this access is of.
///
/// # Errors
///
/// What they lack, all of it at once.
pub(crate) fn permit(offer: &Offer, principal: &Principal, access: &Access) -> Result<(), ProtocolError> {
    if access.need == Need::Nothing || principal.is_trusted() || meets(has(offer, principal), access.need) {
        return Ok(());
    }
    Err(refusal(principal, access.scope()))
}

/// Whether somebody may have what came of a call that needed these scopes.
///
/// # Errors
///
/// All of the scopes.
pub(crate) fn permit_set(offer: &Offer, principal: &Principal, need: ScopeSet) -> Result<(), ProtocolError> {
    if need == ScopeSet::default() || principal.is_trusted() {
        return Ok(());
    }
    if meets(has(offer, principal), Need::Scopes(need)) {
        return Ok(());
    }
    Err(refusal(principal, offer.admission().scopes.names(need)))
}

/// Whether somebody has all scopes of these names. A scope that nothing here needs any more is nobody's.
pub(crate) fn has_all<'n>(
    offer: &Offer,
    principal: &Principal,
    names: impl IntoIterator<Item = &'n str>,
) -> bool {
    let scopes = &offer.admission().scopes;
    let has_one = |name| scopes.known(name).is_some_and(|scope| principal.held(scopes).contains(scope));
    principal.is_trusted() || names.into_iter().all(has_one)
}

/// Whether somebody may read what is at this URI. What isn't there is nobody's.
pub(crate) fn may_read(offer: &Offer, principal: &Principal, uri: &CanonicalUri<'_>) -> bool {
    offer.locate(uri).is_some_and(|found| permit(offer, principal, &found.access).is_ok())
}

/// Whether somebody may be told of this change. That a list has changed says nothing of what is in it.
pub(crate) fn may_hear(offer: &Offer, principal: &Principal, change: &Change) -> bool {
    match change {
        Change::Updated(uri) => {
            let may_read = |uri: &CanonicalUri<'_>| may_read(offer, principal, uri);
            principal.is_trusted() || CanonicalUri::read(uri).is_ok_and(|uri| may_read(&uri))
        }
        Change::Tools | Change::Prompts | Change::Resources | Change::Task(_) => true,
    }
}

/// What somebody is told who lacks these scopes, or even a token.
pub(crate) fn refusal(principal: &Principal, scopes: String) -> ProtocolError {
    if principal.is_anonymous() {
        ProtocolError::Unauthenticated { scopes }
    } else {
        tracing::debug!(target: "mcp_server::auth", ?principal, needed = scopes, "a token was not enough");
        ProtocolError::InsufficientScope { scopes }
    }
}

/// What somebody sees of an offer: what they may use.
pub(crate) fn seen(offer: &Arc<Offer>, principal: &Principal) -> Arc<Offer> {
    if principal.is_trusted() || (offer.admission().lists_all && !principal.is_anonymous()) {
        return Arc::clone(offer);
    }
    let has = has(offer, principal);
    offer.seen(has, |need| meets(has, need))
}

fn has(offer: &Offer, principal: &Principal) -> Has {
    Has { token: !principal.is_anonymous(), scopes: principal.held(&offer.admission().scopes) }
}

fn meets(has: Has, need: Need) -> bool {
    match need {
        Need::Nothing => true,
        Need::Token => has.token,
        Need::Scopes(scopes) => has.token && has.scopes.contains(scopes),
    }
}
