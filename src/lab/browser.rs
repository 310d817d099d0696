//! What audits in a browser showed.

use super::{metrics::Metrics, security::Unmeasured};
use sbh_stats::Metric;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The devices that a page can be audited on, as BENCH_DEVICE_MATRIX names them.
pub const DEVICES: [&str; 3] = ["desktop", "tablet", "mobile"];
/// The device whose audit scores: the curves are those of Lighthouse's phone.
pub const SCORED_DEVICE: &str = "mobile";

/// The metrics of a page that have a curve, by their names in [`PageAudit::metrics`].
pub(super) const SCORED: [(&str, Metric); 6] = [
    ("fcp_ms", Metric::FirstContentfulPaint),
    ("lcp_ms", Metric::LargestContentfulPaint),
    ("tbt_ms", Metric::TotalBlockingTime),
    ("cls", Metric::CumulativeLayoutShift),
    ("speed_index_ms", Metric::SpeedIndex),
    ("accessibility_pct", Metric::Accessibility),
];

/// What audits in a browser showed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct BrowserSummary {
    /// One audit for each device that worked.
    pub audits: Vec<PageAudit>,
    /// Devices whose audit did not work, and why.
    pub not_measured: Vec<Unmeasured>,
}

/// A page on one device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct PageAudit {
    /// `desktop`, `tablet` or `mobile`.
    pub device: String,
    /// The browser's name and version.
    pub browser: String,
    /// How often the page was loaded, each time with an empty cache.
    pub loads: u32,
    /// Where the redirects led.
    pub final_url: String,
    /// The status of the document.
    pub status: Option<u16>,
    /// The medians over the loads, by name: `lcp_ms`, `cls`, `transfer_bytes`.
    pub metrics: BTreeMap<String, f64>,
    /// Metrics that were not measured, and why.
    pub not_measured: Vec<Unmeasured>,
    /// The element that was painted largest, such as `img#hero`.
    pub largest_element: Option<String>,
    /// Other sites that the page asked, most bytes first.
    pub third_parties: Vec<ThirdParty>,
    /// What was told to others without consent.
    #[serde(default)]
    pub privacy: PrivacyView,
    /// What axe-core found.
    pub accessibility: Option<AccessibilityView>,
}

/// What a visit told to others before anybody consented to anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct PrivacyView {
    /// How many other sites the page asked.
    pub third_parties: u64,
    /// Trackers that are known, of those.
    pub trackers: Vec<TrackerView>,
    /// Cookies that were set although they need consent.
    pub cookies: Vec<UnaskedCookieView>,
}

/// A tracker that a page asked for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct TrackerView {
    /// Its domain.
    pub domain: String,
    /// Whose it is.
    pub owner: String,
    /// `analytics`, `advertising`, `session_recording`, `social` or `tag_management`.
    pub purpose: String,
    /// Requests to it.
    pub requests: u64,
}

/// A cookie that was set without consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct UnaskedCookieView {
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// `tracking` for the name of a tracker's cookie, `third_party` for one of another site.
    pub reason: String,
}

/// Another site that a page asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ThirdParty {
    /// Its registrable domain.
    pub domain: String,
    /// Requests to it.
    pub requests: u64,
    /// Bytes of its responses as transferred.
    pub transfer_bytes: u64,
}

/// What axe-core found. No violation is no proof of accessibility: rules find a part of what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct AccessibilityView {
    /// The version of axe-core.
    pub axe_version: String,
    /// Rules that the page breaks.
    pub violations: Vec<AxeRule>,
    /// Rules that a person has to decide; they are no passes.
    pub incomplete: Vec<AxeRule>,
    /// The ids of the rules that every element keeps.
    pub passes: Vec<String>,
}

/// A rule of axe-core that the page does not keep everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct AxeRule {
    /// Its name, such as `image-alt`.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: Option<String>,
    /// What it asks for.
    pub help: String,
    /// Where it is explained.
    pub help_url: String,
    /// How many elements there are.
    pub elements: u64,
    /// The CSS selectors of the first of them.
    pub targets: Vec<String>,
}

impl AccessibilityView {
    /// Share of the rules that could be decided which the page keeps everywhere, in percent. Nothing of nothing.
    pub fn kept_pct(&self) -> Option<f64> {
        let decided = self.passes.len() + self.violations.len();
        (decided > 0).then(|| self.passes.len() as f64 / decided as f64 * 100.0)
    }
}

/// The values that score in the dimension of user experience.
pub(super) fn experience(browser: Option<&BrowserSummary>) -> Vec<(Metric, f64)> {
    let Some(audit) = scored(browser) else { return Vec::new() };
    SCORED.iter().filter_map(|(name, metric)| Some((*metric, *audit.metrics.get(*name)?))).collect()
}

fn scored(browser: Option<&BrowserSummary>) -> Option<&PageAudit> {
    browser?.audits.iter().find(|audit| audit.device == SCORED_DEVICE)
}

/// The values that score in the dimension of privacy: those of the phone, or of the first device that worked.
pub(super) fn privacy(browser: Option<&BrowserSummary>) -> Vec<(Metric, f64)> {
    let first = browser.and_then(|browser| browser.audits.first());
    let Some(audit) = scored(browser).or(first) else { return Vec::new() };
    let PrivacyView { third_parties, trackers, cookies } = &audit.privacy;
    vec![
        (Metric::Trackers, trackers.len() as f64),
        (Metric::UnaskedCookies, cookies.len() as f64),
        (Metric::ThirdParties, *third_parties as f64),
    ]
}

/// Why privacy has no score.
pub(super) fn no_privacy(browser: Option<&BrowserSummary>) -> String {
    match browser.and_then(|browser| browser.not_measured.first()) {
        Some(gap) => format!("The page could not be audited in a browser: {}.", gap.why),
        None => "This benchmark did not open the page in a browser.".to_owned(),
    }
}

/// Why user experience has no score.
pub(super) fn no_experience(browser: Option<&BrowserSummary>) -> String {
    let Some(browser) = browser else { return "This benchmark did not open the page in a browser.".to_owned() };
    match browser.not_measured.iter().find(|gap| gap.what == SCORED_DEVICE) {
        Some(gap) => format!("The page could not be audited on a phone: {}.", gap.why),
        None => "The page was not opened on a phone, and the curves are those of a phone.".to_owned(),
    }
}

/// Every metric of every device, as policies name it.
pub(super) fn collect(metrics: &mut Metrics, browser: &BrowserSummary) {
    for audit in &browser.audits {
        for (name, value) in &audit.metrics {
            metrics.insert(format!("browser.{}.{name}", audit.device), *value);
        }
    }
    for (metric, value) in privacy(Some(browser)) {
        metrics.insert(format!("privacy.{}", metric.key()), value);
    }
}
