//! Who a request says it is for, and which page sent it: the `Host` and `Origin` allow-lists.
//!
//! A page in somebody's browser can reach a server on loopback through a name of its own (DNS rebinding). The
//! browser then names the page's host here, and that is what stops it.
//! Source: [Security](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#security-endpoint).

use std::sync::atomic::{AtomicBool, Ordering};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Uri, Version,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, WWW_AUTHENTICATE},
};
use tower_http::cors::CorsLayer;
use url::Url;

use crate::{auth::is_local, error::Refusal};

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The names under which a server may be reached, and the pages that may send requests.
#[derive(Debug, Default)]
pub(crate) struct Edge {
    hosts: Vec<Name>,
    origins: Vec<String>,
    /// Pages whose scripts may read the answers. Empty: no CORS at all.
    readers: Vec<String>,
    /// The headers of arguments, which scripts must be able to send.
    mirrors: Vec<HeaderName>,
    /// Whether others than this machine reach the server: by its public URL, or by an address that it listens on. Pages of
    /// loopback origins are then not its own machine's, but those of whoever opens them.
    is_elsewhere: AtomicBool,
}

/// A host, with a port when only that one is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    host: String,
    port: Option<u16>,
}

impl Edge {
    /// Allows requests that name this host.
    pub(crate) fn allow_host(&mut self, host: &str) -> Result<(), &'static str> {
        self.hosts.push(Name::parse(host)?);
        Ok(())
    }

    /// Allows a page of this origin to send requests and to read the answers.
    pub(crate) fn allow_origin(&mut self, origin: &str) -> Result<(), &'static str> {
        let origin =
            serialized_origin(origin).ok_or("an origin is `scheme://host` or `scheme://host:port`")?;
        self.origins.push(origin.clone());
        self.readers.push(origin);
        Ok(())
    }

    /// Allows what a server's own public URL implies: its host, and pages of its origin.
    pub(crate) fn allow_public(&mut self, url: &Url) -> Result<(), &'static str> {
        let host = url.host_str().ok_or("the public URL has no host")?;
        self.hosts.push(Name { host: host.to_ascii_lowercase(), port: None });
        self.origins.push(url.origin().ascii_serialization());
        if !is_local(url) {
            self.note_elsewhere();
        }
        Ok(())
    }

    /// Others than this machine reach the server: pages of loopback origins need to be allowed by name.
    pub(crate) fn note_elsewhere(&self) {
        self.is_elsewhere.store(true, Ordering::Relaxed);
    }

    /// Lets scripts send the headers of arguments.
    pub(crate) fn allow_mirrors(&mut self, headers: impl IntoIterator<Item = HeaderName>) {
        self.mirrors.extend(headers);
    }

    /// Checks every name that a request gives its target, and the page it comes from.
    pub(crate) fn check(&self, version: Version, target: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        self.check_host(version, target, headers)?;
        self.check_origin(headers)
    }

    /// In HTTP/1.1 the name is in `Host`, and in an absolute target too; in HTTP/2 it is the authority.
    /// RFC 9112, section 3.2: a missing or a second `Host` is a bad request.
    pub(super) fn check_host(
        &self,
        version: Version,
        target: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), Refusal> {
        let mut hosts = headers.get_all(HOST).iter();
        let (host, second) = (hosts.next(), hosts.next());
        if second.is_some() {
            return Err(Refusal::BadHost("there is more than one `Host`"));
        }
        let authority = target.authority().map(http::uri::Authority::as_str);
        if host.is_none() && (authority.is_none() || version < Version::HTTP_2) {
            return Err(Refusal::BadHost("`Host` is missing"));
        }
        let host = host
            .map(|host| host.to_str().map_err(|_| Refusal::BadHost("`Host` is not a host")))
            .transpose()?;
        for named in [authority, host].into_iter().flatten() {
            self.check_name(named)?;
        }
        Ok(())
    }

    fn check_name(&self, named: &str) -> Result<(), Refusal> {
        let (host, port) = split(named).map_err(Refusal::BadHost)?;
        let loopback = LOOPBACK.iter().any(|name| host.eq_ignore_ascii_case(name));
        if loopback || self.hosts.iter().any(|name| name.matches(host, port)) {
            return Ok(());
        }
        Err(Refusal::ForeignHost { host: named.to_owned(), local: false })
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut origins = headers.get_all(ORIGIN).iter();
        let Some(origin) = origins.next() else { return Ok(()) };
        let given = origin.to_str().unwrap_or("(not text)");
        match serialized_origin(given) {
            Some(origin) if origins.next().is_none() && self.allows_origin(&origin) => Ok(()),
            _ => Err(Refusal::ForeignOrigin { origin: given.to_owned(), local: false }),
        }
    }

    fn allows_origin(&self, origin: &str) -> bool {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        let loopback =
            host.and_then(|name| split(name).ok()).is_some_and(|(host, _)| LOOPBACK.contains(&host));
        (loopback && !self.is_elsewhere.load(Ordering::Relaxed))
            || self.origins.iter().any(|allowed| allowed == origin)
    }

    /// The layer that lets scripts of the allowed pages read answers, if there are any.
    pub(super) fn cors(&self) -> Option<CorsLayer> {
        let readers: Vec<HeaderValue> =
            self.readers.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
        let named = |names: &[&'static str]| -> Vec<HeaderName> {
            names.iter().copied().map(HeaderName::from_static).collect()
        };
        let mut sent = vec![ACCEPT, AUTHORIZATION, CONTENT_TYPE];
        sent.extend(named(&[
            "mcp-protocol-version",
            "mcp-session-id",
            "mcp-method",
            "mcp-name",
            "last-event-id",
        ]));
        sent.extend(self.mirrors.iter().cloned());
        let mut read = named(&["mcp-session-id"]);
        read.push(WWW_AUTHENTICATE);
        (!readers.is_empty()).then(|| {
            CorsLayer::new()
                .allow_origin(readers)
                .allow_methods([Method::GET, Method::POST, Method::DELETE])
                .allow_headers(sent)
                .expose_headers(read)
        })
    }
}

impl Name {
    /// Reads `host` or `host:port`.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (host, port) = split(text)?;
        Ok(Self { host: host.to_ascii_lowercase(), port })
    }

    fn matches(&self, host: &str, port: Option<u16>) -> bool {
        self.host.eq_ignore_ascii_case(host) && (self.port.is_none() || self.port == port)
    }
}

/// Splits an authority without userinfo into host and port. Strict: what isn't plainly a host is refused.
fn split(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    const NOT_A_HOST: &str = "`Host` is not a host and a port";
    let end_of_host = if authority.starts_with('[') {
        authority.find(']').map(|at| at + 1).ok_or(NOT_A_HOST)?
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, rest) = authority.split_at(end_of_host);
    let port = match rest.strip_prefix(':') {
        None if rest.is_empty() => None,
        Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().map_err(|_| NOT_A_HOST)?)
        }
        _ => return Err(NOT_A_HOST),
    };
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let legal = match bracketed {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }
    };
    if legal { Ok((host, port)) } else { Err(NOT_A_HOST) }
}

/// An origin as browsers write it (scheme and host in lower case, no default port); `None` for everything that
/// isn't one: `null`, a path, userinfo, a list.
fn serialized_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let origin = url.origin();
    let serialized = origin.ascii_serialization();
    (origin.is_tuple() && text.eq_ignore_ascii_case(&serialized)).then_some(serialized)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge() -> Edge {
        let mut edge = Edge::default();
        edge.allow_public(&Url::parse("https://mcp.example.com/mcp").unwrap()).unwrap();
        edge.allow_host("exact.example:8443").unwrap();
        edge.allow_origin("https://app.example").unwrap();
        edge
    }

    fn host(target: &str, hosts: &[&str]) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_str(host).unwrap());
        }
        edge().check(Version::HTTP_11, &target.parse().unwrap(), &headers)
    }

    fn origin(origins: &[&str]) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        headers.append(HOST, HeaderValue::from_static("localhost"));
        for origin in origins {
            headers.append(ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        edge().check(Version::HTTP_11, &"/mcp".parse().unwrap(), &headers)
    }

    fn origin_at(edge: &Edge, origin: &'static str) -> bool {
        let headers =
            [(HOST, HeaderValue::from_static("localhost")), (ORIGIN, HeaderValue::from_static(origin))];
        edge.check(Version::HTTP_11, &"/mcp".parse().unwrap(), &headers.into_iter().collect()).is_ok()
    }

    #[test]
    fn tr_1_pages_of_loopback_are_let_in_on_loopback_only() {
        let at = |url: Option<&str>| {
            let mut edge = Edge::default();
            if let Some(url) = url {
                edge.allow_public(&Url::parse(url).unwrap()).unwrap();
            }
            edge
        };
        for page in ["http://localhost:6274", "http://127.0.0.1", "https://[::1]:8443"] {
            assert!(origin_at(&at(None), page), "{page}");
            assert!(origin_at(&at(Some("http://127.0.0.1:8000/mcp")), page), "{page}");
            assert!(!origin_at(&at(Some("https://mcp.example.com/mcp")), page), "{page}");
            let exposed = at(None);
            exposed.note_elsewhere();
            assert!(!origin_at(&exposed, page), "{page}");
            let mut allowed = at(Some("https://mcp.example.com/mcp"));
            allowed.allow_origin(page).unwrap();
            assert!(origin_at(&allowed, page), "{page} by name");
        }
    }

    #[test]
    fn tr_2_named_hosts_pass_and_others_do_not() {
        for name in [
            "localhost",
            "LocalHost:1",
            "127.0.0.1:8000",
            "[::1]:8000",
            "mcp.example.com",
            "MCP.example.com:444",
            "exact.example:8443",
        ] {
            assert_eq!(host("/mcp", &[name]), Ok(()), "{name}");
        }
        for name in [
            "evil.example",
            "localhost.evil.example",
            "mcp.example.com.evil",
            "exact.example:1",
            "127.0.0.1.nip.io",
            "0.0.0.0",
        ] {
            assert!(matches!(host("/mcp", &[name]), Err(Refusal::ForeignHost { .. })), "{name}");
        }
    }

    #[test]
    fn tr_2_what_is_not_one_host_is_a_bad_request() {
        for hosts in [
            &[][..],
            &["localhost", "localhost"],
            &[""],
            &["user@localhost"],
            &["localhost:80:80"],
            &["localhost:99999"],
            &["[::1"],
            &["localhost, evil"],
            &["localhost/evil"],
        ] {
            assert!(matches!(host("/mcp", hosts), Err(Refusal::BadHost(_))), "{hosts:?}");
        }
    }

    #[test]
    fn tr_2_an_absolute_target_is_checked_too() {
        assert_eq!(host("http://localhost/mcp", &["localhost"]), Ok(()));
        assert!(matches!(host("http://evil.example/mcp", &["localhost"]), Err(Refusal::ForeignHost { .. })));
        assert!(matches!(host("http://localhost/mcp", &["evil.example"]), Err(Refusal::ForeignHost { .. })));
        let target = "http://mcp.example.com/mcp";
        assert!(matches!(host(target, &[]), Err(Refusal::BadHost(_))), "HTTP/1.1 needs `Host` all the same");
        let http2 = edge().check(Version::HTTP_2, &target.parse().unwrap(), &HeaderMap::new());
        assert_eq!(http2, Ok(()));
    }

    #[test]
    fn tr_1_only_listed_origins_pass() {
        for name in ["https://mcp.example.com", "https://app.example"] {
            assert_eq!(origin(&[name]), Ok(()), "{name}");
        }
        assert_eq!(origin(&[]), Ok(()));
        for names in [
            &["null"][..],
            &["https://evil.example"],
            &["https://app.example.evil"],
            &["http://app.example"],
            &["https://app.example:444"],
            &["https://app.example/"],
            &["https://user@app.example"],
            &["http://localhost:6274"],
            &["http://localhost.evil.example"],
            &["http://localhost@evil.example"],
            &["https://app.example", "https://evil.example"],
            &["https://app.example", "https://app.example"],
            &["https://app.example https://evil.example"],
            &["file://localhost"],
            &[""],
        ] {
            assert!(matches!(origin(names), Err(Refusal::ForeignOrigin { .. })), "{names:?}");
        }
    }
}
