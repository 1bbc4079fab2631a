//! An authorization server without a network, and a token of its for the measured servers. The key that signed it is gone.

use axum::body::Bytes;
use axum::http::{Request, Response, StatusCode};
use mcp_server::{Auth, BoxFuture, Fetch, FetchError};

/// The URL that the token is for.
pub const RESOURCE: &str = "http://127.0.0.1:8000/mcp";

/// A token with three scopes, of which one is needed, signed with ES256, good until 2100.
pub const TOKEN: &str = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImJlbmNoIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3ViIjoiMjQ4Mjg5NzYxMDAxIiwiYXVkIjoiaHR0cDovLzEyNy4wLjAuMTo4MDAwL21jcCIsImNsaWVudF9pZCI6Imh0dHBzOi8vY2xpZW50LmV4YW1wbGUuY29tL29hdXRoL2NsaWVudC5qc29uIiwic2NvcGUiOiJmaWxlczpyZWFkIGZpbGVzOndyaXRlIG1hdGg6YWRkIiwianRpIjoiZGJlMzliZjNhM2JhNDIzOGE1MTNmNTFkNmUxNjkxYzQiLCJpYXQiOjE3ODUxOTY4MDAsImV4cCI6NDEwMjQ0NDgwMCwiZW1haWwiOiJqYW5lLmRvZUBleGFtcGxlLmNvbSIsIm5hbWUiOiJKYW5lIERvZSIsInJvbGVzIjpbImVkaXRvciIsInJldmlld2VyIl0sInRlbmFudCI6IjlmMmM1ZDFlLTcwYWItNGE0Zi04ZjZlLTFiOGY2ZjBmN2ExMSJ9.btB4j8qipl-L6W04xvbgQk287dqKF5tP-KWWn7NDaIyt6t_bIivC1OE5TpXLuCNVKvcJ4oKb8Bfy482Z09mGog";

const METADATA: &str = r#"{"issuer":"https://id.example.com","jwks_uri":"https://id.example.com/keys","response_types_supported":["code"]}"#;
const KEYS: &str = r#"{"keys":[{"kty":"EC","x":"d5xrLoTaiwgUe_oe93ShrVIf_HqlwyvtBABrLJWX8rs","y":"w3NzAA5x46Cwn7VAgqaH8t6f6wOqz7gOA9XoDVKmggI","crv":"P-256","kid":"bench","alg":"ES256","use":"sig"}]}"#;

struct Written;

impl Fetch for Written {
    fn fetch(
        &self,
        request: Request<Bytes>,
        _limit: usize,
    ) -> BoxFuture<'static, Result<Response<Bytes>, FetchError>> {
        let (status, text) = match request.uri().path() {
            "/.well-known/oauth-authorization-server" => (StatusCode::OK, METADATA),
            "/keys" => (StatusCode::OK, KEYS),
            _ => (StatusCode::NOT_FOUND, ""),
        };
        let mut response = Response::new(Bytes::from_static(text.as_bytes()));
        *response.status_mut() = status;
        Box::pin(async { Ok(response) })
    }
}

/// Takes the token.
pub fn auth() -> Auth {
    Auth::issuer("https://id.example.com").fetcher(Written)
}
