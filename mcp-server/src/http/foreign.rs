//! Requests for a foreign name or from a foreign page: who is told the fix.
//!
//! A stranger is told the rule and nothing of the server's settings. The operator is told which setting allows the name:
//! in the log, and in the response where the client is on this machine.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::extract::Request;
use http::{Extensions, HeaderMap, HeaderName, Uri, Version, header::FORWARDED};

use super::{Service, admission::address, peer::Peer};
use crate::{error::Refusal, protocol::shortened::shortened};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// How often the log says a name again, and how many names it says in that time.
const SAID_EACH: Duration = Duration::from_mins(1);
const MOST_SAID: usize = 16;

/// The foreign names that the log has said lately.
#[derive(Debug, Default)]
pub(crate) struct ForeignNames(Mutex<(Duration, Vec<String>)>);

impl ForeignNames {
    /// Whether the log is to say this name.
    fn is_due(&self, name: &str, now: Duration) -> bool {
        // Nothing panics under this lock.
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (begun, names) = &mut *said;
        if now >= *begun + SAID_EACH {
            *begun = now;
            names.clear();
        }
        let is_due = names.len() < MOST_SAID && !names.iter().any(|known| known == name);
        if is_due {
            names.push(name.to_owned());
        }
        is_due
    }
}

impl Service {
    /// Checks which host a request names, and which page it comes from.
    pub(super) fn check_edge(
        &self,
        (version, target, headers): (Version, &Uri, &HeaderMap),
        (extensions, peer): (&Extensions, Option<&Peer>),
    ) -> Result<(), Refusal> {
        let checked = self.edge.check(version, target, headers);
        checked.map_err(|refusal| self.explain(refusal, headers, address(extensions, peer)))
    }

    /// The same for a request that is whole.
    pub(super) fn check_request(&self, request: &Request) -> Result<(), Refusal> {
        let named = (request.version(), request.uri(), request.headers());
        self.check_edge(named, (request.extensions(), request.extensions().get()))
    }

    /// Says the fix to the operator.
    pub(super) fn explain(
        &self,
        mut refusal: Refusal,
        headers: &HeaderMap,
        address: Option<IpAddr>,
    ) -> Refusal {
        let now = self.engine.desk.surroundings.clock.now();
        let Some((name, local)) = foreign(&mut refusal) else { return refusal };
        let name = shortened(name).into_owned();
        *local = true;
        if self.foreign.is_due(&name, now) {
            tracing::warn!("{refusal}");
        }
        if let Some((_, local)) = foreign(&mut refusal) {
            *local = is_here(headers, address);
        }
        refusal
    }
}

/// The name that isn't allowed, and whether the refusal says the fix.
fn foreign(refusal: &mut Refusal) -> Option<(&str, &mut bool)> {
    match refusal {
        Refusal::ForeignHost { host: name, local } | Refusal::ForeignOrigin { origin: name, local } => {
            Some((name, local))
        }
        _ => None,
    }
}

/// Whether a client is on this machine. One that a proxy on this machine speaks for isn't.
fn is_here(headers: &HeaderMap, address: Option<IpAddr>) -> bool {
    let is_forwarded = headers.contains_key(FORWARDED_FOR) || headers.contains_key(FORWARDED);
    !is_forwarded && address.is_some_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_said_once_in_each_interval_and_not_too_many() {
        let names = ForeignNames::default();
        let start = Duration::from_secs(1);
        assert!(names.is_due("a.example", start));
        assert!(!names.is_due("a.example", start), "said");
        assert!(names.is_due("b.example", start));
        let said = (0..1_000).filter(|number| names.is_due(&number.to_string(), start)).count();
        assert_eq!(said, MOST_SAID - 2);
        assert!(names.is_due("a.example", start + SAID_EACH));
    }

    #[test]
    fn whom_a_proxy_speaks_for_is_not_on_this_machine() {
        let loopback = Some(IpAddr::from([127, 0, 0, 1]));
        let forwarded = HeaderMap::from_iter([(FORWARDED_FOR, http::HeaderValue::from_static("127.0.0.1"))]);
        assert!(is_here(&HeaderMap::new(), loopback));
        assert!(!is_here(&forwarded, loopback));
        assert!(!is_here(&HeaderMap::new(), Some(IpAddr::from([192, 0, 2, 1]))));
        assert!(!is_here(&HeaderMap::new(), None));
    }
}
