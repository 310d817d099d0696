//! The forward proxy, spoken to byte by byte.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

use sbh_egress::{Guard, Policy, Proxy, ProxyLimits};
use support::{Script, Server, development, response, scripted};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn proxy(policy: Policy) -> Proxy {
    Proxy::start(guard(policy), ProxyLimits::default()).await.unwrap()
}

fn guard(policy: Policy) -> Guard {
    scripted(policy, &Script::new(&[("app.test", &[&["127.0.0.1"]])]))
}

/// Sends `request` with the credentials in place of `{auth}` and reads until the proxy closes.
async fn say(proxy: &Proxy, request: &str) -> String {
    let mut stream = TcpStream::connect(proxy.addr).await.unwrap();
    let auth = format!("proxy-authorization: {}\r\n", proxy.credentials.header_value());
    stream.write_all(request.replace("{auth}", &auth).as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The proxy may reset a connection whose request it does not read to the end.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn open_tunnel(proxy: &Proxy, target: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(proxy.addr).await.unwrap();
    let head = format!(
        "CONNECT {target} HTTP/1.1\r\nhost: {target}\r\nproxy-authorization: {}\r\n\r\n",
        proxy.credentials.header_value()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    (stream, String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn without_the_credentials_of_the_run_nothing_is_forwarded() {
    let server = Server::ok().await;
    let proxy = proxy(development()).await;
    let a = server.addr;
    for auth in [
        "",
        "proxy-authorization: Basic c2JoOndyb25n\r\n",
        "proxy-authorization: Bearer x\r\n",
        "proxy-authorization: Basic\r\n",
    ] {
        for line in [format!("GET http://{a}/"), format!("CONNECT {a}")] {
            let answer = say(&proxy, &format!("{line} HTTP/1.1\r\nhost: {a}\r\nconnection: close\r\n{auth}\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 407 ") && answer.contains("proxy-authenticate: Basic"), "{answer}");
        }
    }
    assert_eq!(server.accepted(), 0);
    assert!(!format!("{proxy:?}").contains(&proxy.credentials.password));
}

#[tokio::test]
async fn two_proxies_do_not_share_credentials() {
    let (one, two) = (proxy(development()).await, proxy(development()).await);
    assert_ne!(one.credentials, two.credentials);
}

#[tokio::test]
async fn forwarded_requests_arrive_in_origin_form_without_the_proxys_header_fields() {
    let server = Server::ok().await;
    let proxy = proxy(development()).await;
    let port = server.port();
    let answer = say(&proxy, &format!("GET http://app.test:{port}/path?q=1 HTTP/1.1\r\nhost: wrong.test\r\nconnection: close, x-drop\r\nx-drop: 1\r\nkeep-alive: 5\r\nx-keep: 1\r\n{{auth}}\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello"), "{answer}");
    let head = &server.heads()[0];
    assert!(
        head.starts_with("GET /path?q=1 HTTP/1.1\r\n") && head.contains(&format!("host: app.test:{port}\r\n")),
        "{head}"
    );
    assert!(head.contains("x-keep: 1"), "{head}");
    assert!(
        ["proxy-authorization", "x-drop", "keep-alive", "wrong.test"].iter().all(|gone| !head.contains(gone)),
        "{head}"
    );
}

#[tokio::test]
async fn refused_targets_get_403_are_counted_and_never_connected_to() {
    let server = Server::ok().await;
    let proxy = proxy(Policy::default()).await;
    let p = server.port();
    let hosts = ["127.0.0.1", "127.1", "0x7f000001", "localhost", "app.test", "[::ffff:127.0.0.1]", "169.254.169.254"];
    for host in hosts {
        for line in [format!("GET http://{host}:{p}/"), format!("CONNECT {host}:{p}")] {
            let answer =
                say(&proxy, &format!("{line} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{{auth}}\r\n")).await;
            assert!(
                answer.starts_with("HTTP/1.1 403 ")
                    && answer.contains("x-sbh-egress: refused")
                    && answer.contains("was refused"),
                "{line}: {answer}"
            );
        }
    }
    let refusals = proxy.refusals();
    assert_eq!((server.accepted(), refusals.count), (0, hosts.len() as u64 * 2));
    assert_eq!(
        (refusals.first[0].target.as_str(), refusals.first[0].code.as_str()),
        (format!("127.0.0.1:{p}").as_str(), "egress_refused")
    );
}

#[tokio::test]
async fn each_request_of_a_kept_connection_is_judged() {
    let server = Server::ok().await;
    let proxy = Proxy::start(guard(Policy::default()).allowing("app.test"), ProxyLimits::default()).await.unwrap();
    let p = server.port();
    let requests = format!(
        "GET http://app.test:{p}/ HTTP/1.1\r\nhost: a\r\n{{auth}}\r\nGET http://127.0.0.1:{p}/ HTTP/1.1\r\nhost: a\r\n{{auth}}\r\nGET http://app.test:{p}/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    );
    let answer = say(&proxy, &requests).await;
    let statuses: Vec<&str> = answer.match_indices("HTTP/1.1 ").map(|(at, _)| &answer[at + 9..at + 12]).collect();
    assert_eq!(statuses, ["200", "403", "407"]);
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_tunnel_carries_bytes_both_ways() {
    let server = Server::ok().await;
    let proxy = proxy(development()).await;
    let (mut stream, answer) = open_tunnel(&proxy, &format!("app.test:{}", server.port())).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    stream.write_all(b"GET /inside HTTP/1.1\r\nhost: app.test\r\n\r\n").await.unwrap();
    let mut inside = String::new();
    stream.read_to_string(&mut inside).await.unwrap();
    assert!(inside.ends_with("hello") && server.heads()[0].starts_with("GET /inside "), "{inside}");
    assert!(proxy.bytes() > 40);
}

#[tokio::test]
async fn requests_that_are_not_for_a_proxy_are_bad_requests() {
    let server = Server::ok().await;
    let proxy = proxy(development()).await;
    let a = server.addr;
    for line in [
        "GET /".to_owned(),
        "OPTIONS *".to_owned(),
        "CONNECT app.test".to_owned(),
        format!("CONNECT user@{a}"),
        format!("GET https://{a}/"),
    ] {
        let answer = say(&proxy, &format!("{line} HTTP/1.1\r\nhost: {a}\r\nconnection: close\r\n{{auth}}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{line}: {answer}");
    }
    for (line, status) in [
        (format!("GET ftp://{a}/"), 403),
        (format!("GET http://u:p@{a}/"), 403),
        ("CONNECT app.test:0".to_owned(), 403),
    ] {
        let answer = say(&proxy, &format!("{line} HTTP/1.1\r\nhost: {a}\r\nconnection: close\r\n{{auth}}\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {answer}");
    }
    assert!(proxy.refusals().first.iter().all(|refusal| !refusal.target.contains('@')));
    assert_eq!(server.accepted(), 0);
}

#[tokio::test]
async fn two_framings_in_one_request_do_not_smuggle_a_second_one() {
    let server = Server::ok().await;
    let proxy = proxy(development()).await;
    let a = server.addr;
    for fields in [
        "content-length: 60\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 60",
        "content-length: 5\r\ncontent-length: 60",
    ] {
        let smuggled = format!("0\r\n\r\nGET http://{a}/smuggled HTTP/1.1\r\nhost: {a}\r\n\r\n");
        say(
            &proxy,
            &format!(
                "POST http://{a}/ HTTP/1.1\r\nhost: {a}\r\nconnection: close\r\n{fields}\r\n{{auth}}\r\n{smuggled}"
            ),
        )
        .await;
    }
    let heads = server.heads();
    assert!(heads.iter().all(|head| head.starts_with("POST / ")), "{heads:?}");
    assert!(
        heads.iter().all(|head| !(head.contains("content-length") && head.contains("transfer-encoding"))),
        "{heads:?}"
    );
}

#[tokio::test]
async fn a_spent_byte_budget_ends_the_run() {
    let server = Server::start("127.0.0.1:0", |_| response("200 OK", "", &[b'x'; 5000])).await;
    let limits = ProxyLimits { bytes: 1000, ..ProxyLimits::default() };
    let proxy = Proxy::start(guard(development()), limits).await.unwrap();
    let request = format!("GET http://{}/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{{auth}}\r\n", server.addr);
    say(&proxy, &request).await;
    let answer = say(&proxy, &request).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("x-sbh-egress: limit"), "{answer}");
    assert_eq!((server.accepted(), proxy.refusals().first[0].code.as_str()), (1, "egress_too_large"));
}

#[tokio::test]
async fn connections_past_the_limit_are_closed_and_counted() {
    let server = Server::ok().await;
    let limits = ProxyLimits { connections: 1, ..ProxyLimits::default() };
    let proxy = Proxy::start(guard(development()), limits).await.unwrap();
    let held = open_tunnel(&proxy, &format!("app.test:{}", server.port())).await;
    let answer = say(&proxy, &format!("GET http://{}/ HTTP/1.1\r\nhost: a\r\n{{auth}}\r\n", server.addr)).await;
    assert_eq!((answer.as_str(), proxy.refusals().first[0].code.as_str()), ("", "egress_connections"));
    drop(held);
}

#[tokio::test]
async fn dropping_the_proxy_closes_its_tunnels() {
    let server = Server::ok().await;
    let proxy = proxy(development()).await;
    let (mut stream, _) = open_tunnel(&proxy, &format!("app.test:{}", server.port())).await;
    drop(proxy);
    assert!(matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn unreachable_servers_are_bad_gateways_and_not_refusals() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let proxy = proxy(development()).await;
    for line in [format!("GET http://{gone}/"), format!("CONNECT {gone}"), "CONNECT nowhere.test:443".to_owned()] {
        let answer = say(&proxy, &format!("{line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{{auth}}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{line}: {answer}");
    }
    assert_eq!(proxy.refusals().count, 0);
}
