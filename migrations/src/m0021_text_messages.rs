//! Codes by text message: the one that somebody waits for, and how many were sent to whom.

use crate::tables::{create_tenant_table, drop_tables, grant, index, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{integer, string, text, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let codes = tenant_table("sms_codes")
            .col(uuid("user_id"))
            .col(string("purpose_hash"))
            .col(string("code_hash"))
            .col(integer("attempts").default(0))
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned();
        create_tenant_table(manager, codes, "sms_codes", &[]).await?;
        manager.create_index(unique("sms_codes", &["tenant_id", "user_id"])).await?;

        let sent = Table::create()
            .table("sms_sent")
            .col(string("subject").primary_key())
            .col(text("sent_ms"))
            .col(timestamp_with_time_zone("last_at"))
            .to_owned();
        manager.create_table(sent).await?;
        manager.create_index(index("sms_sent", &["last_at"])).await?;
        grant(manager, "sms_sent").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["sms_codes", "sms_sent"]).await
    }
}
