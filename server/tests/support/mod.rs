//! Hubs for tests: the real router on a real port, on a database of its own.

#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]
#![allow(dead_code, unused_imports, unused_macros, reason = "each test binary uses its part of the harness")]

mod client;
mod database;

pub use client::{Client, Reply, send};
pub use database::{Backend, superuser};

use database::TestDatabase;
use hub::{
    Hub,
    access::{Actor, Permission, Role},
    identity::{Credentials, NewKey, NewMember, NewOwner},
    platform::{Platform, clock::SettableClock},
};
use serde_json::json;
use server::{
    config::Config,
    serve::{Running, install_crypto},
    state::AppState,
};
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::OnceCell};

/// The password of every account that a test makes.
pub const PASSWORD: &str = "correct horse battery staple";
/// The owner of the hub's first organisation.
pub const OWNER: &str = "owner@example.com";

/// A running hub with a database of its own. Dropping it ends both.
pub struct TestHub {
    running: Option<Running>,
    values: BTreeMap<String, String>,
    owner: OnceCell<Actor>,
    stranger: OnceCell<Actor>,
    // Removed after the hub: fields are dropped in this order.
    database: TestDatabase,
    folder: TempDir,
}

impl TestHub {
    /// A hub in development with loopback allowed and no limit for callers without an identity.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, &[]).await
    }

    /// The same with some variables set otherwise.
    pub async fn start_with(backend: Backend, variables: &[(&str, &str)]) -> Self {
        Self::start_through(backend, variables, str::to_owned).await
    }

    /// The same, reaching its database by another address than the server's own.
    pub async fn start_through(backend: Backend, variables: &[(&str, &str)], way: impl FnOnce(&str) -> String) -> Self {
        install_crypto();
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::create(backend, folder.path()).await;
        let path = |name: &str| folder.path().join(name).display().to_string();
        let defaults = [
            ("ENVIRONMENT", "development".to_owned()),
            ("DATA_DIR", path("data")),
            ("DATABASE_URL", way(database.url())),
            ("EVIDENCE_BUNDLE_PATH", path("evidence")),
            ("EGRESS_ALLOW_LOOPBACK", "true".to_owned()),
            ("RATE_LIMIT_PER_MINUTE", "1000000".to_owned()),
            ("RATE_LIMIT_SIGN_IN_PER_MINUTE", "1000000".to_owned()),
            ("RATE_LIMIT_RUNS_PER_MINUTE", "1000000".to_owned()),
            ("RATE_LIMIT_EXPORTS_PER_MINUTE", "1000000".to_owned()),
            ("RATE_LIMIT_SCIM_PER_MINUTE", "1000000".to_owned()),
            ("PORT", "0".to_owned()),
        ];
        let mut values: BTreeMap<_, _> = defaults.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        values.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let running = run(&values).await;
        let (owner, stranger) = (OnceCell::new(), OnceCell::new());
        Self { running: Some(running), values, owner, stranger, database, folder }
    }

    /// Another core on the same database, as a second instance of the hub would have; its clock is set by the test.
    pub fn with_clock(&self, clock: Arc<SettableClock>) -> Hub {
        Hub::new(Platform { clock, ..self.hub().platform().clone() })
    }

    /// Ends the hub as a signal would, and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.running = Some(run(&self.values).await);
    }

    /// Ends the hub as a signal would.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// A second hub on the same database, as another instance would be; for PostgreSQL alone.
    pub async fn another(&self) -> Running {
        run(&self.values).await
    }

    /// Takes the running hub out, to end it while something else goes on.
    pub fn take_running(&mut self) -> Running {
        self.running.take().expect("the hub runs")
    }

    /// The hub's address.
    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("the hub runs").address()
    }

    /// The hub's core.
    pub fn hub(&self) -> &Hub {
        &self.running.as_ref().expect("the hub runs").state().hub
    }

    /// The variables that the hub runs with.
    pub fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    /// Its folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Somebody without an identity.
    pub fn anonymous(&self) -> Client {
        Client::new(self.address())
    }

    /// The owner's browser.
    pub async fn as_owner(&self) -> Client {
        self.owner().await;
        self.signed_in(OWNER).await
    }

    /// The browser of a member with this role in the owner's organisation.
    pub async fn as_role(&self, role: Role) -> Client {
        if role == Role::Owner {
            return self.as_owner().await;
        }
        let email = format!("{role}@example.com");
        let new = NewMember { email: email.clone(), name: String::new(), role, password: PASSWORD.to_owned() };
        let added = self.hub().identity().add_member(self.owner().await, new).await;
        // A second client of the same role is the same member.
        assert!(
            added.is_ok() || self.hub().identity().sign_in(&credentials(&email), "test", None).await.is_ok(),
            "{added:?}"
        );
        self.signed_in(&email).await
    }

    /// The browser of another organisation's owner.
    pub async fn as_other_tenant(&self) -> Client {
        self.owner().await;
        let make = async || self.hub().identity().create_tenant(new_owner("stranger@example.com")).await.unwrap();
        self.stranger.get_or_init(make).await;
        self.signed_in("stranger@example.com").await
    }

    /// A program with a key of the owner's that has these scopes.
    pub async fn with_key(&self, scopes: &[Permission]) -> Client {
        let new = NewKey {
            name: "test".to_owned(),
            scopes: scopes.iter().copied().collect(),
            expires_in_days: None,
            networks: Vec::new(),
        };
        let created = self.hub().keys().create(self.owner().await, new).await.unwrap();
        self.anonymous().bearing(&created.secret)
    }

    /// The owner of the first organisation, made when first asked for.
    pub async fn owner(&self) -> &Actor {
        let make = async || self.hub().identity().create_first_owner(new_owner(OWNER)).await.unwrap();
        self.owner.get_or_init(make).await
    }

    /// The browser of whoever has this address and the password of all.
    pub async fn signed_in(&self, email: &str) -> Client {
        let client = self.anonymous();
        let body = json!({ "email": email, "password": PASSWORD });
        let reply = client.post("/api/auth/sign-in", &body).await;
        reply.expect(200);
        client.with_cookie_of(&reply)
    }
}

/// The first owner or another organisation's.
pub fn new_owner(email: &str) -> NewOwner {
    let organisation = format!("Organisation of {email}");
    NewOwner { organisation, email: email.to_owned(), name: String::new(), password: PASSWORD.to_owned() }
}

fn credentials(email: &str) -> Credentials {
    Credentials { email: email.to_owned(), password: PASSWORD.to_owned() }
}

async fn run(values: &BTreeMap<String, String>) -> Running {
    let config = Config::parse(values).unwrap();
    let state = database::one_at_a_time(AppState::open(config)).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Running::start(state, listener).await.unwrap()
}

/// Runs each test on both databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$doc:meta])* async fn $name:ident($($hub:ident)+: TestHub) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn promise($($hub)+: TestHub) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                promise(TestHub::start(Backend::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                promise(TestHub::start(Backend::Postgres).await).await;
            }
        }
    )*};
}
