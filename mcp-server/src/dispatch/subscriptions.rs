//! `subscriptions/listen`.
//!
//! Source: [Subscriptions](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions).

use std::{collections::HashSet, sync::Arc};

use serde::{Serialize, Serializer};

use super::{Answer, Desk};
use crate::{
    call::Principal,
    catalog::{Kind, Offer},
    cluster::{Changes, Interest, Listener},
    error::ProtocolError,
    protocol::json::{Json, Object},
};

/// A client that listens, and to what.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) listener: Listener,
    pub(crate) acknowledged: Filter,
    /// Among those who may listen at once.
    _place: super::places::Place,
}

/// What a client listens to, as the acknowledgment says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Filter {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tools_list_changed: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    prompts_list_changed: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    resources_list_changed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "texts")]
    resource_subscriptions: Vec<Arc<str>>,
}

/// Begins to listen to what the client asks for, as far as this server has it.
pub(super) fn listen(
    desk: &Desk,
    offer: &Offer,
    params: &Object<'_>,
    principal: &Principal,
) -> Result<Answer, ProtocolError> {
    let Some(asked) = params.get("notifications").and_then(Json::as_object) else {
        return Err(ProtocolError::params("`notifications` must be an object"));
    };
    let filter = Filter::read(asked, offer)?;
    let place = desk.listeners.take(principal).ok_or_else(|| {
        ProtocolError::Failed("there are as many subscriptions as there may be; end one".to_owned())
    })?;
    let listener = desk.surroundings.changes.listen(filter.interest());
    let listener = listener.map_err(|much| ProtocolError::Failed(much.to_string()))?;
    Ok(Answer::Listening(Subscription { listener, acknowledged: filter, _place: place }))
}

impl Filter {
    fn read(asked: &Object<'_>, offer: &Offer) -> Result<Self, ProtocolError> {
        let flag = |name: &str, offered: bool| match asked.get(name) {
            None => Ok(false),
            Some(Json::Bool(wanted)) => Ok(*wanted && offered),
            Some(other) => Err(ProtocolError::params(format!(
                "`notifications.{name}` must be a boolean, not {}",
                other.kind()
            ))),
        };
        Ok(Self {
            tools_list_changed: flag("toolsListChanged", offer.offers(Kind::Tools))?,
            prompts_list_changed: flag("promptsListChanged", offer.offers(Kind::Prompts))?,
            resources_list_changed: flag("resourcesListChanged", offer.offers(Kind::Resources))?,
            resource_subscriptions: uris(asked, offer)?,
        })
    }

    fn interest(&self) -> Interest {
        Interest {
            tools: self.tools_list_changed,
            prompts: self.prompts_list_changed,
            resources: self.resources_list_changed,
            uris: self.resource_subscriptions.iter().map(Arc::clone).collect(),
        }
    }
}

/// The URIs that are asked for and that are resources here, each once.
fn uris(asked: &Object<'_>, offer: &Offer) -> Result<Vec<Arc<str>>, ProtocolError> {
    const NOT_TEXTS: &str = "`notifications.resourceSubscriptions` must be an array of strings";
    let asked = match asked.get("resourceSubscriptions") {
        None => return Ok(Vec::new()),
        Some(Json::Array(uris)) => uris,
        Some(_) => return Err(ProtocolError::params(NOT_TEXTS)),
    };
    if asked.len() > Changes::MOST_URIS {
        let most = Changes::MOST_URIS;
        return Err(ProtocolError::params(format!("a subscription takes {most} resources at most")));
    }
    let mut seen = HashSet::new();
    let mut uris = Vec::new();
    for uri in asked {
        let uri = uri.as_str().ok_or_else(|| ProtocolError::params(NOT_TEXTS))?;
        if offer.resource_at(uri).is_some() && seen.insert(uri) {
            uris.push(uri.into());
        }
    }
    Ok(uris)
}

fn texts<S: Serializer>(texts: &[Arc<str>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(texts.iter().map(|text| &**text))
}
