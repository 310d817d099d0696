//! What the configuration becomes: the platform, the hub on it, and what keeps a second process away.

use crate::{
    config::{Config, SmsGateway},
    edge::limits::{Limits, Shared},
    site::Site,
};
use axum::extract::FromRef;
use hub::{
    Hub,
    platform::{
        Platform,
        artifacts::Artifacts,
        clock::SystemClock,
        db::Db,
        dns::SystemDns,
        egress::Egress,
        metrics::Metrics,
        queue::{self, Signal},
        secrets::{Sealer, random_bytes},
        settings::Settings,
        sms::{Console, Gateway, Twilio},
    },
};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// The file in the data folder that holds a development hub's own secret.
const SECRET_KEY_FILE: &str = "secret_key";

/// What handlers and middleware reach. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The product core.
    pub hub: Hub,
    /// What the variables say.
    pub config: Arc<Config>,
    /// How often somebody may ask.
    pub limits: Arc<Limits>,
    /// What the browser gets.
    pub site: Arc<Site>,
    /// What was decided at start and matters to whoever runs the hub.
    pub notes: Arc<Notes>,
    /// Cancelled when the hub is told to end: event streams end with it.
    pub ending: CancellationToken,
}

/// What was decided at start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Why evidence packs go elsewhere than configured.
    pub evidence: Option<String>,
}

impl FromRef<AppState> for Hub {
    fn from_ref(state: &AppState) -> Self {
        state.hub.clone()
    }
}

impl AppState {
    /// Connects to everything that the configuration names, without serving or working yet.
    ///
    /// # Errors
    /// A sentence that names what is missing and what to do.
    pub async fn open(config: Config) -> Result<Self, StartError> {
        make_folder(&config.data_dir, "DATA_DIR")?;
        if let Some(folder) = config.sqlite_file().as_deref().and_then(Path::parent) {
            make_folder(folder, "DATABASE_URL")?;
        }
        let (evidence_dir, note) = evidence_dir(&config)?;
        let secret = secret_key(&config)?;
        let sealer = Sealer::new(&secret);
        let db = Db::connect(&config.database_url.0, config.database_max_connections).await?.sealing(sealer.clone());
        let platform = Platform {
            db,
            clock: Arc::new(SystemClock),
            egress: Egress::new(config.allow_loopback),
            dns: Arc::new(SystemDns),
            sms: gateway(&config)?,
            artifacts: Artifacts::new(config.data_dir.join("artifacts")),
            evidence: Artifacts::new(evidence_dir.clone()),
            secrets: sealer,
            settings: Arc::new(settings(&config, evidence_dir)),
            metrics: Metrics::new(),
            hashing: Arc::new(Semaphore::new(hashing_at_once())),
            work: Signal::default(),
        };
        Ok(Self::of(Hub::new(platform), config, Notes { evidence: note }))
    }

    /// The state around a hub.
    pub fn of(hub: Hub, config: Config, notes: Notes) -> Self {
        let by_address = (config.rate_limit_per_minute, config.rate_limit_sign_in_per_minute);
        // The configuration was checked: an address that is none of Redis' does not come here.
        let shared = config.redis_url.as_ref().and_then(|url| Shared::at(&url.0).ok());
        let limits = Arc::new(Limits::new(by_address, Arc::new(config.rate_limits), shared));
        Self {
            hub,
            limits,
            config: Arc::new(config),
            site: Arc::new(Site::load()),
            notes: Arc::new(notes),
            ending: CancellationToken::new(),
        }
    }

    /// Lets jobs that an earlier process left go on at once. Only for the one process that serves a SQLite file; on
    /// PostgreSQL other hubs may hold live leases.
    pub async fn take_over(&self) -> hub::Result<u64> {
        let db = &self.hub.platform().db;
        if db.is_postgres() { Ok(0) } else { queue::release_all(db).await }
    }
}

/// Why the hub does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A folder or file that can't be used.
    #[error("{variable}: {path} can't be used: {cause}")]
    Path {
        /// The variable that names it.
        variable: &'static str,
        /// The folder or file.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// Another process serves the database.
    #[error("another sbh serves {0}; SQLite has one serving process (PostgreSQL has many)")]
    InUse(String),
    /// The core refused.
    #[error("{0:?}")]
    Core(hub::Error),
    /// The address can't be listened on.
    #[error("HOST and PORT: {address} can't be listened on: {cause}")]
    Address {
        /// The address.
        address: String,
        /// Why.
        cause: io::Error,
    },
    /// Traces can't be exported.
    #[error("OTLP_ENDPOINT: {0}")]
    Tracing(String),
}

impl From<hub::Error> for StartError {
    fn from(error: hub::Error) -> Self {
        Self::Core(error)
    }
}

/// Holds the exclusive lock beside a SQLite file for as long as it lives.
pub struct OnlyServer {
    _file: Option<File>,
}

impl OnlyServer {
    /// Takes the lock; nothing to take for PostgreSQL.
    ///
    /// # Errors
    /// When another process holds it.
    pub fn lock(config: &Config) -> Result<Self, StartError> {
        let Some(database) = config.sqlite_file() else { return Ok(Self { _file: None }) };
        let path = database.with_added_extension("lock");
        let refused = |cause| StartError::Path { variable: "DATABASE_URL", path: path.display().to_string(), cause };
        if let Some(folder) = path.parent() {
            make_folder(folder, "DATABASE_URL")?;
        }
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(refused)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(StartError::InUse(database.display().to_string())),
            Err(TryLockError::Error(cause)) => Err(refused(cause)),
        }
    }
}

/// A core for each password, and never so many that their memory counts.
fn hashing_at_once() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 16))
}

fn settings(config: &Config, evidence_dir: PathBuf) -> Settings {
    Settings {
        development: config.is_development(),
        allow_loopback: config.allow_loopback,
        benchmark_lab: config.benchmark_lab,
        quality_gates: config.quality_gates,
        compliance_evidence: config.compliance_evidence,
        workspaces: config.workspaces,
        workspace_max_members: config.workspace_max_members,
        workspace_max_shared_assets: config.workspace_max_shared_assets,
        bench_max_vus: config.bench_max_vus,
        bench_devices: config.bench_devices.clone(),
        bench_max_duration: config.bench_max_duration,
        artifact_retention_days: config.artifact_retention_days,
        tenant_deletion_grace_days: config.tenant_deletion_grace_days,
        evidence_dir,
        data_dir: config.data_dir.clone(),
        job_lease: config.job_lease,
        job_workers: config.job_workers,
        sms_allowed_countries: config.sms.allowed_countries.clone(),
        sms_tenant_per_hour: config.sms.tenant_per_hour,
    }
}

/// What sends text messages.
fn gateway(config: &Config) -> hub::Result<Option<Arc<dyn Gateway>>> {
    Ok(match &config.sms.gateway {
        SmsGateway::None => None,
        SmsGateway::Console => Some(Arc::new(Console)),
        SmsGateway::Twilio { url, account, token, sender } => {
            let guard = Egress::new(config.allow_loopback).guard();
            Some(Arc::new(Twilio::new(guard, url, (account, &token.0), sender.clone())?))
        }
    })
}

fn make_folder(path: &Path, variable: &'static str) -> Result<(), StartError> {
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    fs::create_dir_all(path).map_err(|cause| StartError::Path { variable, path: path.display().to_string(), cause })
}

/// The folder for evidence, and why it is another than the default.
fn evidence_dir(config: &Config) -> Result<(PathBuf, Option<String>), StartError> {
    let wanted = &config.evidence_dir;
    match writable(wanted) {
        Ok(()) => Ok((wanted.clone(), None)),
        Err(cause) if config.evidence_dir_chosen => {
            Err(StartError::Path { variable: "EVIDENCE_BUNDLE_PATH", path: wanted.display().to_string(), cause })
        }
        Err(cause) => {
            let folder = config.data_dir.join("evidence");
            make_folder(&folder, "DATA_DIR")?;
            let note =
                format!("{} can't be written ({cause}); evidence packs go to {}", wanted.display(), folder.display());
            tracing::warn!("{note}");
            Ok((folder, Some(note)))
        }
    }
}

fn writable(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let probe = folder.join(format!(".write-{}", hex::encode(random_bytes::<8>())));
    File::create_new(&probe)?;
    fs::remove_file(probe)
}

/// The configured secret; else the one in the data folder, made with the first start.
fn secret_key(config: &Config) -> Result<String, StartError> {
    if let Some(secret) = &config.secret_key {
        return Ok(secret.0.clone());
    }
    let path = config.data_dir.join(SECRET_KEY_FILE);
    let refused = |cause| StartError::Path { variable: "SECRET_KEY", path: path.display().to_string(), cause };
    match create_private(&path) {
        Ok(mut file) => {
            let secret = hex::encode(random_bytes::<32>());
            file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(refused)?;
            Ok(secret)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read_secret(&path).map_err(refused),
        Err(error) => Err(refused(error)),
    }
}

fn read_secret(path: &Path) -> io::Result<String> {
    let secret = fs::read_to_string(path)?.trim().to_owned();
    if secret.len() < crate::config::SECRET_KEY_MIN {
        let cause = "it is shorter than a key; restore it, or remove it to lose what it sealed";
        return Err(io::Error::new(io::ErrorKind::InvalidData, cause));
    }
    Ok(secret)
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<File> {
    File::create_new(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A configuration whose evidence folder lies below a file, so that nobody can make it.
    fn blocked(folder: &Path) -> Config {
        fs::write(folder.join("file"), "").unwrap();
        let mut config = Config::parse(&Default::default()).unwrap();
        config.data_dir = folder.join("data");
        config.evidence_dir = folder.join("file/evidence");
        config
    }

    #[test]
    fn the_default_evidence_folder_gives_way_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let config = blocked(folder.path());
        let (used, note) = evidence_dir(&config).unwrap();
        assert_eq!(used, folder.path().join("data/evidence"));
        let note = note.unwrap();
        assert!(used.is_dir() && note.contains("file/evidence") && note.contains("data/evidence"), "{note}");
    }

    #[test]
    fn a_chosen_evidence_folder_does_not_give_way() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = blocked(folder.path());
        config.evidence_dir_chosen = true;
        let refused = evidence_dir(&config).unwrap_err().to_string();
        assert!(refused.starts_with("EVIDENCE_BUNDLE_PATH: "), "{refused}");
    }

    #[test]
    fn a_secret_is_made_once_and_a_broken_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::parse(&Default::default()).unwrap();
        config.data_dir = folder.path().to_owned();
        let made = secret_key(&config).unwrap();
        assert_eq!(secret_key(&config).unwrap(), made);
        fs::write(folder.path().join(SECRET_KEY_FILE), "short").unwrap();
        assert!(secret_key(&config).unwrap_err().to_string().starts_with("SECRET_KEY: "));
    }
}
