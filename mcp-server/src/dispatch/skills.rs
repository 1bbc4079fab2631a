//! `skills/get` and `resources/directory/read`, of the extension for skills.
//!
//! Source: [SEP-2640](https://modelcontextprotocol.io/seps/2640-skills-extension).

use std::sync::Arc;

use super::{Answer, Outcome, page, required_uri};
use crate::{catalog::Offer, error::ProtocolError, protocol::json::Object};

/// What there is to know of the skill whose `SKILL.md` is at a URI.
pub(super) fn get(offer: &Offer, params: &Object<'_>) -> Result<Answer, ProtocolError> {
    let uri = required_uri(params)?;
    match offer.skills.list().get(uri.as_str()) {
        Some(skill) => Ok(Answer::Done(Outcome::Skill(Arc::clone(skill)))),
        None => Err(ProtocolError::NotFound { uri: uri.as_str().to_owned() }),
    }
}

/// One page of what is directly in a skill's folder. A file's URI is told from one of nothing.
pub(super) fn directory(offer: &Offer, is_file: bool, params: &Object<'_>) -> Result<Answer, ProtocolError> {
    let uri = required_uri(params)?;
    match offer.skills.folder(uri.as_str()) {
        Some(children) => {
            let page = page(children.pages(), params)?;
            Ok(Answer::Done(Outcome::Folder { children: Arc::clone(children), page }))
        }
        None if is_file => Err(ProtocolError::params("`uri` is that of a file; `resources/read` reads it")),
        None => Err(ProtocolError::NotFound { uri: uri.as_str().to_owned() }),
    }
}
