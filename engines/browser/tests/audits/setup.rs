//! How the tests audit.

use std::time::Duration;

use sbh_browser::{Audit, AuditError, Auditor, Device, Installation, Options};
use sbh_egress::{Guard, Policy};
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

/// Two browsers at a time, because audits mostly wait; and one alone where time is what is measured.
static TURNS: Semaphore = Semaphore::const_new(2);

/// One load on a desktop that is not slowed, and short quiet.
pub fn quick() -> Options {
    Options {
        device: Device::desktop(),
        runs: 1,
        time_limit: Duration::from_secs(40),
        load_limit: Duration::from_secs(20),
        quiet: Duration::from_millis(700),
        accessibility: false,
        ..Options::default()
    }
}

/// Loopback opened, as for development.
pub fn open() -> Guard {
    Guard::new(Policy { loopback: true, ..Policy::default() })
}

pub async fn audit(url: &Url, options: &Options) -> Result<Audit, AuditError> {
    audit_with(open(), url, options).await
}

pub async fn audit_with(guard: Guard, url: &Url, options: &Options) -> Result<Audit, AuditError> {
    let _turn = turn().await;
    auditor(guard).audit(url, options).await
}

/// No other audit meanwhile.
pub async fn audit_alone(url: &Url, options: &Options) -> Result<Audit, AuditError> {
    let _turns = TURNS.acquire_many(2).await.unwrap();
    auditor(open()).audit(url, options).await
}

/// For tests with an auditor of their own.
pub async fn turn() -> SemaphorePermit<'static> {
    TURNS.acquire().await.unwrap()
}

fn auditor(guard: Guard) -> Auditor {
    let auditor = Auditor::new(guard, Installation::default());
    auditor.program().expect("these tests need Chromium: install the package chromium");
    auditor
}
