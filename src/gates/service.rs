//! Registering golden paths and policies, and asking for a verdict.

use super::{
    budgets::{ImportedPolicy, NewBudget, policy_of},
    job::{JOB_KIND, Payload, run_journey},
    model::{
        DryRun, GoldenPath, Inputs, JourneyRequest, JourneyRun, MeasuredCard, NewGoldenPath, NewPolicy, Policy, Report,
        Validation, ValidationQuery, ValidationRequest, Verdict,
    },
    rules::evaluate,
    store::{self, Subject},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    ids::{EnvironmentId, GoldenPathId, PolicyId, SystemId, ValidationId},
    lab::{Lab, Scorecard},
    page::Page,
    platform::{
        Platform,
        db::Tx,
        queue::{self, NewJob, Priority},
    },
    systems::Systems,
    tenants::quotas::{self, QuotaKind},
    text,
};
use sbh_journey::{Journey, JourneyError};
use serde_json::json;
use std::time::Duration;

/// How often a validation is begun before it is given up.
const MAX_ATTEMPTS: u32 = 3;
/// How many earlier versions a dry run judges.
const DRY_RUN_VERSIONS: u64 = 5;
/// How long a journey that is tried from the editor may take.
const TRY_TIMEOUT: Duration = Duration::from_secs(20);

/// The gates of the actor's tenant.
pub struct Gates<'a> {
    platform: &'a Platform,
}

impl<'a> Gates<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Keeps a golden path: a new one, or the next revision of the one with this name. Needs `gates:write`.
    pub async fn register_path(&self, actor: &Actor, new: NewGoldenPath) -> Result<GoldenPath> {
        let scope = actor.require(Permission::GatesWrite)?;
        let tx = self.platform.db.write(&scope).await?;
        let path = self.register_within(&tx, actor, new).await?;
        tx.commit().await?;
        Ok(path)
    }

    /// Keeps a golden path in a transaction that does more than that, as [`Gates::register_path`] does. Needs `gates:write`.
    pub(crate) async fn register_within(&self, tx: &Tx, actor: &Actor, new: NewGoldenPath) -> Result<GoldenPath> {
        let scope = actor.require(Permission::GatesWrite)?;
        let new = new.parse()?;
        parse_journey(&new.name, &new.source)?;
        let system = new.system_id.ok_or_else(|| Error::invalid("/system_id", "Name the system."))?;
        let now = self.platform.clock.now();
        Systems::new(self.platform).find(tx, &scope, system).await?;
        let path = store::put_path(tx, &scope, now, (system, new), actor.label()).await?;
        let change = Change {
            action: "gate.golden_path.registered",
            object: GoldenPathId::WHAT,
            object_id: path.id.to_string(),
            detail: json!({ "system_id": system, "name": path.name, "revision": path.revision, "source": path.source }),
            event: None,
        };
        audit::record(tx, &scope, actor, now, change).await?;
        Ok(path)
    }

    /// The golden paths of a system, by name. Needs `gates:read`.
    pub async fn paths(&self, actor: &Actor, system: SystemId) -> Result<Vec<GoldenPath>> {
        let scope = actor.require(Permission::GatesRead)?;
        let tx = self.platform.db.read(&scope).await?;
        Systems::new(self.platform).find(&tx, &scope, system).await?;
        store::paths(&tx, &scope, system).await
    }

    /// A golden path. Needs `gates:read`.
    pub async fn path(&self, actor: &Actor, id: GoldenPathId) -> Result<GoldenPath> {
        let scope = actor.require(Permission::GatesRead)?;
        store::path(&self.platform.db.read(&scope).await?, &scope, id).await
    }

    /// Removes a golden path; validations that ran it keep what it did. Needs `gates:write`.
    pub async fn remove_path(&self, actor: &Actor, id: GoldenPathId) -> Result<()> {
        let scope = actor.require(Permission::GatesWrite)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let path = store::path(&tx, &scope, id).await?;
        store::remove_path(&tx, &scope, id).await?;
        let change = Change {
            action: "gate.golden_path.removed",
            object: GoldenPathId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "system_id": path.system_id, "name": path.name, "revision": path.revision }),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await
    }

    /// Runs a journey once without keeping it. Needs `gates:validate`.
    ///
    /// # Errors
    /// Invalid where the Hurl file is wrong, with its line; conflict for an environment whose ownership is not verified.
    pub async fn try_journey(&self, actor: &Actor, request: JourneyRequest) -> Result<JourneyRun> {
        let scope = actor.require(Permission::GatesValidate)?;
        let journey = parse_journey("journey", &request.source)?;
        let id = request.environment_id.ok_or_else(|| Error::invalid("/environment_id", "Name the environment."))?;
        let tx = self.platform.db.read(&scope).await?;
        let (environment, target) = Systems::new(self.platform).target(&tx, &scope, id).await?;
        drop(tx);
        if !target.may_load {
            return Err(Error::conflict("Ownership of the environment is not verified, so no journey may run there."));
        }
        let now = self.platform.clock.now();
        let run = run_journey(&journey, &target, &request.variables, TRY_TIMEOUT, &Default::default()).await;
        let tx = self.platform.db.write(&scope).await?;
        let change = Change {
            action: "gate.journey.tried",
            object: EnvironmentId::WHAT,
            object_id: environment.id.to_string(),
            detail: json!({ "success": run.success, "source": request.source }),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        Ok(run)
    }

    /// Keeps a policy as the system's next revision. Needs `gates:write`.
    pub async fn set_policy(&self, actor: &Actor, new: NewPolicy) -> Result<Policy> {
        let scope = actor.require(Permission::GatesWrite)?;
        let tx = self.platform.db.write(&scope).await?;
        let policy = self.set_policy_within(&tx, actor, new).await?;
        tx.commit().await?;
        Ok(policy)
    }

    /// Keeps a policy in a transaction that does more than that, as [`Gates::set_policy`] does. Needs `gates:write`.
    pub(crate) async fn set_policy_within(&self, tx: &Tx, actor: &Actor, new: NewPolicy) -> Result<Policy> {
        let scope = actor.require(Permission::GatesWrite)?;
        let document = new.document.parse().map_err(|error| error.under("/document"))?;
        let now = self.platform.clock.now();
        Systems::new(self.platform).find(tx, &scope, new.system_id).await?;
        let policy = store::put_policy(tx, &scope, now, (new.system_id, document), actor.label()).await?;
        let change = Change {
            action: "gate.policy.set",
            object: PolicyId::WHAT,
            object_id: policy.id.to_string(),
            detail: json!({ "system_id": policy.system_id, "revision": policy.revision, "document": policy.document }),
            event: None,
        };
        audit::record(tx, &scope, actor, now, change).await?;
        Ok(policy)
    }

    /// A performance budget of another tool as a policy; nothing is kept. Needs `gates:read`.
    ///
    /// # Errors
    /// Invalid where the text is no budget, with its place.
    pub async fn import_budget(&self, actor: &Actor, new: &NewBudget) -> Result<ImportedPolicy> {
        actor.require(Permission::GatesRead)?;
        policy_of(new)
    }

    /// The policy in force, if the system has one. Needs `gates:read`.
    pub async fn policy(&self, actor: &Actor, system: SystemId) -> Result<Option<Policy>> {
        let scope = actor.require(Permission::GatesRead)?;
        let tx = self.platform.db.read(&scope).await?;
        Systems::new(self.platform).find(&tx, &scope, system).await?;
        store::policy(&tx, &scope, system).await
    }

    /// What a policy would have said of the last five scorecards of a system; nothing is kept. Needs `gates:read`.
    pub async fn dry_run(&self, actor: &Actor, new: NewPolicy) -> Result<Vec<DryRun>> {
        let scope = actor.require(Permission::GatesRead)?;
        let document = new.document.parse().map_err(|error| error.under("/document"))?;
        let cards = Lab::new(self.platform).scorecards(actor, new.system_id, None, DRY_RUN_VERSIONS).await?;
        let tx = self.platform.db.read(&scope).await?;
        Systems::new(self.platform).find(&tx, &scope, new.system_id).await?;
        let policy = Policy {
            id: PolicyId::generate(),
            system_id: new.system_id,
            revision: 0,
            document,
            created_by: actor.label(),
            created_at: self.platform.clock.now(),
        };
        let mut runs = Vec::new();
        for card in cards {
            runs.push(self.dry_run_of(&tx, &scope, &policy, card).await?);
        }
        Ok(runs)
    }

    async fn dry_run_of(&self, tx: &Tx, scope: &Scope, policy: &Policy, card: Scorecard) -> Result<DryRun> {
        let mut inputs = Inputs { policy: Some(policy.clone()), ..Inputs::default() };
        if let Some(environment) = card.environment_id {
            let wanted = policy.document.baseline_versions();
            inputs.baselines = store::baselines(tx, scope, environment, &card.version, wanted).await?;
            let earlier = store::newest_of(tx, scope, environment, &card.version).await?;
            inputs.golden_paths =
                earlier.and_then(|done| done.inputs).map(|done| done.golden_paths).unwrap_or_default();
        }
        let (version, scorecard_id, measured_at) = (card.version.clone(), card.id, card.created_at);
        inputs.scorecard = Some(MeasuredCard::from(card));
        Ok(DryRun { version, scorecard_id, measured_at, report: evaluate(&inputs) })
    }

    /// Accepts a validation and queues it. Needs `gates:validate`.
    ///
    /// # Errors
    /// Quota where the runs of the day are used up.
    pub async fn validate(&self, actor: &Actor, request: ValidationRequest) -> Result<Validation> {
        let scope = actor.require(Permission::GatesValidate)?;
        let tx = self.platform.db.write(&scope).await?;
        let made = self.validate_within(&tx, actor, request).await?;
        tx.commit().await?;
        self.platform.work.raise();
        Ok(made)
    }

    /// What a request asks for, where it can be accepted as things stand.
    pub(super) async fn subject(&self, tx: &Tx, actor: &Actor, request: &ValidationRequest) -> Result<Subject> {
        if !self.platform.settings.quality_gates {
            return Err(Error::unavailable("Quality gates are switched off (FEATURE_QUALITY_GATES=false)."));
        }
        let version = text::version("/version", &request.version)?;
        let environment = self.environment(tx, actor, request).await?;
        Ok(Subject { system: request.system_id, environment, version })
    }

    /// The same inside a transaction of the caller, who commits it and then wakes the workers.
    pub(super) async fn validate_within(
        &self,
        tx: &Tx,
        actor: &Actor,
        request: ValidationRequest,
    ) -> Result<Validation> {
        let scope = actor.require(Permission::GatesValidate)?;
        let subject = self.subject(tx, actor, &request).await?;
        let environment = subject.environment;
        let now = self.platform.clock.now();
        quotas::take(tx, &scope, now, QuotaKind::Runs, 1).await?;
        let id = ValidationId::generate();
        let payload = serde_json::to_value(Payload { validation: id })?;
        let job = NewJob { kind: JOB_KIND, payload, priority: Priority::High, max_attempts: MAX_ATTEMPTS };
        let job = queue::enqueue(tx, &scope, now, job).await?;
        store::create(tx, &scope, now, (id, job), &subject, actor.label()).await?;
        let change = Change {
            action: "gate.validation.requested",
            object: ValidationId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "system_id": subject.system, "environment_id": environment, "version": subject.version }),
            event: None,
        };
        audit::record(tx, &scope, actor, now, change).await?;
        store::find(tx, &scope, id).await
    }

    /// The environment that was named, or the only one.
    async fn environment(&self, tx: &Tx, actor: &Actor, request: &ValidationRequest) -> Result<EnvironmentId> {
        let scope = actor.require(Permission::SystemsRead)?;
        let system = Systems::new(self.platform).detail(tx, &scope, request.system_id).await?;
        match (request.environment_id, system.environments.as_slice()) {
            (Some(wanted), all) if all.iter().any(|environment| environment.id == wanted) => Ok(wanted),
            (Some(_), _) => Err(Error::not_found(EnvironmentId::WHAT)),
            (None, [only]) => Ok(only.id),
            (None, all) => {
                let message = format!("The system has {} environments; name the one to validate.", all.len());
                Err(Error::invalid("/environment_id", message))
            }
        }
    }

    /// A validation. Needs `gates:read`.
    pub async fn validation(&self, actor: &Actor, id: ValidationId) -> Result<Validation> {
        let scope = actor.require(Permission::GatesRead)?;
        store::find(&self.platform.db.read(&scope).await?, &scope, id).await
    }

    /// Validations, newest first. Needs `gates:read`.
    pub async fn validations(&self, actor: &Actor, query: &ValidationQuery) -> Result<Page<Validation>> {
        let scope = actor.require(Permission::GatesRead)?;
        store::list(&self.platform.db.read(&scope).await?, &scope, query).await
    }

    /// The newest validations of each of these systems, `limit` at most of each, newest first within a system. Needs
    /// `gates:read`.
    pub async fn newest(&self, actor: &Actor, systems: &[SystemId], limit: u64) -> Result<Vec<Validation>> {
        let scope = actor.require(Permission::GatesRead)?;
        store::newest_of_each(&self.platform.db.read(&scope).await?, &scope, systems, limit).await
    }

    /// The last verdict on a version in an environment, for what is shared.
    pub(crate) async fn verdict(
        &self,
        tx: &Tx,
        scope: &Scope,
        environment: EnvironmentId,
        version: &str,
    ) -> Result<Option<Verdict>> {
        Ok(store::newest_of(tx, scope, environment, version).await?.and_then(|done| done.verdict))
    }

    /// How many environments have a blocked version as the one that was judged last. Needs `gates:read`.
    pub async fn blocked(&self, actor: &Actor) -> Result<u64> {
        let scope = actor.require(Permission::GatesRead)?;
        store::blocked(&self.platform.db.read(&scope).await?, &scope).await
    }

    /// Judges the stored inputs of a validation again. Needs `gates:read`.
    pub async fn replay(&self, actor: &Actor, id: ValidationId) -> Result<Report> {
        let validation = self.validation(actor, id).await?;
        let inputs = validation.inputs.ok_or_else(|| Error::conflict("The validation has no inputs yet."))?;
        Ok(evaluate(&inputs))
    }
}

/// Reads a Hurl file.
pub(super) fn parse_journey(name: &str, source: &str) -> Result<Journey> {
    Journey::parse(name, source).map_err(|error: JourneyError| Error::invalid("/source", error.to_string()))
}

impl From<Scorecard> for MeasuredCard {
    fn from(card: Scorecard) -> Self {
        let scored = card.dimensions.iter().filter_map(|row| row.score.map(|score| (row.dimension, score)));
        let missing = card.dimensions.iter().filter_map(|row| row.reason.clone().map(|reason| (row.dimension, reason)));
        Self {
            id: card.id,
            benchmark_id: card.benchmark_id,
            score: card.score,
            dimensions: scored.collect(),
            not_measured: missing.collect(),
            metrics: card.metrics,
            imported: card.imported.map(|import| import.tools()),
            measured_at: card.created_at,
        }
    }
}
