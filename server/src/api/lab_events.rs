//! The progress of a benchmark as it happens: server-sent events (WHATWG HTML, section 9.2).

use super::{
    extract::{ApiPath, Caller},
    refusals::Finding,
};
use crate::{problem::Answer, state::AppState};
use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt as _, stream};
use hub::{Hub, access::Actor, ids::BenchmarkId, lab::Benchmark};
use std::{convert::Infallible, time::Duration};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// How often the benchmark is looked at.
const INTERVAL: Duration = Duration::from_millis(500);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(benchmark_events))
}

/// One event, as its fields are read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is written as text")]
struct ProgressEvent {
    /// `progress`, or `done` for the last.
    event: String,
    /// The benchmark without its results, as JSON.
    data: String,
}

/// Follows a benchmark until it is over
///
/// Needs `lab:read`. Events `progress` carry the benchmark without its results; `done` is the last.
#[utoipa::path(
    get, path = "/api/teardown/benchmark/{benchmark_id}/events", tag = "lab",
    params(("benchmark_id" = BenchmarkId, Path)),
    responses((status = OK, description = "Events.", body = ProgressEvent, content_type = "text/event-stream"), Finding),
)]
async fn benchmark_events(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<BenchmarkId>,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let first = state.hub.lab().benchmark(&actor, id).await?;
    let watch = Watch { hub: state.hub.clone(), actor, next: Some(first), last: String::new() };
    let events =
        stream::unfold(watch, Watch::look).filter_map(std::future::ready).take_until(state.ending.cancelled_owned());
    Ok(Sse::new(events.map(Ok)).keep_alive(KeepAlive::default()))
}

/// A look at a benchmark every now and then. The database is asked, so that it may run on another instance.
struct Watch {
    hub: Hub,
    actor: Actor,
    next: Option<Benchmark>,
    last: String,
}

impl Watch {
    /// The benchmark once more, unless the organisation was suspended meanwhile.
    async fn again(&self, benchmark: &Benchmark) -> hub::Result<Benchmark> {
        self.hub.tenants().admit(&self.actor).await?;
        self.hub.lab().benchmark(&self.actor, benchmark.id).await
    }

    /// The event of this look, if anything changed, and the next look, unless this was the last.
    async fn look(mut self) -> Option<(Option<Event>, Self)> {
        let benchmark = self.next.take()?;
        let over = benchmark.state.is_final();
        let shown = shown(&benchmark);
        let event = (over || shown != self.last)
            .then(|| Event::default().event(if over { "done" } else { "progress" }).data(&shown));
        self.last = shown;
        if !over {
            tokio::time::sleep(INTERVAL).await;
            self.next = self.again(&benchmark).await.ok();
        }
        Some((event, self))
    }
}

/// The benchmark without its results, as one line of JSON.
fn shown(benchmark: &Benchmark) -> String {
    let small = Benchmark { load: None, security: None, ..benchmark.clone() };
    serde_json::to_string(&small).unwrap_or_default()
}
