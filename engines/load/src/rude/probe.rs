//! One kind of rude client after the other.

use std::time::Duration;

use futures::future::join_all;
use sbh_egress::Guard;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Rudeness;
use super::manners::{Aborted, RudeOutcome, Served};
use super::slow::{Kind, PAUSE, watch};
use super::visitor::{Answer, Visitor};
use crate::error::LoadError;
use crate::plan::{HttpVersion, Plan, RequestSpec};
use crate::run::tls_config;
use crate::tally::Reply;
use crate::target::{Protocol, Target, prepare, refused};

/// Normal requests before and after rude ones.
const ASKED: usize = 5;
/// How often a normal request may fail before the target counts as no longer answering: what rude clients left behind may take a moment to clear.
const TRIES: usize = 3;

/// Visits a plan's target as rude clients do, over HTTP/1.1, with the first `GET` or `HEAD` without a body of its mix. Each kind begins only when the
/// target answers as it did before. When cancelled it returns what it has.
///
/// # Errors
/// [`LoadError`] when nothing took place: the plan or the rudeness is not acceptable, the plan has a cap on its rate, the mix has no such request,
/// the guard refuses the target, TLS cannot be set up. A target that behaves badly is not an error; the outcome says so.
pub async fn probe(
    plan: Plan,
    rudeness: Rudeness,
    guard: Guard,
    cancel: CancellationToken,
) -> Result<RudeOutcome, LoadError> {
    rudeness.validate()?;
    plan.validate()?;
    plan.must_be_uncapped()?;
    guard.check_url(&plan.base)?;
    let request = harmless(&plan)?;
    let plan = Plan { requests: vec![request], http: HttpVersion::Http1, keep_alive: false, ..plan };
    let target = Target::new(&plan.base, tls_config(&plan).await?)?;
    let prepared = prepare(&plan, Protocol::Http1)?.swap_remove(0);
    let (max_body, patience) = (plan.max_body_bytes, rudeness.patience);
    let visitor = Visitor { guard, target, prepared, max_body, patience };
    let mut outcome = RudeOutcome::default();
    let visited = cancel.run_until_cancelled(visit(&visitor, &rudeness, &mut outcome)).await;
    outcome.cancelled = visited.is_none();
    Ok(outcome)
}

fn harmless(plan: &Plan) -> Result<RequestSpec, LoadError> {
    let mut mix = plan.mix().into_iter();
    let found = mix.find(|request| matches!(request.method.as_str(), "GET" | "HEAD") && request.body.is_none());
    Ok(found.ok_or_else(|| refused("requests", "needs a GET or HEAD without a body that rude clients may send"))?)
}

async fn visit(visitor: &Visitor, rudeness: &Rudeness, outcome: &mut RudeOutcome) {
    let answers = ask(visitor).await;
    let Some(status) = common_status(&answers) else {
        outcome.before = Served { asked: ASKED as u32, ..Served::default() };
        outcome.not_measured = Some("The target did not answer normal requests alike.".to_owned());
        return;
    };
    outcome.status = Some(status);
    outcome.before = Served::of(&answers, status);
    if rudeness.aborted > 0 {
        outcome.aborted = Some(abort(visitor, rudeness.aborted, status, &outcome.before).await);
    }
    for (kind, name, clients) in
        [(Kind::Senders, "slow senders", rudeness.slow_senders), (Kind::Readers, "slow readers", rudeness.slow_readers)]
    {
        if clients == 0 {
            continue;
        }
        if !answers_as_before(visitor, status).await {
            outcome.not_measured = Some(format!("The target no longer answered as before, so {name} were left out."));
            return;
        }
        let found = Some(watch(kind, visitor, clients, status, rudeness.watch).await);
        match kind {
            Kind::Senders => outcome.slow_senders = found,
            Kind::Readers => outcome.slow_readers = found,
        }
    }
}

/// Every other client leaves at once, which a server may notice before it begins, and the rest in the middle of its work.
async fn abort(visitor: &Visitor, clients: u32, status: u16, before: &Served) -> Aborted {
    let middle = Duration::from_secs_f64(before.median_ms.unwrap_or(0.0) / 1e3 / 2.0);
    let left = (0..clients).map(|client| visitor.leave(if client % 2 == 0 { middle } else { Duration::ZERO }));
    let left = join_all(left).await;
    let not_sent = left.iter().filter(|sent| sent.is_err()).count() as u32;
    let after = Served::of(&ask(visitor).await, status);
    Aborted::of(clients - not_sent, not_sent, after, before)
}

/// A few normal requests, one at a time.
async fn ask(visitor: &Visitor) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        answers.push(visitor.ask().await);
    }
    answers
}

/// The status that all have.
fn common_status(answers: &[Answer]) -> Option<u16> {
    let Reply::Status(status) = answers.first()?.reply else { return None };
    answers.iter().all(|answer| answer.reply == Reply::Status(status)).then_some(status)
}

async fn answers_as_before(visitor: &Visitor, status: u16) -> bool {
    for _ in 0..TRIES {
        if visitor.ask().await.reply == Reply::Status(status) {
            return true;
        }
        sleep(PAUSE).await;
    }
    false
}
