//! The closed model: virtual users that wait for each answer.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::{sleep_until, timeout_at};

use crate::error::ErrorClass;
use crate::link::Link;
use crate::plan::Model;
use crate::tally::Reply;
use crate::worker::Context;

/// The pause of a user whose connection was not even opened; without it a dead target would be hammered as fast as the machine can.
const BACK_OFF: Duration = Duration::from_millis(100);

/// One virtual user, to the end of the measured time and the answer to its last request.
pub(crate) async fn user(context: Rc<Context>, user: u64, link: Rc<Link>) {
    let end = context.timeline.measure_end;
    sleep_until((context.timeline.start + begins_after(&context, user)).into()).await;
    let mut last = None;
    for position in 0.. {
        if let Some(pacer) = &context.job.pacer
            && timeout_at(end.into(), pacer.turn()).await.is_err()
        {
            return;
        }
        let now = Instant::now();
        if now >= end {
            return;
        }
        let measured = note_interval(&context, &mut last, now);
        let request = context.job.mix.pick(user, position);
        let (reply, ended) = context.send(&link, request, None, measured).await;
        let pause = pause(&context, reply);
        if !pause.is_zero() {
            sleep_until((ended + pause).min(end).into()).await;
        }
    }
}

/// How long after the start this user sends the first request. Users who think come one after the other over one think time: all
/// at once, and then again after each pause, they would be a crowd that the rate of the plan does not describe.
fn begins_after(context: &Context, user: u64) -> Duration {
    let Model::Closed { vus, think_time, .. } = context.job.plan.model else { return Duration::ZERO };
    let whole_run = context.timeline.measure_end - context.timeline.start;
    think_time.min(whole_run).mul_f64(user as f64 / f64::from(vus))
}

/// Records the time since this user's last request, if both are measured; returns whether this one is.
fn note_interval(context: &Context, last: &mut Option<Instant>, now: Instant) -> bool {
    let measured = context.timeline.measures(now);
    if let Some(before) = last.replace(now)
        && context.timeline.measures(before)
    {
        context.tally.borrow_mut().intervals.record(now - before);
    }
    measured
}

fn pause(context: &Context, reply: Reply) -> Duration {
    let think_time = match context.job.plan.model {
        Model::Closed { think_time, .. } => think_time,
        Model::Open { .. } => Duration::ZERO,
    };
    match reply {
        Reply::Failed(ErrorClass::Connect | ErrorClass::Dns | ErrorClass::Tls | ErrorClass::EgressRefused) => {
            think_time.max(BACK_OFF)
        }
        _ => think_time,
    }
}
