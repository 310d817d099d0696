//! The door to everything here.

use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    ids::UserId,
    platform::{Platform, artifacts::Artifacts},
};

/// Privacy in the actor's tenant.
pub struct Privacy<'a> {
    pub(super) platform: &'a Platform,
}

impl<'a> Privacy<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Where exports are, each sealed with its person's key.
    pub(super) fn files(&self) -> Artifacts {
        Artifacts::new(self.platform.settings.data_dir.join("exports"))
    }

    /// Whom a request is about: the caller themself, or a member, for those who answer for the organisation.
    pub(super) fn about(&self, actor: &Actor, member: Option<UserId>) -> Result<(Scope, UserId)> {
        let scope = actor.require(Permission::AccountManage)?;
        match member {
            Some(member) if actor.user_id() != Some(member) => {
                actor.require(Permission::PrivacyManage).map(|scope| (scope, member))
            }
            _ => Ok((scope, person(actor)?)),
        }
    }
}

/// The person who asks.
///
/// # Errors
/// Forbidden for a key and for the hub itself.
pub(super) fn person(actor: &Actor) -> Result<UserId> {
    actor.user_id().ok_or_else(|| Error::forbidden("Only people ask this for themselves; sign in, or name a member."))
}
