//! The tables `gate_policies` and `gate_results`, and in a room of its own `golden_paths`.

mod paths;

pub(super) use paths::{path, path_revisions, paths, put_path, remove_path};

use super::model::{
    Baseline, Inputs, Policy, PolicyDocument, Report, Validation, ValidationQuery, ValidationState, Verdict,
};
use crate::{
    Error, Result,
    access::Scope,
    ids::{EnvironmentId, JobId, PolicyId, SystemId, ValidationId},
    page::Page,
    platform::db::{Tx, all_of, is_duplicate},
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect, entity::prelude::*};
use std::collections::BTreeMap;

mod gate_policies {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "gate_policies")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub system_id: Uuid,
        pub name: String,
        pub revision: i32,
        pub document: Json,
        pub created_by: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod gate_results {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "gate_results")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub system_id: Uuid,
        pub environment_id: Uuid,
        pub version: String,
        pub state: String,
        pub job_id: Uuid,
        pub verdict: Option<String>,
        pub enforced: bool,
        pub inputs: Option<Json>,
        pub report: Option<Json>,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub created_by: String,
        pub finished_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl TryFrom<gate_policies::Model> for Policy {
    type Error = Error;

    fn try_from(row: gate_policies::Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            system_id: row.system_id.into(),
            revision: u32::try_from(row.revision).unwrap_or_default(),
            document: serde_json::from_value(row.document)?,
            created_by: row.created_by,
            created_at: row.created_at,
        })
    }
}

impl TryFrom<gate_results::Model> for Validation {
    type Error = Error;

    fn try_from(row: gate_results::Model) -> Result<Self> {
        let broken = |what: &str| Error::internal(format!("validation {}: stored {what}", row.id));
        let verdict = row.verdict.as_deref().map(|text| Verdict::parse(text).ok_or_else(|| broken("verdict")));
        Ok(Self {
            id: row.id.into(),
            system_id: row.system_id.into(),
            environment_id: row.environment_id.into(),
            version: row.version,
            state: ValidationState::parse(&row.state).ok_or_else(|| broken("state"))?,
            verdict: verdict.transpose()?,
            enforced: row.enforced,
            inputs: row.inputs.map(serde_json::from_value).transpose()?,
            report: row.report.map(serde_json::from_value).transpose()?,
            reason: row.reason,
            created_by: row.created_by,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// The policy in force: the newest revision.
pub(super) async fn policy(tx: &Tx, scope: &Scope, system: SystemId) -> Result<Option<Policy>> {
    let row = gate_policies::Entity::find()
        .filter(gate_policies::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(gate_policies::Column::SystemId.eq(system.uuid()))
        .order_by_desc(gate_policies::Column::Revision)
        .one(tx)
        .await?;
    row.map(Policy::try_from).transpose()
}

/// The policies in force of these systems.
pub(super) async fn policies(tx: &Tx, scope: &Scope, systems: &[SystemId]) -> Result<BTreeMap<SystemId, PolicyId>> {
    let newest = |system: &SystemId| {
        gate_policies::Entity::find()
            .filter(gate_policies::Column::TenantId.eq(scope.tenant().uuid()))
            .filter(gate_policies::Column::SystemId.eq(system.uuid()))
            .order_by_desc(gate_policies::Column::Revision)
            .limit(1)
    };
    let rows = all_of(tx, systems.iter().map(newest)).await?;
    Ok(rows.into_iter().map(|row| (row.system_id.into(), row.id.into())).collect())
}

pub(super) async fn put_policy(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (system, document): (SystemId, PolicyDocument),
    by: String,
) -> Result<Policy> {
    let revision = policy(tx, scope, system).await?.map_or(1, |policy| policy.revision + 1);
    let row = gate_policies::Model {
        id: PolicyId::generate().uuid(),
        tenant_id: scope.tenant().uuid(),
        created_at: now,
        system_id: system.uuid(),
        name: document.name.clone(),
        revision: i32::try_from(revision).map_err(Error::internal)?,
        document: serde_json::to_value(document)?,
        created_by: by,
    };
    match gate_policies::Entity::insert(gate_policies::ActiveModel::from(row.clone())).exec_without_returning(tx).await
    {
        Err(error) if is_duplicate(&error) => {
            Err(Error::conflict("Somebody changed the policy at the same moment; look at it and try again."))
        }
        Err(error) => Err(error.into()),
        Ok(_) => row.try_into(),
    }
}

/// What a validation is of.
pub(super) struct Subject {
    pub system: SystemId,
    pub environment: EnvironmentId,
    pub version: String,
}

pub(super) async fn create(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (id, job): (ValidationId, JobId),
    subject: &Subject,
    by: String,
) -> Result<()> {
    let row = gate_results::ActiveModel {
        id: Set(id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        system_id: Set(subject.system.uuid()),
        environment_id: Set(subject.environment.uuid()),
        version: Set(subject.version.clone()),
        state: Set(ValidationState::Queued.as_str().to_owned()),
        job_id: Set(job.uuid()),
        enforced: Set(true),
        created_by: Set(by),
        ..Default::default()
    };
    gate_results::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn find(tx: &Tx, scope: &Scope, id: ValidationId) -> Result<Validation> {
    let row = gate_results::Entity::find_by_id(id.uuid())
        .filter(gate_results::Column::TenantId.eq(scope.tenant().uuid()))
        .one(tx)
        .await?;
    row.ok_or_else(|| Error::not_found(ValidationId::WHAT))?.try_into()
}

pub(super) async fn list(tx: &Tx, scope: &Scope, query: &ValidationQuery) -> Result<Page<Validation>> {
    let page = query.page();
    let limit = page.limit()?;
    let mut select = gate_results::Entity::find().filter(gate_results::Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(system) = query.system_id {
        select = select.filter(gate_results::Column::SystemId.eq(system.uuid()));
    }
    if let Some(after) = page.after()? {
        select = select.filter(gate_results::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(gate_results::Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(Validation::try_from)
}

/// The newest validations of each of these systems.
pub(super) async fn newest_of_each(
    tx: &Tx,
    scope: &Scope,
    systems: &[SystemId],
    limit: u64,
) -> Result<Vec<Validation>> {
    let newest = |system: &SystemId| {
        gate_results::Entity::find()
            .filter(gate_results::Column::TenantId.eq(scope.tenant().uuid()))
            .filter(gate_results::Column::SystemId.eq(system.uuid()))
            .order_by_desc(gate_results::Column::Id)
            .limit(limit)
    };
    let rows = all_of(tx, systems.iter().map(newest)).await?;
    rows.into_iter().map(Validation::try_from).collect()
}

/// How many environments have a blocked version as the one that was judged last.
pub(super) async fn blocked(tx: &Tx, scope: &Scope) -> Result<u64> {
    const LAST: &str = "NOT EXISTS (SELECT 1 FROM gate_results AS newer WHERE newer.tenant_id = gate_results.tenant_id \
        AND newer.environment_id = gate_results.environment_id AND newer.verdict IS NOT NULL AND newer.id > gate_results.id)";
    let select = gate_results::Entity::find()
        .filter(gate_results::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(gate_results::Column::Verdict.eq(Verdict::Blocked.as_str()))
        .filter(Expr::cust(LAST));
    Ok(select.count(tx).await?)
}

/// The newest finished validation of a version in an environment.
pub(super) async fn newest_of(
    tx: &Tx,
    scope: &Scope,
    environment: EnvironmentId,
    version: &str,
) -> Result<Option<Validation>> {
    let row = gate_results::Entity::find()
        .filter(gate_results::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(gate_results::Column::EnvironmentId.eq(environment.uuid()))
        .filter(gate_results::Column::Version.eq(version))
        .filter(gate_results::Column::State.eq(ValidationState::Finished.as_str()))
        .order_by_desc(gate_results::Column::Id)
        .one(tx)
        .await?;
    row.map(Validation::try_from).transpose()
}

/// The last versions but `version` that passed in an environment, newest first, each once.
pub(super) async fn baselines(
    tx: &Tx,
    scope: &Scope,
    environment: EnvironmentId,
    version: &str,
    wanted: u32,
) -> Result<Vec<Baseline>> {
    let wanted = usize::try_from(wanted).unwrap_or_default();
    let mut found: Vec<Baseline> = Vec::new();
    let mut before: Option<Uuid> = None;
    while found.len() < wanted {
        let mut select = gate_results::Entity::find()
            .filter(gate_results::Column::TenantId.eq(scope.tenant().uuid()))
            .filter(gate_results::Column::EnvironmentId.eq(environment.uuid()))
            .filter(gate_results::Column::Verdict.eq(Verdict::Allowed.as_str()))
            .filter(gate_results::Column::Version.ne(version));
        if let Some(before) = before {
            select = select.filter(gate_results::Column::Id.lt(before));
        }
        let rows = select.order_by_desc(gate_results::Column::Id).limit(50).all(tx).await?;
        let Some(last) = rows.last() else { break };
        before = Some(last.id);
        for row in rows {
            let validation = Validation::try_from(row)?;
            let fresh = found.iter().all(|baseline| baseline.version != validation.version);
            if let (true, Some(card)) = (fresh, validation.inputs.and_then(|inputs| inputs.scorecard)) {
                found.push(Baseline { version: validation.version, validation_id: validation.id, card });
            }
        }
    }
    found.truncate(wanted);
    Ok(found)
}

pub(super) async fn mark_running(tx: &Tx, scope: &Scope, id: ValidationId) -> Result<()> {
    gate_results::Entity::update_many()
        .col_expr(gate_results::Column::State, Expr::value(ValidationState::Running.as_str()))
        .filter(gate_results::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(gate_results::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn finish(
    tx: &Tx,
    scope: &Scope,
    id: ValidationId,
    now: DateTime<Utc>,
    judged: Result<(&Inputs, &Report), String>,
) -> Result<()> {
    let mut update = gate_results::Entity::update_many().col_expr(gate_results::Column::FinishedAt, Expr::value(now));
    update = match judged {
        Ok((inputs, report)) => update
            .col_expr(gate_results::Column::State, Expr::value(ValidationState::Finished.as_str()))
            .col_expr(gate_results::Column::Verdict, Expr::value(report.verdict.as_str()))
            .col_expr(gate_results::Column::Enforced, Expr::value(report.enforced))
            .col_expr(gate_results::Column::Inputs, Expr::value(serde_json::to_value(inputs)?))
            .col_expr(gate_results::Column::Report, Expr::value(serde_json::to_value(report)?)),
        Err(reason) => update
            .col_expr(gate_results::Column::State, Expr::value(ValidationState::Failed.as_str()))
            .col_expr(gate_results::Column::Reason, Expr::value(reason)),
    };
    update
        .filter(gate_results::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(gate_results::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Where validations stand: state, verdict, and why one failed.
pub(super) async fn stand(
    tx: &Tx,
    scope: &Scope,
    ids: &[ValidationId],
) -> Result<BTreeMap<ValidationId, super::scheduled::Stand>> {
    use gate_results::Column;
    let rows: Vec<(Uuid, String, Option<String>, Option<String>)> = gate_results::Entity::find()
        .select_only()
        .columns([Column::Id, Column::State, Column::Verdict, Column::Reason])
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .into_tuple()
        .all(tx)
        .await?;
    let read = |(id, state, verdict, reason): (Uuid, String, Option<String>, Option<String>)| {
        let state = ValidationState::parse(&state);
        let state = state.ok_or_else(|| Error::internal(format!("validation {id}: stored state")))?;
        Ok((id.into(), (state, verdict.as_deref().and_then(Verdict::parse), reason)))
    };
    rows.into_iter().map(read).collect()
}

/// The newest verdict that binds in an environment but that of validation `but`, with the version that it was of.
pub(super) async fn last_verdict(
    tx: &Tx,
    scope: &Scope,
    environment: EnvironmentId,
    but: ValidationId,
) -> Result<Option<(String, Verdict)>> {
    use gate_results::Column;
    let row: Option<(String, String)> = gate_results::Entity::find()
        .select_only()
        .columns([Column::Version, Column::Verdict])
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::EnvironmentId.eq(environment.uuid()))
        .filter(Column::Verdict.is_not_null())
        .filter(Column::Enforced.eq(true))
        .filter(Column::Id.ne(but.uuid()))
        .order_by_desc(Column::Id)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(row.and_then(|(version, verdict)| Some((version, Verdict::parse(&verdict)?))))
}
