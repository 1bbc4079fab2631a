//! Does the caller have what this needs?

use std::sync::Arc;

use crate::{
    call::Principal,
    catalog::{Access, Has, Need, Offer},
    error::ProtocolError,
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
