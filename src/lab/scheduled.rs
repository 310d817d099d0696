//! Benchmarks that a schedule starts: the same use case, inside the schedule's transaction.

use super::{
    model::{Benchmark, BenchmarkState},
    request::BenchmarkRequest,
    service::Lab,
    store,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    ids::{BenchmarkId, EnvironmentId, SystemId},
    platform::db::Tx,
};
use std::collections::BTreeMap;

impl Lab<'_> {
    /// Starts a benchmark in the transaction of a schedule, as [`Lab::start`] does. Needs `lab:run`.
    pub(crate) async fn start_scheduled(&self, tx: &Tx, actor: &Actor, request: BenchmarkRequest) -> Result<Benchmark> {
        actor.require(Permission::LabRun)?;
        self.start_within(tx, actor, self.read(request)?).await
    }

    /// Whether [`Lab::start`] would accept the request as things stand, and what it would measure. Needs `lab:run`.
    pub(crate) async fn check(
        &self,
        tx: &Tx,
        actor: &Actor,
        request: BenchmarkRequest,
    ) -> Result<(SystemId, EnvironmentId)> {
        let scope = actor.require(Permission::LabRun)?;
        let request = self.read(request)?;
        let subject = self.subject_of(tx, &scope, &request).await?;
        let unnamed = || Error::invalid("/environment_id", "Name the environment.");
        subject.system.zip(subject.environment).ok_or_else(unnamed)
    }

    /// The version that was measured last in an environment.
    pub(crate) async fn latest_version(
        &self,
        tx: &Tx,
        scope: &Scope,
        (system, environment): (SystemId, EnvironmentId),
    ) -> Result<Option<String>> {
        let newest = store::scorecards(tx, scope, system, Some(environment), 1).await?;
        Ok(newest.into_iter().next().map(|card| card.version))
    }

    /// Where benchmarks stand, and why.
    pub(crate) async fn stand(
        &self,
        tx: &Tx,
        scope: &Scope,
        ids: &[BenchmarkId],
    ) -> Result<BTreeMap<BenchmarkId, (BenchmarkState, Option<String>)>> {
        store::stand(tx, scope, ids).await
    }
}
