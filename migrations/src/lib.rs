//! The tables of System Builder Hub and their row-level security. Migrations expand first and contract later: a
//! release reads what the one before it wrote.

mod tables;

mod m0001_access;
mod m0002_work;
mod m0003_main_job;
mod m0004_reliability_and_cost;
mod m0005_sharing;
mod m0006_schedules;
mod m0007_imports;
mod m0008_retention;
mod m0009_turns;
mod m0010_second_factors;
mod m0011_key_rotation;
mod m0012_single_sign_on;
mod m0013_scim;
mod m0014_workspaces;
mod m0015_library;
mod m0016_privacy;
mod m0017_key_schedules;
mod m0018_tenants;
mod m0019_organisations;
mod m0020_usage;
mod m0021_text_messages;
mod m0022_former_names;

use sea_orm_migration::prelude::*;

/// The role that every PostgreSQL transaction of the hub takes. It owns nothing, can't log in and can't pass row-level
/// security.
pub const APPLICATION_ROLE: &str = "sbh_app";

/// All migrations in their order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_access::Migration),
            Box::new(m0002_work::Migration),
            Box::new(m0003_main_job::Migration),
            Box::new(m0004_reliability_and_cost::Migration),
            Box::new(m0005_sharing::Migration),
            Box::new(m0006_schedules::Migration),
            Box::new(m0007_imports::Migration),
            Box::new(m0008_retention::Migration),
            Box::new(m0009_turns::Migration),
            Box::new(m0010_second_factors::Migration),
            Box::new(m0011_key_rotation::Migration),
            Box::new(m0012_single_sign_on::Migration),
            Box::new(m0013_scim::Migration),
            Box::new(m0014_workspaces::Migration),
            Box::new(m0015_library::Migration),
            Box::new(m0016_privacy::Migration),
            Box::new(m0017_key_schedules::Migration),
            Box::new(m0018_tenants::Migration),
            Box::new(m0019_organisations::Migration),
            Box::new(m0020_usage::Migration),
            Box::new(m0021_text_messages::Migration),
            Box::new(m0022_former_names::Migration),
        ]
    }
}
