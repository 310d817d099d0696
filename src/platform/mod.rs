//! Adapters, one per file: what the capabilities need of the world outside.

pub mod artifacts;
pub mod clock;
pub mod db;
pub mod dns;
pub mod egress;
pub mod events;
pub mod idempotency;
pub mod metrics;
pub mod persons;
pub mod queue;
pub mod secrets;
pub mod settings;
pub mod signing;
pub mod sms;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

/// Everything that a use case needs beside its own tables. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    /// The database.
    pub db: db::Db,
    /// The time.
    pub clock: Arc<dyn clock::Clock>,
    /// Requests to typed addresses.
    pub egress: egress::Egress,
    /// TXT records.
    pub dns: Arc<dyn dns::TxtLookup>,
    /// Text messages; none where the hub has no gateway.
    pub sms: Option<Arc<dyn sms::Gateway>>,
    /// Durable files.
    pub artifacts: artifacts::Artifacts,
    /// Evidence packs.
    pub evidence: artifacts::Artifacts,
    /// Seals what the database must not hold in the clear.
    pub secrets: secrets::Sealer,
    /// What the configuration says.
    pub settings: Arc<settings::Settings>,
    /// Figures for Prometheus.
    pub metrics: metrics::Metrics,
    /// How many passwords are hashed at once: each takes 19 MiB and a core.
    pub hashing: Arc<tokio::sync::Semaphore>,
    /// Wakes workers of this process as soon as work is queued.
    pub work: queue::Signal,
}
