//! Audits of a target's page in a browser.

use super::{
    browser::{
        AccessibilityView, AxeRule, BrowserSummary, PageAudit, PrivacyView, ThirdParty, TrackerView, UnaskedCookieView,
    },
    interaction::InteractionRequest,
    model::{RunPhase, RunProgress},
    request::BenchmarkRequest,
    security::Unmeasured,
    summary::wire_name,
};
use crate::{Error, Result, systems::Target};
use sbh_browser::{
    Accessibility, Audit, Auditor, Device, Installation, Interaction, Measured, Options, RuleResult, Run, Screen,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, interval},
};
use tokio_util::sync::CancellationToken;

/// Other sites that a summary names.
const THIRD_PARTIES: usize = 20;
/// Elements of a rule that a summary names.
const TARGETS: usize = 5;

/// What the audits gave.
#[derive(Default)]
pub struct Visits {
    /// What they showed.
    pub summary: BrowserSummary,
    /// The audits in full.
    pub audits: Vec<Audit>,
}

impl Visits {
    /// No device was tried, for this reason.
    pub(super) fn refused(devices: &[String], why: &str) -> Self {
        let gap = |device: &String| Unmeasured { what: device.clone(), why: why.to_owned() };
        let not_measured = devices.iter().map(gap).collect();
        Self { summary: BrowserSummary { audits: Vec::new(), not_measured }, audits: Vec::new() }
    }
}

/// Opens the target's page on each device in turn. A device whose audit does not work is named with the reason.
///
/// # Errors
/// Conflict when the run was cancelled.
pub(super) async fn visit(
    target: &Target,
    request: &BenchmarkRequest,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<Visits> {
    let begun = Instant::now();
    progress.send_modify(|now| {
        (now.phase, now.elapsed_s, now.remaining_s, now.rate_rps) = (RunPhase::Browsing, 0.0, 0.0, 0.0);
    });
    let age = async {
        let mut seconds = interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            progress.send_modify(|now| now.elapsed_s = begun.elapsed().as_secs_f64());
        }
    };
    tokio::pin!(age);
    let auditor = Auditor::new(target.guard.clone(), Installation::default());
    let mut visits = Visits::default();
    let interactions: Vec<_> = request.interactions.iter().map(interaction).collect();
    for name in &request.devices {
        let options = Options { device: device(name), interactions: interactions.clone(), ..Options::default() };
        let audit = tokio::select! {
            audit = auditor.audit(&target.base_url, &options) => audit,
            never = &mut age => never,
            () = cancel.cancelled() => return Err(Error::conflict("The benchmark was cancelled.")),
        };
        match audit {
            Ok(audit) => {
                visits.summary.audits.push(summary(&audit, !interactions.is_empty()));
                visits.audits.push(audit);
            }
            Err(error) => visits.summary.not_measured.push(Unmeasured { what: name.clone(), why: error.to_string() }),
        }
    }
    Ok(visits)
}

/// The device of a name. Lighthouse has no tablet: it is a current tablet's viewport on the phone's network and processor.
fn device(name: &str) -> Device {
    match name {
        "desktop" => Device::desktop(),
        "tablet" => Device {
            name: "tablet".to_owned(),
            screen: Screen { width: 820, height: 1180, scale: 2.0, mobile: true },
            ..Device::mobile()
        },
        _ => Device::mobile(),
    }
}

fn interaction(InteractionRequest { selector, text }: &InteractionRequest) -> Interaction {
    let selector = selector.clone();
    match text {
        Some(text) => Interaction::Type { selector, text: text.clone() },
        None => Interaction::Click { selector },
    }
}

fn summary(audit: &Audit, interacted: bool) -> PageAudit {
    let (run, mut numbers) = (&audit.run, Numbers::default());
    let medians = &audit.medians;
    for (name, value) in [
        ("fcp_ms", &medians.first_contentful_paint_ms),
        ("lcp_ms", &medians.largest_contentful_paint_ms),
        ("cls", &medians.cumulative_layout_shift),
        ("tbt_ms", &medians.total_blocking_time_ms),
        ("speed_index_ms", &medians.speed_index_ms),
        ("ttfb_ms", &medians.time_to_first_byte_ms),
        ("load_ms", &medians.load_ms),
        ("requests", &medians.requests),
        ("transfer_bytes", &medians.transfer_bytes),
        ("third_party_requests", &medians.third_party_requests),
        ("third_party_bytes", &medians.third_party_bytes),
        ("console_errors", &medians.console_errors),
        ("exceptions", &medians.exceptions),
    ] {
        numbers.put(name, value);
    }
    if interacted {
        numbers.put("inp_ms", &medians.interaction_to_next_paint_ms);
    }
    numbers.put_types(run);
    let accessibility = audit.accessibility.value.as_ref().map(accessibility);
    match &accessibility {
        Some(found) => {
            numbers.metrics.extend(found.kept_pct().map(|kept| ("accessibility_pct".to_owned(), kept)));
            numbers.metrics.insert("accessibility_violations".to_owned(), found.violations.len() as f64);
            numbers.metrics.insert("accessibility_incomplete".to_owned(), found.incomplete.len() as f64);
        }
        None => numbers.gap("accessibility", audit.accessibility.reason.as_deref()),
    }
    let mut third_parties = run.traffic.third_parties.clone();
    third_parties.sort_by_key(|party| std::cmp::Reverse(party.transfer_bytes));
    let party = |party: sbh_browser::PartyTotal| ThirdParty {
        domain: party.domain,
        requests: party.requests,
        transfer_bytes: party.transfer_bytes,
    };
    PageAudit {
        device: audit.device.name.clone(),
        browser: audit.browser.clone(),
        loads: u32::try_from(audit.runs.len()).unwrap_or(u32::MAX),
        final_url: run.final_url.clone(),
        status: run.status,
        metrics: numbers.metrics,
        not_measured: numbers.gaps,
        largest_element: run.largest_paint.as_ref().and_then(|paint| paint.element.clone()),
        privacy: privacy(run),
        third_parties: third_parties.into_iter().take(THIRD_PARTIES).map(party).collect(),
        accessibility,
    }
}

fn privacy(run: &Run) -> PrivacyView {
    let tracker = |tracker: &sbh_browser::Tracker| TrackerView {
        domain: tracker.domain.clone(),
        owner: tracker.owner.clone(),
        purpose: wire_name(&tracker.purpose),
        requests: tracker.requests,
    };
    let cookie = |cookie: &sbh_browser::UnaskedCookie| UnaskedCookieView {
        name: cookie.name.clone(),
        domain: cookie.domain.clone(),
        reason: wire_name(&cookie.reason),
    };
    PrivacyView {
        third_parties: run.traffic.third_parties.len() as u64,
        trackers: run.privacy.trackers.iter().map(tracker).collect(),
        cookies: run.privacy.cookies.iter().map(cookie).collect(),
    }
}

/// The resource types of performance budgets (Lighthouse, `budget.json`).
const RESOURCE_TYPES: [&str; 7] = ["document", "script", "stylesheet", "image", "media", "font", "other"];

/// The budget's name of one of the browser's resource types (Chrome DevTools Protocol, `Network.ResourceType`).
fn resource_type(of_browser: &str) -> &'static str {
    match of_browser {
        "Document" => "document",
        "Script" => "script",
        "Stylesheet" => "stylesheet",
        "Image" => "image",
        "Media" => "media",
        "Font" => "font",
        _ => "other",
    }
}

#[derive(Default)]
struct Numbers {
    metrics: BTreeMap<String, f64>,
    gaps: Vec<Unmeasured>,
}

impl Numbers {
    fn put(&mut self, name: &str, measured: &Measured<f64>) {
        match measured.value {
            Some(value) => drop(self.metrics.insert(name.to_owned(), value)),
            None => self.gap(name, measured.reason.as_deref()),
        }
    }

    /// Requests and bytes by resource type, of the load that stands for all.
    fn put_types(&mut self, run: &Run) {
        for kind in RESOURCE_TYPES {
            if run.traffic.omitted_requests > 0 {
                self.gap(&format!("{kind}_requests"), Some("the page made more requests than are told apart by type"));
                continue;
            }
            let of_kind = run.traffic.by_type.iter().filter(|total| resource_type(&total.resource_type) == kind);
            let (requests, bytes) =
                of_kind.fold((0, 0), |sum, total| (sum.0 + total.requests, sum.1 + total.transfer_bytes));
            self.metrics.insert(format!("{kind}_requests"), requests as f64);
            self.metrics.insert(format!("{kind}_bytes"), bytes as f64);
        }
    }

    fn gap(&mut self, name: &str, why: Option<&str>) {
        let why = why.unwrap_or("the browser gave no value").to_owned();
        self.gaps.push(Unmeasured { what: name.to_owned(), why });
    }
}

/// A rule that some elements break and others keep is broken, and one that is undecided somewhere is undecided.
fn accessibility(found: &Accessibility) -> AccessibilityView {
    let ids = |rules: &[RuleResult]| rules.iter().map(|rule| rule.id.clone()).collect::<BTreeSet<_>>();
    let broken = ids(&found.violations);
    let open: Vec<_> = found.incomplete.iter().filter(|rule| !broken.contains(&rule.id)).collect();
    let undecided: BTreeSet<_> = open.iter().map(|rule| rule.id.clone()).collect();
    let kept = ids(&found.passes).into_iter().filter(|id| !broken.contains(id) && !undecided.contains(id));
    AccessibilityView {
        axe_version: found.axe_version.clone(),
        violations: found.violations.iter().map(rule).collect(),
        incomplete: open.into_iter().map(rule).collect(),
        passes: kept.collect(),
    }
}

fn rule(rule: &RuleResult) -> AxeRule {
    AxeRule {
        id: rule.id.clone(),
        impact: rule.impact.clone(),
        help: rule.help.clone(),
        help_url: rule.help_url.clone(),
        elements: rule.node_count,
        targets: rule.nodes.iter().take(TARGETS).map(|node| node.target.clone()).collect(),
    }
}
