//! The table `shared_asset_uses`.

use crate::{
    Result,
    access::Scope,
    ids::AssetId,
    page::{Page, PageRequest},
    platform::db::Tx,
};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

pub(in crate::library) mod asset_uses {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "shared_asset_uses")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub asset_id: Uuid,
        pub version: i32,
        pub system_id: Uuid,
        pub kind: String,
        pub target_key: String,
        pub target_name: String,
        pub target_id: Uuid,
        pub target_revision: i32,
        pub used_by: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Keeps a use in the place of the one that the same golden path or policy had before.
pub(in crate::library) async fn put_use(tx: &Tx, scope: &Scope, row: asset_uses::Model) -> Result<asset_uses::Model> {
    asset_uses::Entity::delete_many()
        .filter(asset_uses::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(asset_uses::Column::SystemId.eq(row.system_id))
        .filter(asset_uses::Column::Kind.eq(row.kind.as_str()))
        .filter(asset_uses::Column::TargetKey.eq(row.target_key.as_str()))
        .exec(tx)
        .await?;
    asset_uses::Entity::insert(asset_uses::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    Ok(row)
}

/// Who took an asset into use, the newest first.
pub(in crate::library) async fn uses_of(
    tx: &Tx,
    scope: &Scope,
    asset: AssetId,
    page: &PageRequest,
) -> Result<Page<asset_uses::Model>> {
    let limit = page.limit()?;
    let mut select = asset_uses::Entity::find()
        .filter(asset_uses::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(asset_uses::Column::AssetId.eq(asset.uuid()));
    if let Some(after) = page.after()? {
        select = select.filter(asset_uses::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(asset_uses::Column::Id).limit(limit + 1).all(tx).await?;
    Ok(Page::of(rows, limit, |row| row.id.to_string()))
}

pub(in crate::library) async fn remove_uses(tx: &Tx, scope: &Scope, asset: AssetId) -> Result<()> {
    asset_uses::Entity::delete_many()
        .filter(asset_uses::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(asset_uses::Column::AssetId.eq(asset.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}
