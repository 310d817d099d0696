//! What a directory keeps of members and groups, and which role its groups give.

use crate::tables::{create_tenant_table, drop_tables, index, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, boolean, json, json_null, string, string_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(Table::alter().table("tenants").add_column(json_null("directory_roles")).to_owned())
            .await?;
        create_users(manager).await?;
        create_groups(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["scim_users", "scim_groups", "scim_group_members"]).await?;
        manager.alter_table(Table::alter().table("tenants").drop_column("directory_roles").to_owned()).await
    }
}

/// What a directory says of an account, whose id is the row's. A member without a row was never in a directory.
async fn create_users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let users = tenant_table("scim_users")
        .col(string("user_name_key"))
        .col(string_null("external_id"))
        .col(json("document"))
        .col(boolean("role_given"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("removed_at"))
        .to_owned();
    create_tenant_table(manager, users, "scim_users", &[]).await?;
    manager.create_index(unique("scim_users", &["tenant_id", "user_name_key"])).await?;
    manager.create_index(index("scim_users", &["tenant_id", "external_id"])).await
}

async fn create_groups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let groups = tenant_table("scim_groups")
        .col(string("display_name"))
        .col(string("display_key"))
        .col(string_null("external_id"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned();
    create_tenant_table(manager, groups, "scim_groups", &[]).await?;
    manager.create_index(index("scim_groups", &["tenant_id", "display_key"])).await?;
    manager.create_index(index("scim_groups", &["tenant_id", "external_id"])).await?;

    let members = tenant_table("scim_group_members").col(uuid("group_id")).col(uuid("user_id")).to_owned();
    create_tenant_table(manager, members, "scim_group_members", &[]).await?;
    manager.create_index(unique("scim_group_members", &["tenant_id", "group_id", "user_id"])).await?;
    manager.create_index(index("scim_group_members", &["tenant_id", "user_id"])).await
}
