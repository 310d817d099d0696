//! The table `golden_paths`.

use crate::{
    Error, Result,
    access::Scope,
    gates::model::{GoldenPath, NewGoldenPath},
    ids::{GoldenPathId, SystemId},
    platform::db::{Tx, is_duplicate},
    text,
};
use chrono::{DateTime, Utc};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};
use std::collections::BTreeMap;

mod golden_paths {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "golden_paths")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub system_id: Uuid,
        pub name: String,
        pub name_key: String,
        #[sea_orm(column_type = "Text")]
        pub source: String,
        pub variables: Json,
        pub timeout_s: i32,
        pub revision: i32,
        pub updated_by: String,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl TryFrom<golden_paths::Model> for GoldenPath {
    type Error = Error;

    fn try_from(row: golden_paths::Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            system_id: row.system_id.into(),
            name: row.name,
            source: row.source,
            variables: serde_json::from_value(row.variables)?,
            timeout_s: u32::try_from(row.timeout_s).unwrap_or_default(),
            revision: u32::try_from(row.revision).unwrap_or_default(),
            updated_by: row.updated_by,
            updated_at: row.updated_at,
        })
    }
}

/// Keeps a golden path: a new one, or the next revision of the one with this name.
pub(in crate::gates) async fn put_path(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (system, new): (SystemId, NewGoldenPath),
    by: String,
) -> Result<GoldenPath> {
    let name_key = text::key(&new.name);
    let known = golden_paths::Entity::find()
        .filter(golden_paths::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(golden_paths::Column::SystemId.eq(system.uuid()))
        .filter(golden_paths::Column::NameKey.eq(&name_key))
        .one(tx)
        .await?;
    let row = golden_paths::Model {
        id: known.as_ref().map_or_else(|| GoldenPathId::generate().uuid(), |row| row.id),
        tenant_id: scope.tenant().uuid(),
        created_at: known.as_ref().map_or(now, |row| row.created_at),
        system_id: system.uuid(),
        name: new.name,
        name_key,
        source: new.source,
        variables: serde_json::to_value(new.variables)?,
        timeout_s: new.timeout_s.and_then(|s| i32::try_from(s).ok()).unwrap_or(60),
        revision: known.as_ref().map_or(1, |row| row.revision + 1),
        updated_by: by,
        updated_at: now,
    };
    let active = golden_paths::ActiveModel::from(row.clone()).reset_all();
    match known {
        Some(_) => {
            golden_paths::Entity::update(active).exec(tx).await?;
        }
        None => match golden_paths::Entity::insert(active).exec_without_returning(tx).await {
            Err(error) if is_duplicate(&error) => {
                return Err(Error::conflict("Somebody registered a golden path of this name at the same moment."));
            }
            result => {
                result?;
            }
        },
    }
    row.try_into()
}

pub(in crate::gates) async fn paths(tx: &Tx, scope: &Scope, system: SystemId) -> Result<Vec<GoldenPath>> {
    let rows = golden_paths::Entity::find()
        .filter(golden_paths::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(golden_paths::Column::SystemId.eq(system.uuid()))
        .order_by_asc(golden_paths::Column::Name)
        .all(tx)
        .await?;
    rows.into_iter().map(GoldenPath::try_from).collect()
}

/// The revisions of those of these golden paths that there are.
pub(in crate::gates) async fn path_revisions(
    tx: &Tx,
    scope: &Scope,
    ids: &[GoldenPathId],
) -> Result<BTreeMap<GoldenPathId, u32>> {
    let rows: Vec<(Uuid, i32)> = golden_paths::Entity::find()
        .select_only()
        .columns([golden_paths::Column::Id, golden_paths::Column::Revision])
        .filter(golden_paths::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(golden_paths::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, revision)| (id.into(), u32::try_from(revision).unwrap_or_default())).collect())
}

pub(in crate::gates) async fn path(tx: &Tx, scope: &Scope, id: GoldenPathId) -> Result<GoldenPath> {
    let row = golden_paths::Entity::find_by_id(id.uuid())
        .filter(golden_paths::Column::TenantId.eq(scope.tenant().uuid()))
        .one(tx)
        .await?;
    row.ok_or_else(|| Error::not_found(GoldenPathId::WHAT))?.try_into()
}

pub(in crate::gates) async fn remove_path(tx: &Tx, scope: &Scope, id: GoldenPathId) -> Result<()> {
    let removed = golden_paths::Entity::delete_many()
        .filter(golden_paths::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(golden_paths::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    if removed.rows_affected == 0 { Err(Error::not_found(GoldenPathId::WHAT)) } else { Ok(()) }
}
