//! The protected resource: what it is called, and what it says of itself to a client that wants in.
//!
//! Source: [RFC 9728](https://www.rfc-editor.org/rfc/rfc9728).

use bytes::Bytes;
use serde_json::json;
use url::Url;

use super::address::is_local;

/// Where a resource's metadata is, before the resource's own path.
pub(crate) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// A server as tokens name it. Everything here comes from the configuration: what a request says of its own target has no
/// part in it.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    url: String,
    metadata_url: String,
}

impl Resource {
    /// The resource at this URL, that of the endpoint.
    ///
    /// # Errors
    ///
    /// A rule that the URL breaks, and what to do.
    pub(crate) fn new(url: &Url) -> Result<Self, String> {
        if url.scheme() != "https" && !is_local(url) {
            return Err(format!(
                "`{url}` must be `https://`: tokens would be readable on their way (RFC 6750, section 5.3)"
            ));
        }
        if url.fragment().is_some()
            || url.query().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(format!(
                "`{url}` names a resource, which has no query, no fragment and no user (RFC 8707, section 2)"
            ));
        }
        if url.path().contains(['{', '}', '*', ':']) {
            return Err(format!("`{url}`: the path of a resource has none of `{{`, `}}`, `*` and `:` here"));
        }
        let origin = url.origin().ascii_serialization();
        let path = url.path().trim_end_matches('/');
        Ok(Self { url: format!("{origin}{path}"), metadata_url: format!("{origin}{WELL_KNOWN}{path}") })
    }

    /// Its identifier: what a token's audience must be.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where its metadata is: the form with the resource's path, for which the document's `resource` is right.
    pub(super) fn metadata_url(&self) -> &str {
        &self.metadata_url
    }

    pub(super) fn metadata_path(&self) -> &str {
        let at = self.metadata_url.find(WELL_KNOWN).unwrap_or_default();
        &self.metadata_url[at..]
    }

    /// Its metadata.
    pub(super) fn metadata(&self, name: &str, issuers: &[String], scopes: &[String]) -> Bytes {
        let mut document = json!({
            "resource": self.url,
            "authorization_servers": issuers,
            "bearer_methods_supported": ["header"],
            "resource_name": name,
        });
        if !scopes.is_empty() {
            document["scopes_supported"] = json!(scopes);
        }
        document.to_string().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(url: &str) -> Result<Resource, String> {
        Resource::new(&Url::parse(url).unwrap())
    }

    #[test]
    fn rs_17_the_metadata_is_where_the_resources_path_leads() {
        for (url, metadata) in [
            (
                "https://mcp.example.com/mcp",
                "https://mcp.example.com/.well-known/oauth-protected-resource/mcp",
            ),
            ("https://mcp.example.com", "https://mcp.example.com/.well-known/oauth-protected-resource"),
            (
                "https://mcp.example.com:8443/a/mcp/",
                "https://mcp.example.com:8443/.well-known/oauth-protected-resource/a/mcp",
            ),
            ("http://127.0.0.1:8000/mcp", "http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp"),
        ] {
            let resource = resource(url).unwrap();
            assert_eq!(resource.metadata_url(), metadata);
            assert_eq!(resource.url(), url.trim_end_matches('/'));
        }
    }

    #[test]
    fn tr_19_tokens_travel_encrypted_unless_they_stay_here() {
        assert!(
            ["http://localhost:1/mcp", "http://[::1]/mcp", "https://a.example/mcp"]
                .iter()
                .all(|url| resource(url).is_ok())
        );
        for url in [
            "http://a.example/mcp",
            "http://10.0.0.1/mcp",
            "https://a.example/mcp?a=b",
            "https://a.example/mcp#a",
            "https://u@a.example/mcp",
        ] {
            assert!(resource(url).is_err(), "{url}");
        }
    }
}
