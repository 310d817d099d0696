//! What the guard decides about names: one resolution, whole refusals, and hosts that an administrator opened.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

use std::net::IpAddr;

use sbh_egress::{Client, ClientLimits, EgressError, Guard, Policy, Special};
use support::{Script, Server, development, scripted};
use url::Url;

fn reason<T: std::fmt::Debug>(outcome: Result<T, EgressError>) -> (Option<IpAddr>, Special) {
    match outcome {
        Err(EgressError::Refused { addr, reason, .. }) => (addr, reason),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn a_rebinding_name_is_judged_at_every_resolution() {
    let script = Script::new(&[("rebind.test", &[&["93.184.215.14"], &["127.0.0.1"]])]);
    let guard = scripted(Policy::default(), &script);
    assert_eq!(guard.resolve("rebind.test", 80).await.unwrap(), vec!["93.184.215.14:80".parse().unwrap()]);
    assert_eq!(reason(guard.resolve("rebind.test", 80).await), (Some("127.0.0.1".parse().unwrap()), Special::Loopback));
}

#[tokio::test]
async fn a_connection_resolves_once_and_goes_to_the_judged_address() {
    let (first, second) = (Server::start("127.0.0.2:0", |_| Vec::new()).await, Server::ok().await);
    let script = Script::new(&[("rebind.test", &[&["127.0.0.2"], &["127.0.0.1"]])]);
    let stream = scripted(development(), &script).connect("rebind.test", first.port()).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap(), first.addr);
    assert_eq!((script.lookups(), second.accepted()), (1, 0));
}

#[tokio::test]
async fn a_fetch_resolves_once_and_goes_to_the_judged_address() {
    let server = Server::start("127.0.0.2:0", |_| support::response("200 OK", "", b"first")).await;
    let script = Script::new(&[("rebind.test", &[&["127.0.0.2"], &["10.0.0.1"]])]);
    let client = Client::new(scripted(development(), &script), ClientLimits::default()).unwrap();
    let url = Url::parse(&format!("http://rebind.test:{}/", server.port())).unwrap();
    let fetched = client.get(&url).await.unwrap();
    assert_eq!((&fetched.body[..], fetched.remote_addr, script.lookups()), (&b"first"[..], Some(server.addr), 1));
}

#[tokio::test]
async fn one_closed_address_refuses_the_whole_name() {
    let server = Server::ok().await;
    let script = Script::new(&[("mixed.test", &[&["127.0.0.1", "10.0.0.1"]])]);
    let outcome = scripted(development(), &script).connect("mixed.test", server.port()).await;
    assert_eq!(reason(outcome), (Some("10.0.0.1".parse().unwrap()), Special::Private));
    assert_eq!(server.accepted(), 0);
}

#[tokio::test]
async fn an_opened_host_reaches_loopback_and_its_neighbours_do_not() {
    let server = Server::ok().await;
    let loopback: &[&[&str]] = &[&["127.0.0.1"]];
    let script = Script::new(&[("app.test", loopback), ("sub.app.test", loopback), ("evil.test", loopback)]);
    let closed = scripted(Policy::default(), &script);
    let guard = closed.allowing("App.Test.");
    assert!(guard.connect("app.test", server.port()).await.is_ok());
    assert!(guard.connect("APP.TEST.", server.port()).await.is_ok());
    for host in ["sub.app.test", "evil.test", "127.0.0.1", "localhost"] {
        assert_eq!(reason(guard.connect(host, server.port()).await).1, Special::Loopback, "{host}");
    }
    assert_eq!(reason(closed.connect("app.test", server.port()).await).1, Special::Loopback);
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn an_opened_address_is_the_same_in_every_spelling() {
    let server = Server::ok().await;
    let guard = Guard::new(Policy { private_hosts: vec!["2130706433".to_owned()], ..Policy::default() });
    assert!(guard.connect("127.0.0.1", server.port()).await.is_ok());
    assert_eq!(reason(guard.connect("127.0.0.2", server.port()).await).1, Special::Loopback);
}

#[tokio::test]
async fn an_opened_host_never_reaches_metadata_or_link_local_addresses() {
    let closed = [
        "169.254.169.254",
        "169.254.10.10",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "fe80::1",
        "0.0.0.0",
        "64:ff9b::10.0.0.1",
    ];
    for addr in closed {
        let script = Script::new(&[("app.test", &[&[addr]])]);
        let guard = scripted(development(), &script).allowing("app.test").allowing(addr);
        assert_eq!(reason(guard.resolve("app.test", 80).await).0, Some(addr.parse().unwrap()));
        assert_eq!(reason(guard.resolve(addr, 80).await).0, Some(addr.parse().unwrap()));
    }
}

#[tokio::test]
async fn private_addresses_open_for_the_named_host_only() {
    for addr in ["10.0.0.1", "192.168.0.1", "172.16.0.1", "fd12::1", "100.64.0.1"] {
        let script = Script::new(&[("app.test", &[&[addr]]), ("other.test", &[&[addr]])]);
        let guard = scripted(Policy::default(), &script).allowing("app.test");
        assert!(guard.resolve("app.test", 80).await.is_ok());
        assert!(guard.resolve("other.test", 80).await.is_err());
    }
}

#[tokio::test]
async fn a_refusal_does_not_tell_what_a_name_resolves_to() {
    let script = Script::new(&[("intranet.test", &[&["10.7.8.9"]])]);
    let error = scripted(Policy::default(), &script).resolve("intranet.test", 80).await.unwrap_err();
    assert_eq!(error.to_string(), "intranet.test was refused: it is or resolves to a private address");
}

#[tokio::test]
async fn a_second_address_is_tried_when_the_first_is_silent_or_closed() {
    let server = Server::start("127.0.0.3:0", |_| Vec::new()).await;
    let script = Script::new(&[("two.test", &[&["127.0.0.4", "127.0.0.3"]])]);
    let stream = scripted(development(), &script).connect("two.test", server.port()).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap(), server.addr);
}

#[tokio::test]
async fn unknown_names_and_closed_ports_have_their_own_codes() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let guard = scripted(development(), &Script::new(&[("empty.test", &[&[]])]));
    for (host, code) in
        [("nowhere.test", "egress_resolve"), ("empty.test", "egress_resolve"), ("127.0.0.1", "egress_connect")]
    {
        assert_eq!(guard.connect(host, gone).await.unwrap_err().code(), code);
        let client = Client::new(guard.clone(), ClientLimits::default()).unwrap();
        let url = Url::parse(&format!("http://{host}:{gone}/")).unwrap();
        assert_eq!(client.get(&url).await.unwrap_err().code(), code);
    }
}

#[test]
fn a_policy_reads_from_configuration_and_rejects_unknown_settings() {
    let policy: Policy = serde_json::from_str(r#"{"private_hosts":["app.internal"]}"#).unwrap();
    assert_eq!((policy.loopback, policy.private_hosts.len()), (false, 1));
    assert!(serde_json::from_str::<Policy>(r#"{"loopbak":true}"#).is_err());
}
