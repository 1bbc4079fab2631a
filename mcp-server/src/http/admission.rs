//! Who sends a request, and what a client is told that may not come in.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    response::Response,
    routing::any,
};
use http::{
    Extensions, HeaderValue, Method,
    header::{CACHE_CONTROL, WWW_AUTHENTICATE},
    request::Parts,
};
use tower_http::cors::{Any, CorsLayer};

use super::{Service, peer::Peer, reply};
use crate::{
    auth::{BoxFuture, Door, WELL_KNOWN},
    call::Principal,
    error::Refusal,
};

/// For how long a client may keep the resource's metadata.
const KEPT: HeaderValue = HeaderValue::from_static("max-age=300");

impl Service {
    /// Who sends a request. Without a door, everybody who reaches the server may do everything.
    pub(super) async fn admit(&self, head: &Parts, peer: Option<&Peer>) -> Result<Principal, Refusal> {
        let principal = match self.recognize(head, peer)? {
            Some(principal) => principal,
            None => self.check(head, peer).await?,
        };
        // A caller without a token has shown nothing until something is answered.
        if let Some(peer) = peer
            && !principal.is_stranger()
        {
            peer.admitted(&principal);
        }
        Ok(principal)
    }

    /// Who sends a request, as far as that is known without waiting for anything.
    fn recognize(&self, head: &Parts, peer: Option<&Peer>) -> Result<Option<Principal>, Refusal> {
        let Some(door) = &self.door else { return Ok(Some(Principal::trusted())) };
        match door.recognize(&head.headers) {
            Err(Refusal::NoToken) if self.engine.offer.load().has_public() => {
                Ok(Some(Principal::anonymous(door.source(&head.headers, address(&head.extensions, peer)))))
            }
            recognized => recognized,
        }
    }

    /// Boxed: what is rarely done takes no room in what is done always.
    fn check<'r>(
        &'r self,
        head: &'r Parts,
        peer: Option<&'r Peer>,
    ) -> BoxFuture<'r, Result<Principal, Refusal>> {
        Box::pin(async move {
            match &self.door {
                Some(door) => door.admit(&head.headers, address(&head.extensions, peer)).await,
                None => Ok(Principal::trusted()),
            }
        })
    }

    /// The response to a request that is refused, with what its client needs to do better.
    pub(super) fn refuse(&self, refusal: &Refusal) -> Response {
        let mut response = reply::refusal(refusal);
        let challenge = self.door.as_ref().and_then(|door| door.challenge(refusal));
        if let Some(challenge) = challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Where a request comes from, as the accept loop knows it: ours, or that of an application with
/// `into_make_service_with_connect_info`.
pub(super) fn address(extensions: &Extensions, peer: Option<&Peer>) -> Option<IpAddr> {
    let told = || extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    peer.and_then(Peer::address).or_else(told)
}

/// Adds the resource's metadata: beside the resource's path, and at the root for clients that look there only.
pub(super) fn routes(router: Router<Arc<Service>>, service: &Service) -> Router<Arc<Service>> {
    let Some(door) = &service.door else { return router };
    // Everybody may read it, from every page.
    let cors =
        CorsLayer::new().allow_origin(Any).allow_methods([Method::GET, Method::HEAD]).allow_headers(Any);
    let path = door.metadata_path().to_owned();
    let mut found = Router::new().route(WELL_KNOWN, any(metadata));
    if path != WELL_KNOWN {
        found = found.route(&path, any(metadata));
    }
    router.merge(found.layer(cors))
}

async fn metadata(State(service): State<Arc<Service>>, request: Request) -> Response {
    let host = service.edge.check_host(request.version(), request.uri(), request.headers());
    let refusal = match (host, request.method()) {
        (Err(refusal), _) => {
            let extensions = request.extensions();
            service.explain(refusal, request.headers(), address(extensions, extensions.get()))
        }
        (Ok(()), &Method::GET | &Method::HEAD) => {
            let document = service.door.as_ref().map(Door::metadata).unwrap_or_default();
            let mut response = reply::document(Body::from(document));
            response.headers_mut().insert(CACHE_CONTROL, KEPT);
            return response;
        }
        (Ok(()), _) => Refusal::MethodNotAllowed { allow: "GET, HEAD" },
    };
    reply::refusal(&refusal)
}
