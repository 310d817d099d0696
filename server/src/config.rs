//! What the environment variables say: read once, validated whole, passed down.

mod read;
mod sms;

pub use read::{Entry, Fault};
pub use sms::{Sms, SmsGateway};

use crate::edge::limits::Figures;
use hub::lab::DEVICES;
use read::{Reader, Show, flag, origin, whole};
use std::{collections::BTreeMap, fmt, net::IpAddr, path::PathBuf, time::Duration};
use tracing_subscriber::filter::LevelFilter;
use url::Url;

/// Fewest characters of `SECRET_KEY`.
pub const SECRET_KEY_MIN: usize = 32;
/// Where evidence packs go when nothing else is said.
const EVIDENCE_DEFAULT: &str = "/var/sbh_evidence";

/// Where the hub runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On the machine of somebody who tries or changes it.
    Development,
    /// For others.
    Production,
}

/// Text that no log and no message may show.
#[derive(Clone)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The whole configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ENVIRONMENT`
    pub environment: Environment,
    /// `HOST`: the address to listen on.
    pub host: IpAddr,
    /// `PORT`: the port to listen on; 0 lets the system choose.
    pub port: u16,
    /// `SECRET_KEY`; without one in development, the hub keeps one of its own in its data folder.
    pub secret_key: Option<Secret>,
    /// `DATABASE_URL`
    pub database_url: Secret,
    /// `DATABASE_MAX_CONNECTIONS`
    pub database_max_connections: u32,
    /// `RATE_LIMIT_PER_MINUTE`: requests a minute of one network address without an identity.
    pub rate_limit_per_minute: u32,
    /// `RATE_LIMIT_SIGN_IN_PER_MINUTE`: of those, what shows who somebody is.
    pub rate_limit_sign_in_per_minute: u32,
    /// `RATE_LIMIT_TENANT_PER_MINUTE` and those below it: requests a minute of one tenant and of those in it.
    pub rate_limits: Figures,
    /// `REDIS_URL`: where hubs count limits together.
    pub redis_url: Option<Secret>,
    /// `OTLP_ENDPOINT`, where `ENABLE_TRACING` asks for it.
    pub otlp_endpoint: Option<Url>,
    /// `FEATURE_BENCHMARK_LAB`
    pub benchmark_lab: bool,
    /// `BENCH_MAX_VUS`
    pub bench_max_vus: u32,
    /// `BENCH_DEVICE_MATRIX`
    pub bench_devices: Vec<String>,
    /// `BENCH_DURATION_S`
    pub bench_max_duration: Duration,
    /// `ARTIFACT_RETENTION_DAYS`; none: for ever.
    pub artifact_retention_days: Option<u32>,
    /// `TENANT_DELETION_GRACE_DAYS`
    pub tenant_deletion_grace_days: u32,
    /// `FEATURE_QUALITY_GATES`
    pub quality_gates: bool,
    /// `FEATURE_COMPLIANCE_EVIDENCE`
    pub compliance_evidence: bool,
    /// `FEATURE_WORKSPACES`
    pub workspaces: bool,
    /// `WORKSPACE_MAX_MEMBERS`
    pub workspace_max_members: u32,
    /// `WORKSPACE_MAX_SHARED_ASSETS`
    pub workspace_max_shared_assets: u32,
    /// `EVIDENCE_BUNDLE_PATH`
    pub evidence_dir: PathBuf,
    /// Whether somebody chose the evidence folder; the default one may be replaced.
    pub evidence_dir_chosen: bool,
    /// `EGRESS_ALLOW_LOOPBACK`: typed addresses may name this machine.
    pub allow_loopback: bool,
    /// `SMS_GATEWAY` and what belongs to it.
    pub sms: Sms,
    /// `DATA_DIR`
    pub data_dir: PathBuf,
    /// `JOB_LEASE_S`
    pub job_lease: Duration,
    /// `JOB_WORKERS`
    pub job_workers: usize,
    /// `LOG_LEVEL`
    pub log_level: LevelFilter,
    /// `PUBLIC_URL`: the origin under which browsers see the hub.
    pub public_url: Option<Url>,
    /// `TRUST_PROXY`: `X-Forwarded-For` is believed.
    pub trust_proxy: bool,
    entries: Vec<Entry>,
}

/// Every variable that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The configuration is not valid:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for Faults {}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// All variables that are wrong, at once.
    pub fn from_env() -> Result<Self, Faults> {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        };
        Self::parse(&std::env::vars_os().filter_map(text).collect())
    }

    /// Reads these variables.
    ///
    /// # Errors
    /// All variables that are wrong, at once.
    pub fn parse(values: &BTreeMap<String, String>) -> Result<Self, Faults> {
        let mut reader = Reader::new(values);
        let config = Self::read(&mut reader);
        check(&mut reader);
        match config {
            Some(config) if reader.faults.is_empty() => Ok(Self { entries: reader.entries, ..config }),
            _ => Err(Faults(reader.faults)),
        }
    }

    /// Every variable, in the order of the documentation.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether browsers reach the hub by https, so that cookies may insist on it.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// Whether this is a development hub.
    pub fn is_development(&self) -> bool {
        self.environment == Environment::Development
    }

    /// The database's file, when it is SQLite.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.database_url.0.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(path.split('?').next().unwrap_or_default().into())
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let environment =
            reader.read(("ENVIRONMENT", "development"), (Show::Plain, "development or production"), environment);
        let host = reader.read(
            ("HOST", "127.0.0.1"),
            (Show::Plain, "an IP address such as 127.0.0.1, 0.0.0.0 or ::"),
            |text| text.parse().ok(),
        );
        let port = reader.read(("PORT", "3000"), (Show::Plain, "a port, 0 to 65535"), |text| text.parse().ok());
        let secret_key = reader.optional("SECRET_KEY", (Show::Masked, "a text of at least 32 characters"), secret_key);
        let data_dir = reader.read(("DATA_DIR", "data"), (Show::Plain, "a folder"), folder);
        let below = data_dir.as_deref().unwrap_or(std::path::Path::new("data")).display();
        let database_default = format!("sqlite://{below}/sbh.db?mode=rwc");
        let database_allowed = "sqlite://PATH?mode=rwc or postgres://USER:PASSWORD@HOST:PORT/DATABASE";
        let database_url =
            reader.read(("DATABASE_URL", &database_default), (Show::Url, database_allowed), database_url);
        let public_url = reader.optional(
            "PUBLIC_URL",
            (Show::Plain, "an http or https URL without a path, as browsers see the hub"),
            origin,
        );
        let trust_proxy = switch(reader, "TRUST_PROXY", "false");
        let connections = number(reader, ("DATABASE_MAX_CONNECTIONS", "16"), 2..=1_000);
        let rate_limit = number(reader, ("RATE_LIMIT_PER_MINUTE", "30"), 1..=1_000_000);
        let rate_limit_sign_in = number(reader, ("RATE_LIMIT_SIGN_IN_PER_MINUTE", "20"), 1..=1_000_000);
        let rate_limits = rate_limits(reader);
        let redis_url = reader.optional("REDIS_URL", (Show::Url, "redis://USER:PASSWORD@HOST:PORT/NUMBER"), redis_url);
        let log_level =
            reader.read(("LOG_LEVEL", "info"), (Show::Plain, "off, error, warn, info, debug or trace"), log_level);
        let enable_tracing = switch(reader, "ENABLE_TRACING", "false");
        let otlp_endpoint = reader.optional(
            "OTLP_ENDPOINT",
            (Show::Plain, "an http or https URL such as http://collector:4317"),
            origin,
        );
        let benchmark_lab = switch(reader, "FEATURE_BENCHMARK_LAB", "true");
        let bench_max_vus = number(reader, ("BENCH_MAX_VUS", "200"), 1..=10_000);
        let bench_duration = number(reader, ("BENCH_DURATION_S", "120"), 1..=86_400);
        let bench_devices = reader.read(
            ("BENCH_DEVICE_MATRIX", "desktop,tablet,mobile"),
            (Show::Plain, "names out of desktop, tablet and mobile with commas between, or nothing"),
            devices,
        );
        let artifact_retention = number(reader, ("ARTIFACT_RETENTION_DAYS", "365"), 0..=36_500);
        let tenant_deletion_grace = number(reader, ("TENANT_DELETION_GRACE_DAYS", "30"), 0..=365);
        let quality_gates = switch(reader, "FEATURE_QUALITY_GATES", "true");
        let compliance_evidence = switch(reader, "FEATURE_COMPLIANCE_EVIDENCE", "true");
        let workspaces = switch(reader, "FEATURE_WORKSPACES", "true");
        let workspace_max_members = number(reader, ("WORKSPACE_MAX_MEMBERS", "200"), 1..=100_000);
        let workspace_max_assets = number(reader, ("WORKSPACE_MAX_SHARED_ASSETS", "5000"), 1..=1_000_000);
        let evidence_dir = reader.read(("EVIDENCE_BUNDLE_PATH", EVIDENCE_DEFAULT), (Show::Plain, "a folder"), folder);
        let allow_loopback = switch(reader, "EGRESS_ALLOW_LOOPBACK", "false");
        let sms = sms::read(reader);
        let job_workers = number(reader, ("JOB_WORKERS", "2"), 1..=64);
        let job_lease = number(reader, ("JOB_LEASE_S", "30"), 5..=60);
        Some(Self {
            environment: environment?,
            host: host?,
            port: port?,
            secret_key,
            database_url: database_url?,
            database_max_connections: connections?,
            rate_limit_per_minute: rate_limit?,
            rate_limit_sign_in_per_minute: rate_limit_sign_in?,
            rate_limits: rate_limits?,
            redis_url,
            otlp_endpoint: otlp_endpoint.filter(|_| enable_tracing == Some(true)),
            benchmark_lab: benchmark_lab?,
            bench_max_vus: bench_max_vus?,
            bench_devices: bench_devices?,
            bench_max_duration: Duration::from_secs(bench_duration?.into()),
            artifact_retention_days: artifact_retention.map(|days| (days > 0).then_some(days))?,
            tenant_deletion_grace_days: tenant_deletion_grace?,
            quality_gates: quality_gates?,
            compliance_evidence: compliance_evidence?,
            workspaces: workspaces?,
            workspace_max_members: workspace_max_members?,
            workspace_max_shared_assets: workspace_max_assets?,
            evidence_dir: evidence_dir?,
            evidence_dir_chosen: reader.given("EVIDENCE_BUNDLE_PATH").is_some(),
            allow_loopback: allow_loopback?,
            sms: sms?,
            data_dir: data_dir?,
            job_lease: Duration::from_secs(job_lease?.into()),
            job_workers: usize::try_from(job_workers?).ok()?,
            log_level: log_level?,
            public_url,
            trust_proxy: trust_proxy?,
            entries: Vec::new(),
        })
    }
}

/// What can only be judged from several variables together.
fn check(reader: &mut Reader<'_>) {
    let production = reader.given("ENVIRONMENT") == Some("production");
    if production && reader.given("SECRET_KEY").is_none() {
        reader.fault("SECRET_KEY", None, "a text of at least 32 characters, the same at every start, in production");
    }
    if production && reader.given("EGRESS_ALLOW_LOOPBACK") == Some("true") {
        reader.fault("EGRESS_ALLOW_LOOPBACK", Some("true".to_owned()), "false with ENVIRONMENT=production");
    }
    sms::check(reader, production);
    if reader.given("ENABLE_TRACING") == Some("true") && reader.given("OTLP_ENDPOINT").is_none() {
        reader.fault("OTLP_ENDPOINT", None, "an http or https URL, because ENABLE_TRACING=true");
    }
}

fn switch(reader: &mut Reader<'_>, name: &'static str, default: &str) -> Option<bool> {
    reader.read((name, default), (Show::Plain, "true or false"), flag)
}

fn number(
    reader: &mut Reader<'_>,
    variable: (&'static str, &str),
    range: std::ops::RangeInclusive<u32>,
) -> Option<u32> {
    let allowed = format!("a whole number, {} to {}", range.start(), range.end());
    reader.read(variable, (Show::Plain, &allowed), whole(range))
}

fn rate_limits(reader: &mut Reader<'_>) -> Option<Figures> {
    let identified = number(reader, ("RATE_LIMIT_IDENTIFIED_PER_MINUTE", "600"), 1..=10_000_000);
    let tenant = number(reader, ("RATE_LIMIT_TENANT_PER_MINUTE", "6000"), 1..=10_000_000);
    let runs = number(reader, ("RATE_LIMIT_RUNS_PER_MINUTE", "60"), 1..=10_000_000);
    let exports = number(reader, ("RATE_LIMIT_EXPORTS_PER_MINUTE", "120"), 1..=10_000_000);
    let scim = number(reader, ("RATE_LIMIT_SCIM_PER_MINUTE", "600"), 1..=10_000_000);
    Some(Figures { tenant: tenant?, identified: identified?, runs: runs?, exports: exports?, scim: scim? })
}

/// A Redis without TLS, as it stands beside the hub.
fn redis_url(text: &str) -> Option<Secret> {
    let is_plain = Url::parse(text).is_ok_and(|url| url.scheme() == "redis" && url.has_host());
    (is_plain && redis::Client::open(text).is_ok()).then(|| Secret(text.to_owned()))
}

fn devices(text: &str) -> Option<Vec<String>> {
    let mut devices: Vec<String> = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if !DEVICES.contains(&name) || devices.iter().any(|known| known == name) {
            return None;
        }
        devices.push(name.to_owned());
    }
    Some(devices)
}

fn environment(text: &str) -> Option<Environment> {
    match text {
        "development" => Some(Environment::Development),
        "production" => Some(Environment::Production),
        _ => None,
    }
}

fn secret_key(text: &str) -> Option<Secret> {
    (text.chars().count() >= SECRET_KEY_MIN).then(|| Secret(text.to_owned()))
}

/// SQLite in memory is refused: its readers and its writer would see two databases.
fn database_url(text: &str) -> Option<Secret> {
    let sqlite = text.strip_prefix("sqlite:").is_some_and(|rest| {
        let path = rest.trim_start_matches('/').split('?').next().unwrap_or_default();
        !path.is_empty() && !rest.contains(":memory:") && !rest.contains("mode=memory")
    });
    let postgres = Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "postgres" | "postgresql") && url.has_host() && url.path().len() > 1);
    (sqlite || postgres).then(|| Secret(text.to_owned()))
}

fn folder(text: &str) -> Option<PathBuf> {
    (!text.contains('\0')).then(|| PathBuf::from(text))
}

fn log_level(text: &str) -> Option<LevelFilter> {
    matches!(text, "off" | "error" | "warn" | "info" | "debug" | "trace").then(|| text.parse().ok()).flatten()
}
