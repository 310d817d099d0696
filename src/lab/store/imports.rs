//! Benchmarks that were imported.

use super::benchmarks;
use crate::{
    Result,
    access::Scope,
    ids::{EnvironmentId, SystemId},
    lab::Benchmark,
    platform::db::Tx,
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

pub(in crate::lab) async fn add_imported(tx: &Tx, scope: &Scope, benchmark: &Benchmark) -> Result<()> {
    let row = benchmarks::ActiveModel {
        id: Set(benchmark.id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(benchmark.created_at),
        system_id: Set(benchmark.system_id.map(SystemId::uuid)),
        environment_id: Set(benchmark.environment_id.map(EnvironmentId::uuid)),
        version: Set(benchmark.version.clone()),
        state: Set(benchmark.state.as_str().to_owned()),
        // No job carries out what is there already.
        job_id: Set(Uuid::nil()),
        plan: Set(serde_json::to_value(&benchmark.request)?),
        imported: Set(benchmark.imported.as_ref().map(serde_json::to_value).transpose()?),
        created_by: Set(benchmark.created_by.clone()),
        finished_at: Set(benchmark.finished_at),
        ..Default::default()
    };
    benchmarks::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
