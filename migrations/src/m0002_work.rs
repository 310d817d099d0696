//! Durable work, events, and the audit log.

use crate::tables::{Realm, create_tenant_table, drop_tables, index, protect, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, integer, json, json_null, small_integer, string, string_null, text,
        text_null, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let jobs = tenant_table("jobs")
            .col(string("kind"))
            .col(json("payload"))
            .col(small_integer("priority"))
            .col(string("state"))
            .col(integer("attempt"))
            .col(integer("max_attempts"))
            .col(big_integer("run_at_ms"))
            .col(string_null("lease_owner"))
            .col(big_integer_null("lease_until_ms"))
            .col(boolean("cancel_requested"))
            .col(json_null("progress"))
            .col(text_null("error"))
            .col(text_null("traceparent"))
            .col(big_integer_null("finished_at_ms"))
            .to_owned();
        create_tenant_table(manager, jobs, "jobs", &[Realm::Dispatch]).await?;
        manager.create_index(index("jobs", &["state", "priority", "run_at_ms"])).await?;
        manager.create_index(index("jobs", &["state", "lease_until_ms"])).await?;

        let events = tenant_table("events").col(string("kind")).col(string("subject")).col(json("payload")).to_owned();
        create_tenant_table(manager, events, "events", &[]).await?;

        let entries = tenant_table("audit_entries")
            .col(big_integer("seq"))
            .col(string("actor"))
            .col(string("action"))
            .col(string("object"))
            .col(string("object_id"))
            .col(text("body"))
            .col(string("leaf_hash"))
            .to_owned();
        create_tenant_table(manager, entries, "audit_entries", &[]).await?;
        manager.create_index(unique("audit_entries", &["tenant_id", "seq"])).await?;
        manager.create_index(index("audit_entries", &["tenant_id", "object_id", "seq"])).await?;

        let heads = Table::create()
            .table("audit_heads")
            .col(uuid("tenant_id").primary_key())
            .col(big_integer("size"))
            .col(text("root"))
            .col(json("frontier"))
            .to_owned();
        manager.create_table(heads).await?;
        protect(manager, "audit_heads", "tenant_id", &[]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["jobs", "events", "audit_entries", "audit_heads"]).await
    }
}
