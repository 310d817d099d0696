//! Files that are removed after a time, and what finds them and finished jobs.

use crate::tables::{Realm, conceal, index, reveal};
use sea_orm_migration::{prelude::*, schema::json_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let benchmarks = Table::alter().table("benchmarks").add_column(json_null("files_removed")).to_owned();
        manager.alter_table(benchmarks).await?;
        reveal(manager, "artifacts", Realm::Dispatch).await?;
        manager.create_index(index("artifacts", &["created_at"])).await?;
        // Whether another benchmark of the tenant has the same file.
        manager.create_index(index("artifacts", &["tenant_id", "sha256"])).await?;
        manager.create_index(index("jobs", &["finished_at_ms"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name) in [
            ("jobs", "ix_jobs_finished_at_ms"),
            ("artifacts", "ix_artifacts_tenant_id_sha256"),
            ("artifacts", "ix_artifacts_created_at"),
        ] {
            manager.drop_index(Index::drop().table(table).name(name).to_owned()).await?;
        }
        conceal(manager, "artifacts", Realm::Dispatch).await?;
        manager.alter_table(Table::alter().table("benchmarks").drop_column("files_removed").to_owned()).await
    }
}
