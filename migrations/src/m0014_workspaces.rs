//! Workspaces, who is in them, and what happens there.

use crate::tables::{create_tenant_table, drop_tables, index, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{boolean, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let workspaces = tenant_table("workspaces")
            .col(string("name"))
            .col(string("name_key"))
            .col(text("description"))
            .col(boolean("review_changes"))
            .col(string("created_by"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("archived_at"))
            .to_owned();
        create_tenant_table(manager, workspaces, "workspaces", &[]).await?;
        manager.create_index(unique("workspaces", &["tenant_id", "name_key"])).await?;

        let members = tenant_table("workspace_members")
            .col(uuid("workspace_id"))
            .col(uuid("user_id"))
            .col(string("role"))
            .col(string("added_by"))
            .to_owned();
        create_tenant_table(manager, members, "workspace_members", &[]).await?;
        manager.create_index(unique("workspace_members", &["tenant_id", "workspace_id", "user_id"])).await?;
        manager.create_index(index("workspace_members", &["tenant_id", "user_id", "workspace_id"])).await?;
        manager.create_index(index("workspace_members", &["tenant_id", "workspace_id", "id"])).await?;

        let activity = tenant_table("workspace_activity")
            .col(uuid("workspace_id"))
            .col(string("actor"))
            .col(string("action"))
            .col(string("object"))
            .col(uuid("object_id"))
            .col(text("title"))
            .to_owned();
        create_tenant_table(manager, activity, "workspace_activity", &[]).await?;
        manager.create_index(index("workspace_activity", &["tenant_id", "workspace_id", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["workspaces", "workspace_members", "workspace_activity"]).await
    }
}
