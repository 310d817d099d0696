//! What organisations use, day by day, and the indices by which the bytes that they keep are added up.

use crate::tables::{Realm, create_tenant_table, drop_tables, index, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, date, small_integer, string},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables whose column `size` counts.
const KEPT: [&str; 3] = ["artifacts", "evidence_packets", "shared_asset_versions"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let usage = tenant_table("usage_days")
            .col(date("day"))
            .col(string("kind"))
            .col(big_integer("count"))
            // The share of the quota, in percent, that admins were told of.
            .col(small_integer("told").default(0))
            .to_owned();
        create_tenant_table(manager, usage, "usage_days", &[Realm::Dispatch]).await?;
        manager.create_index(unique("usage_days", &["tenant_id", "day", "kind"])).await?;
        manager.create_index(index("usage_days", &["created_at"])).await?;
        for table in KEPT {
            manager.create_index(index(table, &["tenant_id", "size"])).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in KEPT {
            let name = format!("ix_{table}_tenant_id_size");
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        drop_tables(manager, &["usage_days"]).await
    }
}
