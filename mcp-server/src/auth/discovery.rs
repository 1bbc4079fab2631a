//! Finds out where an issuer publishes its keys: RFC 8414, and `OpenID` Connect Discovery.

use url::Url;

use super::{
    address::{flaw_of_endpoint, is_loopback},
    fetch::{Failure, Web},
};
use crate::protocol::json::Json;

/// The URL of an issuer's keys, by its metadata.
///
/// The documents are looked for in [MCP's order]. Where one is missing or another issuer's, the next is looked at;
/// where there is nobody to answer, the others are not tried: they are at the same host.
///
/// [MCP's order]: https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/authorization-server-discovery
pub(super) async fn jwks_uri(web: &Web, issuer: &str) -> Result<String, Failure> {
    let mut first = None;
    for url in documents(issuer) {
        match read(web, issuer, &url).await {
            Ok(found) => return Ok(found),
            Err(failure @ Failure::Fetch { .. }) => return Err(first.unwrap_or(failure)),
            // A document that is there and no good says more than one that isn't there.
            Err(failure @ Failure::Status { .. }) => _ = first.get_or_insert(failure),
            Err(failure) => match &first {
                None | Some(Failure::Status { .. }) => first = Some(failure),
                Some(_) => {}
            },
        }
    }
    let nowhere =
        || Failure::Unfit { url: issuer.to_owned(), reason: "it is not the URL of an issuer".to_owned() };
    Err(first.unwrap_or_else(nowhere))
}

/// Where an issuer's metadata may be.
fn documents(issuer: &str) -> Vec<String> {
    let Ok(mut url) = Url::parse(issuer) else { return Vec::new() };
    let path = url.path().trim_end_matches('/').to_owned();
    let mut at = |path: String| {
        url.set_path(&path);
        url.to_string()
    };
    let inserted = ["oauth-authorization-server", "openid-configuration"];
    let mut documents: Vec<String> =
        inserted.map(|name| at(format!("/.well-known/{name}{path}"))).into_iter().collect();
    if !path.is_empty() {
        documents.push(at(format!("{path}/.well-known/openid-configuration")));
    }
    documents
}

async fn read(web: &Web, issuer: &str, url: &str) -> Result<String, Failure> {
    let document = web.get(url).await?;
    let metadata = document.object()?;
    // Byte for byte, or one issuer could speak for another (RFC 8414 section 3.3).
    if metadata.get("issuer").and_then(Json::as_str) != Some(issuer) {
        let reason = "its `issuer` is not, to the letter, the issuer that this server is configured with";
        return Err(document.unfit(reason));
    }
    let Some(keys) = metadata.get("jwks_uri").and_then(Json::as_str) else {
        return Err(document.unfit("it has no `jwks_uri`"));
    };
    if let Some(flaw) = flaw_of_endpoint(keys) {
        return Err(document.unfit(format!("its `jwks_uri`: {flaw}")));
    }
    if is_loopback(keys) && !is_loopback(issuer) {
        return Err(document.unfit("its `jwks_uri` is on this machine, and the issuer is not"));
    }
    Ok(keys.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_are_looked_for_in_the_order_of_the_specification() {
        let root = [
            "https://id.example.com/.well-known/oauth-authorization-server",
            "https://id.example.com/.well-known/openid-configuration",
        ];
        assert_eq!(documents("https://id.example.com"), root);
        assert_eq!(documents("https://id.example.com/"), root);
        let tenant = [
            "https://id.example.com:8443/.well-known/oauth-authorization-server/realms/one",
            "https://id.example.com:8443/.well-known/openid-configuration/realms/one",
            "https://id.example.com:8443/realms/one/.well-known/openid-configuration",
        ];
        assert_eq!(documents("https://id.example.com:8443/realms/one"), tenant);
        assert_eq!(documents("https://id.example.com:8443/realms/one/"), tenant);
    }
}
