//! `skills/get` and `resources/directory/read`, of the extension for skills.
//!
//! Source: [SEP-2640](https://modelcontextprotocol.io/seps/2640-skills-extension).

use std::sync::Arc;

use super::{Answer, Outcome, page, required_text};
use crate::{catalog::Offer, error::ProtocolError, protocol::json::Object};

/// What there is to know of the skill whose `SKILL.md` is at a URI.
pub(super) fn get(offer: &Offer, params: &Object<'_>) -> Result<Answer, ProtocolError> {
    let uri = required_text(params, "uri")?;
    match offer.skills.list().get(uri) {
        Some(skill) => Ok(Answer::Done(Outcome::Skill(Arc::clone(skill)))),
        None => Err(ProtocolError::NotFound { uri: uri.to_owned() }),
    }
}

/// One page of what is directly in a skill's folder.
pub(super) fn directory(offer: &Offer, params: &Object<'_>) -> Result<Answer, ProtocolError> {
    let uri = required_text(params, "uri")?;
    match offer.skills.folder(uri) {
        Some(children) => {
            let page = page(children.pages(), params)?;
            Ok(Answer::Done(Outcome::Folder { children: Arc::clone(children), page }))
        }
        None if offer.resource_at(uri).is_some() => {
            Err(ProtocolError::params("`uri` is that of a file; `resources/read` reads it"))
        }
        None => Err(ProtocolError::NotFound { uri: uri.to_owned() }),
    }
}
