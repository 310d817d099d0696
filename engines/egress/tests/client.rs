//! The client's limits and redirects.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use sbh_egress::{Client, ClientLimits, EgressError, Policy, Special};
use support::{Script, Server, development, response, scripted};
use url::Url;

fn client(limits: ClientLimits) -> Client {
    Client::new(scripted(development(), &Script::new(&[])), limits).unwrap()
}

fn at(server: &Server, path: &str) -> Url {
    Url::parse(&format!("http://{}{path}", server.addr)).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_redirect_to_each_closed_class_is_refused_without_a_connection() {
    let victim = Server::ok().await;
    let p = victim.port();
    let targets = [
        (format!("http://127.0.0.1:{p}/"), Special::Loopback),
        (format!("//127.1:{p}/"), Special::Loopback),
        (format!("http://localhost:{p}/"), Special::Loopback),
        (format!("http://evil.test:{p}/"), Special::Loopback),
        (format!("http://[::ffff:127.0.0.1]:{p}/"), Special::Loopback),
        ("http://10.0.0.1/".to_owned(), Special::Private),
        ("http://private.test/".to_owned(), Special::Private),
        ("http://100.64.0.1/".to_owned(), Special::SharedAddressSpace),
        ("http://[fd12::1]/".to_owned(), Special::UniqueLocal),
        ("http://169.254.1.1/".to_owned(), Special::LinkLocal),
        ("http://169.254.169.254/latest/".to_owned(), Special::CloudMetadata),
        ("http://0.0.0.0/".to_owned(), Special::Unspecified),
        ("http://224.0.0.1/".to_owned(), Special::Multicast),
        ("http://192.0.2.1/".to_owned(), Special::Documentation),
        ("http://[2002:7f00:1::]/".to_owned(), Special::SixToFour),
        ("http://[64:ff9b::7f00:1]/".to_owned(), Special::Nat64),
    ];
    for (location, class) in targets {
        let fields = format!("location: {location}\r\n");
        let server = Server::start("127.0.0.1:0", move |_| response("302 Found", &fields, b"")).await;
        let script = Script::new(&[
            ("app.test", &[&["127.0.0.1"]]),
            ("evil.test", &[&["127.0.0.1"]]),
            ("private.test", &[&["10.0.0.1"]]),
        ]);
        let guard = scripted(Policy::default(), &script).allowing("app.test");
        let url = Url::parse(&format!("http://app.test:{}/", server.port())).unwrap();
        let outcome = Client::new(guard, ClientLimits::default()).unwrap().get(&url).await;
        assert!(
            matches!(&outcome, Err(EgressError::Refused { reason, .. }) if *reason == class),
            "{location}: {outcome:?}"
        );
        assert_eq!(server.accepted(), 1);
    }
    assert_eq!(victim.accepted(), 0);
}

#[tokio::test]
async fn redirects_to_other_schemes_and_with_credentials_are_refused() {
    for (location, code) in [
        ("file:///etc/passwd", "egress_scheme"),
        ("gopher://127.0.0.1/", "egress_scheme"),
        ("http://u:p@127.0.0.1/", "egress_address"),
    ] {
        let server =
            Server::start("127.0.0.1:0", move |_| response("301 Moved", &format!("location: {location}\r\n"), b""))
                .await;
        assert_eq!(client(ClientLimits::default()).get(&at(&server, "/")).await.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn permitted_redirects_are_followed_up_to_the_limit() {
    let server = Server::start("127.0.0.1:0", |head| match head.split(' ').nth(1) {
        Some("/0") => response("200 OK", "", b"arrived"),
        Some(path) => {
            let left: u32 = path.trim_start_matches('/').parse().unwrap();
            response("302 Found", &format!("location: /{}\r\n", left - 1), b"")
        }
        None => Vec::new(),
    });
    let server = server.await;
    let limited = |max_redirects| client(ClientLimits { max_redirects, ..ClientLimits::default() });
    let fetched = limited(Some(3)).get(&at(&server, "/3")).await.unwrap();
    assert_eq!((&fetched.body[..], fetched.final_url.path(), fetched.redirects.len()), (&b"arrived"[..], "/0", 3));
    assert_eq!(limited(Some(3)).get(&at(&server, "/4")).await.unwrap_err(), EgressError::TooManyRedirects { limit: 3 });
    assert_eq!(limited(None).get(&at(&server, "/4")).await.unwrap().status, 302);
}

#[tokio::test]
async fn a_redirect_to_another_origin_leaves_secrets_and_the_form_behind() {
    let second = Server::ok().await;
    let location = format!("location: {}\r\n", at(&second, "/landing"));
    let first = Server::start("127.0.0.1:0", move |_| response("303 See Other", &location, b"")).await;
    let mut headers = HeaderMap::new();
    for (name, value) in
        [("authorization", "Bearer s3cret"), ("x-api-key", "s3cret"), ("cookie", "a=s3cret"), ("user-agent", "probe")]
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
    client(ClientLimits::default())
        .send(Method::POST, &at(&first, "/"), headers, Bytes::from_static(b"field=1"))
        .await
        .unwrap();
    assert!(first.heads()[0].starts_with("POST / ") && first.heads()[0].contains("Bearer s3cret"));
    let arrived = &second.heads()[0];
    assert!(
        arrived.starts_with("GET /landing ") && arrived.contains("user-agent: probe") && !arrived.contains("s3cret"),
        "{arrived}"
    );
}

#[tokio::test]
async fn a_body_past_the_limit_stops_the_fetch_with_and_without_a_declared_length() {
    let declared = Server::start("127.0.0.1:0", |_| response("200 OK", "", &[b'x'; 1001])).await;
    let chunked = Server::start("127.0.0.1:0", |_| {
        let mut out = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        (0..11).for_each(|_| out.extend_from_slice(&[b"64\r\n".as_slice(), &[b'x'; 100], b"\r\n"].concat()));
        out.extend_from_slice(b"0\r\n\r\n");
        out
    });
    for server in [&declared, &chunked.await] {
        let limited = |body_limit| client(ClientLimits { body_limit, ..ClientLimits::default() });
        assert_eq!(limited(1000).get(&at(server, "/")).await.unwrap_err(), EgressError::TooLarge { limit: 1000 });
        assert!(limited(1100).get(&at(server, "/")).await.unwrap().body.len() > 1000);
    }
}

#[tokio::test]
async fn a_gzip_bomb_stops_at_the_limit_and_unfolds_below_it() {
    let packed = gzip(&vec![0; 8 << 20]);
    assert!(packed.len() < 64 << 10);
    let server = Server::start("127.0.0.1:0", move |_| response("200 OK", "content-encoding: gzip\r\n", &packed)).await;
    let limited = |body_limit| client(ClientLimits { body_limit, ..ClientLimits::default() });
    assert_eq!(limited(1 << 20).get(&at(&server, "/")).await.unwrap_err(), EgressError::TooLarge { limit: 1 << 20 });
    assert_eq!(limited(8 << 20).get(&at(&server, "/")).await.unwrap().body.len(), 8 << 20);
    assert!(server.heads()[0].contains("accept-encoding: gzip"));
}

#[tokio::test]
async fn a_damaged_or_truncated_gzip_body_is_an_error() {
    let whole = gzip(b"some text that is long enough to cut");
    for damaged in [whole[..whole.len() - 9].to_vec(), b"plainly not gzip".to_vec()] {
        let server =
            Server::start("127.0.0.1:0", move |_| response("200 OK", "content-encoding: gzip\r\n", &damaged)).await;
        let outcome = client(ClientLimits::default()).get(&at(&server, "/")).await;
        assert_eq!(outcome.unwrap_err(), EgressError::Http("the compressed body is damaged".to_owned()));
    }
}

#[tokio::test]
async fn a_body_that_never_ends_runs_into_the_total_timeout() {
    let server = Server::start("127.0.0.1:0", |_| b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart".to_vec()).await;
    let limits = ClientLimits { total_timeout: Duration::from_millis(200), ..ClientLimits::default() };
    let outcome = client(limits).get(&at(&server, "/hold")).await;
    assert_eq!(outcome.unwrap_err(), EgressError::Timeout("the exchange"));
}
