//! Audits, one at a time.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sbh_egress::{EgressError, Guard, Proxy, ProxyLimits, Refusals};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use url::Url;

use crate::accessibility::Accessibility;
use crate::chromium::{Chromium, find};
use crate::device::Device;
use crate::error::AuditError;
use crate::look::{Browser, LOGIN};
use crate::measured::Measured;
use crate::metrics::{Metrics, medians, middle_run};
use crate::options::{Installation, Options};
use crate::record::Recorder;
use crate::run::Run;

/// How much longer than the audit its proxy may live.
const GRACE: Duration = Duration::from_secs(5);
/// How long after a failed call a crash may be reported.
const HINDSIGHT: Duration = Duration::from_millis(500);

/// The result of an audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// The address that was asked for.
    pub url: String,
    /// What it was visited with.
    pub device: Device,
    /// The browser's name and version.
    pub browser: String,
    /// The metrics of each run in order.
    pub runs: Vec<Metrics>,
    /// The median of each metric, over the runs that measured it.
    pub medians: Metrics,
    /// Which run, from 0, stands for all in `run`: the one with the median Largest Contentful Paint; without that, First Contentful Paint, then
    /// load time.
    pub median_run: usize,
    /// That run in full.
    pub run: Run,
    /// Accessibility, checked in the last run.
    pub accessibility: Measured<Accessibility>,
    /// What the egress guard refused in all runs.
    pub refusals: Refusals,
}

/// Makes audits. Cheap to clone; clones take turns, because audits at the same time would slow each other down and measure that.
#[derive(Debug, Clone)]
pub struct Auditor {
    guard: Guard,
    installation: Installation,
    turn: Arc<Semaphore>,
}

impl Auditor {
    /// An auditor whose pages reach only what `guard` opens.
    #[must_use]
    pub fn new(guard: Guard, installation: Installation) -> Self {
        Self { guard, installation, turn: Arc::new(Semaphore::new(1)) }
    }

    /// The browser that audits would use.
    ///
    /// # Errors
    /// [`AuditError::NoBrowser`] if there is none.
    pub fn program(&self) -> Result<PathBuf, AuditError> {
        find(self.installation.program.as_deref())
    }

    /// Loads `url` as often as `options` say and reports. Waits for its turn first; the time limit begins then. When this returns, or is
    /// dropped, the browser's processes are killed and its profile is removed.
    ///
    /// # Errors
    /// [`AuditError`]: no browser, a refused address, a page that does not load, a browser that ends, or the time limit.
    pub async fn audit(&self, url: &Url, options: &Options) -> Result<Audit, AuditError> {
        options.check()?;
        self.guard.check_url(url).map_err(refused)?;
        let program = self.program()?;
        let _turn = self.turn.acquire().await.map_err(|_| AuditError::BrowserGone)?;
        self.reach(url).await?;
        let proxy = self.proxy(options).await?;
        let (chromium, events) = Chromium::launch(&program, self.installation.profiles.as_deref(), proxy.addr)?;
        let recorder = Recorder::start(chromium.client.clone(), events, proxy.url(), proxy.credentials.clone());
        let outcome = conduct(&chromium, &recorder, url, options).await;
        if outcome.is_ok() {
            chromium.quit().await;
        }
        chromium.close().await;
        Ok(outcome?.report(url, options, proxy.refusals()))
    }

    async fn proxy(&self, options: &Options) -> Result<Proxy, AuditError> {
        let lifetime = options.time_limit + GRACE;
        let limits = ProxyLimits { bytes: options.limits.traffic, lifetime, ..ProxyLimits::default() };
        Proxy::start(self.guard.clone(), limits).await.map_err(|error| AuditError::Launch(error.to_string()))
    }

    /// Judges the page's name before the browser asks for it, so that the reason reaches the caller in words.
    async fn reach(&self, url: &Url) -> Result<(), AuditError> {
        let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
        self.guard.resolve(host, port).await.map(drop).map_err(refused)
    }
}

fn refused(error: EgressError) -> AuditError {
    if error.is_refusal() { AuditError::Refused(error.to_string()) } else { AuditError::Page(error.to_string()) }
}

/// Makes the visits until they are done, the browser or the page is gone, or the time is up.
async fn conduct(
    chromium: &Chromium,
    recorder: &Arc<Recorder>,
    url: &Url,
    options: &Options,
) -> Result<Visited, AuditError> {
    let greeted = AtomicBool::new(false);
    let work = async {
        let browser = Browser::greet(chromium.client.clone(), Arc::clone(recorder)).await?;
        greeted.store(true, Ordering::Relaxed);
        visits(&browser, url, options).await
    };
    let outcome = tokio::select! {
        outcome = work => outcome,
        () = chromium.client.closed() => Err(AuditError::BrowserGone),
        () = recorder.crashed() => Err(AuditError::PageCrashed),
        () = sleep(options.time_limit) => Err(AuditError::TimeLimit(options.time_limit)),
    };
    match outcome {
        Err(AuditError::BrowserGone) if !greeted.load(Ordering::Relaxed) => {
            Err(AuditError::Launch(chromium.complaint()))
        }
        // A call to a page that is gone fails before the crash is reported.
        Err(AuditError::Protocol { .. }) if timeout(HINDSIGHT, recorder.crashed()).await.is_ok() => {
            Err(AuditError::PageCrashed)
        }
        other => other,
    }
}

struct Visited {
    browser: String,
    runs: Vec<Run>,
    accessibility: Option<Measured<Accessibility>>,
}

async fn visits(browser: &Browser, url: &Url, options: &Options) -> Result<Visited, AuditError> {
    let mut visited = Visited { browser: browser.product.clone(), runs: Vec::new(), accessibility: None };
    for at in 1..=options.runs {
        let mut seen = browser.visit(url, options, at == options.runs).await?;
        visited.accessibility = seen.accessibility.take();
        let limits = options.limits;
        let run = tokio::task::spawn_blocking(move || seen.judge(limits)).await;
        visited.runs.push(run.map_err(|error| AuditError::Page(error.to_string()))?);
    }
    Ok(visited)
}

impl Visited {
    fn report(mut self, url: &Url, options: &Options, refusals: Refusals) -> Audit {
        let metrics: Vec<&Metrics> = self.runs.iter().map(|run| &run.metrics).collect();
        let (medians, median_run) = (medians(&metrics), middle_run(&metrics));
        Audit {
            url: url.to_string(),
            device: options.device.clone(),
            browser: self.browser,
            runs: metrics.into_iter().cloned().collect(),
            medians,
            median_run,
            run: self.runs.swap_remove(median_run),
            accessibility: self.accessibility.unwrap_or_else(|| Measured::missing("it was not asked for")),
            refusals: without_logins(refusals),
        }
    }
}

/// The browser's logins at the proxy are refused on purpose.
fn without_logins(mut refusals: Refusals) -> Refusals {
    let login = LOGIN.trim_start_matches("http://").trim_end_matches('/');
    let before = refusals.first.len();
    refusals.first.retain(|refusal| refusal.target != login);
    refusals.count = refusals.count.saturating_sub((before - refusals.first.len()) as u64);
    refusals
}
