//! API keys that are rotated on a schedule, and the secrets of their successors until they are collected.

use crate::tables::{Realm, create_tenant_table, drop_tables, index, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, integer, text_null, timestamp_with_time_zone_null, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schedules = tenant_table("key_schedules")
            .col(uuid("key_id"))
            .col(integer("every_days"))
            .col(integer("overlap_hours"))
            .col(big_integer_null("next_due_ms"))
            .to_owned();
        create_tenant_table(manager, schedules, "key_schedules", &[Realm::Dispatch]).await?;
        manager.create_index(unique("key_schedules", &["tenant_id", "key_id"])).await?;
        manager.create_index(index("key_schedules", &["next_due_ms"])).await?;

        let handovers = tenant_table("key_handovers")
            .col(uuid("old_key_id"))
            .col(uuid("new_key_id"))
            .col(text_null("sealed_secret"))
            .col(timestamp_with_time_zone_null("collected_at"))
            .col(big_integer_null("warn_at_ms"))
            .to_owned();
        create_tenant_table(manager, handovers, "key_handovers", &[Realm::Dispatch]).await?;
        manager.create_index(unique("key_handovers", &["tenant_id", "old_key_id"])).await?;
        manager.create_index(unique("key_handovers", &["tenant_id", "new_key_id"])).await?;
        manager.create_index(index("key_handovers", &["warn_at_ms"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["key_schedules", "key_handovers"]).await
    }
}
