//! A platform for the core's own tests: fresh SQLite, and a fresh database on a real PostgreSQL.

use super::{
    Platform, artifacts::Artifacts, clock::SettableClock, db::Db, dns::TxtLookup, egress::Egress, metrics::Metrics,
    queue::Signal, secrets::Sealer, settings::Settings,
};
use crate::{Hub, Result, access::Actor, identity::NewOwner};
use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

/// The password of every account in tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// A hub on a database of its own, with a clock that stands still.
pub struct TestPlatform {
    pub platform: Platform,
    pub hub: Hub,
    pub clock: Arc<SettableClock>,
    pub txt: Arc<FakeDns>,
    folder: tempfile::TempDir,
}

/// TXT records that a test publishes.
#[derive(Default)]
pub struct FakeDns(Mutex<HashMap<String, Vec<String>>>);

impl FakeDns {
    pub fn publish(&self, name: &str, text: &str) {
        self.0.lock().unwrap().entry(name.to_owned()).or_default().push(text.to_owned());
    }
}

#[async_trait]
impl TxtLookup for FakeDns {
    async fn txt(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.0.lock().unwrap().get(name).cloned().unwrap_or_default())
    }
}

impl TestPlatform {
    async fn on(url: &str, folder: tempfile::TempDir) -> Self {
        let clock = Arc::new(SettableClock::at("2026-03-01T09:30:00Z".parse().unwrap()));
        let txt = Arc::new(FakeDns::default());
        let settings = Settings {
            development: true,
            allow_loopback: true,
            benchmark_lab: true,
            quality_gates: true,
            compliance_evidence: true,
            workspaces: true,
            workspace_max_members: 6,
            workspace_max_shared_assets: 6,
            bench_max_vus: 50,
            bench_devices: crate::lab::DEVICES.map(str::to_owned).to_vec(),
            bench_max_duration: Duration::from_secs(60),
            artifact_retention_days: Some(365),
            tenant_deletion_grace_days: 30,
            evidence_dir: folder.path().join("evidence"),
            data_dir: folder.path().to_owned(),
            job_lease: Duration::from_secs(30),
            job_workers: 2,
            sms_allowed_countries: Vec::new(),
            sms_tenant_per_hour: 100,
        };
        let sealer = Sealer::new("a secret key that only tests have");
        let platform = Platform {
            db: Db::connect(url, 8).await.unwrap().sealing(sealer.clone()),
            clock: clock.clone(),
            egress: Egress::new(true),
            dns: txt.clone(),
            sms: None,
            artifacts: Artifacts::new(folder.path().join("artifacts")),
            evidence: Artifacts::new(folder.path().join("evidence")),
            secrets: sealer,
            settings: Arc::new(settings),
            metrics: Metrics::new(),
            hashing: Arc::new(tokio::sync::Semaphore::new(4)),
            work: Signal::default(),
        };
        Self { hub: Hub::new(platform.clone()), platform, clock, txt, folder }
    }

    /// Where its files are.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The first owner; the same for every call.
    pub async fn owner(&self) -> Actor {
        self.owner_named("ours").await
    }

    /// The owner of another tenant.
    pub async fn other_owner(&self) -> Actor {
        self.owner_named("theirs").await
    }

    async fn owner_named(&self, organisation: &str) -> Actor {
        let email = format!("owner@{organisation}.example");
        let known = super::super::identity::Credentials { email: email.clone(), password: PASSWORD.to_owned() };
        if let Ok(signed_in) = self.hub.identity().sign_in(&known, organisation, None).await {
            return signed_in.whole().unwrap();
        }
        let new = NewOwner {
            organisation: organisation.to_owned(),
            email,
            name: String::new(),
            password: PASSWORD.to_owned(),
        };
        self.hub.identity().create_tenant(new).await.unwrap()
    }
}

/// Runs a test on SQLite and on PostgreSQL.
pub async fn on_each_database(test: impl AsyncFn(TestPlatform)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
    test(TestPlatform::on(&url, folder).await).await;
    let database = PostgresDatabase::create().await;
    test(TestPlatform::on(&database.url, tempfile::tempdir().unwrap()).await).await;
    database.drop().await;
}

/// A database of one test on a real PostgreSQL.
pub struct PostgresDatabase {
    pub admin: String,
    pub name: String,
    pub url: String,
}

impl PostgresDatabase {
    pub async fn create() -> Self {
        let admin = std::env::var("TEST_POSTGRES_URL")
            .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
        let name = format!("sbh_test_{}", uuid::Uuid::new_v4().simple());
        let connection = sea_orm::Database::connect(&admin)
            .await
            .expect("these tests need PostgreSQL; set TEST_POSTGRES_URL to a superuser's address");
        connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        connection.close().await.unwrap();
        let (server, _) = admin.rsplit_once('/').unwrap();
        Self { url: format!("{server}/{name}"), admin, name }
    }

    pub async fn drop(self) {
        let connection = sea_orm::Database::connect(&self.admin).await.unwrap();
        connection.execute_unprepared(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await.unwrap();
        connection.close().await.unwrap();
    }
}
