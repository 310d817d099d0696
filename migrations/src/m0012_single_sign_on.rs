//! Identity providers, whom they know, what they said once, and the name by which an organisation is found before anybody is signed in.

use crate::tables::{Realm, create_tenant_table, drop_tables, index, reveal, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{
        boolean, json, string, string_null, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
        uuid_null,
    },
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("tenants", string_null("slug")),
            ("users", string_null("sign_in_key")),
            ("sessions", uuid_null("provider_id")),
            ("sessions", string_null("provider_subject")),
            ("sessions", string_null("provider_session")),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        // A password belongs to one account of the whole hub; an account of a provider has none, and an address of its own in
        // each organisation.
        as_sign_in(
            manager,
            &[
                "UPDATE users SET sign_in_key = email_key",
                "UPDATE tenants SET slug = 'org-' || replace(CAST(id AS text), '-', '')",
            ],
            &["UPDATE users SET sign_in_key = email_key", "UPDATE tenants SET slug = 'org-' || lower(hex(id))"],
        )
        .await?;
        manager.drop_index(Index::drop().name("uq_users_email_key").table("users").to_owned()).await?;
        manager.create_index(unique("users", &["sign_in_key"])).await?;
        manager.create_index(unique("users", &["tenant_id", "email_key"])).await?;
        manager.create_index(unique("tenants", &["slug"])).await?;
        manager.create_index(index("sessions", &["tenant_id", "provider_id", "provider_subject"])).await?;

        let providers = tenant_table("identity_providers")
            .col(timestamp_with_time_zone("updated_at"))
            .col(string("kind"))
            .col(string("name"))
            .col(string("issuer"))
            .col(boolean("enabled"))
            .col(boolean("just_in_time"))
            .col(string_null("default_role"))
            .col(json("group_roles"))
            .col(boolean("second_factor"))
            .col(boolean("directory"))
            .col(text("config"))
            .to_owned();
        create_tenant_table(manager, providers, "identity_providers", &[]).await?;
        reveal(manager, "identity_providers", Realm::SignIn).await?;
        manager.create_index(unique("identity_providers", &["tenant_id", "name"])).await?;

        let identities = tenant_table("external_identities")
            .col(uuid("provider_id"))
            .col(text("subject"))
            .col(uuid("user_id"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .to_owned();
        create_tenant_table(manager, identities, "external_identities", &[]).await?;
        manager.create_index(unique("external_identities", &["tenant_id", "provider_id", "subject"])).await?;
        manager.create_index(index("external_identities", &["tenant_id", "user_id"])).await?;

        let used = tenant_table("used_messages")
            .col(uuid("provider_id"))
            .col(string("message_hash"))
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned();
        create_tenant_table(manager, used, "used_messages", &[Realm::SignIn]).await?;
        manager.create_index(unique("used_messages", &["tenant_id", "provider_id", "message_hash"])).await?;
        manager.create_index(index("used_messages", &["expires_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["identity_providers", "external_identities", "used_messages"]).await?;
        for (name, table) in [
            ("ix_sessions_tenant_id_provider_id_provider_subject", "sessions"),
            ("uq_users_sign_in_key", "users"),
            ("uq_users_tenant_id_email_key", "users"),
            ("uq_tenants_slug", "tenants"),
        ] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        // Accounts without a password are of no use to what comes before, and may share an address.
        let gone = ["DELETE FROM users WHERE sign_in_key IS NULL"];
        as_sign_in(manager, &gone, &gone).await?;
        manager.create_index(unique("users", &["email_key"])).await?;
        for (table, column) in [
            ("tenants", "slug"),
            ("users", "sign_in_key"),
            ("sessions", "provider_id"),
            ("sessions", "provider_subject"),
            ("sessions", "provider_session"),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

/// Changes rows of every tenant: forced row-level security holds for the migrating role as well.
async fn as_sign_in(manager: &SchemaManager<'_>, postgres: &[&str], sqlite: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    if manager.get_database_backend() != DatabaseBackend::Postgres {
        for statement in sqlite {
            connection.execute_unprepared(statement).await?;
        }
        return Ok(());
    }
    connection.execute_unprepared("SELECT set_config('sbh.realm', 'sign_in', true)").await?;
    for statement in postgres {
        connection.execute_unprepared(statement).await?;
    }
    connection.execute_unprepared("SELECT set_config('sbh.realm', '', true)").await?;
    Ok(())
}
