//! The security score of header sets: `engines/probes` and the HTTP Observatory, both over TLS on loopback.

mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sbh_egress::{Guard, Policy, Resolver};
use sbh_probes::{Options, audit};
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;
use url::Url;

use self::generate::{Draw, Site};
use crate::error::{Doing, Error};
use crate::listener::{Certified, Listener};
use crate::peer::{Peer, Tools};
use crate::proof::{Proof, ratio};

/// How many header sets are compared.
const SETS: usize = 100;
/// The name of every site; it is reserved for tests (RFC 6761).
const HOST: &str = "site.test";
/// The origin that the Observatory asks for in a preflight.
const CORS_ORIGIN: &str = "https://http-observatory.security.mozilla.org";
/// Where the sequence of header sets starts.
const SEED: u64 = 20_260_519;

#[derive(Deserialize)]
struct Theirs {
    score: i32,
    grade: String,
    tests: BTreeMap<String, String>,
}

struct Loopback;

#[async_trait]
impl Resolver for Loopback {
    async fn lookup(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)])
    }
}

fn answer(line: &str, site: &Site) -> Vec<u8> {
    let (status, headers, body): (u16, &[(&str, String)], &str) = match line {
        "GET /" => (site.status, &site.headers, &site.body),
        "OPTIONS /" => (204, &site.preflight, ""),
        _ => (404, &[], ""),
    };
    let mut text = format!("HTTP/1.1 {status} Status\r\nConnection: close\r\n");
    if status != 204 {
        text += &format!("Content-Length: {}\r\n", body.len());
    }
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    (text + "\r\n" + body).into_bytes()
}

/// Compares score, grade and the ten tests' results of every header set.
pub async fn prove(tools: &Tools) -> Result<Proof, Error> {
    let folder = TempDir::new().doing("making a folder")?;
    let authority = folder.path().join("authority.pem");
    let certified = Certified::new(HOST, &authority)?;
    let guard = Guard::with_resolver(Policy { loopback: true, ..Policy::default() }, Arc::new(Loopback));
    let options = Options {
        interval: Duration::ZERO,
        cors_origin: CORS_ORIGIN.to_owned(),
        roots: Some(Arc::clone(&certified.roots)),
        ..Options::default()
    };
    let mut observatory = Peer::start(tools, "headers", &[("NODE_EXTRA_CA_CERTS", authority.as_os_str())]).await?;
    let mut draw = Draw::seeded(SEED);
    let (mut differences, mut same_score, mut same_tests, mut tests) = (Vec::new(), 0, 0, 0);
    let (mut grades, mut results) = (BTreeMap::<String, usize>::new(), BTreeSet::new());
    for at in 0..SETS {
        let site = Arc::new(draw.site());
        let served = Arc::clone(&site);
        let listener = Listener::start(&certified, Arc::new(move |line| answer(line, &served))).await?;
        let url = Url::parse(&format!("https://{HOST}:{}/", listener.port)).doing("the address of a site")?;
        let seen = audit(&url, &guard, &options).await.doing("auditing a site")?;
        let ours = seen.observatory.ok_or_else(|| Error(format!("set {at} has no score: {:?}", seen.not_measured)))?;
        let theirs: Theirs = observatory.ask(&json!({ "host": HOST, "port": listener.port })).await?;
        same_score += usize::from((ours.score, &ours.grade) == (theirs.score, &theirs.grade));
        *grades.entry(theirs.grade.clone()).or_default() += 1;
        if (ours.score, &ours.grade) != (theirs.score, &theirs.grade) {
            let said = format!("{} {} here, {} {} there", ours.score, ours.grade, theirs.score, theirs.grade);
            differences.push(format!("set {at}: {said}"));
        }
        for test in &ours.tests {
            let result = theirs.tests.get(&test.id);
            tests += 1;
            results.insert(test.result.clone());
            if result == Some(&test.result) {
                same_tests += 1;
            } else {
                let sent = format!("{:?} {:?} {:?}", site.headers, site.preflight, site.body);
                differences
                    .push(format!("set {at}: {} is {} here, {result:?} there, for {sent}", test.id, test.result));
            }
        }
    }
    let spread = grades.iter().map(|(grade, count)| format!("{grade} {count}")).collect::<Vec<_>>().join(", ");
    Ok(Proof {
        name: "headers",
        criterion: format!("each of {SETS} header sets has the same score and the same grade."),
        met: same_score == SETS,
        versions: observatory.versions,
        figures: vec![
            ("header sets of the same score and grade".to_owned(), ratio(same_score, SETS)),
            ("tests of the same result".to_owned(), ratio(same_tests, tests)),
            ("different results among them".to_owned(), results.len().to_string()),
            ("grades".to_owned(), spread),
        ],
        differences,
        details: json!({ "seed": SEED, "results": results }),
    })
}
