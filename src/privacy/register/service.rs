//! The table `processing_activities`, and its use cases.

use super::{super::service::Privacy, Activity, NewActivity, Register, own};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    identity::Identity,
    ids::ProcessingActivityId,
    platform::db::{Tx, is_duplicate},
    text,
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, entity::prelude::*, sea_query::SimpleExpr};

/// Most records of an organisation.
const ACTIVITIES_MAX: u64 = 500;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "processing_activities")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub name: String,
    pub name_key: String,
    pub document: Json,
    pub updated_by: String,
    pub updated_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

fn activity(row: Model) -> Result<Activity> {
    let record = NewActivity { name: row.name, ..serde_json::from_value(row.document)? };
    let (updated_by, updated_at) = (Some(row.updated_by), Some(row.updated_at));
    Ok(Activity { id: Some(row.id.into()), record, updated_by, updated_at })
}

fn of(scope: &Scope) -> SimpleExpr {
    Column::TenantId.eq(scope.tenant().uuid())
}

fn this(scope: &Scope, id: ProcessingActivityId) -> SimpleExpr {
    of(scope).and(Column::Id.eq(id.uuid()))
}

fn taken(error: DbErr) -> Error {
    match is_duplicate(&error) {
        true => Error::invalid("/name", "This name is taken; choose another."),
        false => error.into(),
    }
}

async fn find(tx: &Tx, scope: &Scope, id: ProcessingActivityId) -> Result<Activity> {
    let row = Entity::find().filter(this(scope, id)).one(tx).await?;
    activity(row.ok_or_else(|| Error::not_found(ProcessingActivityId::WHAT))?)
}

impl Privacy<'_> {
    /// The register of processing. Needs `privacy:read`.
    pub async fn register(&self, actor: &Actor) -> Result<Register> {
        let scope = actor.require(Permission::PrivacyRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let rows = Entity::find().filter(of(&scope)).order_by_asc(Column::NameKey).all(&tx).await?;
        let mut activities = own::activities();
        for row in rows {
            activities.push(activity(row)?);
        }
        let controller = Identity::new(self.platform).organisation_of(&tx, &scope).await?;
        Ok(Register { controller, read_at: self.platform.clock.now(), activities })
    }

    /// Adds a record. Needs `privacy:manage`.
    ///
    /// # Errors
    /// Conflict where the organisation has too many.
    pub async fn add_activity(&self, actor: &Actor, new: NewActivity) -> Result<Activity> {
        let scope = actor.require(Permission::PrivacyManage)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        let id = ProcessingActivityId::generate();
        let tx = self.platform.db.write(&scope).await?;
        if Entity::find().filter(of(&scope)).count(&tx).await? >= ACTIVITIES_MAX {
            return Err(Error::conflict(format!("An organisation may have {ACTIVITIES_MAX} records.")));
        }
        let row = ActiveModel {
            id: Set(id.uuid()),
            tenant_id: Set(scope.tenant().uuid()),
            created_at: Set(now),
            ..written(actor, now, &new)?
        };
        Entity::insert(row).exec_without_returning(&tx).await.map_err(taken)?;
        self.log_activity(&tx, &scope, actor, ("privacy.activity.added", id), &new).await?;
        let made = find(&tx, &scope, id).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Writes a record anew. Needs `privacy:manage`.
    pub async fn change_activity(&self, actor: &Actor, id: ProcessingActivityId, new: NewActivity) -> Result<Activity> {
        let scope = actor.require(Permission::PrivacyManage)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        find(&tx, &scope, id).await?;
        let update = Entity::update_many().set(written(actor, now, &new)?).filter(this(&scope, id));
        update.exec(&tx).await.map_err(taken)?;
        self.log_activity(&tx, &scope, actor, ("privacy.activity.changed", id), &new).await?;
        let changed = find(&tx, &scope, id).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Removes a record. What it said stays in the audit log. Needs `privacy:manage`.
    pub async fn remove_activity(&self, actor: &Actor, id: ProcessingActivityId) -> Result<()> {
        let scope = actor.require(Permission::PrivacyManage)?;
        let tx = self.platform.db.write(&scope).await?;
        let gone = find(&tx, &scope, id).await?;
        Entity::delete_many().filter(this(&scope, id)).exec(&tx).await?;
        self.log_activity(&tx, &scope, actor, ("privacy.activity.removed", id), &gone.record).await?;
        tx.commit().await
    }

    async fn log_activity(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (action, id): (&str, ProcessingActivityId),
        record: &NewActivity,
    ) -> Result<()> {
        let detail = serde_json::to_value(record)?;
        let change =
            Change { action, object: ProcessingActivityId::WHAT, object_id: id.to_string(), detail, event: None };
        audit::record(tx, scope, actor, self.platform.clock.now(), change).await
    }
}

/// What a record's writer says of it.
fn written(actor: &Actor, now: DateTime<Utc>, record: &NewActivity) -> Result<ActiveModel> {
    Ok(ActiveModel {
        name: Set(record.name.clone()),
        name_key: Set(text::key(&record.name)),
        document: Set(serde_json::to_value(record)?),
        updated_by: Set(actor.label()),
        updated_at: Set(now),
        ..Default::default()
    })
}
