//! What other machines answer: pages, headers, certificates, the browser's protocol, results of other tools.

use crate::choice;
use chrono::{DateTime, Utc};
use sbh_browser::{Accessibility, Limits, Run, read_axe, waterfall};
use sbh_imports::{budgets as limits, measure};
use sbh_load::histogram_log::HistogramLog;
use sbh_probes::{
    Audit, Cookie, Jar, PreloadList, certificate_facts,
    document::Page,
    observation::{Headers, Hop, Observation, Preflight, Response, Visit},
};
use serde_json::Value;
use std::str::from_utf8;
use url::Url;

/// HTML documents.
pub fn pages(data: &[u8]) {
    let html = String::from_utf8_lossy(data);
    let page = Page::parse(&html);
    let _ = (page.policies(), page.referrer_policy());
    assert!(page.links.len() <= 2_000);
}

/// A whole look at an origin: a head, an empty line, and the body of the page, of `robots.txt` and of `security.txt`.
pub fn responses(data: &[u8]) {
    let (which, data) = choice(data);
    let text = String::from_utf8_lossy(data);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let headers =
        || Headers::new(head.lines().filter_map(|line| line.split_once(':')).map(|(name, value)| (name, value.trim())));
    let scheme = if which & 1 == 0 { "https" } else { "http" };
    let url = Url::parse(&format!("{scheme}://shop.example/")).expect("a plain address");
    let status = if which & 2 == 0 { 200 } else { 301 };
    let response =
        || Response { url: url.clone(), status, headers: headers(), body: body.to_owned(), truncated: which & 4 != 0 };
    let set_cookies = headers().all("set-cookie").map(str::to_owned).collect();
    let visit = Visit {
        hops: vec![Hop { url: url.clone(), status, set_cookies }],
        response: response(),
        verified: which & 8 == 0,
    };
    let observation = Observation {
        target: url.clone(),
        observed_at: DateTime::<Utc>::UNIX_EPOCH,
        http: (scheme == "http").then(|| visit.clone()),
        https: (scheme == "https").then(|| visit.clone()),
        both_schemes: which & 16 != 0,
        preflight: Some(Preflight { origin: "https://elsewhere.example".to_owned(), headers: headers() }),
        security_txt: Some(response()),
        robots: Some(response()),
        missing: Some(response()),
        tls: None,
    };
    let audit = Audit::judge(&observation, &PreloadList::new([("example", true)]));
    serde_json::to_string(&audit).expect("an audit is plain text and numbers");
}

/// `Set-Cookie` fields.
pub fn cookies(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let url = Url::parse("https://www.shop.example/cart/").expect("a plain address");
    let mut jar = Jar::default();
    for line in text.split('\n') {
        jar.set(line, &url);
        if let Some(cookie) = Cookie::parse(line) {
            let _ = (cookie.keeps_prefix(&url), cookie.is_session());
        }
    }
    assert!(jar.cookies().count() <= text.split('\n').count());
}

/// X.509 certificates in DER.
pub fn certificates(data: &[u8]) {
    if let Some(facts) = certificate_facts(data) {
        let _ = (facts.has_weak_key(), facts.has_weak_signature());
    }
}

/// What the browser tells: events of its protocol, results of axe-core, and a stored run that becomes an HTTP archive.
pub fn protocol(data: &[u8]) {
    let (which, data) = choice(data);
    let small = Limits::default();
    match which % 3 {
        0 => {
            let Ok(Value::Array(events)) = serde_json::from_slice(data) else { return };
            let requests = waterfall(&events, "https://shop.example/", small);
            assert!(requests.len() <= small.requests);
        }
        1 => {
            let Ok(results) = serde_json::from_slice(data) else { return };
            let _: Accessibility = read_axe(&results, 0, small);
        }
        _ => {
            let Ok(run) = serde_json::from_slice::<Run>(data) else { return };
            let har = run.har();
            assert!(har["log"]["entries"].is_array());
        }
    }
}

/// Results of Lighthouse, k6, oha and JMeter.
pub fn measurements(data: &[u8]) {
    let (which, rest) = choice(data);
    let formats = measure::Format::ALL;
    match formats.into_iter().nth(usize::from(which)) {
        Some(format) => drop(measure::parse_as(format, rest)),
        None => drop(measure::parse(data)),
    }
}

/// Budgets of three tools.
pub fn budgets(data: &[u8]) {
    let _ = limits::parse(data);
}

/// HdrHistogram's interval logs.
pub fn histogram_logs(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let _ = HistogramLog::read(text);
}
