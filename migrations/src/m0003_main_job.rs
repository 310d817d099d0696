//! Systems, benchmarks, gates and evidence.

use crate::tables::{create_tenant_table, drop_tables, index, tenant_table, unique};
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, boolean, double_null, integer, json, json_null, string, string_null, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_systems(manager).await?;
        create_lab(manager).await?;
        create_gates(manager).await?;
        create_compliance(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "systems",
            "environments",
            "teardowns",
            "benchmarks",
            "artifacts",
            "scorecards",
            "golden_paths",
            "gate_policies",
            "gate_results",
            "signing_keys",
            "evidence_packets",
        ];
        drop_tables(manager, &tables).await
    }
}

async fn create_systems(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let systems =
        tenant_table("systems").col(string("name")).col(string("name_key")).col(text("description")).to_owned();
    create_tenant_table(manager, systems, "systems", &[]).await?;
    manager.create_index(unique("systems", &["tenant_id", "name_key"])).await?;

    let environments = tenant_table("environments")
        .col(uuid("system_id"))
        .col(string("kind"))
        .col(string("name"))
        .col(string("name_key"))
        .col(text("base_url"))
        .col(string("verification_token"))
        .col(string_null("verified_by"))
        .col(timestamp_with_time_zone_null("verified_at"))
        .col(string_null("private_allowed_by"))
        .col(text_null("private_allowed_reason"))
        .col(timestamp_with_time_zone_null("private_allowed_at"))
        .to_owned();
    create_tenant_table(manager, environments, "environments", &[]).await?;
    manager.create_index(unique("environments", &["tenant_id", "system_id", "name_key"])).await?;

    let teardowns = tenant_table("teardowns")
        .col(string("target_name"))
        .col(string("domain"))
        .col(text("notes"))
        .col(json("jobs_to_be_done"))
        .to_owned();
    create_tenant_table(manager, teardowns, "teardowns", &[]).await
}

async fn create_lab(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let benchmarks = tenant_table("benchmarks")
        .col(uuid_null("system_id"))
        .col(uuid_null("environment_id"))
        .col(uuid_null("teardown_id"))
        .col(string("version"))
        .col(string("state"))
        .col(uuid("job_id"))
        .col(json("plan"))
        .col(json_null("load"))
        .col(json_null("probes"))
        .col(json_null("scalability"))
        .col(json_null("browser"))
        .col(text_null("reason"))
        .col(string("created_by"))
        .col(timestamp_with_time_zone_null("started_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .to_owned();
    create_tenant_table(manager, benchmarks, "benchmarks", &[]).await?;
    manager.create_index(index("benchmarks", &["tenant_id", "system_id", "version"])).await?;
    manager.create_index(index("benchmarks", &["tenant_id", "state"])).await?;

    let artifacts = tenant_table("artifacts")
        .col(uuid("benchmark_id"))
        .col(string("name"))
        .col(string("media_type"))
        .col(string("sha256"))
        .col(big_integer("size"))
        .to_owned();
    create_tenant_table(manager, artifacts, "artifacts", &[]).await?;
    manager.create_index(unique("artifacts", &["tenant_id", "benchmark_id", "name"])).await?;

    let scorecards = tenant_table("scorecards")
        .col(uuid("benchmark_id"))
        .col(uuid_null("system_id"))
        .col(uuid_null("environment_id"))
        .col(uuid_null("teardown_id"))
        .col(string("version"))
        .col(string("curve_version"))
        .col(double_null("score"))
        .col(string_null("grade"))
        .col(json("card"))
        .to_owned();
    create_tenant_table(manager, scorecards, "scorecards", &[]).await?;
    manager.create_index(unique("scorecards", &["tenant_id", "benchmark_id"])).await?;
    manager.create_index(index("scorecards", &["tenant_id", "system_id", "version"])).await?;
    manager.create_index(index("scorecards", &["tenant_id", "environment_id", "id"])).await
}

async fn create_gates(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let paths = tenant_table("golden_paths")
        .col(uuid("system_id"))
        .col(string("name"))
        .col(string("name_key"))
        .col(text("source"))
        .col(json("variables"))
        .col(integer("timeout_s"))
        .col(integer("revision"))
        .col(string("updated_by"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned();
    create_tenant_table(manager, paths, "golden_paths", &[]).await?;
    manager.create_index(unique("golden_paths", &["tenant_id", "system_id", "name_key"])).await?;

    let policies = tenant_table("gate_policies")
        .col(uuid("system_id"))
        .col(string("name"))
        .col(integer("revision"))
        .col(json("document"))
        .col(string("created_by"))
        .to_owned();
    create_tenant_table(manager, policies, "gate_policies", &[]).await?;
    manager.create_index(unique("gate_policies", &["tenant_id", "system_id", "revision"])).await?;

    let results = tenant_table("gate_results")
        .col(uuid("system_id"))
        .col(uuid("environment_id"))
        .col(string("version"))
        .col(string("state"))
        .col(uuid("job_id"))
        .col(string_null("verdict"))
        .col(boolean("enforced"))
        .col(json_null("inputs"))
        .col(json_null("report"))
        .col(text_null("reason"))
        .col(string("created_by"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .to_owned();
    create_tenant_table(manager, results, "gate_results", &[]).await?;
    manager.create_index(index("gate_results", &["tenant_id", "system_id", "version"])).await?;
    manager.create_index(index("gate_results", &["tenant_id", "environment_id", "verdict", "id"])).await?;
    manager.create_index(index("gate_results", &["tenant_id", "verdict"])).await
}

async fn create_compliance(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let keys = tenant_table("signing_keys")
        .col(string("key_id"))
        .col(text("public_pem"))
        .col(text("sealed_private"))
        .col(timestamp_with_time_zone_null("retired_at"))
        .to_owned();
    create_tenant_table(manager, keys, "signing_keys", &[]).await?;
    manager.create_index(unique("signing_keys", &["tenant_id", "key_id"])).await?;

    let packets = tenant_table("evidence_packets")
        .col(string("scope"))
        .col(uuid("system_id"))
        .col(string("version"))
        .col(uuid("validation_id"))
        .col(string("sha256"))
        .col(big_integer("size"))
        .col(string("key_id"))
        .col(json("contents"))
        .col(string("created_by"))
        .to_owned();
    create_tenant_table(manager, packets, "evidence_packets", &[]).await?;
    manager.create_index(index("evidence_packets", &["tenant_id", "system_id", "version"])).await
}
