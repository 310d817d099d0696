//! Every path, typed.

mod account;
mod library;
mod organisations;

pub use account::*;
pub use library::*;
pub use organisations::*;

use hub::{
    ids::{BenchmarkId, EnvironmentId, EvidenceId, GoldenPathId, ScheduleId, SubjectId, SystemId, ValidationId},
    notifications::NotificationKind,
};

/// What needs the reader.
pub const OVERVIEW: &str = "/";
/// The first owner's account.
pub const WELCOME: &str = "/welcome";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// Signing in, after an account was made.
pub const SIGN_IN_WELCOME: &str = "/sign-in?welcome=1";
/// Signing in, after a provider's answer did not lead there.
pub const SIGN_IN_REFUSED: &str = "/sign-in?refused=1";
/// Signing in, after an answer of a provider that nobody asked for here.
pub const SIGN_IN_UNASKED: &str = "/sign-in?unasked=1";
/// Signing in, after a provider said that the reader is signed out there too.
pub const SIGN_IN_LEFT: &str = "/sign-in?left=1";
/// What a sign-in still needs.
pub const SECOND_FACTOR: &str = "/sign-in/second-factor";
/// The same, after a code was sent.
pub const SECOND_FACTOR_SENT: &str = "/sign-in/second-factor?sent=1";
/// A number for text messages that a sign-in needs.
pub const ENROL_MESSAGES: &str = "/sign-in/enrol/messages";
/// All systems.
pub const SYSTEMS: &str = "/systems";
/// A system to be registered.
pub const NEW_SYSTEM: &str = "/systems/new";
/// All benchmarks.
pub const LAB: &str = "/lab";
/// A benchmark to be started, of any system.
pub const NEW_RUN: &str = "/lab/new";
/// Results of other tools to be imported.
pub const IMPORT: &str = "/lab/import";
/// Two versions side by side.
pub const COMPARE: &str = "/lab/compare";
/// Benchmarks and validations at stated times.
pub const SCHEDULES: &str = "/lab/schedules";
/// A benchmark to be scheduled.
pub const NEW_SCHEDULE: &str = "/lab/schedules/new";
/// A validation to be scheduled.
pub const NEW_SCHEDULED_VALIDATION: &str = "/lab/schedules/new?kind=validation";
/// What the reader was told.
pub const NOTIFICATIONS: &str = "/notifications";
/// What the reader wants to be told.
pub const NOTIFICATION_CHOICES: &str = "/settings/notifications";
/// The same, after it was chosen.
pub const NOTIFICATIONS_CHOSEN: &str = "/settings/notifications?chosen=1";
/// Golden paths, policies, validations.
pub const GATES: &str = "/gates";
/// All evidence packs.
pub const EVIDENCE: &str = "/evidence";
/// The search; its text is `q`.
pub const SEARCH: &str = "/search";

/// A system.
#[must_use]
pub fn system(id: SystemId) -> String {
    format!("{SYSTEMS}/{id}")
}

/// One environment of a system, with its ownership steps.
#[must_use]
pub fn environment(system: SystemId, id: EnvironmentId) -> String {
    format!("{SYSTEMS}/{system}/environments/{id}")
}

/// A path of this hub that an address or a form named; the settings for anything else.
#[must_use]
pub fn own_path(typed: &str) -> &str {
    let own = typed.starts_with('/') && !typed.starts_with("//") && !typed.contains('\\');
    if own && !typed.chars().any(char::is_control) { typed } else { SETTINGS }
}

/// A benchmark to be started.
#[must_use]
pub fn new_run(system: SystemId) -> String {
    format!("{LAB}/new?system={system}")
}

/// Results of other tools to be imported, of a system.
#[must_use]
pub fn import(system: SystemId) -> String {
    format!("{IMPORT}?system={system}")
}

/// A benchmark once more, asked for in the same way.
#[must_use]
pub fn run_like(id: BenchmarkId) -> String {
    format!("{NEW_RUN}?like={id}")
}

/// A benchmark's scorecard as a file: `json` or `csv`.
#[must_use]
pub fn scorecard_file(id: BenchmarkId, format: &str) -> String {
    format!("/api/teardown/benchmark/{id}/scorecard.{format}")
}

/// Benchmarks of a system, or of all, from a cursor on.
#[must_use]
pub fn runs(system: Option<SystemId>, cursor: Option<&str>) -> String {
    match (system, cursor) {
        (Some(system), Some(cursor)) => format!("{LAB}?system={system}&cursor={}", url_encoded(cursor)),
        (Some(system), None) => format!("{LAB}?system={system}"),
        (None, Some(cursor)) => format!("{LAB}?cursor={}", url_encoded(cursor)),
        (None, None) => LAB.to_owned(),
    }
}

/// A benchmark, live and afterwards.
#[must_use]
pub fn run(id: BenchmarkId) -> String {
    format!("{LAB}/{id}")
}

/// A side of a comparison in the address: subject, environment and version, with commas between; only a version may
/// hold one.
#[must_use]
pub fn side(subject: SubjectId, environment: Option<EnvironmentId>, version: &str) -> String {
    let environment = environment.map(|id| id.to_string()).unwrap_or_default();
    format!("{subject},{environment},{version}")
}

/// Two versions side by side, by the keys of their sides.
#[must_use]
pub fn compare(baseline: &str, candidate: &str) -> String {
    format!("{COMPARE}?baseline={}&candidate={}", url_encoded(baseline), url_encoded(candidate))
}

/// The requests of a benchmark's page on a device.
#[must_use]
pub fn waterfall(id: BenchmarkId, device: &str) -> String {
    format!("{}?device={}#waterfall", run(id), url_encoded(device))
}

/// The events of a benchmark, for the live page.
#[must_use]
pub fn run_events(id: BenchmarkId) -> String {
    format!("/api/teardown/benchmark/{id}/events")
}

/// A file that a benchmark left.
#[must_use]
pub fn artifact(id: BenchmarkId, name: &str) -> String {
    format!("/api/teardown/benchmark/artifacts/{id}/{name}")
}

/// A system's newest scorecard.
#[must_use]
pub fn scorecard(system: SystemId) -> String {
    format!("{SYSTEMS}/{system}/scorecard")
}

/// A system's scorecard of one version.
#[must_use]
pub fn scorecard_of(system: SystemId, version: &str) -> String {
    let version: String = url_encoded(version);
    format!("{SYSTEMS}/{system}/scorecard?version={version}")
}

/// A system's scorecard of a version and an environment, each the newest when left out.
#[must_use]
pub fn scorecard_in(system: SystemId, version: Option<&str>, environment: Option<EnvironmentId>) -> String {
    let version = version.map(|version| format!("version={}", url_encoded(version)));
    let environment = environment.map(|environment| format!("environment={environment}"));
    let query: Vec<_> = version.into_iter().chain(environment).collect();
    if query.is_empty() { scorecard(system) } else { format!("{}?{}", scorecard(system), query.join("&")) }
}

/// A scorecard's page beside what other curves say.
#[must_use]
pub fn with_curves(scorecard: String, version: &str) -> String {
    let join = if scorecard.contains('?') { '&' } else { '?' };
    format!("{scorecard}{join}curves={}", url_encoded(version))
}

/// The share links of a system's scorecards.
#[must_use]
pub fn shares(system: SystemId) -> String {
    format!("{}#share", scorecard(system))
}

/// The address of the share link that was just made.
#[must_use]
pub fn made_share(system: SystemId) -> String {
    format!("{}/link", scorecard(system))
}

/// The badge of a version, for members.
#[must_use]
pub fn badge(system: SystemId, version: &str, environment: Option<EnvironmentId>) -> String {
    let environment = environment.map(|id| format!("&environment_id={id}")).unwrap_or_default();
    format!("/api/teardown/scorecard/{system}/badge.svg?version={}{environment}", url_encoded(version))
}

/// A schedule with what came of it.
#[must_use]
pub fn schedule(id: ScheduleId) -> String {
    format!("{SCHEDULES}/{id}")
}

/// What came of a schedule, from a cursor on.
#[must_use]
pub fn schedule_from(id: ScheduleId, cursor: &str) -> String {
    format!("{SCHEDULES}/{id}?cursor={}", url_encoded(cursor))
}

/// A schedule to be changed.
#[must_use]
pub fn edit_schedule(id: ScheduleId) -> String {
    format!("{SCHEDULES}/{id}/edit")
}

/// Schedules from a cursor on.
#[must_use]
pub fn schedules_from(cursor: &str) -> String {
    format!("{SCHEDULES}?cursor={}", url_encoded(cursor))
}

/// What the reader was told: all or what was not read, of every kind or of one, from a cursor on.
#[must_use]
pub fn notifications(all: bool, kind: Option<NotificationKind>, cursor: Option<&str>) -> String {
    let all = all.then(|| "show=all".to_owned());
    let kind = kind.map(|kind| format!("kind={}", kind.as_str()));
    let cursor = cursor.map(|cursor| format!("cursor={}", url_encoded(cursor)));
    let query: Vec<_> = all.into_iter().chain(kind).chain(cursor).collect();
    if query.is_empty() { NOTIFICATIONS.to_owned() } else { format!("{NOTIFICATIONS}?{}", query.join("&")) }
}

/// The gates of a system.
#[must_use]
pub fn gates(system: SystemId) -> String {
    format!("{GATES}/{system}")
}

/// A golden path's editor.
#[must_use]
pub fn golden_path(system: SystemId, id: GoldenPathId) -> String {
    format!("{GATES}/{system}/paths/{id}")
}

/// A golden path to be written.
#[must_use]
pub fn new_golden_path(system: SystemId) -> String {
    format!("{GATES}/{system}/paths/new")
}

/// A system's policy editor.
#[must_use]
pub fn policy(system: SystemId) -> String {
    format!("{GATES}/{system}/policy")
}

/// A validation.
#[must_use]
pub fn validation(id: ValidationId) -> String {
    format!("{GATES}/validations/{id}")
}

/// A form's page with what was typed there and what came of it, for browsers without WASM.
#[must_use]
pub fn kept(page: &str) -> String {
    format!("{page}?kept=1")
}

/// A validation whose stored inputs are judged again.
#[must_use]
pub fn validation_again(id: ValidationId) -> String {
    format!("{}?again=1", validation(id))
}

/// One of the tabs of a system's gates.
#[must_use]
pub fn gates_tab(system: SystemId, tab: &str) -> String {
    format!("{}?tab={tab}", gates(system))
}

/// An evidence pack.
#[must_use]
pub fn evidence(id: EvidenceId) -> String {
    format!("{EVIDENCE}/{id}")
}

/// An evidence pack's file.
#[must_use]
pub fn evidence_file(id: EvidenceId) -> String {
    format!("/api/compliance/evidence/{id}/pack")
}
/// The key that verifies evidence packs, in PEM.
pub const PUBLIC_KEY: &str = "/api/compliance/public-key";

/// A value inside a query (RFC 3986: everything but unreserved characters is percent-encoded).
#[must_use]
pub fn url_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
