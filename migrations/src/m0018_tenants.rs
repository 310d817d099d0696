//! What an organisation is on this hub: whether it runs it, its tier, its own settings, and whether it is suspended or leaving.

use crate::tables::index;
use sea_orm_migration::{
    prelude::*,
    schema::{boolean, json_null, string, string_null, timestamp_with_time_zone_null},
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: [&str; 8] =
    ["operates", "tier", "quotas", "branding", "overrides", "suspended_at", "suspended_why", "delete_after"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            boolean("operates").default(false).to_owned(),
            // Who is here already keeps everything without a limit.
            string("tier").default("enterprise").to_owned(),
            json_null("quotas"),
            json_null("branding"),
            json_null("overrides"),
            timestamp_with_time_zone_null("suspended_at"),
            string_null("suspended_why"),
            timestamp_with_time_zone_null("delete_after"),
        ] {
            manager.alter_table(Table::alter().table("tenants").add_column(column).to_owned()).await?;
        }
        manager.create_index(index("tenants", &["delete_after"])).await?;
        // Whoever was here first runs the hub.
        let oldest =
            "UPDATE tenants SET operates = TRUE WHERE id = (SELECT id FROM tenants ORDER BY created_at, id LIMIT 1)";
        let connection = manager.get_connection();
        let postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        if postgres {
            connection.execute_unprepared("SELECT set_config('sbh.realm', 'sign_in', true)").await?;
        }
        connection.execute_unprepared(oldest).await?;
        if postgres {
            connection.execute_unprepared("SELECT set_config('sbh.realm', '', true)").await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_tenants_delete_after").table("tenants").to_owned()).await?;
        for column in COLUMNS {
            manager.alter_table(Table::alter().table("tenants").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
