//! From step to step.

use sbh_egress::Guard;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Step, StepProgress, SteppedOutcome, Steps, Stop, StopReason};
use crate::error::LoadError;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::progress::Progress;

/// Runs a plan's mix at each level of concurrency in turn; the plan's own model and warm-up are not used. It stops before its last level when the
/// target refuses connections, sends nothing back or fails too often in a step, and when cancelled; what was measured until then is kept.
/// Requests of a step are answered or given up, after the plan's drain, before the next one begins.
///
/// # Errors
/// Those of [`crate::run`] in the first step, and [`LoadError::Plan`] for steps that are not acceptable and for a plan with a cap on its rate.
pub async fn run(
    plan: Plan,
    steps: Steps,
    guard: Guard,
    progress: watch::Sender<StepProgress>,
    cancel: CancellationToken,
) -> Result<SteppedOutcome, LoadError> {
    steps.validate()?;
    plan.must_be_uncapped()?;
    let mut climbed = SteppedOutcome::default();
    for (before, &concurrency) in steps.levels.iter().enumerate() {
        let place = Place { steps: &steps, before, concurrency };
        let reason = match place.run(&plan, guard.clone(), &progress, cancel.clone()).await {
            Ok(outcome) => {
                let reason = steps.stop_after(&outcome);
                climbed.steps.push(Step::new(concurrency, reason.as_ref(), outcome));
                reason
            }
            Err(error) if climbed.steps.is_empty() => return Err(error),
            Err(error) => Some(StopReason::NotRun { why: error.to_string() }),
        };
        climbed.stopped = reason.map(|reason| Stop { concurrency, reason });
        if climbed.stopped.is_some() {
            break;
        }
    }
    Ok(climbed)
}

/// Where a step stands among the others.
#[derive(Clone, Copy)]
struct Place<'a> {
    steps: &'a Steps,
    before: usize,
    concurrency: u32,
}

impl Place<'_> {
    /// Runs the step and passes its progress on.
    async fn run(
        self,
        plan: &Plan,
        guard: Guard,
        progress: &watch::Sender<StepProgress>,
        cancel: CancellationToken,
    ) -> Result<Outcome, LoadError> {
        let (sender, mut receiver) = watch::channel(Progress::default());
        let run = crate::run(self.steps.plan(plan, self.concurrency), guard, sender, cancel);
        // It ends with the run, which drops its sender.
        let pass_on = async {
            while receiver.changed().await.is_ok() {
                let now = self.progress(receiver.borrow_and_update().clone());
                progress.send_replace(now);
            }
        };
        tokio::join!(run, pass_on).0
    }

    fn progress(self, run: Progress) -> StepProgress {
        let all = self.steps.levels.len();
        let later = self.steps.time_of(all - self.before - 1).as_secs_f64();
        let count = |steps: usize| u32::try_from(steps).unwrap_or(u32::MAX);
        StepProgress {
            step: count(self.before + 1),
            steps: count(all),
            concurrency: self.concurrency,
            remaining_s: run.remaining_s + later,
            run,
        }
    }
}
