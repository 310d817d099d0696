//! A run from plan to outcome.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use sbh_egress::Guard;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use crate::error::LoadError;
use crate::mix::Mix;
use crate::outcome::{ModelKind, Outcome};
use crate::pacer::Pacer;
use crate::plan::{HttpVersion, Model, Plan, Stage};
use crate::progress::{Live, Phase, Progress};
use crate::schedule::Schedule;
use crate::summary::{Facts, summarise};
use crate::tally::Timeline;
use crate::target::{Protocol, Target, prepare};
use crate::tls;
use crate::worker::{self, Job, Report, Share, Ties};

/// The arrival rate for which one thread is planned: about a third of what a thread manages over TLS, so that it stays far from
/// [`crate::MAX_CPU_FRACTION`].
const RATE_PER_WORKER: f64 = 2_500.0;
/// A capped schedule stays this far below its cap, so that the cap never delays what the schedule asks for.
const BELOW_CAP: f64 = 0.98;
/// Time for every worker to see when the run starts.
const LEAD: Duration = Duration::from_millis(20);
const SHOWN_EVERY: Duration = Duration::from_millis(200);
/// Moments that the current rate is taken from: one second.
const RATE_MOMENTS: usize = 6;

/// Runs a plan through an egress guard. It ends with the plan's duration and drain at the latest, whatever the target does; when cancelled it
/// returns at once with what it has, marked as cancelled. Dropping the future stops its threads.
///
/// # Errors
/// [`LoadError`] when the run did not take place: the plan is not acceptable, the guard refuses the target, TLS or a thread cannot be set up.
/// A target that fails is not an error of the run; its outcome says so.
pub async fn run(
    plan: Plan,
    guard: Guard,
    progress: watch::Sender<Progress>,
    cancel: CancellationToken,
) -> Result<Outcome, LoadError> {
    plan.validate()?;
    guard.check_url(&plan.base)?;
    let stop = cancel.child_token();
    let _stop_when_dropped = stop.clone().drop_guard();
    let job = Arc::new(job(plan, guard, stop).await?);
    let shares = shares(&job);
    let (timeline, starting) = watch::channel(None);
    let (ready, mut all_ready) = mpsc::channel(shares.len());
    let mut crew = Crew::default();
    for share in shares {
        crew.hire(&job, share, ready.clone(), starting.clone())?;
    }
    drop(ready);
    // A worker that is cancelled while it connects drops its end instead of reporting.
    for _ in 0..crew.shown.len() {
        all_ready.recv().await;
    }
    let times = times(&job.plan, Instant::now() + LEAD);
    let _ = timeline.send(Some(times));
    let reports = crew.finish(times, &progress).await?;
    conclude(&job, times, &cancel, reports, &progress).await
}

async fn job(plan: Plan, guard: Guard, cancel: CancellationToken) -> Result<Job, LoadError> {
    let config = tls_config(&plan).await?;
    let target = Target::new(&plan.base, config)?;
    let protocol = protocol(&plan, &guard, &target, &cancel).await;
    let (warm_up, schedule) = schedules(&plan);
    Ok(Job {
        mix: Mix::new(&plan.mix(), plan.seed),
        prepared: prepare(&plan, protocol)?,
        pacer: plan.max_rate.map(Pacer::new),
        guard,
        target,
        protocol,
        warm_up,
        schedule,
        cancel,
        plan,
    })
}

/// What a TLS connection to the plan's target needs; `None` over plain TCP.
pub(crate) async fn tls_config(plan: &Plan) -> Result<Option<Arc<ClientConfig>>, LoadError> {
    if plan.base.scheme() != "https" {
        return Ok(None);
    }
    let (options, http) = (plan.tls.clone(), plan.http);
    let made = tokio::task::spawn_blocking(move || tls::client(&options, http)).await;
    let config = made.map_err(|e| LoadError::Tls(e.to_string()))?;
    config.map(Some).map_err(LoadError::Tls)
}

/// Decides the protocol before the workers start, since over HTTP/2 several requests share a connection. A target that does not answer
/// gets HTTP/1.1 and its errors.
async fn protocol(plan: &Plan, guard: &Guard, target: &Target, cancel: &CancellationToken) -> Protocol {
    match (plan.http, &target.tls) {
        (HttpVersion::Http2, _) => Protocol::Http2,
        (HttpVersion::Auto, Some(secure)) => {
            let asked = async {
                let tcp = guard.connect(&target.host, target.port).await.ok()?;
                let connector = TlsConnector::from(Arc::clone(&secure.config));
                let stream = connector.connect(secure.name.clone(), tcp).await.ok()?;
                tls::is_h2(stream.get_ref().1.alpn_protocol()).then_some(Protocol::Http2)
            };
            let asked = cancel.run_until_cancelled(tokio::time::timeout(plan.timeout, asked));
            asked.await.and_then(Result::ok).flatten().unwrap_or(Protocol::Http1)
        }
        _ => Protocol::Http1,
    }
}

/// The arrivals of warm-up and measurement; empty in the closed model.
fn schedules(plan: &Plan) -> (Schedule, Schedule) {
    let Model::Open { stages, .. } = &plan.model else {
        return (Schedule::new(&[]), Schedule::new(&[]));
    };
    let warm_up: Vec<_> = stages
        .first()
        .filter(|_| !plan.warm_up.is_zero())
        .map(|first| Stage::constant(first.mean_rate(), plan.warm_up))
        .into_iter()
        .collect();
    match plan.max_rate {
        Some(cap) => {
            let rate = cap * BELOW_CAP;
            (Schedule::capped(&warm_up, rate), Schedule::capped(stages, rate))
        }
        None => (Schedule::new(&warm_up), Schedule::new(stages)),
    }
}

/// Divides the connections among as many workers as the load needs.
fn shares(job: &Job) -> Vec<Share> {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let (links, wanted) = match job.plan.model {
        Model::Closed { vus, .. } => (vus, cores),
        Model::Open { connections, .. } => {
            let needed = (job.schedule.peak_rate() / RATE_PER_WORKER).ceil();
            (connections, (needed as usize).clamp(1, cores))
        }
    };
    let wanted = match (job.plan.worker_threads, &job.pacer) {
        (Some(threads), _) => u32::from(threads),
        (None, Some(_)) => 1,
        (None, None) => u32::try_from(wanted).unwrap_or(u32::MAX),
    };
    let workers = wanted.clamp(1, links.max(1));
    let size = |index| links / workers + u32::from(index < links % workers);
    let first = |index: u32| (0..index).map(size).sum();
    (0..workers).map(|index| Share { index, workers, first: first(index), links: size(index) }).collect()
}

fn times(plan: &Plan, start: Instant) -> Timeline {
    let measure_start = start + plan.warm_up;
    let measure_end = measure_start + plan.duration();
    Timeline { start, measure_start, measure_end, hard_end: measure_end + plan.drain_timeout }
}

async fn conclude(
    job: &Job,
    times: Timeline,
    cancel: &CancellationToken,
    reports: Vec<Report>,
    progress: &watch::Sender<Progress>,
) -> Result<Outcome, LoadError> {
    let now = Instant::now();
    let cancelled = cancel.is_cancelled() && now < times.hard_end;
    let measured_until = if cancelled { now.min(times.measure_end) } else { times.measure_end };
    let facts = Facts {
        model: match job.plan.model {
            Model::Closed { .. } => ModelKind::Closed,
            Model::Open { .. } => ModelKind::Open,
        },
        duration_s: measured_until.saturating_duration_since(times.measure_start).as_secs_f64(),
        cancelled,
        names: job.plan.mix().into_iter().map(|r| r.name).collect(),
    };
    // Correcting the histograms of a long run takes a while and must not hold up the caller's other tasks.
    let summary = tokio::task::spawn_blocking(move || summarise(facts, reports)).await;
    progress.send_modify(|p| {
        p.phase = Phase::Finished;
        (p.remaining_s, p.in_flight, p.queued) = (0.0, 0, 0);
    });
    summary.ok().flatten().ok_or_else(|| LoadError::Worker("its results could not be put together".to_owned()))
}

/// The workers of a run.
#[derive(Default)]
struct Crew {
    shown: Vec<Arc<Mutex<Live>>>,
    reports: Vec<oneshot::Receiver<std::io::Result<Report>>>,
}

impl Crew {
    fn hire(
        &mut self,
        job: &Arc<Job>,
        share: Share,
        ready: mpsc::Sender<()>,
        timeline: watch::Receiver<Option<Timeline>>,
    ) -> Result<(), LoadError> {
        let shown = Arc::<Mutex<Live>>::default();
        let ties = Ties { ready, timeline, shown: Arc::clone(&shown) };
        let (tell, report) = oneshot::channel();
        let job = Arc::clone(job);
        std::thread::Builder::new()
            .name(format!("sbh-load-{}", share.index))
            .spawn(move || tell.send(worker::run(job, share, ties)).is_ok())
            .map_err(|e| LoadError::Worker(e.to_string()))?;
        self.shown.push(shown);
        self.reports.push(report);
        Ok(())
    }

    /// Shows progress until every worker is done.
    async fn finish(self, times: Timeline, progress: &watch::Sender<Progress>) -> Result<Vec<Report>, LoadError> {
        let mut done = std::pin::pin!(futures::future::join_all(self.reports));
        let mut tick = tokio::time::interval(SHOWN_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut recent = VecDeque::with_capacity(RATE_MOMENTS);
        let reports = loop {
            tokio::select! {
                biased;
                reports = &mut done => break reports,
                _ = tick.tick() => {
                    progress.send_replace(look(&self.shown, times, &mut recent));
                }
            }
        };
        progress.send_replace(look(&self.shown, times, &mut recent));
        let reports = reports.into_iter().map(|report| {
            let report = report.map_err(|_| LoadError::Worker("it panicked".to_owned()))?;
            report.map_err(|e| LoadError::Worker(e.to_string()))
        });
        reports.collect()
    }
}

/// The sum of what the workers show.
fn look(shown: &[Arc<Mutex<Live>>], times: Timeline, recent: &mut VecDeque<(Instant, u64)>) -> Progress {
    let mut sum = Live::default();
    for live in shown {
        let live = live.lock().unwrap_or_else(PoisonError::into_inner);
        sum.requests += live.requests;
        sum.errors += live.errors;
        sum.in_flight += live.in_flight;
        sum.queued += live.queued;
        sum.latency.merge(&live.latency);
    }
    let now = Instant::now();
    let until = |moment: Instant| moment.saturating_duration_since(now).as_secs_f64();
    Progress {
        phase: phase(now, &times),
        elapsed_s: now.saturating_duration_since(times.start).as_secs_f64(),
        remaining_s: until(times.measure_end),
        rate_rps: rate(recent, now, sum.requests),
        p50_ms: sum.latency.quantile_ms(0.50),
        p95_ms: sum.latency.quantile_ms(0.95),
        requests: sum.requests,
        errors: sum.errors,
        in_flight: sum.in_flight,
        queued: sum.queued,
    }
}

fn phase(now: Instant, times: &Timeline) -> Phase {
    if now < times.measure_start && times.start < times.measure_start {
        Phase::WarmUp
    } else if now < times.measure_end {
        Phase::Measuring
    } else {
        Phase::Draining
    }
}

fn rate(recent: &mut VecDeque<(Instant, u64)>, now: Instant, requests: u64) -> f64 {
    if recent.len() == RATE_MOMENTS {
        recent.pop_front();
    }
    recent.push_back((now, requests));
    let (since, before) = recent.front().copied().unwrap_or((now, requests));
    let seconds = now.saturating_duration_since(since).as_secs_f64();
    if seconds > 0.0 { (requests - before) as f64 / seconds } else { 0.0 }
}
