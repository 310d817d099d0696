//! The table `artifacts`.

use crate::{
    Error, Result,
    access::Scope,
    ids::{ArtifactId, BenchmarkId, TenantId},
    lab::Artifact,
    platform::db::Tx,
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, QuerySelect, entity::prelude::*, sea_query::SimpleExpr};
use std::collections::BTreeSet;

/// Digests of one statement: SQLite takes 32,766 parameters (limits.html, 9), PostgreSQL 65,535.
const DIGESTS_AT_ONCE: usize = 500;

mod rows {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "artifacts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub benchmark_id: Uuid,
        pub name: String,
        pub media_type: String,
        pub sha256: String,
        pub size: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use rows::{Column, Entity};

impl From<rows::Model> for Artifact {
    fn from(row: rows::Model) -> Self {
        Self {
            id: ArtifactId::from(row.id),
            name: row.name,
            media_type: row.media_type,
            sha256: row.sha256,
            size: u64::try_from(row.size).unwrap_or_default(),
        }
    }
}

pub(in crate::lab) async fn add_artifact(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    benchmark: BenchmarkId,
    file: &Artifact,
) -> Result<()> {
    let row = rows::ActiveModel {
        id: Set(file.id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        benchmark_id: Set(benchmark.uuid()),
        name: Set(file.name.clone()),
        media_type: Set(file.media_type.clone()),
        sha256: Set(file.sha256.clone()),
        size: Set(i64::try_from(file.size).map_err(Error::internal)?),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

fn of(scope: &Scope, benchmark: BenchmarkId) -> SimpleExpr {
    Column::TenantId.eq(scope.tenant().uuid()).and(Column::BenchmarkId.eq(benchmark.uuid()))
}

pub(in crate::lab) async fn artifacts(tx: &Tx, scope: &Scope, benchmark: BenchmarkId) -> Result<Vec<Artifact>> {
    let rows = Entity::find().filter(of(scope, benchmark)).order_by_asc(Column::Name).all(tx).await?;
    Ok(rows.into_iter().map(Artifact::from).collect())
}

/// The same, and nobody else removes them until the transaction ends.
pub(in crate::lab) async fn lock(tx: &Tx, scope: &Scope, benchmark: BenchmarkId) -> Result<Vec<Artifact>> {
    let mut select = Entity::find().filter(of(scope, benchmark)).order_by_asc(Column::Name);
    if tx.is_postgres() {
        select = select.lock_exclusive();
    }
    Ok(select.all(tx).await?.into_iter().map(Artifact::from).collect())
}

pub(in crate::lab) async fn remove(tx: &Tx, scope: &Scope, benchmark: BenchmarkId) -> Result<()> {
    Entity::delete_many().filter(of(scope, benchmark)).exec(tx).await?;
    Ok(())
}

/// Tenants that have files which were kept before then. The transaction is one of dispatch.
pub(in crate::lab) async fn all_with_files(tx: &Tx, before: DateTime<Utc>) -> Result<Vec<TenantId>> {
    let rows: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::TenantId)
        .distinct()
        .filter(Column::CreatedAt.lte(before))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(TenantId::from).collect())
}

/// Benchmarks of a tenant whose files were kept before then.
pub(in crate::lab) async fn old(tx: &Tx, scope: &Scope, before: DateTime<Utc>, most: u64) -> Result<Vec<BenchmarkId>> {
    let rows: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::BenchmarkId)
        .distinct()
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::CreatedAt.lte(before))
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(BenchmarkId::from).collect())
}

/// Those of the digests that are of a file which a benchmark of the tenant has.
pub(in crate::lab) async fn known(tx: &Tx, scope: &Scope, digests: &[String]) -> Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for some in digests.chunks(DIGESTS_AT_ONCE) {
        let found: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Sha256)
            .distinct()
            .filter(Column::TenantId.eq(scope.tenant().uuid()))
            .filter(Column::Sha256.is_in(some.iter().map(String::as_str)))
            .into_tuple()
            .all(tx)
            .await?;
        known.extend(found);
    }
    Ok(known)
}
