//! The metrics that a benchmark gives, under the names that policies use.

use super::{
    browser,
    load::LoadSummary,
    resilience::ResilienceSummary,
    rules::{Seen, availability_pct, compliance_pct, error_rate_pct},
    scalability::ScalabilitySummary,
};
use sbh_stats::Dimension;
use std::collections::BTreeMap;

/// Metric values by key. A metric that was not measured is not in it.
pub type Metrics = BTreeMap<String, f64>;

/// One metric that policies and scorecards know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricInfo {
    /// Its name in policies.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// The symbol behind its values.
    pub unit: &'static str,
    /// Whether more is better.
    pub higher_is_better: bool,
    /// Where it counts.
    pub dimension: Dimension,
}

const fn info(
    key: &'static str,
    label: &'static str,
    unit: &'static str,
    higher_is_better: bool,
    dimension: Dimension,
) -> MetricInfo {
    MetricInfo { key, label, unit, higher_is_better, dimension }
}

/// All metrics.
pub const METRICS: &[MetricInfo] = &joined();

const fn joined() -> [MetricInfo; HTTP.len() + BROWSER.len() * PER_DEVICE] {
    let mut all = [HTTP[0]; HTTP.len() + BROWSER.len() * PER_DEVICE];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < HTTP.len() {
            HTTP[at]
        } else {
            BROWSER[(at - HTTP.len()) / PER_DEVICE][(at - HTTP.len()) % PER_DEVICE]
        };
        at += 1;
    }
    all
}

/// Metrics of a page on one device.
const PER_DEVICE: usize = 35;

macro_rules! page {
    ($device:literal; $($name:literal $label:literal $unit:literal $higher_is_better:literal;)*) => {
        [$(info(
            concat!("browser.", $device, ".", $name),
            concat!($label, ", ", $device),
            $unit,
            $higher_is_better,
            Dimension::Ux,
        )),*]
    };
}

macro_rules! page_on {
    ($device:literal) => {
        page! { $device;
            "fcp_ms" "First Contentful Paint" "ms" false;
            "lcp_ms" "Largest Contentful Paint" "ms" false;
            "cls" "Cumulative Layout Shift" "" false;
            "tbt_ms" "Total Blocking Time" "ms" false;
            "speed_index_ms" "Speed Index" "ms" false;
            "inp_ms" "Interaction to Next Paint" "ms" false;
            "ttfb_ms" "Time to First Byte" "ms" false;
            "load_ms" "Load event" "ms" false;
            "requests" "Requests of the page" "requests" false;
            "transfer_bytes" "Transfer size" "B" false;
            "third_party_requests" "Third-party requests" "requests" false;
            "third_party_bytes" "Third-party transfer size" "B" false;
            "document_requests" "Requests for documents" "requests" false;
            "document_bytes" "Size of documents" "B" false;
            "script_requests" "Requests for scripts" "requests" false;
            "script_bytes" "Size of scripts" "B" false;
            "stylesheet_requests" "Requests for stylesheets" "requests" false;
            "stylesheet_bytes" "Size of stylesheets" "B" false;
            "image_requests" "Requests for images" "requests" false;
            "image_bytes" "Size of images" "B" false;
            "media_requests" "Requests for media" "requests" false;
            "media_bytes" "Size of media" "B" false;
            "font_requests" "Requests for fonts" "requests" false;
            "font_bytes" "Size of fonts" "B" false;
            "other_requests" "Other requests" "requests" false;
            "other_bytes" "Size of other responses" "B" false;
            "console_errors" "Console errors" "errors" false;
            "exceptions" "Uncaught exceptions" "exceptions" false;
            "accessibility_pct" "Accessibility rules kept" "%" true;
            "accessibility_violations" "Accessibility rules broken" "rules" false;
            "accessibility_incomplete" "Accessibility rules to be decided" "rules" false;
            "lighthouse_performance" "Lighthouse's performance score, imported" "points" true;
            "lighthouse_accessibility" "Lighthouse's accessibility score, imported" "points" true;
            "lighthouse_best_practices" "Lighthouse's best practices score, imported" "points" true;
            "lighthouse_seo" "Lighthouse's SEO score, imported" "points" true;
        }
    };
}

const BROWSER: [[MetricInfo; PER_DEVICE]; 3] = [page_on!("mobile"), page_on!("tablet"), page_on!("desktop")];

const HTTP: &[MetricInfo] = &[
    info("latency.corrected.p50_ms", "Latency p50, corrected", "ms", false, Dimension::Performance),
    info("latency.corrected.p90_ms", "Latency p90, corrected", "ms", false, Dimension::Performance),
    info("latency.corrected.p95_ms", "Latency p95, corrected", "ms", false, Dimension::Performance),
    info("latency.corrected.p99_ms", "Latency p99, corrected", "ms", false, Dimension::Performance),
    info("latency.corrected.p999_ms", "Latency p99.9, corrected", "ms", false, Dimension::Performance),
    info("latency.corrected.max_ms", "Latency maximum, corrected", "ms", false, Dimension::Performance),
    info("latency.raw.p50_ms", "Latency p50, raw", "ms", false, Dimension::Performance),
    info("latency.raw.p90_ms", "Latency p90, raw", "ms", false, Dimension::Performance),
    info("latency.raw.p95_ms", "Latency p95, raw", "ms", false, Dimension::Performance),
    info("latency.raw.p99_ms", "Latency p99, raw", "ms", false, Dimension::Performance),
    info("latency.raw.p999_ms", "Latency p99.9, raw", "ms", false, Dimension::Performance),
    info("latency.raw.max_ms", "Latency maximum, raw", "ms", false, Dimension::Performance),
    info("throughput_rps", "Throughput", "requests/s", true, Dimension::Performance),
    info("bytes_per_request", "Bytes received per request", "B", false, Dimension::Performance),
    info("error_rate_pct", "Error rate", "%", false, Dimension::Reliability),
    info("availability_pct", "Availability", "%", true, Dimension::Reliability),
    info("dropped", "Requests never sent", "requests", false, Dimension::Reliability),
    info("burst.recovery_s", "Recovery after a burst", "s", false, Dimension::Reliability),
    info("burst.recovered_pct", "Recovered after a burst, of the watch", "%", true, Dimension::Reliability),
    info("burst.p95_ms", "Latency p95 in a burst, corrected", "ms", false, Dimension::Reliability),
    info("burst.error_rate_pct", "Error rate in a burst", "%", false, Dimension::Reliability),
    info("burst.longest_outage_s", "Longest outage around a burst", "s", false, Dimension::Reliability),
    info("rude.served_pct", "Served beside rude clients", "%", true, Dimension::Reliability),
    info("scalability.kept_pct", "Throughput kept at the last step", "%", true, Dimension::Scalability),
    info("scalability.best_rps", "Best throughput of a step", "requests/s", true, Dimension::Scalability),
    info("scalability.peak_rps", "Predicted peak throughput", "requests/s", true, Dimension::Scalability),
    info("scalability.peak_users", "Users at the predicted peak", "users", true, Dimension::Scalability),
    info("scalability.knee_users", "Users at the knee", "users", true, Dimension::Scalability),
    info("scalability.contention_pct", "Contention (σ)", "%", false, Dimension::Scalability),
    info("scalability.coherency_pct", "Coherency (κ)", "%", false, Dimension::Scalability),
    info("cost.per_million_usd", "Cost of a million requests", "USD", false, Dimension::Cost),
    info("observatory_score", "HTTP Observatory score", "points", true, Dimension::Security),
    info("findings.critical", "Critical findings", "findings", false, Dimension::Security),
    info("findings.high", "High findings", "findings", false, Dimension::Security),
    info("findings.medium", "Medium findings", "findings", false, Dimension::Security),
    info("privacy.trackers", "Trackers before consent", "trackers", false, Dimension::Privacy),
    info("privacy.unasked_cookies", "Cookies before consent", "cookies", false, Dimension::Privacy),
    info("privacy.third_parties", "Third parties", "sites", false, Dimension::Privacy),
    info("compliance_pct", "Compliance checks kept", "%", true, Dimension::Compliance),
];

/// The metric with this key.
pub fn metric_info(key: &str) -> Option<&'static MetricInfo> {
    METRICS.iter().find(|info| info.key == key)
}

/// Every metric that was measured.
pub(super) fn collect(seen: &Seen<'_>) -> Metrics {
    let Seen { load, security, scalability, resilience, cost, browser, .. } = *seen;
    let mut metrics = Metrics::new();
    if let Some(load) = load {
        collect_load(&mut metrics, load);
    }
    if let Some(security) = security {
        if let Some(observatory) = &security.observatory {
            metrics.insert("observatory_score".to_owned(), observatory.score.into());
        }
        for severity in ["critical", "high", "medium"] {
            let count = security.findings.iter().filter(|finding| finding.severity == severity).count();
            metrics.insert(format!("findings.{severity}"), count as f64);
        }
    }
    if let Some(scalability) = scalability {
        collect_scalability(&mut metrics, scalability);
    }
    if let Some(resilience) = resilience {
        collect_resilience(&mut metrics, resilience);
    }
    if let Some(parts) = cost.and_then(|cost| cost.per_million) {
        metrics.insert("cost.per_million_usd".to_owned(), parts.total());
    }
    if let Some(kept) = compliance_pct(security) {
        metrics.insert("compliance_pct".to_owned(), kept);
    }
    if let Some(browser) = browser {
        browser::collect(&mut metrics, browser);
    }
    metrics
}

fn collect_scalability(metrics: &mut Metrics, scalability: &ScalabilitySummary) {
    let mut put = |key: &str, value: Option<f64>| {
        metrics.extend(value.map(|value| (format!("scalability.{key}"), value)));
    };
    let law = scalability.law.as_ref();
    put("kept_pct", scalability.kept_pct());
    put("contention_pct", law.map(|law| law.sigma.value * 100.0));
    put("coherency_pct", law.map(|law| law.kappa.value * 100.0));
    put("knee_users", law.and_then(|law| law.knee).map(|knee| knee.users));
    put("peak_users", law.and_then(|law| law.peak).map(|peak| peak.users));
    put("peak_rps", law.and_then(|law| law.peak).map(|peak| peak.throughput_rps));
    put("best_rps", scalability.best_rps());
}

fn collect_resilience(metrics: &mut Metrics, resilience: &ResilienceSummary) {
    let mut put = |key: &str, value: Option<f64>| metrics.extend(value.map(|value| (key.to_owned(), value)));
    if let Some(burst) = &resilience.burst {
        put("burst.recovery_s", burst.recovery_s.map(f64::from));
        put("burst.recovered_pct", burst.recovered_pct());
        // What a generator that was in the way saw in the burst says nothing.
        let tells = burst.recovered_pct().is_some();
        put("burst.p95_ms", burst.during.p95_ms.filter(|_| tells));
        put("burst.error_rate_pct", burst.during.error_rate_pct.filter(|_| tells));
        put("burst.longest_outage_s", burst.longest_outage_s.map(f64::from));
    }
    put("rude.served_pct", resilience.rude.as_ref().and_then(super::resilience::RudeSummary::served_pct));
}

fn collect_load(metrics: &mut Metrics, load: &LoadSummary) {
    let mut put = |key: &str, value: f64| metrics.insert(key.to_owned(), value);
    for (side, latency) in [("corrected", &load.latency.corrected), ("raw", &load.latency.raw)] {
        let Some(latency) = latency else { continue };
        let named = [
            ("p50_ms", latency.p50_ms),
            ("p90_ms", latency.p90_ms),
            ("p95_ms", latency.p95_ms),
            ("p99_ms", latency.p99_ms),
            ("p999_ms", latency.p999_ms),
            ("max_ms", latency.max_ms),
        ];
        for (name, value) in named {
            let key = format!("latency.{side}.{name}");
            if metric_info(&key).is_some() {
                put(&key, value);
            }
        }
    }
    put("throughput_rps", load.throughput_rps);
    put("dropped", load.dropped as f64);
    if let Some(bytes) = load.bytes_per_request() {
        put("bytes_per_request", bytes);
    }
    if let Some(rate) = error_rate_pct(load) {
        put("error_rate_pct", rate);
    }
    if let Some(availability) = availability_pct(load) {
        put("availability_pct", availability);
    }
}
