//! Where authorization servers may be: behind TLS, or on this machine.

use url::{Host, Url};

/// What is wrong with an issuer's identifier, which is a URL without a query or fragment (RFC 8414 section 2).
pub(super) fn flaw_of_issuer(text: &str) -> Option<&'static str> {
    match Url::parse(text) {
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            Some("an issuer's URL has no query and no fragment; take the part before")
        }
        Ok(url) => flaw(&url),
        Err(_) => {
            Some("it is not a URL; an issuer is written as the authorization server writes it: `https://…`")
        }
    }
}

/// What is wrong with the URL of something that an authorization server publishes or answers.
pub(super) fn flaw_of_endpoint(text: &str) -> Option<&'static str> {
    match Url::parse(text) {
        Ok(url) if url.fragment().is_some() => Some("it has a fragment; take the part before"),
        Ok(url) => flaw(&url),
        Err(_) => Some("it is not a URL; write it in full: `https://…`"),
    }
}

/// Whether it is on this machine, where nobody is between.
pub(super) fn is_loopback(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| is_local(&url))
}

fn flaw(url: &Url) -> Option<&'static str> {
    let named = !url.username().is_empty() || url.password().is_some();
    match url.scheme() {
        _ if named => Some("it holds a user's name or password; leave them out"),
        "https" => None,
        "http" if is_local(url) => None,
        _ => Some("it must be `https`; `http` is for this machine only (`localhost`, `127.0.0.1`, `[::1]`)"),
    }
}

/// Whether it is on this machine.
pub(crate) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
