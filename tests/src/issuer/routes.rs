//! What the issuer answers.

use std::{io, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::{Fault, Place, RESOURCE_SERVER, Shared};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(answer).with_state(shared)
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let place = shared.place(request.uri().path());
    let fault = {
        let mut state = shared.state();
        *state.asked.entry(place).or_insert(0) += 1;
        state.faults.get(&place).cloned()
    };
    let (head, body) = request.into_parts();
    let (status, value) = match place {
        Place::OAuth | Place::OpenId | Place::OpenIdAfter => shared.describe(place),
        Place::Keys => (StatusCode::OK, json!({ "keys": shared.state().keys })),
        Place::Introspection => {
            let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            shared.introspect(&head.method, &head.headers, &body)
        }
        Place::Elsewhere => (StatusCode::NOT_FOUND, Value::Null),
    };
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    if let Some(cache_control) = &shared.state().cache_control {
        response = response.header("cache-control", cache_control);
    }
    let right = response.body(Body::from(value.to_string())).expect("a response");
    wrong(right, value, fault).await
}

async fn wrong(right: Response<Body>, value: Value, fault: Option<Fault>) -> Response<Body> {
    let text = value.to_string();
    let response = Response::builder();
    let response = match fault {
        None => return right,
        Some(Fault::Never) => std::future::pending().await,
        Some(Fault::Status(status)) => response.status(status).body(Body::empty()),
        Some(Fault::Redirect(to)) => response.status(302).header("location", to).body(Body::empty()),
        Some(Fault::Text(text)) => response.body(Body::from(text)),
        Some(Fault::Huge(more)) => response.body(Body::from(text + &" ".repeat(more))),
        // The rest of what was announced never comes.
        Some(Fault::Cut) => {
            let half = Bytes::from(text[..text.len() / 2].to_owned());
            let pieces = [Ok(half), Err(io::Error::other("broken off"))];
            response.body(Body::from_stream(futures_util::stream::iter(pieces)))
        }
    };
    response.expect("a response")
}

impl Shared {
    fn place(&self, path: &str) -> Place {
        let own = &self.path;
        if path == format!("/.well-known/oauth-authorization-server{own}") {
            Place::OAuth
        } else if path == format!("/.well-known/openid-configuration{own}") {
            Place::OpenId
        } else if path == format!("{own}/.well-known/openid-configuration") {
            Place::OpenIdAfter
        } else {
            match path {
                "/keys" => Place::Keys,
                "/introspect" => Place::Introspection,
                _ => Place::Elsewhere,
            }
        }
    }

    fn describe(&self, place: Place) -> (StatusCode, Value) {
        // Without a path the two forms of OpenID are one.
        let alike =
            |form: &Place| self.path.is_empty() && place == Place::OpenId && *form == Place::OpenIdAfter;
        let there = self.state().forms.iter().any(|form| *form == place || alike(form));
        if there { (StatusCode::OK, self.metadata()) } else { (StatusCode::NOT_FOUND, Value::Null) }
    }

    fn introspect(&self, method: &Method, headers: &HeaderMap, body: &[u8]) -> (StatusCode, Value) {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header("authorization") != credentials() {
            return (StatusCode::UNAUTHORIZED, json!({ "error": "invalid_client" }));
        }
        if method != Method::POST || header("content-type") != "application/x-www-form-urlencoded" {
            return (StatusCode::BAD_REQUEST, json!({ "error": "invalid_request" }));
        }
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
        let token = fields.iter().find(|(name, _)| name == "token").map(|(_, token)| token.as_str());
        let found = token.and_then(|token| self.state().introspected.get(token).cloned());
        (StatusCode::OK, found.unwrap_or_else(|| json!({ "active": false })))
    }
}

/// Basic authentication of the resource server's, each half encoded as a form first (RFC 6749, 2.3.1).
fn credentials() -> String {
    let half = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let (name, secret) = RESOURCE_SERVER;
    format!("Basic {}", STANDARD.encode(format!("{}:{}", half(name), half(secret))))
}
