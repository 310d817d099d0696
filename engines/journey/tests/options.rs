//! What a journey may not use is refused when it is read, at its line, with the reason; and nothing refused was ever executed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use sbh_egress::{Guard, Policy};
use sbh_journey::{FileUse, Journey, JourneyError, RunOptions, Scalar, Variable, run};
use tokio_util::sync::CancellationToken;

fn with_option(option: &str) -> String {
    format!("GET http://a.example/\n[Options]\ncompressed: true\n{option}\nHTTP 200\n")
}

fn refused(text: &str) -> (usize, String) {
    match Journey::parse("a.hurl", text) {
        Err(JourneyError::Refused(place)) => (place.line, place.message),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn options_that_leave_the_guard_or_the_folder_are_refused() {
    let reasons = [
        ("proxy: http://127.0.0.1:9", "own proxy"),
        ("proxy: {{p}}", "own proxy"),
        ("connect-to: a.example:80:127.0.0.1:22", "another host"),
        ("resolve: a.example:80:127.0.0.1", "another host"),
        ("unix-socket: /run/docker.sock", "services of this machine"),
        ("http3: true", "QUIC"),
        ("ipv4: true", "chooses the address"),
        ("ipv6: true", "chooses the address"),
        ("netrc: true", "credentials of this machine"),
        ("netrc: {{n}}", "credentials of this machine"),
        ("netrc-optional: true", "credentials of this machine"),
        ("netrc-file: netrc", "credentials of this machine"),
        ("output: out.bin", "writes no files"),
        ("insecure: true", "cacert"),
        ("insecure: {{i}}", "cacert"),
        ("cacert: {{file}}", "without variables"),
        ("cert: {{file}}", "without variables"),
        ("key: {{file}}", "without variables"),
        ("cacert: /etc/ssl/cert.pem", "relative path"),
        ("key: ../key.pem", "relative path"),
        ("cert: sub/../../cert.pem:word", "relative path"),
        ("delay: 61s", "60 seconds"),
        ("delay: 2m", "60 seconds"),
        ("retry-interval: 60001", "60 seconds"),
        ("retry: -1", "finite"),
        ("repeat: -1", "finite"),
        ("retry: 1000", "1001 requests"),
        ("repeat: 1001", "1000 at most"),
        ("max-redirs: -1", "finite"),
        ("max-redirs: 51", "50 at most"),
    ];
    for (option, reason) in reasons {
        let (line, message) = refused(&with_option(option));
        assert_eq!(line, 4, "{option}");
        assert!(message.contains(reason), "{option}: {message}");
    }
}

#[test]
fn harmless_values_of_these_options_are_accepted() {
    for option in [
        "netrc: false",
        "netrc-optional: false",
        "insecure: false",
        "cacert: ca.pem",
        "cert: sub/a\\:b.pem:{{password}}",
        "delay: 1m",
        "retry: 999",
        "repeat: 0",
        "max-redirs: 50",
        "aws-sigv4: aws:amz:eu-central-1:s3",
        "path-as-is: true",
        "retry: {{n}}",
    ] {
        assert!(Journey::parse("a.hurl", &with_option(option)).is_ok(), "{option}");
    }
}

#[test]
fn all_entries_share_one_budget_of_requests() {
    let entry = "GET http://a.example/\n[Options]\nrepeat: 300\nretry: 1\nHTTP 200\n";
    assert_eq!(refused(&entry.repeat(2)).0, 9);
    assert!(Journey::parse("a.hurl", entry).is_ok());
}

#[test]
fn files_outside_of_the_folder_are_refused() {
    for text in [
        "POST http://a.example/\nfile,/etc/passwd;\n",
        "POST http://a.example/\nfile,../secret;\n",
        "POST http://a.example/\nfile,a/../../secret;\n",
        "POST http://a.example/\n[Multipart]\na: file,/etc/passwd;\n",
        "GET http://a.example/\nHTTP 200\nfile,/etc/passwd;\n",
        "GET http://a.example/\nHTTP 200\n[Asserts]\nbytes == file,/etc/passwd;\n",
    ] {
        assert!(refused(text).1.contains("relative path"), "{text}");
    }
}

#[test]
fn the_ip_query_would_measure_the_proxy() {
    for text in [
        "GET http://a.example/\nHTTP 200\n[Asserts]\nip == \"192.0.2.1\"\n",
        "GET http://a.example/\nHTTP 200\n[Captures]\na: ip\n",
    ] {
        assert_eq!(refused(text).0, 4);
    }
}

#[test]
fn variables_and_files_are_listed_with_their_first_use() {
    let text = "POST {{base_url}}/{{a}}\n[Options]\nvariable: a=1\n[Form]\nb: {{b}}\nHTTP 200\n[Captures]\nc: header \"{{d}}\"\n[Asserts]\nbody == {{c}}\nbody == file,x/{{e}}.txt;\n";
    let journey = Journey::parse("a.hurl", text).unwrap();
    let required: Vec<_> = journey.variables().iter().map(|v| (v.name.as_str(), v.line, v.required)).collect();
    let expected =
        [("base_url", 1, true), ("a", 1, false), ("b", 5, true), ("d", 8, true), ("c", 10, false), ("e", 11, true)];
    assert_eq!(required, expected);
    let given = BTreeMap::from([("base_url".to_owned(), Variable::text("x")), ("b".to_owned(), Variable::text("x"))]);
    assert_eq!(journey.missing(&given).iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["d", "e"]);
    let file = &journey.files()[0];
    assert_eq!(
        (file.path.as_str(), file.templated, file.line, file.purpose),
        ("x/{{e}}.txt", true, 11, FileUse::Predicate)
    );
}

async fn problem(text: &str, options: &RunOptions) -> String {
    let journey = Journey::parse("a.hurl", text).unwrap();
    let outcome = run(&journey, options, &Guard::new(Policy::default()), &CancellationToken::new()).await;
    assert!(!outcome.success && outcome.entries.is_empty());
    outcome.problems[0].message.clone()
}

#[tokio::test]
async fn counts_from_variables_have_the_same_limits() {
    let text = with_option("retry: {{n}}");
    let with = |value| RunOptions { variables: BTreeMap::from([("n".to_owned(), value)]), ..RunOptions::default() };
    let integer = |value| Variable::Public(Scalar::Integer(value));
    assert!(problem(&text, &with(integer(1_000_000))).await.contains("1000 at most"));
    assert!(problem(&text, &with(integer(-1))).await.contains("whole number"));
    assert!(problem(&text, &with(Variable::text("3"))).await.contains("whole number"));
    assert!(problem(&text, &RunOptions::default()).await.contains("whole number"));
    let captured = format!("GET http://a.example/\nHTTP 200\n[Captures]\nn: body toInt\n{text}");
    assert!(refused(&captured).1.contains("sets n itself"));
}

#[tokio::test]
async fn options_of_a_run_are_checked() {
    let text = "GET {{base_url}}/\nHTTP 200\n";
    let ftp = RunOptions { base_url: Some("ftp://a.example".parse().unwrap()), ..RunOptions::default() };
    assert!(problem(text, &ftp).await.contains("base_url"));
    let eager = RunOptions { retries: 5_000, ..RunOptions::default() };
    assert!(problem(text, &eager).await.contains("retries"));
}

#[test]
fn an_escape_longer_than_any_code_point_is_refused_with_its_place() {
    let (line, message) = refused("GET http://a/\n[Query]\nq: \\u{0000000041}\n");
    assert_eq!(line, 3);
    assert!(message.contains("6 digits"), "{message}");
    assert!(Journey::parse("fine", "GET http://a/\n[Query]\nq: \\u{10ffff}\n").is_ok());
}
