//! A run without a hub.

use super::{
    options::{Options, guard},
    progress::Bar,
    run::Run,
};
use crate::cli::{FAILED, Failure, UNREACHABLE, WRONG_USE};
use hub::{
    ids::BenchmarkId,
    lab::{RunProgress, Side, measure, measure_in_turns, plan_for},
    systems::Target,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Measures the address; `Ctrl-C` ends the run.
///
/// # Errors
/// Wrong use for what the load engine refuses; failed when the run was cancelled.
pub(super) async fn run(options: &Options, url: &Url) -> Result<Run, Failure> {
    eprintln!("Load goes only to systems that you own or may test.");
    let target = Target { base_url: url.clone(), guard: guard(url), may_load: true };
    let request = options.request();
    plan_for(&target, &request).map_err(|error| wrong_flag(&error))?;
    let candidate = Side { target: &target, request: &request };
    let run = match (reach(&target, "--url").await?, &options.baseline) {
        (Some(silence), _) => Run::unreached(silence),
        (None, None) => {
            Run::measured(observed(options, async |sender, cancel| measure(candidate, sender, cancel).await).await?)?
        }
        (None, Some(url)) => beside(options, candidate, url).await?,
    };
    let scope = options.scope.map(super::options::ProductScope::as_str);
    Ok(Run { url: Some(url.to_string()), version: options.version.clone(), scope, ..run })
}

/// Connects once; why the target does not answer, if it does not.
async fn reach(target: &Target, flag: &str) -> Result<Option<String>, Failure> {
    let host = target.base_url.host_str().unwrap_or_default();
    let port = target.base_url.port_or_known_default().unwrap_or_default();
    match target.guard.connect(host, port).await {
        Ok(_) => Ok(None),
        Err(refusal) if refusal.is_refusal() => Err(Failure::new(WRONG_USE, format!("{flag}: {refusal}"))),
        Err(silence) => Ok(Some(format!("The target was not reached: {silence}."))),
    }
}

/// Measures the candidate in turns with the baseline at this address.
async fn beside(options: &Options, candidate: Side<'_>, url: &Url) -> Result<Run, Failure> {
    let target = Target { base_url: url.clone(), guard: guard(url), may_load: true };
    if let Some(silence) = reach(&target, "--baseline").await? {
        return Err(Failure::new(UNREACHABLE, format!("--baseline: {silence}")));
    }
    let sides = (candidate, Side { target: &target, request: candidate.request });
    // The order needs no secret, only a start that differs from run to run.
    let seed = BenchmarkId::generate().uuid().as_u64_pair().1;
    let run = async |sender: &_, cancel: &_| measure_in_turns(sides, seed, sender, cancel).await;
    let (measured, baseline) = observed(options, run).await?;
    Run::in_turns(measured, baseline, url.to_string())
}

async fn observed<T>(
    options: &Options,
    run: impl AsyncFnOnce(&watch::Sender<RunProgress>, &CancellationToken) -> hub::Result<T>,
) -> Result<T, Failure> {
    let (sender, receiver) = watch::channel(RunProgress::default());
    let cancel = CancellationToken::new();
    let bar = Bar::new(options.load_time());
    let result = {
        let run = run(&sender, &cancel);
        let watching = watch_over(&bar, receiver.clone(), &cancel);
        tokio::select! {
            result = run => result,
            never = watching => match never {},
        }
    };
    bar.end();
    match result {
        Ok(_) if cancel.is_cancelled() => Err(cancelled(&receiver.borrow())),
        Err(_) if cancel.is_cancelled() => Err(cancelled(&receiver.borrow())),
        result => result.map_err(Failure::from),
    }
}

/// Shows the progress, and cancels at Ctrl-C.
async fn watch_over(
    bar: &Bar,
    mut progress: watch::Receiver<RunProgress>,
    cancel: &CancellationToken,
) -> std::convert::Infallible {
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            _ = &mut interrupted, if !cancel.is_cancelled() => cancel.cancel(),
            changed = progress.changed() => match changed {
                Ok(()) => bar.show(&progress.borrow_and_update()),
                Err(_) => std::future::pending().await,
            },
        }
    }
}

/// What had been seen by then, for a run without an outcome.
fn cancelled(last: &RunProgress) -> Failure {
    let p95 = last.p95_ms.map(|p95| format!(", p95 {p95:.1} ms so far")).unwrap_or_default();
    let seen = format!("{} requests, {} errors{p95}", last.requests, last.errors);
    Failure::new(
        FAILED,
        format!("cancelled after {:.0} s of load: {seen}; a part of a run is not scored", last.elapsed_s),
    )
}

/// The load engine's fields under the names of the flags.
fn wrong_flag(error: &hub::Error) -> Failure {
    let flag = |pointer: &str| match pointer {
        text if text.starts_with("/model/vus") => "--vus",
        text if text.starts_with("/model/duration") || text.contains("/duration_s") => "--duration",
        text if text.starts_with("/model") => "--rate",
        text if text.starts_with("/warm_up") => "--warm-up",
        text if text.starts_with("/requests") => "--path",
        _ => "--url",
    };
    let lines = error.fields().iter().map(|field| format!("{}: {}", flag(&field.pointer), field.message));
    Failure::new(WRONG_USE, lines.collect::<Vec<_>>().join("\n"))
}
