//! Benchmarks that were measured in turns.

use sea_orm_migration::{prelude::*, schema::uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let other = uuid_null("in_turns_with");
        manager.alter_table(Table::alter().table("benchmarks").add_column(other).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("benchmarks").drop_column("in_turns_with").to_owned()).await
    }
}
