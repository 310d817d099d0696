//! A fresh database for one hub.

use sea_orm::{ConnectionTrait as _, Database};
use std::{env, path::Path};
use tokio::sync::Mutex;

/// Which database a hub runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// The server that `TEST_POSTGRES_URL` names, else the one at the standard port of this machine.
    Postgres,
}

/// A database that ends with its test.
pub struct TestDatabase {
    url: String,
    postgres: Option<String>,
}

impl TestDatabase {
    pub async fn create(backend: Backend, folder: &Path) -> Self {
        if backend == Backend::Sqlite {
            let url = format!("sqlite://{}?mode=rwc", folder.join("sbh.db").display());
            return Self { url, postgres: None };
        }
        let name = format!("sbh_test_{}", uuid::Uuid::new_v4().simple());
        administer(&format!("CREATE DATABASE {name}")).await;
        let mut url = url::Url::parse(&superuser()).unwrap();
        url.set_path(&name);
        Self { url: url.into(), postgres: Some(name) }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some(name) = self.postgres.take() else { return };
        // A test's runtime can't be waited for from within, so the end has a thread of its own.
        let end = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        });
        drop(end.join());
    }
}

/// Lets hubs start one after another: their migrations change roles, which all databases of a server share.
pub async fn one_at_a_time<T>(start: impl Future<Output = T>) -> T {
    static STARTING: Mutex<()> = Mutex::const_new(());
    let _turn = STARTING.lock().await;
    start.await
}

/// The server on which databases are made.
pub fn superuser() -> String {
    env::var("TEST_POSTGRES_URL").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
}

async fn administer(sql: &str) {
    let server =
        Database::connect(superuser()).await.expect("PostgreSQL answers at TEST_POSTGRES_URL or 127.0.0.1:5432");
    server.execute_unprepared(sql).await.unwrap();
    server.close().await.unwrap();
}
