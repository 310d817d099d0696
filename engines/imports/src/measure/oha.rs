//! The result of oha as JSON. Times are seconds.
//!
//! Source: the results of oha 1.16.

use super::{Figure, Format, Imported, Latency, Percentile, histogram::checked};
use crate::{
    ImportError,
    json::{self, Node},
    limits::{MAX_COUNT, MAX_DURATION_S, MAX_LATENCY_MS},
    text::clean,
};

/// What oha calls requests that were under way when its time was up.
const AT_THE_END: &str = "aborted due to deadline";

pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    let document = json::document(bytes)?;
    let root = Node::root(&document);
    let summary = root.get("summary");
    let mut imported = Imported::new(Format::Oha, "oha");
    imported.duration_s = Figure::Given(summary.get("total").number(MAX_DURATION_S)?);
    imported.throughput_rps = Figure::Given(summary.get("requestsPerSec").number(MAX_COUNT)?);
    count(&root, &mut imported)?;
    imported.latency = Some(latency(&root)?);
    let note = "Latency is corrected for coordinated omission only if oha ran with --latency-correction; \
                the file does not say it.";
    imported.notes.push(note.to_owned());
    Ok(imported)
}

fn count(root: &Node<'_>, imported: &mut Imported) -> Result<(), ImportError> {
    let (mut answered, mut errors, mut aborted) = (0_u64, 0_u64, 0_u64);
    for (status, figure) in root.get("statusCodeDistribution").members()? {
        let code = status.parse::<u16>().ok().filter(|code| (100..1000).contains(code));
        let code = code.ok_or_else(|| figure.refuse("a count below a status from 100 to 999"))?;
        let count = figure.count()?;
        answered = answered.saturating_add(count);
        errors = errors.saturating_add(if code >= 400 { count } else { 0 });
        imported.statuses.insert(clean(status, figure.place())?, count);
    }
    let mut unanswered = 0_u64;
    for (message, figure) in root.get("errorDistribution").members()? {
        let into = if message == AT_THE_END { &mut aborted } else { &mut unanswered };
        *into = into.saturating_add(figure.count()?);
    }
    check_success(root, answered, unanswered)?;
    check_histogram(root, answered)?;
    imported.requests = Figure::Given(answered.saturating_add(unanswered));
    imported.errors = Figure::Given(errors.saturating_add(unanswered));
    if aborted > 0 {
        imported.notes.push(format!("{aborted} requests under way at the end are not counted."));
    }
    imported.notes.push("Errors are requests without an answer and answers with a status of 400 or more.".to_owned());
    Ok(())
}

/// The histogram has every answer once.
fn check_histogram(root: &Node<'_>, answered: u64) -> Result<(), ImportError> {
    let histogram = root.get("responseTimeHistogram");
    let mut sum = 0_u64;
    for (_, figure) in histogram.members_if_any()? {
        sum = sum.saturating_add(figure.count()?);
    }
    if histogram.value().is_none() || sum == answered {
        return Ok(());
    }
    let reason = format!("{sum} answers here but {answered} in statusCodeDistribution");
    Err(ImportError::contradiction(histogram.place(), reason))
}

/// oha's success is an answer of any status; what was aborted at the end is in no share.
fn check_success(root: &Node<'_>, answered: u64, unanswered: u64) -> Result<(), ImportError> {
    let rate = root.get("summary").get("successRate");
    let total = answered.saturating_add(unanswered);
    let Some(share) = rate.number_if_any(1.0)? else { return Ok(()) };
    if total > 0 && (share * total as f64 - answered as f64).abs() > 0.5 {
        let reason = format!("a share of {share} is not {answered} of {total} requests");
        return Err(ImportError::contradiction(rate.place(), reason));
    }
    Ok(())
}

fn latency(root: &Node<'_>) -> Result<Latency, ImportError> {
    let summary = root.get("summary");
    let ms = |figure: Node<'_>| Ok::<_, ImportError>(figure.number_if_any(MAX_LATENCY_MS / 1e3)?.map(|s| s * 1e3));
    let given = root.get("latencyPercentiles");
    let mut percentiles = Vec::new();
    for (key, figure) in given.members()? {
        let percent = key.strip_prefix('p').and_then(|text| text.parse::<f64>().ok());
        let percent = percent.filter(|percent| *percent > 0.0 && *percent <= 100.0);
        let percent = percent.ok_or_else(|| figure.refuse("a percentile such as p95 or p99.9"))?;
        percentiles.extend(ms(figure)?.map(|latency_ms| Percentile { percent, latency_ms }));
    }
    let absent = "no request was answered";
    let latency = Latency {
        mean_ms: Figure::or(ms(summary.get("average"))?, absent),
        min_ms: Figure::or(ms(summary.get("fastest"))?, absent),
        max_ms: Figure::or(ms(summary.get("slowest"))?, absent),
        percentiles,
        histogram: None,
    };
    checked(latency, &given.place())
}
