//! Validations that a schedule asks for: the same use case, inside the schedule's transaction.

use super::{
    model::{Validation, ValidationRequest, ValidationState, Verdict},
    service::Gates,
    store,
};
use crate::{
    Result,
    access::{Actor, Permission, Scope},
    ids::{EnvironmentId, SystemId, ValidationId},
    platform::db::Tx,
};
use std::collections::BTreeMap;

/// Where a validation stands: its state, its verdict, and why it failed.
pub(crate) type Stand = (ValidationState, Option<Verdict>, Option<String>);

impl Gates<'_> {
    /// Asks for a verdict in the transaction of a schedule, as [`Gates::validate`] does. Needs `gates:validate`.
    pub(crate) async fn validate_scheduled(
        &self,
        tx: &Tx,
        actor: &Actor,
        request: ValidationRequest,
    ) -> Result<Validation> {
        self.validate_within(tx, actor, request).await
    }

    /// Whether [`Gates::validate`] would accept the request as things stand, and what it would judge. Needs
    /// `gates:validate`.
    pub(crate) async fn check(
        &self,
        tx: &Tx,
        actor: &Actor,
        request: &ValidationRequest,
    ) -> Result<(SystemId, EnvironmentId)> {
        actor.require(Permission::GatesValidate)?;
        let subject = self.subject(tx, actor, request).await?;
        Ok((subject.system, subject.environment))
    }

    /// Where validations stand.
    pub(crate) async fn stand(
        &self,
        tx: &Tx,
        scope: &Scope,
        ids: &[ValidationId],
    ) -> Result<BTreeMap<ValidationId, Stand>> {
        store::stand(tx, scope, ids).await
    }
}
