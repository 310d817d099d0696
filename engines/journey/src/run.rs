//! One run of a journey.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hurl::runner::{HurlResult, VariableSet};
use sbh_egress::{Guard, Proxy, ProxyLimits};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::error::source_line;
use crate::folder;
use crate::journey::Journey;
use crate::limits::{MAX_PAUSE, MAX_REDIRECTS, MAX_REQUESTS};
use crate::mask::Secrets;
use crate::outcome::{EntryOutcome, Outcome, Problem, Refusal};
use crate::report::{self, Context};
use crate::runner::{self, Running, Settings, Task};
use crate::variable::Variable;

/// How long a run that was ended may take to hand over what it found.
const GRACE: Duration = Duration::from_secs(2);
/// Empty lines after the source text that Hurl gets for its own messages. When a body differs from an expected one that a variable filled with
/// many lines, Hurl looks the line of the difference up in the journey's text and panics if the text is shorter.
const PADDING: usize = 20_000;

/// How a journey is run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The value of the variable `base_url`, without a slash at the end, unless `variables` has that name.
    pub base_url: Option<Url>,
    /// Variables by name.
    pub variables: BTreeMap<String, Variable>,
    /// The folder with the journey's files. It must not change during the run.
    pub folder: Option<PathBuf>,
    /// The longest duration of the whole run.
    pub timeout: Duration,
    /// The longest duration of one request.
    pub entry_timeout: Duration,
    /// How often an entry without a `retry` option is tried again after a failure.
    pub retries: usize,
    /// The pause between attempts, for entries without a `retry-interval` option.
    pub retry_interval: Duration,
    /// Whether entries without a `location` option follow redirects.
    pub follow_redirects: bool,
    /// The most redirects that one request follows, for entries without a `max-redirs` option.
    pub max_redirects: usize,
    /// The longest body of one response, in bytes.
    pub max_body: u64,
    /// The most bytes of the whole run, in both directions.
    pub max_bytes: u64,
    /// The longest excerpt of a body in the outcome, in characters.
    pub excerpt: usize,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            base_url: None,
            variables: BTreeMap::new(),
            folder: None,
            timeout: Duration::from_secs(60),
            entry_timeout: Duration::from_secs(30),
            retries: 0,
            retry_interval: Duration::from_secs(1),
            follow_redirects: false,
            max_redirects: 50,
            max_body: 8 * 1024 * 1024,
            max_bytes: 64 * 1024 * 1024,
            excerpt: 4_000,
        }
    }
}

impl RunOptions {
    fn check(&self) -> Result<(), String> {
        let (retries, redirects) = (self.retries as u64, self.max_redirects as u64);
        let web = |url: &Url| matches!(url.scheme(), "http" | "https");
        if !self.base_url.as_ref().is_none_or(web) {
            return Err("base_url must begin with http:// or https://.".to_owned());
        }
        if self.timeout.is_zero() || self.entry_timeout.is_zero() {
            return Err("timeout and entry_timeout must be longer than 0.".to_owned());
        }
        if retries > MAX_REQUESTS || redirects > MAX_REDIRECTS {
            return Err(format!("retries may be {MAX_REQUESTS} and max_redirects {MAX_REDIRECTS} at most."));
        }
        if self.retry_interval > MAX_PAUSE {
            return Err(format!("retry_interval may be {} seconds at most.", MAX_PAUSE.as_secs()));
        }
        Ok(())
    }

    /// The given variables with `base_url` among them.
    fn all_variables(&self) -> BTreeMap<String, Variable> {
        let mut all = self.variables.clone();
        if let Some(base) = &self.base_url {
            let base = base.as_str().trim_end_matches('/');
            all.entry("base_url".to_owned()).or_insert_with(|| Variable::text(base));
        }
        all
    }

    fn secrets(&self) -> impl Iterator<Item = String> {
        self.variables.values().filter_map(|variable| match variable {
            Variable::Secret(value) => Some(value.clone()),
            Variable::Public(_) => None,
        })
    }
}

/// How a run ended.
enum Ending {
    Finished,
    TimedOut,
    Cancelled,
}

/// Runs a journey through `guard`. Everything that goes wrong is in the outcome; nothing panics, and the future is ready at most two seconds
/// after the time limit or the cancellation. A thread that libcurl or a pause holds longer ends when that ends: the proxy is closed by then,
/// so it reaches nothing.
pub async fn run(journey: &Journey, options: &RunOptions, guard: &Guard, cancel: &CancellationToken) -> Outcome {
    let started = Instant::now();
    let mut outcome = match attempt(journey, options, guard, cancel).await {
        Ok(outcome) => outcome,
        Err(message) => Outcome { problems: vec![Problem::general(message)], ..Outcome::default() },
    };
    outcome.entries_total = journey.entry_count();
    outcome.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    outcome.success = succeeded(&outcome);
    outcome
}

fn succeeded(outcome: &Outcome) -> bool {
    !outcome.entries.is_empty()
        && outcome.entries.iter().all(|entry| entry.success)
        && outcome.problems.is_empty()
        && outcome.refusals.is_empty()
        && !outcome.timed_out
        && !outcome.cancelled
}

async fn attempt(
    journey: &Journey,
    options: &RunOptions,
    guard: &Guard,
    cancel: &CancellationToken,
) -> Result<Outcome, String> {
    options.check()?;
    let variables = options.all_variables();
    journey.check_bounds(&variables, options.retries as u64).map_err(|error| error.to_string())?;
    let folder = own_folder(journey, options).await?;
    let proxy = Proxy::start(guard.clone(), limits(options)).await.map_err(|e| e.to_string())?;
    let settings = settings(options, &proxy, folder)?;
    let running = runner::start(task(journey, variables, &settings)?)
        .map_err(|error| format!("The run cannot start: {error}."))?;
    Ok(supervise(journey, options, cancel, running, proxy).await)
}

/// The checked folder. Its files are read by name during the run, so a journey that names some needs one.
async fn own_folder(journey: &Journey, options: &RunOptions) -> Result<Option<PathBuf>, String> {
    let Some(folder) = options.folder.clone() else {
        return match journey.files().first() {
            Some(file) => {
                Err(format!("The journey reads the file {:?} (line {}), but has no files.", file.path, file.line))
            }
            None => Ok(None),
        };
    };
    tokio::task::spawn_blocking(move || folder::verify(&folder))
        .await
        .map_err(|_| "The journey's folder cannot be read.".to_owned())?
        .map(Some)
        .map_err(|error| error.to_string())
}

fn limits(options: &RunOptions) -> ProxyLimits {
    ProxyLimits { bytes: options.max_bytes, lifetime: options.timeout.saturating_add(GRACE), ..ProxyLimits::default() }
}

fn settings(options: &RunOptions, proxy: &Proxy, folder: Option<PathBuf>) -> Result<Settings, String> {
    Ok(Settings {
        proxy: proxy.url_with_credentials().map_err(|e| e.to_string())?.to_string(),
        folder,
        // Later than the run's own limit, so that it is always clear which of the two ended a request.
        entry_timeout: options.entry_timeout.min(options.timeout.saturating_add(GRACE)),
        max_redirects: options.max_redirects,
        max_body: options.max_body,
        retries: options.retries,
        retry_interval: options.retry_interval,
        follow_redirects: options.follow_redirects,
    })
}

fn task(journey: &Journey, variables: BTreeMap<String, Variable>, settings: &Settings) -> Result<Task, String> {
    let mut entries = journey.entries().to_vec();
    folder::prepare(&mut entries, settings.folder.as_deref());
    let mut set = VariableSet::new();
    for (name, variable) in variables {
        let added = match variable {
            Variable::Public(value) => set.insert(name.clone(), value.into()),
            Variable::Secret(value) => set.insert_secret(name.clone(), value),
        };
        added.map_err(|_| format!("The variable {name} is given twice."))?;
    }
    Ok(Task {
        entries,
        text: journey.source().to_owned() + &"\n".repeat(PADDING),
        variables: set,
        options: settings.build(),
    })
}

/// Waits for the end, closes the proxy, and reports.
async fn supervise(
    journey: &Journey,
    options: &RunOptions,
    cancel: &CancellationToken,
    mut running: Running,
    proxy: Proxy,
) -> Outcome {
    let (ending, mut result) = tokio::select! {
        biased;
        () = cancel.cancelled() => (Ending::Cancelled, None),
        result = &mut running.result => (Ending::Finished, Some(result)),
        () = tokio::time::sleep(options.timeout) => (Ending::TimedOut, None),
    };
    running.stop.store(true, Ordering::Relaxed);
    let refusals = proxy.refusals();
    let current = running.current.load(Ordering::Relaxed);
    let password = proxy.credentials.password.clone();
    // Transfers fail from here on, and with them the thread comes to its end.
    drop(proxy);
    if result.is_none() {
        result = timeout(GRACE, running.result).await.ok();
    }
    let mut outcome = found(journey, options, password, result.and_then(Result::ok));
    outcome.refusals = refusals.first.into_iter().map(refusal).collect();
    match ending {
        Ending::Finished => {}
        Ending::TimedOut => {
            outcome.timed_out = true;
            outcome.problems =
                vec![ended(journey, options, current, &format!("ran longer than {:?} and was ended", options.timeout))];
        }
        Ending::Cancelled => {
            outcome.cancelled = true;
            outcome.problems = vec![ended(journey, options, current, "was cancelled")];
        }
    }
    outcome
}

/// What the run found, or why there is nothing.
fn found(journey: &Journey, options: &RunOptions, password: String, result: Option<HurlResult>) -> Outcome {
    let Some(result) = result else {
        return Outcome { problems: vec![Problem::general("The run ended without a result.")], ..Outcome::default() };
    };
    let secrets = secrets(options, password, &result);
    let context = Context { journey, secrets: &secrets, excerpt: options.excerpt };
    let entries: Vec<EntryOutcome> = report::entries(&context, &result.entries);
    let problems =
        if entries.is_empty() { vec![Problem::general("No entry ran, so nothing was measured.")] } else { Vec::new() };
    Outcome { entries, problems, ..Outcome::default() }
}

/// The given secrets, the captured ones, the proxy's, and Basic credentials that contain one of them.
fn secrets(options: &RunOptions, password: String, result: &HurlResult) -> Secrets {
    let known = options.secrets().chain(result.variables.secrets()).chain([password]);
    let mut secrets = Secrets::new(known);
    let requests = result.entries.iter().flat_map(|e| &e.calls).map(|call| &call.request);
    for authorization in requests.filter_map(|request| request.headers.get("Authorization")) {
        secrets.add_basic(&authorization.value);
    }
    secrets
}

fn ended(journey: &Journey, options: &RunOptions, current: usize, how: &str) -> Problem {
    let secrets = Secrets::new(options.secrets());
    let entry = current.checked_sub(1).and_then(|position| journey.entries().get(position));
    let line = entry.map(|entry| entry.request.url.source_info.start.line);
    Problem {
        line,
        source: line.map_or_else(String::new, |line| secrets.clean(source_line(journey.source(), line))),
        message: match current {
            0 => format!("The journey {how} before its first entry."),
            _ => format!("The journey {how} in entry {current}."),
        },
    }
}

fn refusal(refused: sbh_egress::Refusal) -> Refusal {
    Refusal { target: refused.target, code: refused.code, reason: refused.reason }
}
