//! Where a request comes from: what limits are counted by.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose word about their clients is taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Adds a network (`10.0.0.0/8`) or one address.
    pub(crate) fn trust(&mut self, text: &str) -> Result<(), &'static str> {
        let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
        let network = text.parse::<IpNet>().ok().or_else(address);
        self.0.push(network.ok_or("a proxy is an address, `10.0.0.1`, or a network, `10.0.0.0/8`")?);
        Ok(())
    }

    /// The client of a request from this peer: the last one in the chain of proxies that isn't one of ours. What stands
    /// before it is what a stranger says. Each hop is read by itself: one that is no address, or no text, spoils no other.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let values = headers.get_all(FORWARDED_FOR).iter();
        let hops = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        let hops: Vec<&[u8]> = hops.map(<[u8]>::trim_ascii).filter(|hop| !hop.is_empty()).collect();
        for hop in hops.into_iter().rev() {
            if !self.trusts(client) {
                break;
            }
            // One that a proxy of ours doesn't name is known by that proxy: what stands before it may be its own word.
            let Some(address) = std::str::from_utf8(hop).ok().and_then(address) else { break };
            client = address.to_canonical();
        }
        client
    }

    /// Whether a request came through a proxy, and none is trusted.
    pub(super) fn is_untold(&self, headers: &HeaderMap) -> bool {
        self.0.is_empty() && headers.contains_key(FORWARDED_FOR)
    }

    /// Whether this is one of them. The address is canonical.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// An address; some proxies add the port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let mut proxies = Proxies::default();
        for text in trusted {
            proxies.trust(text).unwrap();
        }
        let value = |text: &&str| (FORWARDED_FOR, HeaderValue::from_bytes(text.as_bytes()).unwrap());
        let headers: HeaderMap = forwarded.iter().map(value).collect();
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn rl_2_a_stranger_is_who_connects_whatever_is_said() {
        assert_eq!(client(&[], "203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
    }

    #[test]
    fn rl_2_behind_proxies_it_is_the_last_untrusted_hop() {
        let ours = &["10.0.0.0/8", "192.0.2.1", "2001:db8:1::/48"][..];
        for (peer, forwarded, is) in [
            ("10.0.0.1", &["198.51.100.1"][..], "198.51.100.1"),
            ("10.0.0.1", &["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.9.9.9", "192.0.2.1"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("2001:db8:1::1", &["2001:db8:2::2"], "2001:db8:2::2"),
            ("10.0.0.1", &["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ] {
            assert_eq!(client(ours, peer, forwarded), is, "{peer} {forwarded:?}");
        }
    }

    /// Each is read by itself, so a client that writes nonsense is counted by its own address all the same.
    #[test]
    fn rl_2_an_unreadable_hop_spoils_no_other() {
        let ours = &["10.0.0.0/8"][..];
        for nonsense in ["unknown", "_hidden", "6.6.6.6:x", "\u{fc}\u{df}", "", ",,", "[::1"] {
            let chain = format!("6.6.6.6, {nonsense}, 198.51.100.1, 10.9.9.9");
            assert_eq!(client(ours, "10.0.0.1", &[&chain]), "198.51.100.1", "{nonsense:?}");
            assert_eq!(client(ours, "10.0.0.1", &[nonsense, "198.51.100.1"]), "198.51.100.1", "{nonsense:?}");
        }
        assert_eq!(client(ours, "10.0.0.1", &["198.51.100.1, , "]), "198.51.100.1", "an empty one is none");
    }

    /// What stands before a hop that a trusted proxy doesn't name is what a stranger says of themselves.
    #[test]
    fn rl_2_whom_a_trusted_proxy_does_not_name_is_that_proxy() {
        let ours = &["10.0.0.0/8"][..];
        for unnamed in ["unknown", "_hidden", "\u{fc}"] {
            let chain = format!("6.6.6.6, {unnamed}");
            assert_eq!(client(ours, "10.0.0.1", &[&chain]), "10.0.0.1", "{unnamed}");
            assert_eq!(client(ours, "10.0.0.1", &[&format!("{chain}, 10.9.9.9")]), "10.9.9.9", "{unnamed}");
        }
    }

    #[test]
    fn what_is_no_network_is_said() {
        let mut proxies = Proxies::default();
        assert!(["10.0.0.0/8", "::1", "192.0.2.1"].iter().all(|text| proxies.trust(text).is_ok()));
        assert!(
            ["", "10.0.0.0/33", "proxy.example", "10.0.0"].iter().all(|text| proxies.trust(text).is_err())
        );
    }
}
