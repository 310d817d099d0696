//! The table `tenants`.

use super::{
    model::{Organisation, OrganisationState},
    rules,
    tier::Tier,
};
use crate::{
    Error, Result,
    access::Scope,
    ids::TenantId,
    page::{Page, PageRequest},
    platform::db::{Tx, is_duplicate},
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, QuerySelect, entity::prelude::*};

pub(crate) mod tenants {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tenants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub slug: Option<String>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub sign_in_policy: Option<Json>,
        pub directory_roles: Option<Json>,
        /// Whether its owner runs the hub.
        pub operates: bool,
        pub tier: String,
        /// Quotas that differ from the tier's.
        pub quotas: Option<Json>,
        pub branding: Option<Json>,
        /// Settings of the hub that differ for this organisation.
        pub overrides: Option<Json>,
        pub suspended_at: Option<chrono::DateTime<chrono::Utc>>,
        pub suspended_why: Option<String>,
        /// When everything of it goes, where that was decided.
        pub delete_after: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use tenants::{Column, Entity, Model};

pub(super) fn missing() -> Error {
    Error::not_found("organisation")
}

/// The organisation with so many members.
pub(super) fn organisation(row: Model, members: u64) -> Result<Organisation> {
    Ok(Organisation {
        id: row.id.into(),
        name: row.name,
        slug: row.slug.unwrap_or_default(),
        tier: row.tier.parse().map_err(|_| Error::internal(format!("tenant {}: stored tier", row.id)))?,
        quotas: row.quotas.map(serde_json::from_value).transpose()?.unwrap_or_default(),
        operates: row.operates,
        members,
        state: OrganisationState::of(row.suspended_at, row.delete_after),
        suspended_at: row.suspended_at,
        suspended_why: row.suspended_why,
        delete_after: row.delete_after,
        created_at: row.created_at,
    })
}

/// What a new organisation is called in addresses: as asked for, else after its name, with a number where another has that already.
///
/// # Errors
/// Invalid when another has what was asked for.
pub(crate) async fn free_slug(tx: &Tx, name: &str, wanted: Option<&str>) -> Result<String> {
    let is_free = async |slug: &str| {
        let taken = Entity::find().filter(Column::Slug.eq(slug)).one(tx).await?;
        Ok::<_, Error>(taken.is_none())
    };
    if let Some(wanted) = wanted {
        let taken = || Error::invalid("/slug", "Another organisation is called this.");
        return if is_free(wanted).await? { Ok(wanted.to_owned()) } else { Err(taken()) };
    }
    let plain = rules::slug_of(name);
    let mut candidate = plain.clone();
    for number in 2.. {
        if is_free(&candidate).await? {
            break;
        }
        candidate = format!("{plain}-{number}");
    }
    Ok(candidate)
}

/// Makes an organisation with nobody in it yet. The first runs the hub; others begin with the tier that they are given.
pub(crate) async fn create(
    tx: &Tx,
    id: TenantId,
    (name, slug): (&str, String),
    (tier, operates): (Tier, bool),
    now: DateTime<Utc>,
) -> Result<()> {
    let row = tenants::ActiveModel {
        id: Set(id.uuid()),
        slug: Set(Some(slug)),
        name: Set(name.to_owned()),
        created_at: Set(now),
        sign_in_policy: Set(None),
        directory_roles: Set(None),
        operates: Set(operates),
        tier: Set(tier.as_str().to_owned()),
        quotas: Set(None),
        branding: Set(None),
        overrides: Set(None),
        suspended_at: Set(None),
        suspended_why: Set(None),
        delete_after: Set(None),
    };
    match Entity::insert(row).exec_without_returning(tx).await {
        Ok(_) => Ok(()),
        Err(error) if is_duplicate(&error) => {
            Err(Error::conflict("Another organisation took this name at the same moment. Try again."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses those whose organisation is suspended. The transaction is one of sign-in, or of the organisation's own.
///
/// # Errors
/// Suspended, saying why; unauthenticated when the organisation is gone.
pub(crate) async fn admit(tx: &Tx, id: TenantId) -> Result<()> {
    let row = Entity::find_by_id(id.uuid()).one(tx).await?;
    let row = row.ok_or_else(|| Error::unauthenticated("The organisation was removed."))?;
    match row.suspended_at {
        Some(_) => Err(rules::shut(row.suspended_why.as_deref(), row.delete_after)),
        None => Ok(()),
    }
}

/// The organisation, whosesoever transaction may see it.
pub(super) async fn find(tx: &Tx, id: TenantId) -> Result<Model> {
    Entity::find_by_id(id.uuid()).one(tx).await?.ok_or_else(missing)
}

pub(super) async fn find_by_slug(tx: &Tx, slug: &str) -> Result<Model> {
    Entity::find().filter(Column::Slug.eq(slug)).one(tx).await?.ok_or_else(missing)
}

/// Whether the tenant runs the hub.
pub(super) async fn operates(tx: &Tx, scope: &Scope) -> Result<bool> {
    Ok(Entity::find_by_id(scope.tenant().uuid()).one(tx).await?.is_some_and(|row| row.operates))
}

/// Who runs the hub. The transaction is one of those who do.
pub(super) async fn operator(tx: &Tx) -> Result<Option<TenantId>> {
    let row = Entity::find().filter(Column::Operates.eq(true)).order_by_asc(Column::CreatedAt).one(tx).await?;
    Ok(row.map(|row| row.id.into()))
}

/// A page of all organisations, newest first.
pub(super) async fn page(tx: &Tx, page: &PageRequest) -> Result<Page<Model>> {
    let limit = page.limit()?;
    let mut select = Entity::find();
    if let Some(after) = page.after()? {
        select = select.filter(Column::Id.lt(after));
    }
    let rows = select.order_by_desc(Column::Id).limit(limit + 1).all(tx).await?;
    Ok(Page::of(rows, limit, |row| row.id.to_string()))
}

pub(super) async fn set_tier(tx: &Tx, id: TenantId, tier: Tier) -> Result<()> {
    let update = Entity::update_many().col_expr(Column::Tier, Expr::value(tier.as_str()));
    update.filter(Column::Id.eq(id.uuid())).exec(tx).await?;
    Ok(())
}

/// Whether and why an organisation's people are kept out, and when it goes.
pub(super) struct Standing {
    pub(super) suspended_at: Option<DateTime<Utc>>,
    pub(super) suspended_why: Option<String>,
    pub(super) delete_after: Option<DateTime<Utc>>,
}

/// Changes how an organisation stands, unless somebody else did meanwhile.
///
/// # Errors
/// Conflict when it does not stand as it was read.
pub(super) async fn stand(tx: &Tx, read: &Model, standing: &Standing) -> Result<()> {
    let unchanged = |column: Column, value: Option<DateTime<Utc>>| match value {
        Some(at) => column.eq(at),
        None => column.is_null(),
    };
    let changed = Entity::update_many()
        .col_expr(Column::SuspendedAt, Expr::value(standing.suspended_at))
        .col_expr(Column::SuspendedWhy, Expr::value(standing.suspended_why.clone()))
        .col_expr(Column::DeleteAfter, Expr::value(standing.delete_after))
        .filter(Column::Id.eq(read.id))
        .filter(unchanged(Column::SuspendedAt, read.suspended_at))
        .filter(unchanged(Column::DeleteAfter, read.delete_after))
        .exec(tx)
        .await?;
    match changed.rows_affected {
        1 => Ok(()),
        _ => Err(Error::conflict("Somebody else changed the organisation at this moment. Look again.")),
    }
}

/// Organisations whose time has come. The transaction is one of those who run the hub.
pub(super) async fn due(tx: &Tx, now: DateTime<Utc>, most: u64) -> Result<Vec<Model>> {
    let due = Entity::find().filter(Column::DeleteAfter.lte(now)).filter(Column::Operates.eq(false));
    Ok(due.order_by_asc(Column::DeleteAfter).limit(most).all(tx).await?)
}

/// Removes the organisation's own row, unless somebody else did; nothing else of it may be left.
pub(super) async fn remove(tx: &Tx, id: TenantId, now: DateTime<Utc>) -> Result<bool> {
    let due = Column::Id.eq(id.uuid()).and(Column::DeleteAfter.lte(now));
    Ok(Entity::delete_many().filter(due).exec(tx).await?.rows_affected == 1)
}
