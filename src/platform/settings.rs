//! What the configuration says, as far as the core needs it. The server reads and validates it once, whole.

use std::path::PathBuf;
use std::time::Duration;

/// Limits and switches of the core.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `ENVIRONMENT` is `development`.
    pub development: bool,
    /// Typed addresses may name this machine.
    pub allow_loopback: bool,
    /// Benchmarks may run (`FEATURE_BENCHMARK_LAB`).
    pub benchmark_lab: bool,
    /// Gates may be validated (`FEATURE_QUALITY_GATES`).
    pub quality_gates: bool,
    /// Evidence may be made (`FEATURE_COMPLIANCE_EVIDENCE`).
    pub compliance_evidence: bool,
    /// Workspaces and the library may be changed (`FEATURE_WORKSPACES`).
    pub workspaces: bool,
    /// Most members of one workspace (`WORKSPACE_MAX_MEMBERS`).
    pub workspace_max_members: u32,
    /// Most shared assets of one workspace (`WORKSPACE_MAX_SHARED_ASSETS`).
    pub workspace_max_shared_assets: u32,
    /// Most virtual users of one benchmark (`BENCH_MAX_VUS`).
    pub bench_max_vus: u32,
    /// Longest measured time of one benchmark (`BENCH_DURATION_S`).
    pub bench_max_duration: Duration,
    /// The devices on which a page may be opened in a browser (`BENCH_DEVICE_MATRIX`).
    pub bench_devices: Vec<String>,
    /// Days for which a benchmark's files are kept (`ARTIFACT_RETENTION_DAYS`); none: for ever.
    pub artifact_retention_days: Option<u32>,
    /// Days between the decision that a tenant goes and its removal (`TENANT_DELETION_GRACE_DAYS`).
    pub tenant_deletion_grace_days: u32,
    /// Where evidence packs are kept.
    pub evidence_dir: PathBuf,
    /// Where the other durable files are kept.
    pub data_dir: PathBuf,
    /// How long a job's lease lasts without a heartbeat.
    pub job_lease: Duration,
    /// How many jobs this process carries out at once.
    pub job_workers: usize,
    /// Country calling codes to which text messages are sent (`SMS_ALLOWED_COUNTRIES`); none: to all.
    pub sms_allowed_countries: Vec<u16>,
    /// Text messages an hour of one tenant (`SMS_TENANT_PER_HOUR`).
    pub sms_tenant_per_hour: u32,
}
