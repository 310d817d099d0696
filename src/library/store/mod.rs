//! The tables of the library: `shared_assets` and the words that they are found by here, the others in rooms of their own.

mod proposals;
mod uses;
mod versions;

pub(super) use proposals::{NewProposal, decide, proposal, proposal_count, proposals, propose, rows as proposal_rows};
pub(super) use uses::{asset_uses, put_use, uses_of};
pub(super) use versions::{add_version, version, version_page};

use super::{
    model::{Asset, Deprecation, Fork, LibraryQuery},
    rules,
};
use crate::{
    Error, Result,
    access::Scope,
    ids::{AssetId, WorkspaceId},
    page::{Page, PageRequest},
    platform::db::{Tx, is_duplicate},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    DbErr, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait as _, Query, SelectStatement},
};
use std::collections::BTreeSet;

pub(in crate::library) mod assets {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "shared_assets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub workspace_id: Uuid,
        pub kind: String,
        pub name: String,
        pub name_key: String,
        #[sea_orm(column_type = "Text")]
        pub description: String,
        pub tags: Json,
        pub metadata: Json,
        pub latest_version: i32,
        pub use_count: i64,
        pub forked_from: Option<Uuid>,
        pub forked_version: Option<i32>,
        pub forked_name: Option<String>,
        pub created_by: String,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub deprecated_at: Option<chrono::DateTime<chrono::Utc>>,
        #[sea_orm(column_type = "Text", nullable)]
        pub deprecation: Option<String>,
        pub replacement_id: Option<Uuid>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod terms {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "shared_asset_terms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub asset_id: Uuid,
        pub term: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A number of a version as it is kept.
fn number(kept: i32) -> u32 {
    u32::try_from(kept).unwrap_or_default()
}

impl TryFrom<assets::Model> for Asset {
    type Error = Error;

    fn try_from(row: assets::Model) -> Result<Self> {
        let kind = row.kind.parse().map_err(|_| Error::internal(format!("asset {}: stored kind", row.id)))?;
        let forked_from = row.forked_from.map(|id| Fork {
            asset_id: id.into(),
            version: number(row.forked_version.unwrap_or_default()),
            name: row.forked_name.unwrap_or_default(),
        });
        let deprecation = row.deprecated_at.map(|at| Deprecation {
            at,
            reason: row.deprecation.unwrap_or_default(),
            replacement_id: row.replacement_id.map(AssetId::from),
        });
        Ok(Self {
            id: row.id.into(),
            workspace_id: row.workspace_id.into(),
            kind,
            name: row.name,
            description: row.description,
            tags: serde_json::from_value(row.tags)?,
            metadata: serde_json::from_value(row.metadata)?,
            latest_version: number(row.latest_version),
            use_count: u64::try_from(row.use_count).unwrap_or_default(),
            forked_from,
            deprecation,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

fn own(scope: &Scope) -> sea_orm::sea_query::SimpleExpr {
    assets::Column::TenantId.eq(scope.tenant().uuid())
}

pub(super) async fn create(tx: &Tx, scope: &Scope, row: assets::Model) -> Result<assets::Model> {
    let made = assets::Entity::insert(assets::ActiveModel::from(row.clone())).exec_without_returning(tx).await;
    made.map_err(taken)?;
    put_terms(tx, scope, &row).await?;
    Ok(row)
}

/// Keeps every column of a row that exists, and the words that it is found by.
pub(super) async fn update(tx: &Tx, scope: &Scope, row: assets::Model) -> Result<assets::Model> {
    let row = touch(tx, row).await?;
    put_terms(tx, scope, &row).await?;
    Ok(row)
}

/// The same for what no word of it changes. Uses are counted by themselves.
pub(super) async fn touch(tx: &Tx, row: assets::Model) -> Result<assets::Model> {
    let active = assets::ActiveModel { use_count: NotSet, ..assets::ActiveModel::from(row.clone()).reset_all() };
    assets::Entity::update(active).exec(tx).await.map_err(taken)?;
    Ok(row)
}

/// Counts a use.
pub(super) async fn count_use(tx: &Tx, scope: &Scope, id: AssetId) -> Result<()> {
    assets::Entity::update_many()
        .col_expr(assets::Column::UseCount, Expr::col(assets::Column::UseCount).add(1))
        .filter(own(scope))
        .filter(assets::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

fn taken(error: DbErr) -> Error {
    match is_duplicate(&error) {
        true => Error::invalid("/name", "Another asset of this kind in the workspace has this name."),
        false => error.into(),
    }
}

async fn put_terms(tx: &Tx, scope: &Scope, row: &assets::Model) -> Result<()> {
    remove_terms(tx, scope, row.id).await?;
    let tags: Vec<String> = serde_json::from_value(row.tags.clone())?;
    let of = |term: String| terms::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(row.updated_at),
        asset_id: Set(row.id),
        term: Set(term),
    };
    let rows: Vec<_> = rules::terms(&row.name, &row.description, &tags).into_iter().map(of).collect();
    if !rows.is_empty() {
        terms::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The table of assets.
pub(crate) const ASSETS: &str = "shared_assets";

/// Makes the words anew by which some assets are found, after theirs were changed by another hand.
pub(crate) async fn index_anew(tx: &Tx, scope: &Scope, ids: &BTreeSet<Uuid>) -> Result<()> {
    for id in ids {
        if let Some(row) = assets::Entity::find_by_id(*id).filter(own(scope)).one(tx).await? {
            put_terms(tx, scope, &row).await?;
        }
    }
    Ok(())
}

async fn remove_terms(tx: &Tx, scope: &Scope, asset: Uuid) -> Result<()> {
    terms::Entity::delete_many()
        .filter(terms::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(terms::Column::AssetId.eq(asset))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn find(tx: &Tx, scope: &Scope, id: AssetId) -> Result<assets::Model> {
    let row = assets::Entity::find_by_id(id.uuid()).filter(own(scope)).one(tx).await?;
    row.ok_or_else(|| Error::not_found(AssetId::WHAT))
}

/// What some assets are called.
pub(super) async fn names(tx: &Tx, scope: &Scope, ids: &[Uuid]) -> Result<std::collections::BTreeMap<Uuid, String>> {
    let rows: Vec<(Uuid, String)> = assets::Entity::find()
        .select_only()
        .columns([assets::Column::Id, assets::Column::Name])
        .filter(own(scope))
        .filter(assets::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}

pub(super) async fn count(tx: &Tx, scope: &Scope, workspace: WorkspaceId) -> Result<u64> {
    let select = assets::Entity::find().filter(own(scope)).filter(assets::Column::WorkspaceId.eq(workspace.uuid()));
    Ok(select.count(tx).await?)
}

/// Assets, newest first, of the workspaces whose ids `within` selects, or of all.
pub(super) async fn list(
    tx: &Tx,
    scope: &Scope,
    within: Option<SelectStatement>,
    query: &LibraryQuery,
    page: &PageRequest,
) -> Result<Page<Asset>> {
    let limit = page.limit()?;
    let mut select = assets::Entity::find().filter(own(scope));
    if let Some(ids) = within {
        select = select.filter(assets::Column::WorkspaceId.in_subquery(ids));
    }
    if let Some(workspace) = query.workspace_id {
        select = select.filter(assets::Column::WorkspaceId.eq(workspace.uuid()));
    }
    if let Some(kind) = query.kind {
        select = select.filter(assets::Column::Kind.eq(kind.as_str()));
    }
    if !query.deprecated {
        select = select.filter(assets::Column::DeprecatedAt.is_null());
    }
    if let Some(tag) = &query.tag {
        let term = rules::tag_term(tag);
        select = select.filter(assets::Column::Id.in_subquery(with_term(scope, terms::Column::Term.eq(term))));
    }
    if let Some(text) = &query.q {
        let Some(wanted) = rules::wanted(text) else { return Ok(Page { items: Vec::new(), next_cursor: None }) };
        for word in wanted {
            // No character comes after the last one, so this is every word with that beginning, and an index finds them.
            let end = format!("{word}{}", char::MAX);
            let begins = terms::Column::Term.gte(word).and(terms::Column::Term.lt(end));
            select = select.filter(assets::Column::Id.in_subquery(with_term(scope, begins)));
        }
    }
    if let Some(after) = page.after()? {
        select = select.filter(assets::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(assets::Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(Asset::try_from)
}

fn with_term(scope: &Scope, condition: sea_orm::sea_query::SimpleExpr) -> SelectStatement {
    Query::select()
        .column(terms::Column::AssetId)
        .from(terms::Entity)
        .and_where(terms::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(condition)
        .to_owned()
}

/// Removes an asset with everything below it.
pub(super) async fn remove(tx: &Tx, scope: &Scope, id: AssetId) -> Result<()> {
    remove_terms(tx, scope, id.uuid()).await?;
    versions::remove_versions(tx, scope, id).await?;
    proposals::remove_proposals(tx, scope, id).await?;
    uses::remove_uses(tx, scope, id).await?;
    assets::Entity::delete_many().filter(own(scope)).filter(assets::Column::Id.eq(id.uuid())).exec(tx).await?;
    Ok(())
}
