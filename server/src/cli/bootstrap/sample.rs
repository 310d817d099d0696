//! The sample system as a newcomer would register it.

use super::Failure;
use crate::cli::console::Console;
use hub::{
    access::Actor,
    gates::{
        Decision, GoldenPathRule, NewGoldenPath, NewPolicy, PolicyDocument, Rule, RuleSubject, Severity, Threshold,
    },
    ids::{EnvironmentId, SystemId},
    page::PageRequest,
    systems::{AllowPrivate, Environment, EnvironmentKind, NewEnvironment, NewSystem, System},
};
use sbh_sample::{DEFAULT_PORT, GOLDEN_PATHS};
use sbh_stats::Dimension;

/// What the sample system is called on the hub.
const NAME: &str = "Sample shop";
/// Its environment.
const ENVIRONMENT: &str = "staging";
/// Why the audit log says that loopback is allowed.
const REASON: &str = "The sample system runs on this machine; registered by sbh bootstrap.";

/// Most milliseconds of a corrected p95. On two cores that were busy with compiling, one virtual user saw 1 ms of 1.1.0 and
/// 178 ms of 1.0.0 (development build).
const P95_LIMIT_MS: f64 = 25.0;

/// What the next commands name.
pub(super) struct Ids {
    pub(super) system: SystemId,
    pub(super) environment: EnvironmentId,
}

/// Where `sbh sample-system` answers.
pub(super) fn address() -> String {
    format!("http://127.0.0.1:{DEFAULT_PORT}")
}

/// Registers what is missing; says what was made and what was there.
pub(super) async fn register(console: &Console) -> Result<(Ids, Vec<String>), Failure> {
    let mut said = Vec::new();
    let system = system(console, &mut said).await?;
    let environment = environment(console, system.id, &mut said).await?;
    golden_paths(console, system.id, &mut said).await?;
    policy(console, system.id, &mut said).await?;
    Ok((Ids { system: system.id, environment: environment.id }, said))
}

async fn system(Console { hub, actor }: &Console, said: &mut Vec<String>) -> Result<System, Failure> {
    if let Some(system) = find(&hub.systems(), actor).await? {
        said.push(format!("the system {NAME} is there"));
        return Ok(system);
    }
    let description = "The shipped sample: 1.0.0 is slow, unprotected and charges wrong totals; 1.1.0 is sound.";
    let new = NewSystem { name: NAME.to_owned(), description: description.to_owned() };
    said.push(format!("the system {NAME} registered"));
    Ok(hub.systems().create(actor, new).await?)
}

async fn find(systems: &hub::systems::Systems<'_>, actor: &Actor) -> Result<Option<System>, Failure> {
    let mut page = PageRequest::default();
    loop {
        let list = systems.list(actor, &page).await?;
        let found = list.items.into_iter().find(|system| system.name == NAME);
        if found.is_some() || list.next_cursor.is_none() {
            return Ok(found);
        }
        page.cursor = list.next_cursor;
    }
}

async fn environment(
    Console { hub, actor }: &Console,
    system: SystemId,
    said: &mut Vec<String>,
) -> Result<Environment, Failure> {
    let there = hub.systems().get(actor, system).await?.environments;
    let environment = match there.into_iter().find(|environment| environment.name == ENVIRONMENT) {
        Some(environment) => {
            said.push(format!("its environment {ENVIRONMENT} is there, at {}", environment.base_url));
            environment
        }
        None => {
            let (kind, name, base_url) = (EnvironmentKind::Staging, ENVIRONMENT.to_owned(), address());
            said.push(format!("its environment {ENVIRONMENT} registered, at {base_url}"));
            hub.systems().add_environment(actor, system, NewEnvironment { kind, name, base_url }).await?
        }
    };
    // Only the address that this command chose is vouched for here.
    if environment.ownership.is_verified() || environment.base_url.as_str().trim_end_matches('/') != address() {
        return Ok(environment);
    }
    said.push("load to it allowed, because it is on this machine".to_owned());
    Ok(hub.systems().allow_private(actor, environment.id, AllowPrivate { reason: REASON.to_owned() }).await?)
}

async fn golden_paths(
    Console { hub, actor }: &Console,
    system: SystemId,
    said: &mut Vec<String>,
) -> Result<(), Failure> {
    let there = hub.gates().paths(actor, system).await?;
    for (name, source) in GOLDEN_PATHS {
        if there.iter().any(|path| path.name == *name) {
            said.push(format!("the golden path {name:?} is there"));
            continue;
        }
        let (name, source) = ((*name).to_owned(), (*source).to_owned());
        said.push(format!("the golden path {name:?} registered"));
        let new = NewGoldenPath { system_id: Some(system), name, source, ..NewGoldenPath::default() };
        hub.gates().register_path(actor, new).await?;
    }
    Ok(())
}

async fn policy(Console { hub, actor }: &Console, system: SystemId, said: &mut Vec<String>) -> Result<(), Failure> {
    if hub.gates().policy(actor, system).await?.is_some() {
        said.push("its policy is there".to_owned());
        return Ok(());
    }
    let policy = hub.gates().set_policy(actor, NewPolicy { system_id: system, document: document() }).await?;
    said.push(format!("its policy {:?} registered", policy.document.name));
    Ok(())
}

/// Version 1.1.0 keeps every rule with room to spare, 1.0.0 breaks the golden path of the checkout and the security rule on
/// every machine, and the latency rule wherever decoding its whole table takes its time.
fn document() -> PolicyDocument {
    let rule = |id: &str, subject, threshold, key| Rule {
        id: id.to_owned(),
        subject,
        threshold,
        severity: Severity::Block,
        key,
        weight: 1,
    };
    let metric = |key: &str| RuleSubject::Metric(key.to_owned());
    PolicyDocument {
        name: "Release".to_owned(),
        decision: Decision::Every,
        dry_run: false,
        golden_paths: GoldenPathRule::Required,
        accept_imported: false,
        rules: vec![
            rule("p95", metric("latency.corrected.p95_ms"), Threshold::AtMost(P95_LIMIT_MS), false),
            rule("errors", metric("error_rate_pct"), Threshold::AtMost(1.0), true),
            rule("security", RuleSubject::Dimension(Dimension::Security), Threshold::AtLeast(50.0), false),
        ],
    }
}
