//! The end-of-test summary of k6, in both shapes. Times are milliseconds whatever `summaryTimeUnit` says, which is for
//! the text summary alone.
//!
//! Source: Grafana k6 documentation, "End of test" and "Custom summary".

use super::{Figure, Format, Imported, Latency, Percentile, histogram::checked};
use crate::{
    ImportError,
    json::{self, Node},
    limits::{MAX_COUNT, MAX_DURATION_S, MAX_LATENCY_MS},
};

/// What is to be known of each latency that k6 measures.
pub(super) const NOTE: &str =
    "Latency is k6's http_req_duration: sending, waiting and receiving, without correction for coordinated omission.";

pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    let document = json::document(bytes)?;
    let root = Node::root(&document);
    let metrics = root.get("metrics");
    let requests = values(&metrics.get("http_reqs"));
    if !metrics.is_object() || !requests.exists() {
        return Err(requests.refuse("the metric http_reqs: the run sent HTTP requests"));
    }
    let mut imported = Imported::new(Format::K6Summary, "k6");
    let count = requests.get("count").count()?;
    imported.requests = Figure::Given(count);
    imported.throughput_rps = Figure::Given(requests.get("rate").number(MAX_COUNT)?);
    let duration_ms = root.get("state").get("testRunDurationMs").number_if_any(MAX_DURATION_S * 1e3)?;
    imported.duration_s = Figure::or(duration_ms.map(|ms| ms / 1e3), "a file of --summary-export has no duration");
    imported.errors = errors(&values(&metrics.get("http_req_failed")), count)?;
    imported.latency = Some(latency(&values(&metrics.get("http_req_duration")))?);
    imported.notes.push(NOTE.to_owned());
    Ok(imported)
}

/// The data of `handleSummary` has the figures of a metric one level deeper.
fn values<'a>(metric: &Node<'a>) -> Node<'a> {
    let deeper = metric.get("values");
    if deeper.exists() { deeper } else { metric.clone() }
}

/// Failed requests: k6 counts those for which "failed" is true as passes of that metric.
fn errors(failed: &Node<'_>, requests: u64) -> Result<Figure<u64>, ImportError> {
    let (Some(errors), Some(others)) = (failed.get("passes").count_if_any()?, failed.get("fails").count_if_any()?)
    else {
        return Ok(Figure::absent("the file does not count http_req_failed"));
    };
    if errors.saturating_add(others) != requests {
        let reason = format!("{errors} failed and {others} other requests are not the {requests} of http_reqs");
        return Err(ImportError::contradiction(failed.place(), reason));
    }
    let rate = if failed.get("rate").exists() { failed.get("rate") } else { failed.get("value") };
    if let Some(rate) = rate.number_if_any(1.0)?
        && (rate * requests as f64 - errors as f64).abs() > 0.5
    {
        let reason = format!("a share of {rate} is not {errors} of {requests} requests");
        return Err(ImportError::contradiction(failed.place(), reason));
    }
    Ok(Figure::Given(errors))
}

fn latency(trend: &Node<'_>) -> Result<Latency, ImportError> {
    let ms = |name: &str| trend.get(name).number_if_any(MAX_LATENCY_MS);
    let mut percentiles = Vec::new();
    for (key, figure) in trend.members()? {
        let inner = key.strip_prefix("p(").and_then(|rest| rest.strip_suffix(')'));
        let Some(text) = inner.or((key == "med").then_some("50")) else { continue };
        let percent = text.parse::<f64>().ok().filter(|percent| *percent > 0.0 && *percent <= 100.0);
        let percent = percent.ok_or_else(|| figure.refuse("a percentile above 0 and at most 100"))?;
        percentiles.push(Percentile { percent, latency_ms: figure.number(MAX_LATENCY_MS)? });
    }
    let why = |name: &str| format!("summaryTrendStats of the run had no {name}");
    let latency = Latency {
        mean_ms: Figure::or(ms("avg")?, why("avg")),
        min_ms: Figure::or(ms("min")?, why("min")),
        max_ms: Figure::or(ms("max")?, why("max")),
        percentiles,
        histogram: None,
    };
    checked(latency, &trend.place())
}
