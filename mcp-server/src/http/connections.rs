//! Which connections may be open: a total, a share per caller, and who makes room.
//!
//! A connection counts to the network that it comes from until a request on it shows a good token, and from then on to
//! the share of whoever that is. One that has shown none makes room at a limit, and serves few requests.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep};
use tokio::{net::TcpStream, sync::Notify};

use super::descriptors;
use crate::{
    auth::{LONGEST_TOKEN, Proxies},
    call::Principal,
    quota::{Exceeded, Network, Permit, Quota, ShareKey},
};

/// How many bytes of unfinished heads may be in memory beyond [`FREE_HEAD`] of each, of all connections together and of
/// one caller's.
pub(crate) const HEAD_BYTES: usize = 64 * 1024 * 1024;
pub(crate) const HEAD_BYTES_EACH: usize = 2 * 1024 * 1024;

/// How many bytes of an unfinished head count to nobody: as many as are read into the buffer that every connection has.
pub(super) const FREE_HEAD: usize = 8 * 1024;

/// How many times the requests and the time of an unauthenticated connection one has that uses what is public.
const GUEST_FACTOR: u32 = 10;

/// How many connections there may be, and how long they may keep the server waiting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    /// Connections at once. At the limit one that has shown no good token makes room; where there is none, the next ones
    /// wait to be accepted.
    pub(crate) connections: usize,
    /// Connections at once of one caller: of an address that has shown no good token, or of a principal.
    pub(crate) per_caller: usize,
    /// Requests on a connection that has shown no good token.
    pub(crate) unauthenticated_requests: u32,
    /// For a connection that has shown no good token. The next response after it is the last.
    pub(crate) unauthenticated: Duration,
    /// For a request's headers, counted from the connection's opening or from the end of the last request.
    pub(crate) headers: Duration,
    /// For a write to a client that doesn't read, and in HTTP/2 for a response that isn't read.
    pub(crate) write: Duration,
    /// For an HTTP/2 connection without any request.
    pub(crate) idle: Duration,
    /// For calls that still run when the server stops.
    pub(crate) shutdown: Duration,
    /// How many bytes an access token may have. A request's head has room for it.
    pub(crate) token: usize,
}

/// The largest head of a request, in bytes, where tokens may be no longer than half of it.
const MAX_HEAD: usize = 64 * 1024;

/// What a head has room for beside its token.
const BESIDE_TOKEN: usize = 32 * 1024;

impl ConnectionLimits {
    /// The largest head of a request, in bytes.
    pub(super) fn head(&self) -> usize {
        self.token.saturating_add(BESIDE_TOKEN).max(MAX_HEAD)
    }
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            per_caller: 256,
            unauthenticated_requests: 32,
            unauthenticated: Duration::from_mins(1),
            headers: Duration::from_secs(30),
            write: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            shutdown: Duration::from_secs(10),
            token: LONGEST_TOKEN,
        }
    }
}

/// The connections that are open.
#[derive(Debug)]
pub(super) struct Connections {
    pub(super) limits: ConnectionLimits,
    /// The proxies that are trusted; `None` on a server without authentication, whose callers are all trusted.
    proxies: Option<Proxies>,
    places: Quota,
    pub(super) heads: Quota,
    open: Mutex<HashMap<u64, Arc<Traffic>>>,
    /// Counts what happens, so that it is known what happened before.
    moments: AtomicU64,
    /// Notified whenever a connection has ended.
    freed: Notify,
}

impl Connections {
    /// `proxies` are those that are trusted; `None` on a server without authentication.
    pub(super) fn new(limits: ConnectionLimits, proxies: Option<Proxies>) -> Arc<Self> {
        Arc::new(Self {
            limits,
            proxies,
            places: Quota::new(descriptors::most_connections(limits.connections), limits.per_caller),
            heads: Quota::new(HEAD_BYTES, HEAD_BYTES_EACH),
            open: Mutex::default(),
            moments: AtomicU64::new(0),
            freed: Notify::new(),
        })
    }

    /// A place for a connection from this address, as soon as there is one. `None` when the address has its share, and
    /// none of its connections can make room.
    pub(super) async fn place(&self, address: IpAddr) -> Option<ConnectionPlace> {
        let network = Network::from(address);
        let key = self.key(address, network);
        loop {
            match self.places.take(&key, 1) {
                Ok(permit) => return Some(ConnectionPlace { network, permit }),
                Err(Exceeded::Share) => {
                    let site_only = self.places.held_by(&key) < self.places.share_of(&key);
                    let of = |traffic: &Traffic| {
                        if site_only {
                            traffic.network.site() == network.site()
                        } else {
                            traffic.network == network
                        }
                    };
                    if !self.make_room(|traffic| of(traffic) && !traffic.is_busy()) {
                        return None;
                    }
                }
                Err(Exceeded::Total) if self.make_room(|_| true) => {}
                Err(Exceeded::Total) => {
                    self.freed.notified().await;
                    continue;
                }
            }
            // Whoever makes room closes its socket first: accepting must not be faster than that.
            tokio::task::yield_now().await;
        }
    }

    fn key(&self, address: IpAddr, network: Network) -> ShareKey {
        match &self.proxies {
            None => ShareKey::Trusted,
            Some(proxies) if proxies.trusts(address.to_canonical()) => ShareKey::Trusted,
            Some(_) => ShareKey::Network(network),
        }
    }

    /// Ends the longest idle connection of these that has shown no good token; one with a request in progress only when
    /// all have one.
    fn make_room(&self, of: impl Fn(&Traffic) -> bool) -> bool {
        let mut open = self.open();
        let candidates = open.values().filter(|traffic| !traffic.is_known() && of(traffic));
        let longest = candidates.min_by_key(|traffic| (traffic.is_busy(), traffic.moment()));
        let Some(number) = longest.map(|traffic| traffic.number) else { return false };
        if let Some(traffic) = open.remove(&number) {
            traffic.order(Order::End);
            traffic.leave();
        }
        true
    }

    /// Takes a connection in.
    pub(super) fn open_one(self: &Arc<Self>, stream: TcpStream, place: ConnectionPlace) -> Served {
        let traffic = Arc::new(Traffic::new(Arc::clone(self), stream, place));
        self.open().insert(traffic.number, Arc::clone(&traffic));
        Served(traffic)
    }

    /// A connection has ended.
    fn close(&self, traffic: &Traffic) {
        self.open().remove(&traffic.number);
        traffic.leave();
        self.freed.notify_one();
    }

    /// Lets every connection finish what it does, and then end.
    pub(super) fn finish_all(&self) {
        self.open().values().for_each(|traffic| traffic.order(Order::Finish));
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Traffic>>> {
        // Nothing panics under this lock.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::Relaxed)
    }
}

/// A place for a connection.
#[derive(Debug)]
pub(super) struct ConnectionPlace {
    network: Network,
    permit: Permit,
}

/// What a connection is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// To end when its requests are answered.
    Finish = 1,
    /// To end now.
    End = 2,
}

/// Nothing is known of who uses a connection.
const STRANGER: u8 = 0;
/// A caller without a token used something public on it.
const GUEST: u8 = 1;
/// A request on it was admitted with a good token, or on a server without authentication.
const KNOWN: u8 = 2;

/// A connection, and what goes over it, as far as limits depend on it.
#[derive(Debug)]
pub(super) struct Traffic {
    connections: Arc<Connections>,
    pub(super) stream: TcpStream,
    network: Network,
    place: Mutex<Option<Permit>>,
    number: u64,
    opened: Instant,
    /// When a request began or ended last.
    moment: AtomicU64,
    user: AtomicU8,
    pub(super) http2: AtomicBool,
    ordered: AtomicU8,
    orders: Notify,
    pub(super) requests: AtomicU32,
    /// Counts on with each request, each response and (HTTP/2) each piece of one.
    steps: AtomicU32,
    /// Requests that have no response yet.
    unanswered: AtomicU32,
    /// Requests whose response isn't over yet.
    busy: AtomicU32,
}

impl Traffic {
    fn new(connections: Arc<Connections>, stream: TcpStream, place: ConnectionPlace) -> Self {
        let number = connections.now();
        Self {
            connections,
            stream,
            network: place.network,
            place: Mutex::new(Some(place.permit)),
            number,
            opened: Instant::now(),
            moment: AtomicU64::new(number),
            user: AtomicU8::new(STRANGER),
            http2: AtomicBool::new(false),
            ordered: AtomicU8::new(0),
            orders: Notify::new(),
            requests: AtomicU32::new(0),
            steps: AtomicU32::new(0),
            unanswered: AtomicU32::new(0),
            busy: AtomicU32::new(0),
        }
    }

    pub(super) fn limits(&self) -> &ConnectionLimits {
        &self.connections.limits
    }

    /// A request on it was admitted, and this is who sent it.
    pub(super) fn admitted(&self, principal: &Principal) {
        if self.is_known() {
            return;
        }
        if principal.is_stranger() {
            let _ = self.user.compare_exchange(STRANGER, GUEST, Ordering::Relaxed, Ordering::Relaxed);
            return;
        }
        // Who has as many as one caller may doesn't get more by a token: the connection stays its address's.
        let mut place = self.locked_place();
        if place.as_mut().is_some_and(|place| place.pass_to(principal.owner().share()).is_ok()) {
            self.user.store(KNOWN, Ordering::Relaxed);
        }
    }

    /// Whether its client has shown a good token.
    pub(super) fn is_known(&self) -> bool {
        self.user.load(Ordering::Relaxed) == KNOWN
    }

    /// Whether the response to the next request is its last: it has shown no good token for long enough.
    pub(super) fn is_spent(&self) -> bool {
        let user = self.user.load(Ordering::Relaxed);
        let factor = match user {
            KNOWN => return false,
            GUEST => GUEST_FACTOR,
            _ => 1,
        };
        let limits = self.limits();
        self.requests.load(Ordering::Relaxed) >= limits.unauthenticated_requests.saturating_mul(factor)
            || self.opened.elapsed() >= limits.unauthenticated.saturating_mul(factor)
    }

    /// Counts bytes of an unfinished head to whom the connection counts to.
    pub(super) fn count_head(&self, bytes: usize) -> Result<Permit, Exceeded> {
        let key =
            self.locked_place().as_ref().map_or(ShareKey::Network(self.network), |place| place.key().clone());
        self.connections.heads.take(&key, bytes)
    }

    fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed) > 0
    }

    /// Whether what is read now is the head of a request: none is in progress.
    pub(super) fn reads_a_head(&self) -> bool {
        !self.is_busy()
    }

    fn moment(&self) -> u64 {
        self.moment.load(Ordering::Relaxed)
    }

    pub(super) fn order(&self, order: Order) {
        self.ordered.fetch_max(order as u8, Ordering::Relaxed);
        self.orders.notify_one();
    }

    /// Resolves with the next order.
    pub(super) async fn ordered(&self) -> Order {
        self.orders.notified().await;
        if self.ordered.load(Ordering::Relaxed) == Order::End as u8 { Order::End } else { Order::Finish }
    }

    pub(super) fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// Resolves when the connection has been of no use for too long: no request since it was opened, or, in
    /// HTTP/2, where hyper has no such limit, nothing to wait for and no step taken. A stream that is read takes one with
    /// each of its comments.
    pub(super) async fn quiet(&self) {
        let limits = self.limits();
        sleep(limits.headers).await;
        loop {
            let steps = self.steps.load(Ordering::Relaxed);
            if self.requests.load(Ordering::Relaxed) == 0 {
                return;
            }
            sleep(limits.idle).await;
            let idle = self.http2.load(Ordering::Relaxed)
                && self.unanswered.load(Ordering::Relaxed) == 0
                && self.steps.load(Ordering::Relaxed) == steps;
            if idle {
                return;
            }
        }
    }

    /// Gives its place back.
    fn leave(&self) {
        drop(self.locked_place().take());
    }

    fn locked_place(&self) -> MutexGuard<'_, Option<Permit>> {
        // Nothing panics under this lock.
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is served: dropped with its task, however that ends.
#[derive(Debug)]
pub(super) struct Served(pub(super) Arc<Traffic>);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.connections.close(&self.0);
    }
}

/// A request, from its head to the end of its response, also when its client leaves before.
#[derive(Debug)]
pub(super) struct InProgress {
    pub(super) traffic: Arc<Traffic>,
    answered: bool,
}

impl InProgress {
    pub(super) fn new(traffic: Arc<Traffic>) -> Self {
        traffic.requests.fetch_add(1, Ordering::Relaxed);
        traffic.unanswered.fetch_add(1, Ordering::Relaxed);
        traffic.busy.fetch_add(1, Ordering::Relaxed);
        traffic.step();
        traffic.moment.store(traffic.connections.now(), Ordering::Relaxed);
        Self { traffic, answered: false }
    }

    /// It has a response.
    pub(super) fn answer(&mut self) {
        if !std::mem::replace(&mut self.answered, true) {
            self.traffic.unanswered.fetch_sub(1, Ordering::Relaxed);
            self.traffic.step();
        }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.answer();
        self.traffic.busy.fetch_sub(1, Ordering::Relaxed);
        self.traffic.moment.store(self.traffic.connections.now(), Ordering::Relaxed);
    }
}

#[cfg(test)]
#[path = "connections/tests.rs"]
mod tests;
