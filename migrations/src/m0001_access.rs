//! Tenants, users, sessions, API keys, and what protects the sign-in.

use crate::{
    APPLICATION_ROLE,
    tables::{Realm, create_tenant_table, drop_tables, grant, index, protect, tenant_table, unique},
};
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, integer, json, string, string_null, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_role(manager).await?;
        create_tenants(manager).await?;

        let users = tenant_table("users")
            .col(string("email"))
            .col(string("email_key"))
            .col(string("name"))
            .col(text("password_hash"))
            .col(string("role"))
            .col(timestamp_with_time_zone_null("disabled_at"))
            .to_owned();
        create_tenant_table(manager, users, "users", &[Realm::SignIn]).await?;
        manager.create_index(unique("users", &["email_key"])).await?;

        create_sessions(manager).await?;

        let keys = tenant_table("api_keys")
            .col(string("name"))
            .col(string("hint"))
            .col(string("secret_hash"))
            .col(json("scopes"))
            .col(string("role"))
            .col(string("created_by"))
            .col(uuid_null("created_by_user"))
            .col(timestamp_with_time_zone_null("expires_at"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .to_owned();
        create_tenant_table(manager, keys, "api_keys", &[Realm::SignIn]).await?;
        manager.create_index(unique("api_keys", &["secret_hash"])).await?;

        let throttles = Table::create()
            .table("sign_in_throttles")
            .col(string("subject").primary_key())
            .col(integer("failures"))
            .col(big_integer("window_start_ms"))
            .col(big_integer("blocked_until_ms"))
            .to_owned();
        manager.create_table(throttles).await?;
        grant(manager, "sign_in_throttles").await?;

        let answers = tenant_table("idempotent_answers")
            .col(string("caller"))
            .col(string("idempotency_key"))
            .col(string("request_hash"))
            .col(integer("status"))
            .col(text("content_type"))
            .col(text_null("location"))
            .col(text("body"))
            .to_owned();
        create_tenant_table(manager, answers, "idempotent_answers", &[]).await?;
        manager.create_index(unique("idempotent_answers", &["tenant_id", "caller", "idempotency_key"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["tenants", "users", "sessions", "api_keys", "sign_in_throttles", "idempotent_answers"];
        drop_tables(manager, &tables).await
    }
}

async fn create_role(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    // Roles belong to the whole cluster, so another database's migration may make it at the same moment.
    let statement = format!(
        "DO $$ BEGIN
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
             CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
           END IF;
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
         END $$;
         GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE};"
    );
    manager.get_connection().execute_unprepared(&statement).await?;
    Ok(())
}

async fn create_tenants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let tenants = Table::create()
        .table("tenants")
        .col(uuid("id").primary_key())
        .col(string("name"))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned();
    manager.create_table(tenants).await?;
    protect(manager, "tenants", "id", &[Realm::SignIn]).await
}

async fn create_sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sessions = Table::create()
        .table("sessions")
        .col(uuid("id").primary_key())
        .col(string("secret_hash").unique_key())
        .col(uuid_null("tenant_id"))
        .col(uuid_null("user_id"))
        .col(text("record"))
        .col(string_null("user_agent"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .to_owned();
    manager.create_table(sessions).await?;
    manager.create_index(index("sessions", &["tenant_id", "user_id"])).await?;
    manager.create_index(index("sessions", &["expires_at"])).await?;
    protect(manager, "sessions", "tenant_id", &[Realm::SignIn]).await
}
