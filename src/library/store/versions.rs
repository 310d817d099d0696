//! The table `shared_asset_versions`.

use super::number;
use crate::{
    Error, Result,
    access::Scope,
    ids::AssetId,
    library::model::{AssetVersion, NewVersion, VersionHead},
    page::{Page, PageRequest},
    platform::{db::Tx, secrets::sha256_hex},
};
use chrono::{DateTime, Utc};
use sea_orm::{Iterable as _, QueryOrder, QuerySelect, entity::prelude::*};

mod rows {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "shared_asset_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub asset_id: Uuid,
        pub number: i32,
        #[sea_orm(column_type = "Text", nullable)]
        pub content: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub uri: Option<String>,
        pub sha256: String,
        pub size: i32,
        #[sea_orm(column_type = "Text")]
        pub note: String,
        pub author: String,
        pub approved_by: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl From<rows::Model> for AssetVersion {
    fn from(row: rows::Model) -> Self {
        let head = VersionHead {
            asset_id: row.asset_id.into(),
            number: number(row.number),
            uri: row.uri,
            sha256: row.sha256,
            size: number(row.size),
            note: row.note,
            author: row.author,
            approved_by: row.approved_by,
            created_at: row.created_at,
        };
        Self { head, content: row.content }
    }
}

/// Keeps a version under a number that none has yet.
pub(in crate::library) async fn add_version(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (asset, number): (Uuid, i32),
    new: &NewVersion,
    (author, approved_by): (String, Option<String>),
) -> Result<VersionHead> {
    let row = rows::Model {
        id: Uuid::now_v7(),
        tenant_id: scope.tenant().uuid(),
        created_at: now,
        asset_id: asset,
        number,
        sha256: sha256_hex(new.body().as_bytes()),
        size: i32::try_from(new.body().len()).map_err(Error::internal)?,
        content: new.content.clone(),
        uri: new.uri.clone(),
        note: new.note.clone(),
        author,
        approved_by,
    };
    rows::Entity::insert(rows::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    Ok(AssetVersion::from(row).head)
}

fn of(scope: &Scope, asset: AssetId) -> Select<rows::Entity> {
    rows::Entity::find()
        .filter(rows::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(rows::Column::AssetId.eq(asset.uuid()))
}

pub(in crate::library) async fn version(tx: &Tx, scope: &Scope, asset: AssetId, number: u32) -> Result<AssetVersion> {
    let missing = || Error::not_found("version of the asset");
    let number = i32::try_from(number).map_err(|_| missing())?;
    let row = of(scope, asset).filter(rows::Column::Number.eq(number)).one(tx).await?;
    row.map(AssetVersion::from).ok_or_else(missing)
}

/// Versions, newest first, without their content.
pub(in crate::library) async fn version_page(
    tx: &Tx,
    scope: &Scope,
    asset: AssetId,
    page: &PageRequest,
) -> Result<Page<VersionHead>> {
    let limit = page.limit()?;
    let columns = rows::Column::iter().filter(|column| !matches!(column, rows::Column::Content));
    let mut select = of(scope, asset).select_only().columns(columns).expr_as(Expr::cust("NULL"), "content");
    if let Some(after) = page.after()? {
        select = select.filter(rows::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(rows::Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(|row| Ok(AssetVersion::from(row).head))
}

pub(in crate::library) async fn remove_versions(tx: &Tx, scope: &Scope, asset: AssetId) -> Result<()> {
    rows::Entity::delete_many()
        .filter(rows::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(rows::Column::AssetId.eq(asset.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}
