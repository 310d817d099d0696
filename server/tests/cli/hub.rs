//! `sbh bench` and `sbh gates` with a hub.

use crate::{
    process::{Desk, sample},
    support::{Backend, TestHub},
};
use hub::{
    access::Permission,
    gates::{GoldenPathRule, NewPolicy, PolicyDocument, Rule, RuleSubject, Severity, Threshold},
    ids::SystemId,
    systems::{AllowPrivate, EnvironmentKind, NewEnvironment, NewSystem},
};

const SCOPES: [Permission; 5] = [
    Permission::SystemsRead,
    Permission::LabRead,
    Permission::LabRun,
    Permission::GatesRead,
    Permission::GatesValidate,
];

/// A pipeline: a hub with a sample system, and a key in the environment.
struct Pipeline {
    hub: TestHub,
    desk: Desk,
    url: String,
    system: SystemId,
    environment: String,
}

impl Pipeline {
    async fn open() -> Self {
        let hub = TestHub::start(Backend::Sqlite).await;
        let (owner, systems) = (hub.owner().await, hub.hub().systems());
        let system =
            systems.create(owner, NewSystem { name: "Shop".to_owned(), ..NewSystem::default() }).await.unwrap();
        let new = NewEnvironment { kind: EnvironmentKind::Staging, name: String::new(), base_url: sample().await };
        let environment = systems.add_environment(owner, system.id, new).await.unwrap().id;
        let reason = "the sample of this test".to_owned();
        systems.allow_private(owner, environment, AllowPrivate { reason }).await.unwrap();
        let desk = Desk::new().with("SBH_TOKEN", &secret(&hub, &SCOPES).await);
        let url = format!("http://{}", hub.address());
        Self { hub, desk, url, system: system.id, environment: environment.to_string() }
    }

    fn bench<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let to = ["bench", "--hub", &self.url, "--environment-id", &self.environment, "--version", "1.0.0"];
        [&to[..], &["--vus", "1", "--duration", "1s", "--warm-up", "0s"], more].concat()
    }

    async fn gates(&self, more: &[&str]) -> crate::process::Ended {
        let system = self.system.to_string();
        let to = ["gates", "--hub", &self.url, "--system-id", &system, "--version", "1.0.0"];
        self.desk.sbh(&[&to[..], more].concat()).await
    }

    /// A policy of one rule, without golden paths.
    async fn set_policy(&self, subject: RuleSubject, threshold: Threshold, dry_run: bool) {
        let (severity, key, weight) = (Severity::Block, false, 1);
        let rule = Rule { id: "only".to_owned(), subject, threshold, severity, key, weight };
        let (name, golden_paths) = ("Release".to_owned(), GoldenPathRule::Off);
        let document = PolicyDocument { name, dry_run, golden_paths, rules: vec![rule], ..PolicyDocument::default() };
        let new = NewPolicy { system_id: self.system, document };
        self.hub.hub().gates().set_policy(self.hub.owner().await, new).await.unwrap();
    }
}

async fn secret(hub: &TestHub, scopes: &[Permission]) -> String {
    let new = hub::identity::NewKey {
        name: "pipeline".to_owned(),
        scopes: scopes.iter().copied().collect(),
        expires_in_days: None,
        networks: Vec::new(),
    };
    hub.hub().keys().create(hub.owner().await, new).await.unwrap().secret
}

fn observatory() -> RuleSubject {
    RuleSubject::Metric("observatory_score".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_measured_on_the_hub_and_held_to_the_gates() {
    let pipeline = Pipeline::open().await;
    let run = pipeline.desk.sbh(&pipeline.bench(&["--output", "json"])).await.expect(0).json();
    assert!(run["benchmark_id"].is_string() && run["scorecard_id"].is_string(), "{run}");
    assert!(run["latency"]["corrected"]["p95_ms"].is_number() && run["scores"]["security"].is_number(), "{run}");
    assert!(run["url"].as_str().is_some_and(|url| url.starts_with("http://127.0.0.1:")), "{run}");

    // Version 1.0.0 protects nothing: its Observatory score is 0.
    pipeline.set_policy(observatory(), Threshold::AtLeast(0.0), false).await;
    let allowed = pipeline.gates(&["--output", "json"]).await.expect(0).json();
    assert_eq!((&allowed["verdict"], &allowed["enforced"]), (&"allowed".into(), &true.into()), "{allowed}");

    pipeline.set_policy(observatory(), Threshold::AtLeast(30.0), false).await;
    let blocked = pipeline.gates(&[]).await.expect(1);
    assert!(blocked.out.starts_with("BLOCKED\n"), "{}", blocked.out);
    assert!(blocked.out.lines().all(|line| line.chars().count() <= 80), "{}", blocked.out);
    pipeline.gates(&["--output", "junit"]).await.expect(1).printing(r#"failures="1""#);
    pipeline.gates(&["--output", "markdown"]).await.expect(1).printing("| **failed** |");

    pipeline.set_policy(observatory(), Threshold::AtLeast(30.0), true).await;
    pipeline.gates(&[]).await.expect(0).saying("dry run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_was_not_measured_is_not_allowed() {
    let pipeline = Pipeline::open().await;
    pipeline.gates(&[]).await.expect(1);
    pipeline.set_policy(observatory(), Threshold::AtLeast(0.0), false).await;
    let verdict = pipeline.gates(&["--output", "json"]).await.expect(1).json();
    assert_eq!(verdict["verdict"], "inconclusive", "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_s_refusals_are_readable() {
    let pipeline = Pipeline::open().await;
    let asked = ["bench", "--hub", &pipeline.url, "--environment-id", &pipeline.environment, "--version", "1"];
    let too_much = [&asked[..], &["--duration", "1h", "--vus", "5000"]].concat();
    let refused = pipeline.desk.sbh(&too_much).await.expect(2);
    refused.saying("(422)").saying("\n  /duration_s: ").saying("\n  /model/vus: ");

    let unknown = uuid::Uuid::nil().to_string();
    let nobody_s = ["gates", "--hub", &pipeline.url, "--system-id", &unknown, "--version", "1"];
    pipeline.desk.sbh(&nobody_s).await.expect(2).saying("There is no such system.");

    let weak = Desk::new().with("SBH_TOKEN", &secret(&pipeline.hub, &[Permission::LabRead]).await);
    weak.sbh(&nobody_s).await.expect(2).saying("gates:validate");
    Desk::new().with("SBH_TOKEN", "nonsense").sbh(&nobody_s).await.expect(2).saying("(401)");
    Desk::new().sbh(&nobody_s).await.expect(2).saying("SBH_TOKEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_may_come_from_standard_input() {
    let pipeline = Pipeline::open().await;
    let key = format!("{}\n", secret(&pipeline.hub, &SCOPES).await);
    let unknown = uuid::Uuid::nil().to_string();
    let asked = ["gates", "--hub", &pipeline.url, "--system-id", &unknown, "--version", "1", "--token-stdin"];
    Desk::new().sbh_reading(&asked, &key).await.expect(2).saying("There is no such system.");
    Desk::new().sbh_reading(&asked, "").await.expect(2).saying("--token-stdin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_does_not_answer_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (id, desk) = (uuid::Uuid::nil().to_string(), Desk::new().with("SBH_TOKEN", "sbh_key"));
    let gates = ["gates", "--hub", &url, "--system-id", &id, "--version", "1"];
    desk.sbh(&gates).await.expect(3).saying("does not answer");
    let bench = ["bench", "--hub", &url, "--environment-id", &id, "--version", "1"];
    desk.sbh(&bench).await.expect(3).saying("does not answer");
    // Something answers there, but it is no hub.
    let shop = sample().await;
    desk.sbh(&["bench", "--hub", &shop, "--environment-id", &id, "--version", "1"]).await.expect(2).saying("(404)");
}

const K6: &str = include_str!("../../../engines/imports/tests/fixtures/k6-handle-summary.json");

#[tokio::test(flavor = "multi_thread")]
async fn results_of_other_tools_are_imported_by_names() {
    let pipeline = Pipeline::open().await;
    let file = pipeline.desk.folder().join("k6.json");
    std::fs::write(&file, K6).unwrap();
    let file = file.display().to_string();
    let to = ["bench", "import", &file, "--hub", &pipeline.url, "--system", "shop", "--version", "1.0.0"];
    let json = pipeline.desk.sbh(&[&to[..], &["--environment", "staging", "--output", "json"]].concat()).await;
    let run = json.expect(0).json();
    assert_eq!(
        (&run["imported"], &run["valid"], &run["version"]),
        (&"k6".into(), &true.into(), &"1.0.0".into()),
        "{run}"
    );
    assert!(run["scores"]["reliability"].is_number() && run["not_measured"]["security"].is_string(), "{run}");
    pipeline.desk.sbh(&to).await.expect(0).printing("imported from k6");
    pipeline.desk.sbh(&[&to[..], &["--format", "oha"]].concat()).await.expect(2).saying("/files/0/content: ");
    pipeline.desk.sbh(&[&to[..], &["--environment", "moon"]].concat()).await.expect(2).saying("--environment");
    let missing = ["bench", "import", "nothing.json", "--hub", &pipeline.url, "--system", "shop", "--version", "1"];
    pipeline.desk.sbh(&missing).await.expect(2).saying("nothing.json");
}
