//! Jobs per second beside what the same database does at best: bare transactions that change one row each.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use clap::Parser;
use hub::Hub;
use hub::access::{Actor, Permission, Scope};
use hub::identity::NewOwner;
use hub::platform::Platform;
use hub::platform::artifacts::Artifacts;
use hub::platform::clock::SystemClock;
use hub::platform::db::{Db, Tx};
use hub::platform::dns::SystemDns;
use hub::platform::egress::Egress;
use hub::platform::metrics::Metrics;
use hub::platform::queue::{self, Ending, Handler, JobError, NewJob, Priority, Signal, Task, Workers};
use hub::platform::secrets::{Sealer, random_bytes};
use hub::platform::settings::Settings;
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use tokio::sync::Notify;

/// Why there are no figures.
type Failure = Box<dyn std::error::Error + Send + Sync>;

const KIND: &str = "performance";
/// As the hub itself has it.
const MAX_CONNECTIONS: u32 = 16;
/// Longest time in which a round must be over.
const PATIENCE: Duration = Duration::from_secs(300);

/// Where, and how much.
#[derive(Parser)]
#[command(name = "sbh-bench-jobs")]
struct Options {
    /// The database, empty or from an earlier run
    #[arg(long)]
    database: String,
    /// Jobs of a round
    #[arg(long, default_value_t = 1000)]
    jobs: u32,
    /// Workers
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Rounds of jobs and of bare transactions, by turns
    #[arg(long, default_value_t = 3)]
    rounds: u32,
}

/// Does nothing but its bookkeeping, which is what is measured.
struct Nothing {
    db: Db,
    left: AtomicU32,
    done: Notify,
}

#[async_trait]
impl Handler for Nothing {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, task: &Task) -> Result<(), JobError> {
        let tx = self.db.write(&task.scope()).await?;
        task.complete(&tx).await?;
        tx.commit().await?;
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.done.notify_one();
        }
        Ok(())
    }

    async fn give_up(&self, _: &Tx, _: &Task, _: &Ending) -> hub::Result<()> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("sbh-bench-jobs: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the jobs and the bare transactions per second of every round.
async fn run(options: Options) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let platform = platform(&options, folder.path()).await?;
    let scope = scope(&platform).await?;
    let (mut jobs, mut accepted, mut transactions) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let (accepting, carrying_out) = jobs_per_second(&platform, &scope, options.jobs).await?;
        accepted.push(accepting);
        jobs.push(carrying_out);
        transactions.push(transactions_per_second(&platform, &scope, &options).await?);
    }
    let backend = platform.db.name();
    println!("{}", json!({ "backend": backend, "jobs": jobs, "accepted": accepted, "transactions": transactions }));
    Ok(())
}

async fn platform(options: &Options, folder: &Path) -> Result<Platform, Failure> {
    let settings = Settings {
        development: true,
        allow_loopback: true,
        benchmark_lab: true,
        quality_gates: true,
        compliance_evidence: true,
        workspaces: true,
        workspace_max_members: 200,
        workspace_max_shared_assets: 5_000,
        bench_max_vus: 1,
        bench_max_duration: Duration::from_secs(1),
        bench_devices: Vec::new(),
        artifact_retention_days: None,
        tenant_deletion_grace_days: 30,
        evidence_dir: folder.join("evidence"),
        data_dir: folder.to_owned(),
        job_lease: Duration::from_secs(30),
        job_workers: options.workers,
        sms_allowed_countries: Vec::new(),
        sms_tenant_per_hour: 100,
    };
    let sealer = Sealer::new(&uuid::Uuid::from_bytes(random_bytes::<16>()).to_string());
    Ok(Platform {
        db: Db::connect(&options.database, MAX_CONNECTIONS).await.map_err(failure)?.sealing(sealer.clone()),
        clock: Arc::new(SystemClock),
        egress: Egress::new(true),
        dns: Arc::new(SystemDns),
        sms: None,
        artifacts: Artifacts::new(folder.join("artifacts")),
        evidence: Artifacts::new(folder.join("evidence")),
        secrets: sealer,
        settings: Arc::new(settings),
        metrics: Metrics::new(),
        hashing: Arc::new(tokio::sync::Semaphore::new(2)),
        work: Signal::default(),
    })
}

/// A tenant of its own.
async fn scope(platform: &Platform) -> Result<Scope, Failure> {
    let hub = Hub::new(platform.clone());
    let owner = NewOwner {
        organisation: KIND.to_owned(),
        email: format!("{}@example.com", uuid::Uuid::from_bytes(random_bytes::<16>())),
        name: String::new(),
        password: uuid::Uuid::from_bytes(random_bytes::<16>()).to_string(),
    };
    let owner = hub.identity().create_tenant(owner).await.map_err(failure)?;
    Actor::hub(owner.tenant(), KIND).require(Permission::SystemsRead).map_err(failure)
}

/// How many jobs are accepted, and how many of them carried out, in a second: the backlog is there before the workers start.
async fn jobs_per_second(platform: &Platform, scope: &Scope, jobs: u32) -> Result<(f64, f64), Failure> {
    let begun = Instant::now();
    for number in 0..jobs {
        let job =
            NewJob { kind: KIND, payload: json!({ "number": number }), priority: Priority::Normal, max_attempts: 1 };
        let tx = platform.db.write(scope).await.map_err(failure)?;
        queue::enqueue(&tx, scope, chrono::Utc::now(), job).await.map_err(failure)?;
        tx.commit().await.map_err(failure)?;
    }
    let accepted = rate(jobs, begun);
    let handler = Arc::new(Nothing { db: platform.db.clone(), left: AtomicU32::new(jobs), done: Notify::new() });
    let begun = Instant::now();
    let workers = Workers::start(platform, vec![handler.clone()]);
    tokio::time::timeout(PATIENCE, handler.done.notified()).await?;
    let rate = rate(jobs, begun);
    workers.stop().await;
    Ok((accepted, rate))
}

/// How many transactions that change one row are committed in a second by as many tasks as there are workers.
async fn transactions_per_second(platform: &Platform, scope: &Scope, options: &Options) -> Result<f64, Failure> {
    let tasks = u32::try_from(options.workers)?.max(1);
    let begun = Instant::now();
    let all = (0..tasks).map(|_| tokio::spawn(transactions(platform.db.clone(), *scope, options.jobs / tasks)));
    for task in all.collect::<Vec<_>>() {
        task.await??;
    }
    Ok(rate(options.jobs / tasks * tasks, begun))
}

async fn transactions(db: Db, scope: Scope, count: u32) -> Result<(), Failure> {
    let change = format!("UPDATE tenants SET name = '{KIND}' WHERE id = ");
    let id = scope.tenant().to_string();
    for _ in 0..count {
        let tx = db.write(&scope).await.map_err(failure)?;
        let id = if tx.is_postgres() { format!("'{id}'") } else { format!("x'{}'", id.replace('-', "")) };
        let changed = tx.execute_unprepared(&format!("{change}{id}")).await?;
        if changed.rows_affected() != 1 {
            return Err("the bare transaction changed no row".into());
        }
        tx.commit().await.map_err(failure)?;
    }
    Ok(())
}

fn rate(count: u32, since: Instant) -> f64 {
    f64::from(count) / since.elapsed().as_secs_f64()
}

/// With the cause, which the hub shows to no caller but which whoever measures needs.
fn failure(error: hub::Error) -> Failure {
    format!("{error:?}").into()
}
