//! Bursts and rude clients, sent.

use super::{
    measure::cancelled,
    model::{RunPhase, RunProgress},
    resilience::{BurstPart, BurstSummary, ResilienceSummary, RudeBehaviour, RudeKind, RudeSummary, ServedSummary},
    stress::BurstRequest,
    summary::second,
    turns::{show, shown},
};
use crate::{Error, Result, systems::Target};
use sbh_load::{
    Plan, Progress,
    burst::{self, Burst, BurstOutcome, NotRecovered, Part},
    rude::{self, Aborted, RudeOutcome, Rudeness, Served, Slow, SlowClient},
};
use std::convert::Infallible;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Sends what was asked for beyond the usual load; nothing where nothing was.
///
/// # Errors
/// Conflict when the run was cancelled or the burst can't be sent.
pub(super) async fn undergo(
    plan: &Plan,
    (burst, rude): (Option<&BurstRequest>, bool),
    target: &Target,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<Option<ResilienceSummary>> {
    let mut found = ResilienceSummary::default();
    if let Some(burst) = burst {
        found.burst = Some(surge(plan.clone(), burst.engine(), target, progress, cancel).await?);
    }
    if rude {
        progress.send_modify(|now| now.phase = RunPhase::Visiting);
        found.rude = Some(visit(plan.clone(), target, cancel).await?);
    }
    Ok((found != ResilienceSummary::default()).then_some(found))
}

async fn surge(
    plan: Plan,
    burst: Burst,
    target: &Target,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<BurstSummary> {
    let (sender, mut receiver) = watch::channel(Progress::default());
    let run = burst::run(plan, burst, target.guard.clone(), sender, cancel.clone());
    let forward = async {
        while receiver.changed().await.is_ok() {
            let now = RunProgress { phase: RunPhase::Bursting, ..shown(&receiver.borrow_and_update()) };
            show(progress, now);
        }
        std::future::pending::<Infallible>().await
    };
    let outcome = tokio::select! {
        outcome = run => outcome,
        never = forward => match never {},
    };
    let outcome = outcome.map_err(|error| Error::conflict(format!("The burst could not be sent: {error}.")))?;
    if cancel.is_cancelled() { Err(cancelled()) } else { Ok(summary(&burst, &outcome)) }
}

fn summary(burst: &Burst, found: &BurstOutcome) -> BurstSummary {
    let recovery = &found.recovery;
    let part = |part: &Part, seconds| BurstPart {
        seconds,
        requests: part.requests,
        p95_ms: part.p95_ms,
        error_rate_pct: part.error_rate.map(|share| share * 100.0),
    };
    BurstSummary {
        rate: burst.rate,
        multiple: burst.multiple,
        before: part(&recovery.baseline, burst.baseline_s),
        during: part(&recovery.burst, burst.burst_s),
        after: part(&recovery.after, burst.watch_s),
        limit_p95_ms: recovery.limit_p95_ms,
        limit_error_rate_pct: recovery.limit_error_rate.map(|share| share * 100.0),
        recovery_s: recovery.recovery_s,
        not_recovered: recovery.not_recovered.as_ref().map(ToString::to_string),
        stayed_away: matches!(recovery.not_recovered, Some(NotRecovered::NotWithinWatch { .. })),
        longest_outage_s: found.availability.map(|it| it.longest_outage_s).filter(|_| found.outcome.valid),
        series: found.outcome.series.iter().map(second).collect(),
    }
}

/// A target that can't be visited rudely has a reason in place of kinds.
async fn visit(plan: Plan, target: &Target, cancel: &CancellationToken) -> Result<RudeSummary> {
    let found = rude::probe(plan, Rudeness::default(), target.guard.clone(), cancel.clone()).await;
    if cancel.is_cancelled() {
        return Err(cancelled());
    }
    Ok(match found {
        Ok(outcome) => manners(&outcome),
        Err(error) => RudeSummary { not_measured: Some(format!("{error}.")), ..RudeSummary::default() },
    })
}

fn manners(outcome: &RudeOutcome) -> RudeSummary {
    let left = outcome.aborted.as_ref().map(left);
    let senders = outcome.slow_senders.as_ref().map(|slow| slow_kind(RudeBehaviour::SendSlowly, slow));
    let readers = outcome.slow_readers.as_ref().map(|slow| slow_kind(RudeBehaviour::ReadSlowly, slow));
    RudeSummary {
        before: served(&outcome.before),
        kinds: [left, senders, readers].into_iter().flatten().collect(),
        not_measured: outcome.not_measured.clone(),
    }
}

fn left(found: &Aborted) -> RudeKind {
    RudeKind {
        behaviour: RudeBehaviour::Leave,
        clients: found.left + found.not_sent,
        cut_off: 0,
        held: 0,
        refused: found.not_sent,
        cut_off_s: None,
        others: served(&found.after),
        others_served: found.unharmed,
    }
}

fn slow_kind(behaviour: RudeBehaviour, found: &Slow) -> RudeKind {
    let count = |of: fn(&SlowClient) -> bool| {
        u32::try_from(found.clients.iter().filter(|client| of(client)).count()).unwrap_or(u32::MAX)
    };
    RudeKind {
        behaviour,
        clients: count(|_| true),
        cut_off: count(|client| matches!(client, SlowClient::CutOff { .. })),
        held: count(|client| matches!(client, SlowClient::Held)),
        refused: count(|client| matches!(client, SlowClient::NotConnected { .. })),
        cut_off_s: found.cut_off_s,
        others: served(&found.others),
        others_served: found.others_served,
    }
}

fn served(found: &Served) -> ServedSummary {
    ServedSummary { asked: found.asked, answered: found.answered, median_ms: found.median_ms, max_ms: found.max_ms }
}
