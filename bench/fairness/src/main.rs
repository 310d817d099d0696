//! Makes a further organisation with a key in the database of a hub, which no address of the hub does: the one that floods
//! while another is measured.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use hub::Hub;
use hub::access::Permission;
use hub::identity::{NewKey, NewOwner};
use hub::platform::Platform;
use hub::platform::artifacts::Artifacts;
use hub::platform::clock::SystemClock;
use hub::platform::db::Db;
use hub::platform::dns::SystemDns;
use hub::platform::egress::Egress;
use hub::platform::metrics::Metrics;
use hub::platform::queue::Signal;
use hub::platform::secrets::{Sealer, random_bytes};
use hub::platform::settings::Settings;
use serde_json::json;

/// Why there is no organisation.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where.
#[derive(Parser)]
#[command(name = "sbh-bench-fairness")]
struct Options {
    /// The database of the hub, which may run
    #[arg(long)]
    database: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("sbh-bench-fairness: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Failure> {
    let hub = Hub::new(platform(Db::open(&options.database, 2).await?));
    let owner = NewOwner {
        organisation: "Flood".to_owned(),
        email: "flood@example.com".to_owned(),
        name: String::new(),
        password: format!("{:032x}", u128::from_be_bytes(random_bytes::<16>())),
    };
    let owner = hub.identity().create_tenant(owner).await?;
    let scopes = BTreeSet::from([Permission::SystemsRead]);
    let key = NewKey { name: "flood".to_owned(), scopes, ..NewKey::default() };
    println!("{}", json!({ "key": hub.keys().create(&owner, key).await?.secret }));
    Ok(())
}

/// What making an account needs; nothing is measured or written to files.
fn platform(db: Db) -> Platform {
    let nowhere = PathBuf::from("nowhere");
    Platform {
        db,
        clock: Arc::new(SystemClock),
        egress: Egress::new(false),
        dns: Arc::new(SystemDns),
        sms: None,
        artifacts: Artifacts::new(nowhere.clone()),
        evidence: Artifacts::new(nowhere.clone()),
        secrets: Sealer::new("an organisation has no sealed values"),
        settings: Arc::new(Settings {
            development: true,
            allow_loopback: false,
            benchmark_lab: false,
            quality_gates: false,
            compliance_evidence: false,
            workspaces: false,
            workspace_max_members: 1,
            workspace_max_shared_assets: 1,
            bench_max_vus: 1,
            bench_devices: Vec::new(),
            bench_max_duration: Duration::from_secs(1),
            artifact_retention_days: None,
            tenant_deletion_grace_days: 30,
            evidence_dir: nowhere.clone(),
            data_dir: nowhere,
            job_lease: Duration::from_secs(30),
            job_workers: 1,
            sms_allowed_countries: Vec::new(),
            sms_tenant_per_hour: 100,
        }),
        metrics: Metrics::new(),
        hashing: Arc::new(tokio::sync::Semaphore::new(1)),
        work: Signal::default(),
    }
}
