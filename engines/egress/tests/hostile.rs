//! Hostile spellings against real listeners: nothing connects under the default policy, and what means loopback connects in development.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

use sbh_egress::{Client, ClientLimits, EgressError, Guard, Policy, Special};
use support::{Script, Server, development, scripted};
use url::Url;

/// Spellings of this machine that a development policy opens; `{p}` is the listener's port.
const LOOPBACK: &[&str] = &[
    "http://127.0.0.1:{p}/",
    "http://127.0.0.1.:{p}/",
    "http://127.1:{p}/",
    "http://127.0.1:{p}/",
    "http://127.00.00.01:{p}/",
    "http://00177.0.0.1:{p}/../",
    "http://2130706433:{p}/",
    "http://017700000001:{p}/",
    "http://0x7f000001:{p}/",
    "http://0X7F000001:{p}/",
    "http://0x7f.0.0.1:{p}/",
    "http://0x7f.1:{p}/",
    "http://0177.0.0.1:{p}/",
    "http://0177.1:{p}/",
    "http://0177.0x0.0.01:{p}/",
    "http://127.0x0.0.1:{p}/",
    "http://%31%32%37.0.0.1:{p}/",
    "http://127%2e0%2e0%2e1:{p}/",
    "http://127。0。0。1:{p}/",
    "http://127．0．0．1:{p}/",
    "http://１２７.0.0.1:{p}/",
    "http://①②⑦.⓪.⓪.①:{p}/",
    "http://127.0.0.1\t:{p}/",
    "http:\\\\127.0.0.1:{p}\\",
    "http:127.0.0.1:{p}/",
    "http:///127.0.0.1:{p}/",
    "HTTP://127.0.0.1:{p}/",
    "  http://127.0.0.1:{p}/  ",
    "http://[::ffff:127.0.0.1]:{p}/",
    "http://[::ffff:7f00:1]:{p}/",
    "http://[0:0:0:0:0:ffff:7f00:0001]:{p}/",
    "http://[::FFFF:127.0.0.1]:{p}/",
    "http://localhost:{p}/",
    "http://LOCALHOST:{p}/",
    "http://localhost.:{p}/",
    "http://loc%61lhost:{p}/",
    "http://ｌｏｃａｌｈｏｓｔ:{p}/",
    "http://ⓛocalhost:{p}/",
    "http://app.localhost:{p}/",
    "http://a.b.localhost.:{p}/",
    "http://127.0.0.1.nip.test:{p}/",
    "http://7f000001.nip.test:{p}/",
    "http://mapped.nip.test:{p}/",
    "http://127.0.0.1:{p}/#@public.test",
    "http://127.0.0.1:{p}?@public.test/",
    "http://127.0.0.1:{p}\\@public.test/",
];

/// Refused under every policy, each for a reason of its own.
const ALWAYS: &[(&str, &str)] = &[
    ("http://127.0.0.2.:0/", "egress_address"),
    ("http://0.0.0.0:{p}/", "egress_refused"),
    ("http://0:{p}/", "egress_refused"),
    ("http://0x0:{p}/", "egress_refused"),
    ("http://0.0.0.1:{p}/", "egress_refused"),
    ("http://[::]:{p}/", "egress_refused"),
    ("http://[::127.0.0.1]:{p}/", "egress_refused"),
    ("http://[::ffff:0:127.0.0.1]:{p}/", "egress_refused"),
    ("http://[64:ff9b::127.0.0.1]:{p}/", "egress_refused"),
    ("http://[64:ff9b::7f00:1]:{p}/", "egress_refused"),
    ("http://[64:ff9b:1::7f00:1]:{p}/", "egress_refused"),
    ("http://[2002:7f00:1::]:{p}/", "egress_refused"),
    ("http://[2002:808:808::]:{p}/", "egress_refused"),
    ("http://[2001:0:7f00:1::]:{p}/", "egress_refused"),
    ("http://[2001::80ff:fffe]:{p}/", "egress_refused"),
    ("http://[fe80::1]:{p}/", "egress_refused"),
    ("http://[fec0::1]:{p}/", "egress_refused"),
    ("http://[fd12::1]:{p}/", "egress_refused"),
    ("http://[ff02::1]:{p}/", "egress_refused"),
    ("http://[100::1]:{p}/", "egress_refused"),
    ("http://[2001:db8::1]:{p}/", "egress_refused"),
    ("http://[3fff::1]:{p}/", "egress_refused"),
    ("http://[5f00::1]:{p}/", "egress_refused"),
    ("http://10.0.0.1/", "egress_refused"),
    ("http://172.16.0.1/", "egress_refused"),
    ("http://192.168.1.1/", "egress_refused"),
    ("http://3232235777/", "egress_refused"),
    ("http://100.64.0.1/", "egress_refused"),
    ("http://198.18.0.1/", "egress_refused"),
    ("http://192.0.2.1/", "egress_refused"),
    ("http://203.0.113.1/", "egress_refused"),
    ("http://224.0.0.1/", "egress_refused"),
    ("http://240.0.0.1/", "egress_refused"),
    ("http://255.255.255.255/", "egress_refused"),
    ("http://169.254.169.254/latest/meta-data/", "egress_refused"),
    ("http://0xa9fea9fe/", "egress_refused"),
    ("http://2852039166/", "egress_refused"),
    ("http://0251.0376.0251.0376/", "egress_refused"),
    ("http://[::ffff:a9fe:a9fe]/", "egress_refused"),
    ("http://[fd00:ec2::254]/", "egress_refused"),
    ("http://100.100.100.200/", "egress_refused"),
    ("http://168.63.129.16/", "egress_refused"),
    ("http://metadata.test/", "egress_refused"),
    ("http://private.test/", "egress_refused"),
    ("http://mixed.test:{p}/", "egress_refused"),
    ("http://a@127.0.0.1:{p}/", "egress_address"),
    ("http://public.test@127.0.0.1:{p}/", "egress_address"),
    ("http://public.test:80@127.0.0.1:{p}/", "egress_address"),
    ("http://:secret@127.0.0.1:{p}/", "egress_address"),
    ("http://127.0.0.1%00.public.test:{p}/", "egress_address"),
    ("http://127.0.0.1%20:{p}/", "egress_address"),
    ("http://[fe80::1%25eth0]:{p}/", "egress_address"),
    ("http://[::1%lo]:{p}/", "egress_address"),
    ("http://[::1:{p}/", "egress_address"),
    ("http://localhost..:{p}/", "egress_address"),
    ("http://.localhost:{p}/", "egress_address"),
    ("http://a..test:{p}/", "egress_address"),
    ("http://1.2.3.4.5:{p}/", "egress_address"),
    ("http://256.0.0.1:{p}/", "egress_address"),
    ("http://127.0.0.1:99999/", "egress_address"),
    ("http://127.0.0.1:0/", "egress_address"),
    ("http://a$b.test/", "egress_address"),
    ("http:///", "egress_address"),
    ("//127.0.0.1:{p}/", "egress_address"),
    ("127.0.0.1:{p}", "egress_address"),
    ("file:///etc/passwd", "egress_scheme"),
    ("file://127.0.0.1/etc/passwd", "egress_scheme"),
    ("gopher://127.0.0.1:{p}/_GET", "egress_scheme"),
    ("ftp://127.0.0.1:{p}/", "egress_scheme"),
    ("data:text/html,hello", "egress_scheme"),
    ("javascript:alert(1)", "egress_scheme"),
    ("ws://127.0.0.1:{p}/", "egress_scheme"),
    ("dict://127.0.0.1:{p}/", "egress_scheme"),
    ("unix:/var/run/docker.sock", "egress_scheme"),
    ("view-source:http://127.0.0.1:{p}/", "egress_scheme"),
    ("blob:http://127.0.0.1:{p}/x", "egress_scheme"),
];

fn names() -> std::sync::Arc<Script> {
    let loopback: &[&[&str]] = &[&["127.0.0.1"]];
    Script::new(&[
        ("localhost", loopback),
        ("app.localhost", loopback),
        ("a.b.localhost", loopback),
        ("127.0.0.1.nip.test", loopback),
        ("7f000001.nip.test", loopback),
        ("mapped.nip.test", &[&["::ffff:127.0.0.1"]]),
        ("metadata.test", &[&["169.254.169.254"]]),
        ("private.test", &[&["10.1.2.3"]]),
        ("mixed.test", &[&["127.0.0.1", "192.168.0.1"]]),
    ])
}

async fn fetch(guard: &Guard, typed: &str) -> Result<u16, EgressError> {
    let client = Client::new(guard.clone(), ClientLimits::default())?;
    // Parsing is the attacker's business here; what the parser accepts, the client must judge by itself.
    let url = Url::parse(typed).map_err(|_| EgressError::Address("not a URL"))?;
    client.get(&url).await.map(|fetched| fetched.status.as_u16())
}

fn with_port(spelling: &str, port: u16) -> String {
    spelling.replace("{p}", &port.to_string())
}

#[tokio::test]
async fn spellings_of_loopback_connect_to_nothing_by_default_and_work_in_development() {
    let server = Server::ok().await;
    let closed = scripted(Policy::default(), &names());
    for spelling in LOOPBACK {
        // A slip in the table must not become a connection to somebody else's machine.
        if let Ok(Some(url::Host::Ipv4(addr))) =
            Url::parse(&with_port(spelling, 1)).map(|url| url.host().map(|host| host.to_owned()))
        {
            assert!(addr.is_loopback(), "{spelling} is {addr}");
        }
        let outcome = fetch(&closed, &with_port(spelling, server.port())).await;
        let refused = matches!(outcome, Err(EgressError::Refused { reason: Special::Loopback, .. }));
        assert!(refused, "{spelling}: {outcome:?}");
    }
    assert_eq!(server.accepted(), 0);

    let open = scripted(development(), &names());
    for spelling in LOOPBACK {
        let outcome = fetch(&open, &with_port(spelling, server.port())).await;
        assert_eq!(outcome, Ok(200), "{spelling}");
    }
    assert_eq!(server.accepted(), LOOPBACK.len());
}

#[tokio::test]
async fn ipv6_loopback_connects_to_nothing_by_default_and_works_in_development() {
    let server = Server::start("[::1]:0", |_| support::response("200 OK", "", b"six")).await;
    let spellings =
        ["http://[::1]:{p}/", "http://[0:0:0:0:0:0:0:1]:{p}/", "http://[0000::0001]:{p}/", "http://six.test:{p}/"];
    let script = Script::new(&[("six.test", &[&["::1"]])]);
    for spelling in spellings {
        let outcome = fetch(&scripted(Policy::default(), &script), &with_port(spelling, server.port())).await;
        assert!(
            matches!(outcome, Err(EgressError::Refused { reason: Special::Loopback, .. })),
            "{spelling}: {outcome:?}"
        );
    }
    assert_eq!(server.accepted(), 0);
    for spelling in spellings {
        assert_eq!(
            fetch(&scripted(development(), &script), &with_port(spelling, server.port())).await,
            Ok(200),
            "{spelling}"
        );
    }
    assert_eq!(server.accepted(), spellings.len());
}

#[tokio::test]
async fn what_is_never_acceptable_connects_to_nothing_even_in_development() {
    let server = Server::ok().await;
    for policy in [Policy::default(), development()] {
        let guard = scripted(policy, &names());
        for (spelling, code) in ALWAYS {
            let outcome = fetch(&guard, &with_port(spelling, server.port())).await;
            assert_eq!(outcome.as_ref().map_err(EgressError::code), Err(*code), "{spelling}: {outcome:?}");
        }
    }
    assert_eq!(server.accepted(), 0);
}

#[tokio::test]
async fn connect_judges_bare_hosts_as_strictly_as_urls() {
    let server = Server::ok().await;
    let hosts = [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "localhost",
        "x.localhost.",
        "::ffff:127.0.0.1",
        "[::ffff:127.0.0.1]",
        "7f000001.nip.test",
    ];
    for host in hosts {
        let outcome = scripted(Policy::default(), &names()).connect(host, server.port()).await;
        assert!(matches!(outcome, Err(EgressError::Refused { .. })), "{host}: {outcome:?}");
    }
    for host in ["fe80::1%lo", "::1%1", "a b", "", ".", "a..b", "127.0.0.1:80", "user@host"] {
        let outcome = scripted(development(), &names()).connect(host, server.port()).await;
        assert!(matches!(outcome, Err(EgressError::Address(_))), "{host}: {outcome:?}");
    }
    assert_eq!(server.accepted(), 0);
    for host in hosts.into_iter().filter(|host| !host.starts_with("x.")) {
        assert!(
            scripted(development(), &names()).connect(host, server.port()).await.unwrap().nodelay().unwrap(),
            "{host}"
        );
    }
}

#[tokio::test]
async fn overlong_hosts_and_urls_are_refused_before_any_lookup() {
    let script = names();
    let guard = scripted(development(), &script);
    let label = "a".repeat(64);
    let name = vec!["abcdefghi"; 26].join(".");
    for typed in
        [format!("http://{label}.test/"), format!("http://{name}/"), format!("http://a.test/{}", "x".repeat(9000))]
    {
        assert_eq!(guard.parse_url(&typed).map_err(|error| error.code()), Err("egress_address"));
    }
    assert_eq!(script.lookups(), 0);
}
