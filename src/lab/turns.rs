//! The load of one target or of two in turns, repeated.

use super::{
    measure::cancelled,
    metrics::{self, Metrics},
    model::{RunPhase, RunProgress},
    rules::Seen,
    summary::summary,
};
use crate::{Error, Result, systems::Target};
use sbh_load::{
    Outcome, Phase, Plan, Progress,
    interleave::{self, Variant},
};
use std::convert::Infallible;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Where the benchmark stands among those that are measured together.
pub(super) const CANDIDATE: usize = 0;
/// Where its baseline stands.
pub(super) const BASELINE: usize = 1;

/// A load as it is sent again and again.
pub(super) struct Repeated<'a> {
    pub plan: Plan,
    pub target: &'a Target,
}

/// The whole load of a side, and the metrics of each repetition where there are several.
pub(super) struct Loaded {
    pub outcome: Outcome,
    pub repetitions: Vec<Metrics>,
}

/// Sends the load of each side `repetitions` times, of two sides in the order that the seed gives: see
/// [`interleave::order`]. A repetition that is not valid is the last of its side, which is not valid then as a whole.
///
/// # Errors
/// Conflict when the run was cancelled or the load can't be sent.
pub(super) async fn in_turns(
    sides: &[Repeated<'_>],
    (repetitions, seed): (u32, u64),
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<Vec<Loaded>> {
    let order = order(sides.len(), repetitions, seed);
    let seconds =
        |side: &usize| sides.get(*side).map_or(0.0, |side| (side.plan.warm_up + side.plan.duration()).as_secs_f64());
    let mut loaded: Vec<Option<Loaded>> = sides.iter().map(|_| None).collect();
    for (at, side) in order.iter().enumerate() {
        let (Some(Repeated { plan, target }), Some(before)) = (sides.get(*side), loaded.get_mut(*side)) else {
            continue;
        };
        if before.as_ref().is_some_and(|before| !before.outcome.valid) {
            continue;
        }
        let turn = Turn {
            number: before.as_ref().map_or(1, |before| before.repetitions.len() as u32 + 1),
            baseline: *side == BASELINE,
            before_s: order.iter().take(at).map(seconds).sum(),
            after_s: order.iter().skip(at + 1).map(seconds).sum(),
        };
        let outcome = run(plan.clone(), target, (turn, progress), cancel).await?;
        let metrics = metrics::collect(&Seen { load: Some(&summary(&outcome)), ..Seen::default() });
        match before {
            Some(before) => {
                before.repetitions.push(metrics);
                before.outcome.append(&outcome);
            }
            None => *before = Some(Loaded { outcome, repetitions: vec![metrics] }),
        }
    }
    let mut loaded: Vec<Loaded> = loaded.into_iter().flatten().collect();
    if repetitions == 1 {
        loaded.iter_mut().for_each(|side| side.repetitions.clear());
    }
    Ok(loaded)
}

/// Whose turn it is, from the first load to the last.
fn order(sides: usize, repetitions: u32, seed: u64) -> Vec<usize> {
    if sides < 2 {
        return vec![CANDIDATE; repetitions as usize];
    }
    let side = |variant| if variant == Variant::A { BASELINE } else { CANDIDATE };
    interleave::order(repetitions, seed).into_iter().map(side).collect()
}

/// A repetition of the load: which of its side, from 1, and the seconds of load before and after it.
#[derive(Clone, Copy)]
struct Turn {
    number: u32,
    baseline: bool,
    before_s: f64,
    after_s: f64,
}

async fn run(
    plan: Plan,
    target: &Target,
    (turn, progress): (Turn, &watch::Sender<RunProgress>),
    cancel: &CancellationToken,
) -> Result<Outcome> {
    let (sender, mut receiver) = watch::channel(Progress::default());
    let run = sbh_load::run(plan, target.guard.clone(), sender, cancel.clone());
    let forward = async {
        while receiver.changed().await.is_ok() {
            let now = shown(&receiver.borrow_and_update());
            progress.send_replace(RunProgress {
                elapsed_s: turn.before_s + now.elapsed_s,
                remaining_s: now.remaining_s + turn.after_s,
                repetition: turn.number,
                baseline: turn.baseline,
                ..now
            });
        }
        std::future::pending::<Infallible>().await
    };
    let outcome = tokio::select! {
        outcome = run => outcome,
        never = forward => match never {},
    };
    let outcome = outcome.map_err(|error| Error::conflict(format!("The load could not be sent: {error}.")))?;
    if cancel.is_cancelled() { Err(cancelled()) } else { Ok(outcome) }
}

/// Shows a moment of what the same side goes through after its load.
pub(super) fn show(progress: &watch::Sender<RunProgress>, now: RunProgress) {
    progress.send_modify(|before| *before = RunProgress { baseline: before.baseline, ..now });
}

/// A moment of one load.
pub(super) fn shown(now: &Progress) -> RunProgress {
    let phase = match now.phase {
        Phase::Connecting | Phase::WarmUp => RunPhase::WarmUp,
        Phase::Measuring => RunPhase::Measuring,
        Phase::Draining => RunPhase::Draining,
        Phase::Finished => RunPhase::Scoring,
    };
    RunProgress {
        phase,
        elapsed_s: now.elapsed_s,
        remaining_s: now.remaining_s,
        rate_rps: now.rate_rps,
        p50_ms: now.p50_ms,
        p95_ms: now.p95_ms,
        requests: now.requests,
        errors: now.errors,
        in_flight: now.in_flight,
        repetition: 1,
        baseline: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_side_has_every_turn_and_two_have_as_many_each() {
        assert_eq!(order(1, 3, 7), [CANDIDATE; 3]);
        let two = order(2, 5, 7);
        assert_eq!(two.iter().filter(|side| **side == BASELINE).count(), 5);
        assert_eq!(two.len(), 10);
        assert!(two[..8].chunks(4).all(|block| block[0] == block[3] && block[1] == block[2] && block[0] != block[1]));
    }
}
