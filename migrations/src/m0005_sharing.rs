//! Links that show a scorecard to those without an account.

use crate::tables::{Realm, create_tenant_table, drop_tables, index, reveal, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{string, string_null, timestamp_with_time_zone_null, uuid, uuid_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let shares = tenant_table("scorecard_shares")
            .col(uuid("system_id"))
            .col(uuid_null("environment_id"))
            .col(string_null("version"))
            .col(string("name"))
            .col(string("secret_hash"))
            .col(string("created_by"))
            .col(timestamp_with_time_zone_null("expires_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .to_owned();
        create_tenant_table(manager, shares, "scorecard_shares", &[]).await?;
        reveal(manager, "scorecard_shares", Realm::Share).await?;
        manager.create_index(unique("scorecard_shares", &["secret_hash"])).await?;
        manager.create_index(index("scorecard_shares", &["tenant_id", "system_id", "id"])).await?;
        // What a link without a version shows, and the course of a system's metrics: the newest first.
        manager.create_index(index("scorecards", &["tenant_id", "system_id", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let newest = Index::drop().table("scorecards").name("ix_scorecards_tenant_id_system_id_id").to_owned();
        manager.drop_index(newest).await?;
        drop_tables(manager, &["scorecard_shares"]).await
    }
}
