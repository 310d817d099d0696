//! Keys per person, requests for one's data and its erasure, consents, the processing register, and what the audit log
//! is looked through by.

use crate::tables::{Realm, admit, conceal, create_tenant_table, drop_tables, index, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer_null, boolean, integer, json, json_null, string, string_null, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What entries are filtered by, each in the order of the log.
const AUDIT: [[&str; 3]; 3] =
    [["tenant_id", "actor", "seq"], ["tenant_id", "action", "seq"], ["tenant_id", "object", "seq"]];
/// The time of an entry.
const AUDIT_TIME: [&str; 3] = ["tenant_id", "created_at", "seq"];
/// What is removed after a time in every tenant.
const AGED: [&str; 4] = ["events", "idempotent_answers", "invitations", "remembered_devices"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = tenant_table("person_keys").col(string("subject")).col(text("sealed_key")).to_owned();
        create_tenant_table(manager, keys, "person_keys", &[]).await?;
        manager.create_index(unique("person_keys", &["tenant_id", "subject"])).await?;
        create_requests(manager).await?;
        create_consents(manager).await?;
        let activities = tenant_table("processing_activities")
            .col(string("name"))
            .col(string("name_key"))
            .col(json("document"))
            .col(string("updated_by"))
            .col(timestamp_with_time_zone("updated_at"))
            .to_owned();
        create_tenant_table(manager, activities, "processing_activities", &[]).await?;
        manager.create_index(unique("processing_activities", &["tenant_id", "name_key"])).await?;
        for columns in AUDIT.iter().chain([&AUDIT_TIME]) {
            manager.create_index(index("audit_entries", columns)).await?;
        }
        for table in AGED {
            admit(manager, table, Realm::Dispatch).await?;
            manager.create_index(index(table, &["created_at"])).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in AGED {
            let name = format!("ix_{table}_created_at");
            manager.drop_index(Index::drop().table(table).name(name).to_owned()).await?;
            conceal(manager, table, Realm::Dispatch).await?;
        }
        for columns in AUDIT.iter().chain([&AUDIT_TIME]) {
            let name = format!("ix_audit_entries_{}", columns.join("_"));
            manager.drop_index(Index::drop().table("audit_entries").name(name).to_owned()).await?;
        }
        let tables = ["person_keys", "privacy_requests", "consent_purposes", "consents", "processing_activities"];
        drop_tables(manager, &tables).await
    }
}

async fn create_requests(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let requests = tenant_table("privacy_requests")
        .col(string("kind"))
        .col(string("state"))
        .col(uuid("subject_id"))
        .col(string_null("subject"))
        .col(string("asked_by"))
        .col(uuid_null("asked_by_id"))
        .col(timestamp_with_time_zone_null("due_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .col(uuid("job_id"))
        .col(string_null("file"))
        .col(big_integer_null("size"))
        .col(text_null("reason"))
        .col(json_null("outcome"))
        .to_owned();
    create_tenant_table(manager, requests, "privacy_requests", &[Realm::Dispatch]).await?;
    manager.create_index(index("privacy_requests", &["tenant_id", "subject_id", "id"])).await?;
    manager.create_index(index("privacy_requests", &["tenant_id", "kind", "state", "id"])).await?;
    manager.create_index(index("privacy_requests", &["state", "due_at"])).await
}

async fn create_consents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let purposes = tenant_table("consent_purposes")
        .col(string("purpose"))
        .col(integer("version"))
        .col(string("title"))
        .col(text("text"))
        .col(boolean("is_open"))
        .col(string("created_by"))
        .to_owned();
    create_tenant_table(manager, purposes, "consent_purposes", &[]).await?;
    manager.create_index(unique("consent_purposes", &["tenant_id", "purpose", "version"])).await?;

    let consents = tenant_table("consents")
        .col(uuid("user_id"))
        .col(string("purpose"))
        .col(integer("version"))
        .col(boolean("granted"))
        .col(string("how"))
        .to_owned();
    create_tenant_table(manager, consents, "consents", &[]).await?;
    manager.create_index(index("consents", &["tenant_id", "user_id", "id"])).await?;
    manager.create_index(index("consents", &["tenant_id", "purpose", "id"])).await
}
