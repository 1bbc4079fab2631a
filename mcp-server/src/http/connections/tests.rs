use futures_util::FutureExt;
use tokio::net::TcpListener;

use super::*;
use crate::call::somebody;

const STRANGER: &str = "2001:db8:1:1::1";

fn connections(total: usize, per_caller: usize) -> Arc<Connections> {
    let mut proxies = Proxies::default();
    proxies.trust("192.0.2.1").unwrap();
    let limits = ConnectionLimits { connections: total, per_caller, ..ConnectionLimits::default() };
    Connections::new(limits, Some(proxies))
}

async fn stream() -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stream, accepted) =
        tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
    drop(stream.unwrap());
    accepted.unwrap().0
}

/// A connection from this address, if it is let in without waiting for others.
async fn open(connections: &Arc<Connections>, address: &str) -> Option<Served> {
    let mut placed = Box::pin(connections.place(address.parse().unwrap()));
    // It yields whenever another one has made room.
    let placed = (0..8).find_map(|_| placed.as_mut().now_or_never()).flatten()?;
    Some(connections.open_one(stream().await, placed))
}

fn was_ended(served: &Served) -> bool {
    served.0.ordered().now_or_never() == Some(Order::End)
}

#[tokio::test]
async fn tr_9_a_stranger_has_a_share_and_their_longest_idle_connection_makes_room() {
    let connections = connections(100, 2);
    let first = open(&connections, STRANGER).await.unwrap();
    let second = open(&connections, "2001:db8:1:1::2").await.unwrap();
    drop(InProgress::new(Arc::clone(&first.0)));
    let third = open(&connections, STRANGER).await.expect("room was made");
    assert!(was_ended(&second) && !was_ended(&first), "the first was used later");
    let requests = [&first, &third].map(|served| InProgress::new(Arc::clone(&served.0)));
    assert!(open(&connections, STRANGER).await.is_none(), "both are in use");
    let other = open(&connections, "2001:db8:2:1::1").await.expect("others have a share of their own");
    drop(requests);
    assert!(open(&connections, STRANGER).await.is_some());
    assert!(!was_ended(&other));
}

#[tokio::test]
async fn tr_9_a_site_has_eight_times_the_share_of_a_network() {
    let connections = connections(100, 1);
    let mut opened = Vec::new();
    for network in 0..8 {
        opened.push(open(&connections, &format!("2001:db8:1:{network}::1")).await.unwrap());
    }
    let ninth = open(&connections, "2001:db8:1:8::1").await.unwrap();
    assert!(was_ended(&opened[0]) && !was_ended(&opened[1]), "its site's longest idle one makes room");
    let own = open(&connections, "2001:db8:1:8::1").await.unwrap();
    assert!(was_ended(&ninth) && !was_ended(&opened[1]) && !was_ended(&own), "and then its own");
}

#[tokio::test]
async fn tr_9_proxies_that_are_trusted_and_servers_without_authentication_have_the_total() {
    let connections = connections(8, 1);
    let proxied = [open(&connections, "192.0.2.1").await, open(&connections, "::ffff:192.0.2.1").await];
    assert!(proxied.iter().flatten().all(|served| !was_ended(served)) && proxied.iter().all(Option::is_some));
    let limits = ConnectionLimits { per_caller: 1, ..ConnectionLimits::default() };
    let open_to_all = Connections::new(limits, None);
    let local = [open(&open_to_all, "127.0.0.1").await, open(&open_to_all, "127.0.0.1").await];
    assert!(local.iter().flatten().all(|served| !was_ended(served)) && local.iter().all(Option::is_some));
}

#[tokio::test]
async fn tr_9_at_the_cap_strangers_make_room_and_callers_with_a_token_do_not() {
    let connections = connections(3, 2);
    let alice = somebody("issuer", "alice", "app");
    let known = open(&connections, "198.51.100.1").await.unwrap();
    known.0.admitted(&alice);
    let busy = open(&connections, "198.51.100.2").await.unwrap();
    let request = InProgress::new(Arc::clone(&busy.0));
    let idle = open(&connections, "198.51.100.3").await.unwrap();
    let next = open(&connections, "198.51.100.4").await.unwrap();
    assert!(was_ended(&idle) && !was_ended(&busy) && !was_ended(&known));
    next.0.admitted(&somebody("issuer", "bob", "app"));
    let last = open(&connections, "198.51.100.5").await.unwrap();
    assert!(was_ended(&busy) && !was_ended(&known), "one in use, when no other is left");
    last.0.admitted(&somebody("issuer", "carol", "app"));
    drop((busy, request, idle));
    let mut waiting = Box::pin(connections.place("198.51.100.6".parse().unwrap()));
    for _ in 0..3 {
        assert!(waiting.as_mut().now_or_never().is_none(), "nobody makes room");
    }
    drop(known);
    assert!(waiting.await.is_some());
}

#[tokio::test]
async fn tr_9_a_good_token_makes_a_connection_its_principals_within_their_share() {
    let connections = connections(100, 2);
    let alice = somebody("issuer", "alice", "app");
    let mut opened = Vec::new();
    for _ in 0..3 {
        let served = open(&connections, STRANGER).await.unwrap();
        served.0.admitted(&alice);
        opened.push(served);
    }
    let known: Vec<bool> = opened.iter().map(|served| served.0.is_known()).collect();
    assert_eq!(known, [true, true, false], "one beyond the share stays its address's");
    assert_eq!(connections.places.held_by(alice.owner().share()), 2);
    let guest = open(&connections, STRANGER).await.unwrap();
    guest.0.admitted(&Principal::anonymous(Network::from("192.0.2.9".parse::<IpAddr>().unwrap())));
    assert!(!guest.0.is_known());
    drop((opened, guest));
    assert_eq!(connections.places.held(), 0);
}

#[tokio::test(start_paused = true)]
async fn tr_9_who_shows_no_token_is_served_few_requests_for_a_short_time() {
    let connections = connections(100, 10);
    let served = [open(&connections, STRANGER).await.unwrap(), open(&connections, STRANGER).await.unwrap()];
    let [stranger, guest] = &served;
    guest.0.admitted(&Principal::anonymous(Network::UNKNOWN));
    for _ in 0..31 {
        drop((InProgress::new(Arc::clone(&stranger.0)), InProgress::new(Arc::clone(&guest.0))));
    }
    assert!(!stranger.0.is_spent());
    drop((InProgress::new(Arc::clone(&stranger.0)), InProgress::new(Arc::clone(&guest.0))));
    assert!(stranger.0.is_spent() && !guest.0.is_spent());
    let late = open(&connections, STRANGER).await.unwrap();
    tokio::time::advance(Duration::from_secs(61)).await;
    assert!(late.0.is_spent() && !guest.0.is_spent());
    late.0.admitted(&somebody("issuer", "alice", "app"));
    assert!(!late.0.is_spent(), "a good token, however late");
}
