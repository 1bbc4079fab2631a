//! What a server shows of itself, rendered once for every revision, and again after each change.

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value, json};

use super::down::{self, Feature, knows};
use crate::{
    catalog::{Kind, MOST_VIEWS, Offer, Recent},
    dispatch::TASKS,
    protocol::{
        lifecycle::{Capabilities, DiscoverResult, Implementation, InitializeResult, ListCapability},
        message::write_json,
        resources::Cache,
        skills::SKILLS,
        version::Revision,
    },
};

/// The key under which results name the server.
pub(super) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Who the server is.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) implementation: Implementation,
    pub(crate) instructions: Option<String>,
    /// For how long a client may keep a listing or a discovery, and for whom: as long as it may miss that there is a new
    /// one, if it doesn't listen.
    pub(crate) listing: Cache,
}

/// The answers that are the same for everyone.
#[derive(Debug)]
pub(crate) struct Face {
    identity: Identity,
    /// The member of `_meta` that names the server.
    server_info: Vec<u8>,
    /// What was shown of each offer, by its version: a caller sees what they may use.
    rendered: Recent<u64, Rendered, MOST_VIEWS>,
}

/// What is shown of one version of the offer, each part as soon as anybody asks for it.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    discover: OnceLock<Vec<u8>>,
    /// The pages of each list, for each revision of `Revision::ALL`.
    pages: [[OnceLock<Vec<Vec<u8>>>; Kind::ALL.len()]; Revision::ALL.len()],
}

impl Face {
    /// Nothing is rendered yet.
    pub(crate) fn new(identity: Identity) -> Self {
        let mut server_info = format!("\"{SERVER_INFO}\":").into_bytes();
        write_json(&mut server_info, &identity.implementation);
        Self { identity, server_info, rendered: Recent::default() }
    }

    /// What is shown of this offer.
    fn of(&self, offer: &Offer) -> Arc<Rendered> {
        self.rendered.get(offer.version(), Rendered::default)
    }

    /// Appends the result of `server/discover`.
    pub(super) fn write_discover(&self, out: &mut Vec<u8>, offer: &Offer) {
        let rendered = self.of(offer);
        append(
            out,
            rendered.discover.get_or_init(|| render_discover(&self.identity, &self.server_info, offer)),
        );
    }

    /// Appends one page of the result of a listing.
    pub(super) fn write_page(
        &self,
        out: &mut Vec<u8>,
        offer: &Offer,
        (kind, page): (Kind, usize),
        revision: Revision,
    ) {
        let rendered = self.of(offer);
        let pages = rendered.pages[revision.index()][kind as usize].get_or_init(|| {
            let ranges = offer.pages(kind).ranges().enumerate();
            let context = (&self.identity, &*self.server_info);
            ranges.map(|(page, range)| render_page(offer, (kind, page, range), revision, context)).collect()
        });
        append(out, pages.get(page).map_or(b"{}", Vec::as_slice));
    }

    /// For how long a client may keep what is the same for everyone.
    pub(super) fn listing(&self) -> Cache {
        self.identity.listing
    }

    /// The member of `_meta` that names the server.
    pub(super) fn server_info(&self) -> &[u8] {
        &self.server_info
    }

    /// The result of `initialize`.
    pub(super) fn write_initialize(&self, out: &mut Vec<u8>, offer: &Offer, revision: Revision) {
        let result = InitializeResult {
            protocol_version: revision.as_str(),
            capabilities: &capabilities(offer, revision),
            server_info: down::implementation(&self.identity.implementation, revision),
            instructions: self.identity.instructions.as_deref(),
        };
        write_json(out, &result);
    }
}

/// What the server says it can do.
fn capabilities(offer: &Offer, revision: Revision) -> Capabilities {
    let completions = offer.has_completions() && knows(revision, Feature::CompletionsCapability);
    let listed = ListCapability::default();
    Capabilities {
        tools: listed,
        resources: offer.offers(Kind::Resources).then_some(ListCapability { subscribe: true, ..listed }),
        prompts: offer.offers(Kind::Prompts).then_some(listed),
        completions: completions.then(Default::default),
        extensions: extensions(offer, revision),
        ..Capabilities::default()
    }
}

/// The extensions that the server has, each with its settings.
fn extensions(offer: &Offer, revision: Revision) -> Map<String, Value> {
    let all = [
        (offer.offers(Kind::Skills), SKILLS, json!({ "directoryRead": true })),
        (offer.has_tasks(), TASKS, json!({})),
    ];
    let declared = all.into_iter().filter(|(is_there, ..)| *is_there && knows(revision, Feature::Extensions));
    declared.map(|(_, identifier, settings)| (identifier.to_owned(), settings)).collect()
}

fn render_discover(identity: &Identity, server_info: &[u8], offer: &Offer) -> Vec<u8> {
    let mut out = Vec::new();
    write_json(
        &mut out,
        &DiscoverResult {
            supported_versions: &Revision::ALL.map(Revision::as_str),
            capabilities: &capabilities(offer, Revision::V2026_07_28),
            instructions: identity.instructions.as_deref(),
        },
    );
    out.pop(); // the closing brace
    write_cache(&mut out, identity.listing);
    end_result(&mut out, server_info);
    out
}

fn render_page(
    offer: &Offer,
    (kind, page, range): (Kind, usize, std::ops::Range<usize>),
    revision: Revision,
    (identity, server_info): (&Identity, &[u8]),
) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(match kind {
        Kind::Tools => b"{\"tools\":[",
        Kind::Resources => b"{\"resources\":[",
        Kind::Templates => b"{\"resourceTemplates\":[",
        Kind::Prompts => b"{\"prompts\":[",
        Kind::Skills => b"{\"skills\":[",
    });
    for at in range.clone() {
        if at > range.start {
            out.push(b',');
        }
        match kind {
            Kind::Tools => down::write_tool(&mut out, &offer.tools.entries()[at], revision),
            Kind::Resources => down::write_resource(&mut out, &offer.resources.entries()[at], revision),
            Kind::Templates => down::write_resource(&mut out, &offer.templates.entries()[at], revision),
            Kind::Prompts => down::write_prompt(&mut out, &offer.prompts.entries()[at], revision),
            Kind::Skills => write_json(&mut out, &*offer.skills.list().entries()[at]),
        }
    }
    end_page(&mut out, offer.pages(kind).after(page));
    if knows(revision, Feature::ResultEnvelope) {
        write_cache(&mut out, identity.listing);
        end_result(&mut out, server_info);
    } else {
        out.push(b'}');
    }
    out
}

/// Closes the list of a page, and says where the next one is.
pub(super) fn end_page(out: &mut Vec<u8>, next: Option<&str>) {
    out.push(b']');
    if let Some(next) = next {
        out.extend_from_slice(b",\"nextCursor\":");
        write_json(out, next);
    }
}

/// The members that say how long a result may be kept.
pub(super) fn write_cache(out: &mut Vec<u8>, cache: Cache) {
    out.extend_from_slice(b",\"ttlMs\":");
    write_json(out, &crate::clock::millis(cache.ttl));
    out.extend_from_slice(b",\"cacheScope\":");
    write_json(out, &cache.scope);
}

/// Closes a modern result that has no `_meta` of its own.
fn end_result(out: &mut Vec<u8>, server_info: &[u8]) {
    out.extend_from_slice(b",\"resultType\":\"complete\",\"_meta\":{");
    out.extend_from_slice(server_info);
    out.extend_from_slice(b"}}");
}

/// Appends a result that is rendered already, with room for what closes the message: the largest there are are
/// copied once.
fn append(out: &mut Vec<u8>, result: &[u8]) {
    out.reserve(result.len() + 1);
    out.extend_from_slice(result);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Found, OfferRules, Selection};

    #[test]
    fn there_is_an_end_to_what_is_kept_rendered() {
        let implementation =
            Implementation { name: "n".to_owned(), title: None, version: "1".to_owned(), icons: Vec::new() };
        let face = Face::new(Identity { implementation, instructions: None, listing: Cache::NONE });
        for _ in 0..200 {
            let rules = OfferRules { page_size: 10, ..OfferRules::default() };
            let offer = Offer::build(Found::default(), &Selection::default(), rules, &mut Vec::new());
            assert!(Arc::ptr_eq(&face.of(&offer), &face.of(&offer)));
            assert!(face.rendered.len() <= MOST_VIEWS);
        }
    }
}
