//! Bursts, rude clients and cost in benchmarks; the prices of environments.

use crate::tables::{create_tenant_table, drop_tables, index, tenant_table};
use sea_orm_migration::{
    prelude::*,
    schema::{json_null, string, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The columns that benchmarks gain.
const COLUMNS: [&str; 2] = ["resilience", "cost"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let table = Table::alter().table(Alias::new("benchmarks")).add_column(json_null(column)).to_owned();
            manager.alter_table(table).await?;
        }
        let prices = tenant_table("price_models")
            .col(uuid("environment_id"))
            .col(json_null("prices"))
            .col(string("created_by"))
            .to_owned();
        create_tenant_table(manager, prices, "price_models", &[]).await?;
        manager.create_index(index("price_models", &["tenant_id", "environment_id", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["price_models"]).await?;
        for column in COLUMNS {
            let table = Table::alter().table(Alias::new("benchmarks")).drop_column(Alias::new(column)).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
