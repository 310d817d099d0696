//! A release build of the hub with seeded data, on SQLite or on PostgreSQL, and load on it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::Client;
use crate::{
    build,
    children::Running,
    error::{Doing, Error},
    probe, setup,
    test::postgres,
    workspace::Workspace,
};

const START_LIMIT_S: u32 = 60;
const EMAIL: &str = "owner@example.com";
const PASSWORD: &str = "correct horse battery staple";
/// Systems of the seeded organisation, each with an environment.
pub const SYSTEMS: u32 = 12;

/// Tells the databases of one run apart.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// Where a hub keeps its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// An empty database that is removed in the end.
pub struct Database {
    pub url: String,
    postgres: Option<(postgres::Service, String)>,
    folder: TempDir,
}

impl Database {
    /// A new one.
    pub fn create(workspace: &Workspace, backend: Backend) -> Result<Self, Error> {
        // Not in /tmp, which may be memory: what is measured is the disk that the project lies on.
        let folder = tempfile::tempdir_in(workspace.scratch("performance")?);
        let folder = folder.doing(|| "making a folder for the database".to_owned())?;
        if backend == Backend::Sqlite {
            let url = format!("sqlite://{}?mode=rwc", folder.path().join("sbh.db").display());
            return Ok(Self { url, postgres: None, folder });
        }
        let service = postgres::Service::ready(workspace)?;
        let server = service.url.rsplit_once('/').map(|(server, _)| server.to_owned()).unwrap_or_default();
        let name = format!("sbh_performance_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        if !statement(&service.url, &format!("CREATE DATABASE {name}")) {
            return Err(Error::Failed("PostgreSQL did not make a database".to_owned()));
        }
        Ok(Self { url: format!("{server}/{name}"), postgres: Some((service, name)), folder })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((service, name)) = &self.postgres
            && !statement(&service.url, &format!("DROP DATABASE {name} WITH (FORCE)"))
        {
            eprintln!("the database {name} could not be removed");
        }
    }
}

fn statement(url: &str, sql: &str) -> bool {
    probe::succeeds(std::process::Command::new("psql").args([url, "-X", "-q", "-c", sql]))
}

/// A running hub with an owner, systems and a key.
pub struct Instance {
    pub client: Client,
    /// A key that may read.
    pub key: String,
    /// The first system.
    pub system: String,
    // The hub ends before its database is removed: fields are dropped in this order.
    pub running: Running,
    database: Database,
}

/// The release build with its site; a trial takes the development build.
pub fn binary(workspace: &Workspace, is_trial: bool) -> Result<PathBuf, Error> {
    setup::for_building(workspace)?;
    build::site(workspace, !is_trial)?;
    build::server(workspace, !is_trial)
}

impl Instance {
    /// Starts a hub and fills it.
    pub fn start(workspace: &Workspace, binary: &Path, backend: Backend) -> Result<Self, Error> {
        Self::start_with(workspace, binary, backend, &[])
    }

    /// The same with some variables set otherwise.
    pub fn start_with(
        workspace: &Workspace,
        binary: &Path,
        backend: Backend,
        variables: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let database = Database::create(workspace, backend)?;
        let port = probe::free_port()?;
        let folder = database.folder.path();
        let mut command = workspace.tool(binary);
        command.arg("serve").current_dir(folder).env_clear().stdout(Stdio::null());
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("HOME", folder).env("DATA_DIR", folder).env("EVIDENCE_BUNDLE_PATH", folder.join("evidence"));
        command.env("PORT", port.to_string()).env("DATABASE_URL", &database.url);
        command.env("ENVIRONMENT", "development").env("EGRESS_ALLOW_LOOPBACK", "true");
        // One person stands for a thousand here.
        command.env("RATE_LIMIT_IDENTIFIED_PER_MINUTE", "10000000").env("RATE_LIMIT_TENANT_PER_MINUTE", "10000000");
        command.envs(variables.iter().copied());
        let mut running = workspace.children.spawn(&mut command)?;
        for _ in 0..START_LIMIT_S * 20 {
            if probe::healthy(port) {
                let client = sign_in(port)?;
                let (system, key) = (fill(&client)?, key(&client)?);
                return Ok(Self { client, key, system, running, database });
            }
            if running.ended()?.is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(Error::Failed(format!("the hub on {} did not start", backend.name())))
    }

    /// Where its rows are.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// Where it answers.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.client.port)
    }

    /// A request of a plan by a browser that is signed in.
    pub fn page(&self, name: &str, path: &str) -> Value {
        let cookie = self.client.cookie.clone().unwrap_or_default();
        json!({ "name": name, "path": path, "headers": [["cookie", cookie], ["accept-encoding", "gzip"]] })
    }

    /// A request of a plan by a program with a key.
    pub fn call(&self, name: &str, path: &str) -> Value {
        json!({ "name": name, "path": path, "headers": [["authorization", format!("Bearer {}", self.key)]] })
    }

    /// A write of a plan: a row of its own, with its audit entry.
    pub fn write(&self, name: &str) -> Value {
        let body = json!({ "target_name": "Measured", "domain": "measured.example.com" }).to_string();
        let cookie = self.client.cookie.clone().unwrap_or_default();
        json!({
            "name": name, "path": "/api/teardown/create", "method": "POST", "body": body,
            "headers": [["cookie", cookie], ["origin", self.base()], ["content-type", "application/json"]],
        })
    }
}

fn sign_in(port: u16) -> Result<Client, Error> {
    let stranger = Client { port, cookie: None };
    let owner = json!({ "organisation": "Performance", "email": EMAIL, "password": PASSWORD });
    stranger.post("/api/auth/first-run", &owner)?;
    let cookie = stranger.post("/api/auth/sign-in", &json!({ "email": EMAIL, "password": PASSWORD }))?.cookie();
    Ok(Client { port, cookie })
}

fn fill(client: &Client) -> Result<String, Error> {
    let mut first = None;
    for number in 0..SYSTEMS {
        let system = client.post("/api/systems", &json!({ "name": format!("System {number}") }))?.json();
        let id = text(&system, "id")?;
        let environment = json!({ "kind": "staging", "base_url": "http://127.0.0.1:9" });
        client.post(&format!("/api/systems/{id}/environments"), &environment)?;
        first.get_or_insert(id);
    }
    first.ok_or_else(|| Error::Failed("no system was made".to_owned()))
}

fn key(client: &Client) -> Result<String, Error> {
    let key = json!({ "name": "performance", "scopes": ["systems:read", "lab:read", "gates:read"] });
    text(&client.post("/api/keys", &key)?.json(), "secret")
}

/// A text of an answer.
pub fn text(answer: &Value, name: &str) -> Result<String, Error> {
    let text = answer[name].as_str().map(str::to_owned);
    text.ok_or_else(|| Error::Failed(format!("an answer of the hub has no {name}: {answer}")))
}

/// What load on a hub came to.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub rate: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub errors: f64,
    pub connections: f64,
    pub raw: Value,
}

/// A plan of virtual users.
pub fn users(base: &str, requests: Vec<Value>, (users, think_time_s): (u32, f64), seconds: u32) -> Value {
    let model = json!({ "closed": { "vus": users, "think_time_s": think_time_s, "duration_s": seconds } });
    // Users who think begin over one think time; what is measured begins when all of them are there.
    json!({ "base": base, "requests": requests, "model": model, "warm_up_s": 2.0_f64.max(think_time_s) })
}

/// What the measuring program printed.
pub fn seen(output: &str) -> Result<Seen, Error> {
    let raw: Value = serde_json::from_str(output).doing(|| "reading what was measured".to_owned())?;
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    Ok(Seen {
        rate: number(&raw["throughput_rps"]),
        p50_ms: number(&raw["raw"]["p50_ms"]),
        p99_ms: number(&raw["raw"]["p99_ms"]),
        errors: number(&raw["errors"]) + number(&raw["dropped"]),
        connections: number(&raw["connections"]),
        raw,
    })
}
