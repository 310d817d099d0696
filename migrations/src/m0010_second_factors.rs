//! Second factors, recovery codes, remembered devices, sign-ins that wait for more, and invitations.

use crate::tables::{Realm, create_tenant_table, drop_tables, index, protect, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, integer, json_null, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
        uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let policy = Table::alter().table("tenants").add_column(json_null("sign_in_policy")).to_owned();
        manager.alter_table(policy).await?;

        let factors = tenant_table("second_factors")
            .col(uuid("user_id"))
            .col(string("kind"))
            .col(string("name"))
            .col(text("record"))
            .col(big_integer("last_step").default(0))
            .col(timestamp_with_time_zone_null("confirmed_at"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .to_owned();
        create_tenant_table(manager, factors, "second_factors", &[]).await?;
        manager.create_index(index("second_factors", &["tenant_id", "user_id"])).await?;

        let codes = tenant_table("recovery_codes")
            .col(uuid("user_id"))
            .col(string("code_hash"))
            .col(timestamp_with_time_zone_null("used_at"))
            .to_owned();
        create_tenant_table(manager, codes, "recovery_codes", &[]).await?;
        manager.create_index(unique("recovery_codes", &["tenant_id", "user_id", "code_hash"])).await?;

        let devices = tenant_table("remembered_devices")
            .col(uuid("user_id"))
            .col(string("secret_hash"))
            .col(string("user_agent"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned();
        create_tenant_table(manager, devices, "remembered_devices", &[]).await?;
        manager.create_index(unique("remembered_devices", &["secret_hash"])).await?;
        manager.create_index(index("remembered_devices", &["tenant_id", "user_id"])).await?;

        create_pending(manager).await?;

        let invitations = tenant_table("invitations")
            .col(string("email"))
            .col(string("email_key"))
            .col(string("role"))
            .col(string("secret_hash"))
            .col(string("invited_by"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("accepted_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .to_owned();
        create_tenant_table(manager, invitations, "invitations", &[Realm::SignIn]).await?;
        manager.create_index(unique("invitations", &["secret_hash"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["second_factors", "recovery_codes", "remembered_devices", "pending_sign_ins", "invitations"];
        drop_tables(manager, &tables).await?;
        manager.alter_table(Table::alter().table("tenants").drop_column("sign_in_policy").to_owned()).await
    }
}

/// Sign-ins that are not whole yet: somebody whose tenant may not be known.
async fn create_pending(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let pending = Table::create()
        .table("pending_sign_ins")
        .col(uuid("id").primary_key())
        .col(string("secret_hash").unique_key())
        .col(uuid_null("tenant_id"))
        .col(uuid_null("user_id"))
        .col(string("purpose"))
        .col(text("record"))
        .col(integer("attempts").default(0))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .to_owned();
    manager.create_table(pending).await?;
    manager.create_index(index("pending_sign_ins", &["expires_at"])).await?;
    protect(manager, "pending_sign_ins", "tenant_id", &[Realm::SignIn]).await
}
