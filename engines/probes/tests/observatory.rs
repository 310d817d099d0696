//! The Observatory against results of the reference implementation: each vector holds what a server answered and what the package made of it.

#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]

use std::collections::BTreeMap;

use sbh_probes::observation::{Headers, Hop, Observation, Preflight, Response, Visit};
use sbh_probes::{Observatory, PreloadList};
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
struct Fixtures {
    origin: Origin,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Origin {
    algorithm_version: u32,
    cors_origin: String,
    preload: BTreeMap<String, bool>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    host: String,
    /// Whether plain HTTP is served.
    http: bool,
    /// The certificate: `good`, `bad`, or empty without HTTPS.
    https: String,
    /// Answers by address; those to `OPTIONS` have that word before it.
    routes: BTreeMap<String, Answer>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
struct Expected {
    score: i32,
    grade: String,
    tests: BTreeMap<String, ExpectedTest>,
}

#[derive(Deserialize)]
struct ExpectedTest {
    result: String,
    pass: bool,
    modifier: i32,
}

impl Vector {
    fn serves(&self, url: &Url) -> bool {
        if url.scheme() == "http" { self.http } else { !self.https.is_empty() }
    }

    fn visit(&self, scheme: &str) -> Option<Visit> {
        let mut url = Url::parse(&format!("{scheme}://{}/", self.host)).unwrap();
        let (mut hops, mut verified) = (Vec::new(), true);
        loop {
            if !self.serves(&url) {
                return None;
            }
            verified &= url.scheme() == "http" || self.https == "good";
            let answer = &self.routes[url.as_str()];
            let headers = Headers::new(answer.headers.clone());
            let set_cookies = headers.all("set-cookie").map(str::to_owned).collect();
            hops.push(Hop { url: url.clone(), status: answer.status, set_cookies });
            match headers.first("location") {
                Some(location) if hops.len() <= 10 => url = url.join(location).unwrap(),
                _ => {
                    let response =
                        Response { url, status: answer.status, headers, body: answer.body.clone(), truncated: false };
                    return Some(Visit { hops, response, verified });
                }
            }
        }
    }

    fn preflight(&self, visit: &Visit, origin: &str) -> Option<Preflight> {
        let answer = self.routes.get(&format!("OPTIONS {}", visit.response.url))?;
        (answer.status < 300)
            .then(|| Preflight { origin: origin.to_owned(), headers: Headers::new(answer.headers.clone()) })
    }

    fn observation(&self, origin: &str) -> Observation {
        let mut observation = Observation {
            target: Url::parse(&format!("https://{}/", self.host)).unwrap(),
            observed_at: chrono::DateTime::UNIX_EPOCH,
            http: self.visit("http"),
            https: self.visit("https"),
            both_schemes: true,
            preflight: None,
            security_txt: None,
            robots: None,
            missing: None,
            tls: None,
        };
        observation.preflight = observation.page().and_then(|visit| self.preflight(visit, origin));
        observation
    }
}

fn differences(vector: &Vector, ours: &Observatory) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            differences.push(format!("{}: {what}: ours {ours}, reference {theirs}", vector.name));
        }
    };
    for test in &ours.tests {
        let expected = &vector.expected.tests[&test.id];
        let theirs = format!("{} {} {}", expected.result, expected.pass, expected.modifier);
        compare(&test.id, format!("{} {} {}", test.result, test.pass, test.score_modifier), theirs);
    }
    compare("number of tests", ours.tests.len().to_string(), vector.expected.tests.len().to_string());
    compare("score", ours.score.to_string(), vector.expected.score.to_string());
    compare("grade", ours.grade.clone(), vector.expected.grade.clone());
    differences
}

#[test]
fn score_grade_and_results_equal_the_reference_implementation() {
    let fixtures: Fixtures = serde_json::from_str(include_str!("fixtures/observatory.json")).unwrap();
    let preload = PreloadList::new(fixtures.origin.preload);
    assert!(fixtures.vectors.len() >= 200, "{} vectors", fixtures.vectors.len());
    let mut differing = Vec::new();
    for vector in &fixtures.vectors {
        let ours = Observatory::judge(&vector.observation(&fixtures.origin.cors_origin), &preload).unwrap();
        assert_eq!(ours.algorithm_version, fixtures.origin.algorithm_version);
        differing.extend(differences(vector, &ours));
    }
    assert!(differing.is_empty(), "{} differences:\n{}", differing.len(), differing.join("\n"));
}
