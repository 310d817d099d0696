//! Schedules with what came of them, and members' inboxes.

use crate::tables::{Realm, create_tenant_table, drop_tables, index, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, integer, json, string, string_null, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_schedules(manager).await?;
        create_notifications(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["schedules", "scheduled_runs", "notifications", "notification_choices"]).await
    }
}

async fn create_schedules(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let schedules = tenant_table("schedules")
        .col(string("name"))
        .col(string("name_key"))
        .col(string("kind"))
        .col(uuid("system_id"))
        .col(uuid("environment_id"))
        .col(json("request"))
        .col(string("cron"))
        .col(string("time_zone"))
        .col(string("state"))
        .col(text_null("reason"))
        .col(uuid("owner_id"))
        .col(string("owner"))
        .col(big_integer_null("next_due_ms"))
        .col(uuid_null("last_run_id"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned();
    create_tenant_table(manager, schedules, "schedules", &[Realm::Dispatch]).await?;
    manager.create_index(unique("schedules", &["tenant_id", "name_key"])).await?;
    manager.create_index(index("schedules", &["state", "next_due_ms"])).await?;

    let runs = tenant_table("scheduled_runs")
        .col(uuid("schedule_id"))
        .col(big_integer("due_ms"))
        .col(boolean("by_hand"))
        .col(string("outcome"))
        .col(text_null("reason"))
        .col(integer("passed_over"))
        .col(string_null("version"))
        .col(uuid_null("benchmark_id"))
        .col(uuid_null("validation_id"))
        .to_owned();
    create_tenant_table(manager, runs, "scheduled_runs", &[Realm::Dispatch]).await?;
    // One run for each due time, whoever dispatches it.
    manager.create_index(unique("scheduled_runs", &["tenant_id", "schedule_id", "by_hand", "due_ms"])).await?;
    manager.create_index(index("scheduled_runs", &["tenant_id", "schedule_id", "id"])).await?;
    manager.create_index(index("scheduled_runs", &["created_at"])).await
}

async fn create_notifications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let notifications = tenant_table("notifications")
        .col(uuid("user_id"))
        .col(string("kind"))
        .col(string("title"))
        .col(text("body"))
        .col(string("about"))
        .col(uuid("about_id"))
        .col(timestamp_with_time_zone_null("read_at"))
        .to_owned();
    create_tenant_table(manager, notifications, "notifications", &[Realm::Dispatch]).await?;
    manager.create_index(index("notifications", &["tenant_id", "user_id", "id"])).await?;
    manager.create_index(index("notifications", &["tenant_id", "user_id", "read_at"])).await?;
    manager.create_index(index("notifications", &["created_at"])).await?;

    let choices = tenant_table("notification_choices").col(uuid("user_id")).col(json("choices")).to_owned();
    create_tenant_table(manager, choices, "notification_choices", &[]).await?;
    manager.create_index(unique("notification_choices", &["tenant_id", "user_id"])).await
}
