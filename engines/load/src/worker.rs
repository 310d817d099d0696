//! One generator thread: its own runtime, its own connections, its own counts.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use sbh_egress::Guard;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::clock::thread_cpu_time;
use crate::error::ErrorClass;
use crate::link::{Dialer, Link};
use crate::mix::Mix;
use crate::pacer::Pacer;
use crate::plan::{Model, Plan};
use crate::progress::Live;
use crate::schedule::Schedule;
use crate::tally::{Reply, Sample, Tally, Timeline};
use crate::target::{Prepared, Protocol, Target};
use crate::wire::{Meter, Wire};
use crate::{closed, open};

/// Connections that a worker opens at the same time before a run: fewer than the smallest usual listen backlog.
const OPENING: usize = 32;
/// How often a worker shows where it is.
const SHOWN_EVERY: Duration = Duration::from_millis(200);

/// What all workers of a run share.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) plan: Plan,
    pub(crate) mix: Mix,
    pub(crate) prepared: Vec<Prepared>,
    pub(crate) guard: Guard,
    pub(crate) target: Target,
    pub(crate) protocol: Protocol,
    pub(crate) pacer: Option<Pacer>,
    pub(crate) warm_up: Schedule,
    pub(crate) schedule: Schedule,
    pub(crate) cancel: CancellationToken,
}

/// One worker's part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    pub(crate) index: u32,
    pub(crate) workers: u32,
    /// The number of its first connection in the run.
    pub(crate) first: u32,
    /// How many connections it has.
    pub(crate) links: u32,
}

/// How a worker and the one who started it talk.
#[derive(Debug)]
pub(crate) struct Ties {
    pub(crate) ready: mpsc::Sender<()>,
    pub(crate) timeline: watch::Receiver<Option<Timeline>>,
    pub(crate) shown: Arc<Mutex<Live>>,
}

/// What a worker hands back.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) tally: Tally,
    pub(crate) wire: Wire,
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
}

/// What the tasks of a worker share.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) job: Arc<Job>,
    pub(crate) timeline: Timeline,
    pub(crate) tally: RefCell<Tally>,
    pub(crate) queued: Cell<u64>,
    dialer: Rc<Dialer>,
    live: RefCell<Live>,
    in_flight: Cell<u64>,
}

/// The CPU clock and the byte counters at the borders of the measured time.
#[derive(Debug, Default)]
struct Gauge {
    cpu: Cell<Option<(Duration, Instant)>>,
    used: Cell<Option<(Duration, Duration)>>,
    bytes: Cell<(u64, u64)>,
}

/// Runs a worker on the calling thread.
///
/// # Errors
/// When the operating system refuses what a runtime needs.
pub(crate) fn run(job: Arc<Job>, share: Share, ties: Ties) -> std::io::Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    let report = local.block_on(&runtime, work(job, share, ties));
    drop(local);
    // A name that is still being resolved must not hold the run back.
    runtime.shutdown_background();
    report
}

async fn work(job: Arc<Job>, share: Share, ties: Ties) -> std::io::Result<Report> {
    let dialer = Rc::new(dialer(&job));
    let links: Vec<_> = (0..share.links).map(|_| Rc::new(Link::default())).collect();
    let cancel = job.cancel.clone();
    let timeline = tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        timeline = prepare(&job, &dialer, &links, ties.ready, ties.timeline) => timeline,
    };
    let now = Instant::now();
    let never = Timeline { start: now, measure_start: now, measure_end: now, hard_end: now };
    let context = Rc::new(Context::new(job, dialer, timeline.unwrap_or(never)));
    let gauge = Rc::new(Gauge::default());
    if timeline.is_some() {
        let measuring = tokio::task::spawn_local(measure(Rc::clone(&context), Rc::clone(&gauge)));
        let showing = tokio::task::spawn_local(show(Rc::clone(&context), Arc::clone(&ties.shown)));
        tokio::select! {
            biased;
            () = cancel.cancelled() => {}
            done = load(&context, share, links) => done?,
        }
        measuring.abort();
        showing.abort();
        context.publish(&ties.shown);
    }
    Ok(context.report(&gauge))
}

fn dialer(job: &Job) -> Dialer {
    Dialer {
        guard: job.guard.clone(),
        target: job.target.clone(),
        protocol: job.protocol,
        keep_alive: job.plan.keep_alive,
        max_body: job.plan.max_body_bytes,
        wire: RefCell::default(),
        meter: Rc::new(Meter::default()),
    }
}

/// Opens the connections, then waits for the start. A run under a cap opens none ahead: the cap is there to be gentle.
async fn prepare(
    job: &Job,
    dialer: &Dialer,
    links: &[Rc<Link>],
    ready: mpsc::Sender<()>,
    mut timeline: watch::Receiver<Option<Timeline>>,
) -> Option<Timeline> {
    if job.plan.keep_alive && job.pacer.is_none() {
        let opening = futures::stream::iter(links).for_each_concurrent(OPENING, |link| async {
            // What fails here fails again, and is counted, when the first request needs the connection.
            let _ = link.warm(dialer).await;
        });
        let _ = tokio::time::timeout(job.plan.timeout, opening).await;
    }
    let _ = ready.send(()).await;
    timeline.wait_for(Option::is_some).await.ok().and_then(|t| *t)
}

/// Sends the load and returns when everything is answered, and not before the measured time is over.
async fn load(context: &Rc<Context>, share: Share, links: Vec<Rc<Link>>) -> std::io::Result<()> {
    sleep_until(context.timeline.start.into()).await;
    let mut tasks = JoinSet::new();
    match &context.job.plan.model {
        Model::Closed { .. } => {
            for (user, link) in (share.first..).zip(links) {
                tasks.spawn_local(closed::user(Rc::clone(context), u64::from(user), link));
            }
            tasks.join_all().await;
        }
        Model::Open { .. } => open::load(context, share, links).await?,
    }
    sleep_until(context.timeline.measure_end.into()).await;
    // The task that reads the CPU clock at that moment gets its turn.
    tokio::task::yield_now().await;
    Ok(())
}

async fn measure(context: Rc<Context>, gauge: Rc<Gauge>) {
    sleep_until(context.timeline.measure_start.into()).await;
    gauge.bytes.set(context.dialer.meter.totals());
    gauge.cpu.set(Some((thread_cpu_time(), Instant::now())));
    sleep_until(context.timeline.measure_end.into()).await;
    gauge.used.set(gauge.so_far());
}

async fn show(context: Rc<Context>, shown: Arc<Mutex<Live>>) {
    loop {
        context.publish(&shown);
        tokio::time::sleep(SHOWN_EVERY).await;
    }
}

impl Gauge {
    /// CPU and wall time since measuring began.
    fn so_far(&self) -> Option<(Duration, Duration)> {
        let (cpu, since) = self.cpu.get()?;
        Some((thread_cpu_time().saturating_sub(cpu), since.elapsed()))
    }
}

impl Context {
    fn new(job: Arc<Job>, dialer: Rc<Dialer>, timeline: Timeline) -> Self {
        let open = matches!(job.plan.model, Model::Open { .. });
        let tally = Tally::new(timeline, open, job.prepared.len());
        Self {
            job,
            timeline,
            tally: RefCell::new(tally),
            queued: Cell::new(0),
            dialer,
            live: RefCell::default(),
            in_flight: Cell::new(0),
        }
    }

    /// Sends one request, counts it, and says how it ended and when. `intended` is `None` where nothing but the sender decides when to send.
    pub(crate) async fn send(
        &self,
        link: &Link,
        request: usize,
        intended: Option<Instant>,
        measured: bool,
    ) -> (Reply, Instant) {
        let sent = Instant::now();
        self.begin(sent, measured);
        let deadline = (sent + self.job.plan.timeout).min(self.timeline.hard_end);
        let exchange = link.exchange(&self.dialer, &self.job.prepared[request]);
        let reply = match timeout_at(deadline.into(), exchange).await {
            Ok(Ok(status)) => Reply::Status(status),
            Ok(Err(class)) => Reply::Failed(class),
            Err(_) => Reply::Failed(ErrorClass::Timeout),
        };
        let ended = Instant::now();
        self.end(&Sample { request, intended: intended.unwrap_or(sent), sent, ended, measured, reply });
        (reply, ended)
    }

    fn begin(&self, sent: Instant, measured: bool) {
        self.in_flight.set(self.in_flight.get() + 1);
        let mut tally = self.tally.borrow_mut();
        tally.started(sent, measured);
        tally.note(sent, self.in_flight.get(), self.queued.get());
    }

    fn end(&self, sample: &Sample) {
        self.in_flight.set(self.in_flight.get() - 1);
        self.tally.borrow_mut().finished(sample);
        let mut live = self.live.borrow_mut();
        live.requests += 1;
        live.errors += u64::from(sample.reply.error().is_some());
        if sample.measured && sample.reply.has_latency() {
            live.latency.record(sample.ended.saturating_duration_since(sample.intended));
        }
    }

    fn publish(&self, shown: &Mutex<Live>) {
        let (in_flight, queued) = (self.in_flight.get(), self.queued.get());
        let now = Instant::now();
        if now < self.timeline.hard_end {
            self.tally.borrow_mut().note(now, in_flight, queued);
        }
        let mut live = self.live.borrow_mut();
        (live.in_flight, live.queued) = (in_flight, queued);
        shown.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&live);
    }

    fn report(&self, gauge: &Gauge) -> Report {
        let mut wire = self.dialer.wire.borrow().clone();
        if gauge.cpu.get().is_some() {
            let (read, written) = self.dialer.meter.totals();
            let (read_before, written_before) = gauge.bytes.get();
            wire.bytes_in = read - read_before;
            wire.bytes_out = written - written_before;
        }
        let (cpu, wall) = gauge.used.get().or_else(|| gauge.so_far()).unwrap_or_default();
        Report { tally: self.tally.borrow().clone(), wire, cpu, wall }
    }
}
