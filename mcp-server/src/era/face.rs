//! What a server shows of itself, rendered once for every revision.

use std::sync::Arc;

use crate::{
    catalog::{Catalog, Entry},
    dispatch::Cursors,
    protocol::{
        lifecycle::{Capabilities, DiscoverResult, Implementation, InitializeResult},
        message::write_json,
        version::Revision,
    },
};

use super::down::{Feature, implementation, write_definition};

/// For how long a client may keep a listing or a discovery, in milliseconds. Neither changes while a server
/// runs, so this is how long a client may miss a new version of it.
const TTL_MS: u32 = 300_000;

/// The key under which results name the server.
pub(super) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Who the server is and what it can do.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) implementation: Implementation,
    pub(crate) capabilities: Capabilities,
    pub(crate) instructions: Option<String>,
}

/// The answers that are the same for everyone.
#[derive(Debug)]
pub(crate) struct Face {
    identity: Identity,
    /// The member of `_meta` that names the server.
    server_info: Vec<u8>,
    discover: Vec<u8>,
    /// The pages of the list of tools, for each revision of `Revision::ALL`.
    tools: Vec<Vec<Vec<u8>>>,
}

impl Face {
    /// Renders everything.
    pub(crate) fn new(identity: Identity, catalog: &Catalog, cursors: &Cursors, page_size: usize) -> Self {
        let mut server_info = format!("\"{SERVER_INFO}\":").into_bytes();
        write_json(&mut server_info, &identity.implementation);
        let mut face = Self { identity, server_info, discover: Vec::new(), tools: Vec::new() };
        face.discover = face.render_discover();
        face.tools = Revision::ALL
            .into_iter()
            .map(|revision| face.render_tools(revision, catalog, cursors, page_size))
            .collect();
        face
    }

    /// The result of `server/discover`.
    pub(super) fn discover(&self) -> &[u8] {
        &self.discover
    }

    /// One page of the result of `tools/list`.
    pub(super) fn tools(&self, revision: Revision, page: usize) -> &[u8] {
        let pages =
            Revision::ALL.iter().position(|known| *known == revision).and_then(|at| self.tools.get(at));
        pages.and_then(|pages| pages.get(page)).map_or(b"{\"tools\":[]}", Vec::as_slice)
    }

    /// The member of `_meta` that names the server.
    pub(super) fn server_info(&self) -> &[u8] {
        &self.server_info
    }

    /// The result of `initialize`.
    pub(super) fn initialize(&self, revision: Revision) -> InitializeResult<'_> {
        InitializeResult {
            protocol_version: revision.as_str(),
            capabilities: &self.identity.capabilities,
            server_info: implementation(&self.identity.implementation, revision),
            instructions: self.identity.instructions.as_deref(),
        }
    }

    fn render_discover(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write_json(
            &mut out,
            &DiscoverResult {
                supported_versions: &Revision::ALL.map(Revision::as_str),
                capabilities: &self.identity.capabilities,
                instructions: self.identity.instructions.as_deref(),
            },
        );
        out.pop(); // the closing brace
        self.end_cacheable(&mut out);
        out
    }

    fn render_tools(
        &self,
        revision: Revision,
        catalog: &Catalog,
        cursors: &Cursors,
        page_size: usize,
    ) -> Vec<Vec<u8>> {
        let mut pages: Vec<_> = catalog.tools().chunks(page_size.max(1)).collect();
        if pages.is_empty() {
            pages.push(&[]);
        }
        let render = |(number, tools)| self.render_page(revision, tools, cursors.after(number));
        pages.into_iter().enumerate().map(render).collect()
    }

    fn render_page(&self, revision: Revision, tools: &[Arc<Entry>], next: Option<&str>) -> Vec<u8> {
        let mut out = b"{\"tools\":[".to_vec();
        for (at, tool) in tools.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            write_definition(&mut out, tool, revision);
        }
        out.push(b']');
        if let Some(next) = next {
            out.extend_from_slice(b",\"nextCursor\":");
            write_json(&mut out, next);
        }
        if Feature::ResultEnvelope.is_known_to(revision) {
            self.end_cacheable(&mut out);
        } else {
            out.push(b'}');
        }
        out
    }

    /// Closes a result that clients may keep.
    fn end_cacheable(&self, out: &mut Vec<u8>) {
        let hints =
            format!(",\"ttlMs\":{TTL_MS},\"cacheScope\":\"public\",\"resultType\":\"complete\",\"_meta\":{{");
        out.extend_from_slice(hints.as_bytes());
        out.extend_from_slice(&self.server_info);
        out.extend_from_slice(b"}}");
    }
}
