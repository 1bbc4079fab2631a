//! What a server shows of itself, rendered once for every revision, and again after each change.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use serde_json::{Map, Value, json};

use super::down::{self, Feature, knows};
use crate::{
    catalog::{Kind, Offer},
    dispatch::TASKS,
    protocol::{
        lifecycle::{Capabilities, DiscoverResult, Implementation, InitializeResult, ListCapability},
        message::write_json,
        resources::{Cache, CacheScope},
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
    /// For how long a client may keep a listing or a discovery: as long as it may miss that there is a new one, if it
    /// doesn't listen.
    pub(crate) list_ttl: Duration,
}

impl Identity {
    fn listing(&self) -> Cache {
        Cache { ttl: self.list_ttl, scope: CacheScope::Public }
    }
}

/// The answers that are the same for everyone.
#[derive(Debug)]
pub(crate) struct Face {
    identity: Identity,
    /// The member of `_meta` that names the server.
    server_info: Vec<u8>,
    /// Of the offer that was last shown.
    rendered: ArcSwap<Rendered>,
}

/// What is shown of one version of the offer.
#[derive(Debug)]
pub(super) struct Rendered {
    version: u64,
    discover: Vec<u8>,
    /// The pages of each list, for each revision of `Revision::ALL`.
    pages: [[Vec<Vec<u8>>; Kind::ALL.len()]; Revision::ALL.len()],
}

impl Face {
    /// Renders everything.
    pub(crate) fn new(identity: Identity, offer: &Offer) -> Self {
        let mut server_info = format!("\"{SERVER_INFO}\":").into_bytes();
        write_json(&mut server_info, &identity.implementation);
        let rendered = ArcSwap::from_pointee(render(&identity, &server_info, offer));
        Self { identity, server_info, rendered }
    }

    /// What is shown of this offer.
    pub(super) fn of(&self, offer: &Offer) -> Arc<Rendered> {
        let rendered = self.rendered.load();
        if rendered.version == offer.version() {
            return Arc::clone(&rendered);
        }
        let fresh = Arc::new(render(&self.identity, &self.server_info, offer));
        // Somebody who still answers from an older offer doesn't take the newer one away.
        self.rendered.rcu(|now| Arc::clone(if now.version < fresh.version { &fresh } else { now }));
        fresh
    }

    /// For how long a client may keep what is the same for everyone.
    pub(super) fn listing(&self) -> Cache {
        self.identity.listing()
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

impl Rendered {
    /// The result of `server/discover`.
    pub(super) fn discover(&self) -> &[u8] {
        &self.discover
    }

    /// One page of the result of a listing.
    pub(super) fn page(&self, kind: Kind, revision: Revision, page: usize) -> &[u8] {
        self.pages[revision.index()][kind as usize].get(page).map_or(b"{}", Vec::as_slice)
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

fn render(identity: &Identity, server_info: &[u8], offer: &Offer) -> Rendered {
    let page = |kind, revision| {
        if kind == Kind::Skills && !knows(revision, Feature::Extensions) {
            return Vec::new();
        }
        let ranges = offer.pages(kind).ranges().enumerate();
        let render =
            |(page, range)| render_page(offer, (kind, page, range), revision, (identity, server_info));
        ranges.map(render).collect()
    };
    Rendered {
        version: offer.version(),
        discover: render_discover(identity, server_info, offer),
        pages: Revision::ALL.map(|revision| Kind::ALL.map(|kind| page(kind, revision))),
    }
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
    write_cache(&mut out, identity.listing());
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
        write_cache(&mut out, identity.listing());
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
