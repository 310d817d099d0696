//! Events: what happened, written in the same transaction as the change. Whoever wants to act on one (a webhook, a
//! notification) reads it from here; nothing leaves the hub in any other way.

use crate::{Result, access::Scope, ids::EventId, platform::db::Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub kind: String,
    pub subject: String,
    pub payload: Json,
}

impl ActiveModelBehavior for ActiveModel {}

/// Writes an event of `kind`, for example `gate.blocked`, about the thing with id `subject`.
pub async fn emit(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    kind: &str,
    subject: &str,
    payload: serde_json::Value,
) -> Result<EventId> {
    let id = EventId::generate();
    let row = ActiveModel {
        id: Set(id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        kind: Set(kind.to_owned()),
        subject: Set(subject.to_owned()),
        payload: Set(payload),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}
