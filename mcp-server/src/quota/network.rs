//! The network that a connection comes from: the key of callers who have no other name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IPv4 address, or an IPv6 network of 64 bits: the smallest network that a provider assigns to one customer. Or a site
/// of such networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Network {
    address: IpAddr,
    /// The first network of a site has the same address.
    is_site: bool,
}

impl Network {
    /// The network of a request whose peer address is unknown.
    pub(crate) const UNKNOWN: Self = Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), is_site: false };

    /// The IPv6 network of 48 bits around it, which one customer may be assigned as well. `None` for IPv4.
    pub(crate) fn site(self) -> Option<Self> {
        match self.address {
            IpAddr::V6(address) if !self.is_site => {
                let [a, b, c, ..] = address.segments();
                Some(Self { address: Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into(), is_site: true })
            }
            IpAddr::V6(_) | IpAddr::V4(_) => None,
        }
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        let address = match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address @ IpAddr::V4(_) => address,
        };
        Self { address, is_site: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::from(text.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn rl_2_ipv6_counts_by_64_bits() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    #[test]
    fn rl_2_the_site_of_an_ipv6_network_has_48_bits() {
        assert_eq!(network("2001:db8:1:2::1").site(), network("2001:db8:1:3::1").site());
        assert_ne!(network("2001:db8:1:2::1").site(), network("2001:db8:2:2::1").site());
        assert_ne!(
            network("2001:db8:1::1").site(),
            Some(network("2001:db8:1::1")),
            "its first network is not all of it"
        );
        assert_eq!(network("192.0.2.1").site(), None);
        let first = network("2001:db8:1::1");
        assert_ne!(first.site(), Some(first), "a site is more than its first network");
        assert_eq!(first.site().and_then(Network::site), None);
    }
}
