//! Shared assets: what they hold version by version, the words they are found by, what is proposed, and who uses them.

use crate::tables::{create_tenant_table, drop_tables, index, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, integer, integer_null, json, string, string_null, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_assets(manager).await?;
        create_versions(manager).await?;
        create_terms(manager).await?;
        create_proposals(manager).await?;
        create_uses(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "shared_assets",
            "shared_asset_versions",
            "shared_asset_terms",
            "shared_asset_proposals",
            "shared_asset_uses",
        ];
        drop_tables(manager, &tables).await
    }
}

async fn create_assets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let assets = tenant_table("shared_assets")
        .col(uuid("workspace_id"))
        .col(string("kind"))
        .col(string("name"))
        .col(string("name_key"))
        .col(text("description"))
        .col(json("tags"))
        .col(json("metadata"))
        .col(integer("latest_version"))
        .col(big_integer("use_count"))
        .col(uuid_null("forked_from"))
        .col(integer_null("forked_version"))
        .col(string_null("forked_name"))
        .col(string("created_by"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("deprecated_at"))
        .col(text_null("deprecation"))
        .col(uuid_null("replacement_id"))
        .to_owned();
    create_tenant_table(manager, assets, "shared_assets", &[]).await?;
    manager.create_index(unique("shared_assets", &["tenant_id", "workspace_id", "kind", "name_key"])).await?;
    manager.create_index(index("shared_assets", &["tenant_id", "kind", "id"])).await?;
    manager.create_index(index("shared_assets", &["tenant_id", "workspace_id", "id"])).await
}

async fn create_versions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let versions = tenant_table("shared_asset_versions")
        .col(uuid("asset_id"))
        .col(integer("number"))
        .col(text_null("content"))
        .col(text_null("uri"))
        .col(string("sha256"))
        .col(integer("size"))
        .col(text("note"))
        .col(string("author"))
        .col(string_null("approved_by"))
        .to_owned();
    create_tenant_table(manager, versions, "shared_asset_versions", &[]).await?;
    manager.create_index(unique("shared_asset_versions", &["tenant_id", "asset_id", "number"])).await
}

async fn create_terms(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let terms = tenant_table("shared_asset_terms").col(uuid("asset_id")).col(string("term")).to_owned();
    create_tenant_table(manager, terms, "shared_asset_terms", &[]).await?;
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        // A search for the beginning of a word is a range of bytes, as SQLite compares anyway; no locale may reorder it.
        let statement = "ALTER TABLE shared_asset_terms ALTER COLUMN term TYPE varchar COLLATE \"C\"";
        manager.get_connection().execute_unprepared(statement).await?;
    }
    manager.create_index(unique("shared_asset_terms", &["tenant_id", "term", "asset_id"])).await?;
    manager.create_index(index("shared_asset_terms", &["tenant_id", "asset_id"])).await
}

async fn create_proposals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let proposals = tenant_table("shared_asset_proposals")
        .col(uuid("workspace_id"))
        .col(uuid("asset_id"))
        .col(string("state"))
        .col(integer("base_version"))
        .col(text_null("content"))
        .col(text_null("uri"))
        .col(string("sha256"))
        .col(integer("size"))
        .col(text("note"))
        .col(uuid("proposer_id"))
        .col(string("proposed_by"))
        .col(string_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .col(text_null("comment"))
        .col(integer_null("version"))
        .to_owned();
    create_tenant_table(manager, proposals, "shared_asset_proposals", &[]).await?;
    manager.create_index(index("shared_asset_proposals", &["tenant_id", "workspace_id", "state", "id"])).await?;
    manager.create_index(index("shared_asset_proposals", &["tenant_id", "asset_id", "id"])).await
}

async fn create_uses(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let uses = tenant_table("shared_asset_uses")
        .col(uuid("asset_id"))
        .col(integer("version"))
        .col(uuid("system_id"))
        .col(string("kind"))
        .col(string("target_key"))
        .col(string("target_name"))
        .col(uuid("target_id"))
        .col(integer("target_revision"))
        .col(string("used_by"))
        .to_owned();
    create_tenant_table(manager, uses, "shared_asset_uses", &[]).await?;
    manager.create_index(unique("shared_asset_uses", &["tenant_id", "system_id", "kind", "target_key"])).await?;
    manager.create_index(index("shared_asset_uses", &["tenant_id", "asset_id", "id"])).await
}
