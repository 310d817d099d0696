//! Accepted work survives `kill -9`: nothing is lost, and nothing is done twice.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use hub::{
    Hub,
    access::Actor,
    audit::AuditQuery,
    gates::{ValidationQuery, ValidationRequest},
    ids::{BenchmarkId, EnvironmentId, SystemId, ValidationId},
    lab::{Benchmark, BenchmarkQuery, BenchmarkRequest, BenchmarkState, LoadModel},
    systems::{AllowPrivate, EnvironmentKind, NewEnvironment, NewSystem},
};
use server::{config::Config, state::AppState};
use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
    time::Duration,
};
use support::{Backend, TestHub};
use tokio::{net::TcpListener, time::timeout};

/// How often the process is killed.
const KILLS: usize = 20;
/// How long anything may take before the test gives up waiting for it.
const PATIENCE: Duration = Duration::from_secs(240);

on_both_databases! {
    async fn twenty_kills_lose_nothing_and_repeat_nothing(mut hub: TestHub) {
        let desk = Desk::open(&mut hub).await;
        let (mut benchmarks, mut validations) = (Vec::new(), Vec::new());
        for round in 0..KILLS {
            let begun = desk.last_start().await;
            benchmarks.push(desk.accept_benchmark(&format!("1.0.{round}")).await);
            if round % 4 == 0 {
                validations.push(desk.accept_validation(&format!("1.0.{round}")).await);
            }
            let mut process = Process::start(hub.values());
            desk.until("a benchmark runs", async || desk.last_start().await > begun).await;
            process.kill();
        }
        let last = Process::start(hub.values());
        desk.until("everything is over", async || desk.is_idle().await).await;
        drop(last);

        let ended = desk.all().await;
        for id in &benchmarks {
            desk.happened_once(ended.iter().find(|benchmark| benchmark.id == *id).expect("accepted work is not lost")).await;
        }
        for id in &validations {
            desk.judged_once(*id).await;
        }
        let succeeded = ended.iter().filter(|benchmark| benchmark.state == BenchmarkState::Succeeded).count();
        assert!(succeeded > 0, "the work that was left when the killing stopped was done: {:?}", states(&ended));
        assert!(desk.hub.audit().verify(&desk.owner, None).await.unwrap().intact());
    }
}

fn states(benchmarks: &[Benchmark]) -> Vec<BenchmarkState> {
    benchmarks.iter().map(|benchmark| benchmark.state).collect()
}

/// Looks at the database beside the process under test, and hands work in.
struct Desk {
    hub: Hub,
    owner: Actor,
    system: SystemId,
    environment: EnvironmentId,
}

impl Desk {
    async fn open(test: &mut TestHub) -> Self {
        let owner = test.owner().await.clone();
        let target = sample_system().await;
        let systems = test.hub().systems();
        let shop =
            systems.create(&owner, NewSystem { name: "Shop".to_owned(), description: String::new() }).await.unwrap();
        let new = NewEnvironment { kind: EnvironmentKind::Staging, name: String::new(), base_url: target };
        let environment = systems.add_environment(&owner, shop.id, new).await.unwrap();
        let allow = AllowPrivate { reason: "the sample on this machine".to_owned() };
        systems.allow_private(&owner, environment.id, allow).await.unwrap();
        test.stop().await;
        let state = AppState::open(Config::parse(test.values()).unwrap()).await.unwrap();
        Self { hub: state.hub, owner, system: shop.id, environment: environment.id }
    }

    async fn accept_benchmark(&self, version: &str) -> BenchmarkId {
        let request = BenchmarkRequest {
            environment_id: Some(self.environment),
            version: version.to_owned(),
            model: LoadModel::Open { rate: 5.0, ramp_to: None },
            duration_s: Some(1.0),
            warm_up_s: Some(0.0),
            ..BenchmarkRequest::default()
        };
        self.hub.lab().start(&self.owner, request).await.unwrap().id
    }

    async fn accept_validation(&self, version: &str) -> ValidationId {
        let request = ValidationRequest {
            system_id: self.system,
            version: version.to_owned(),
            environment_id: Some(self.environment),
        };
        self.hub.gates().validate(&self.owner, request).await.unwrap().id
    }

    async fn all(&self) -> Vec<Benchmark> {
        let query = BenchmarkQuery { limit: Some(200), ..BenchmarkQuery::default() };
        self.hub.lab().benchmarks(&self.owner, &query).await.unwrap().items
    }

    async fn last_start(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.all().await.into_iter().filter_map(|benchmark| benchmark.started_at).max()
    }

    async fn is_idle(&self) -> bool {
        let query = ValidationQuery { limit: Some(200), ..ValidationQuery::default() };
        let validations = self.hub.gates().validations(&self.owner, &query).await.unwrap().items;
        self.all().await.iter().all(|benchmark| benchmark.state.is_final())
            && validations.iter().all(|validation| validation.state.is_final())
    }

    async fn until(&self, what: &str, done: impl AsyncFn() -> bool) {
        let wait = async {
            while !done().await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
    }

    /// Exactly one end, and a scorecard exactly when it succeeded.
    async fn happened_once(&self, benchmark: &Benchmark) {
        let ends = self.entries(&benchmark.id.to_string(), &["benchmark.completed", "benchmark.ended"]).await;
        assert_eq!(ends, 1, "{benchmark:?}");
        let scored = self.hub.lab().scorecard_of(&self.owner, benchmark.id).await.is_ok();
        assert_eq!(scored, benchmark.state == BenchmarkState::Succeeded, "{benchmark:?}");
    }

    async fn judged_once(&self, id: ValidationId) {
        let ends = self.entries(&id.to_string(), &["gate.validation.judged", "gate.validation.failed"]).await;
        assert_eq!(ends, 1, "validation {id}");
    }

    async fn entries(&self, object_id: &str, actions: &[&str]) -> usize {
        let query = AuditQuery { object_id: Some(object_id.to_owned()), limit: Some(200), ..AuditQuery::default() };
        let entries = self.hub.audit().list(&self.owner, &query).await.unwrap().items;
        entries.iter().filter(|entry| actions.contains(&entry.action.as_str())).count()
    }
}

async fn sample_system() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(sbh_sample::serve(listener, sbh_sample::Config::default(), std::future::pending()));
    format!("http://{address}")
}

/// The real binary.
struct Process(Child);

impl Process {
    fn start(values: &BTreeMap<String, String>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sbh"));
        command.arg("serve").env_clear().envs(values).env("JOB_LEASE_S", "5");
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
