//! What the library asks of the gates: whether a journey can be read, and what a system has now.

use super::{
    model::GoldenPath,
    service::{Gates, parse_journey},
    store,
};
use crate::{
    Result,
    access::Scope,
    ids::{GoldenPathId, PolicyId, SystemId},
    platform::db::Tx,
    text,
};
use std::collections::BTreeMap;

/// Whether a Hurl file can be read.
///
/// # Errors
/// Invalid at `/source`, with the line.
pub(crate) fn check_journey(name: &str, source: &str) -> Result<()> {
    parse_journey(name, source).map(|_| ())
}

impl Gates<'_> {
    /// The golden path of this name, whatever the size of its letters.
    pub(crate) async fn path_named(
        &self,
        tx: &Tx,
        scope: &Scope,
        system: SystemId,
        name: &str,
    ) -> Result<Option<GoldenPath>> {
        let paths = store::paths(tx, scope, system).await?;
        Ok(paths.into_iter().find(|path| text::key(&path.name) == text::key(name)))
    }

    /// The revisions of those of these golden paths that there are.
    pub(crate) async fn path_revisions(
        &self,
        tx: &Tx,
        scope: &Scope,
        ids: &[GoldenPathId],
    ) -> Result<BTreeMap<GoldenPathId, u32>> {
        store::path_revisions(tx, scope, ids).await
    }

    /// The policies in force of these systems.
    pub(crate) async fn policies(
        &self,
        tx: &Tx,
        scope: &Scope,
        systems: &[SystemId],
    ) -> Result<BTreeMap<SystemId, PolicyId>> {
        store::policies(tx, scope, systems).await
    }
}
