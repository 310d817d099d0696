//! Workspaces, their members and their feed, with their parsing.

use crate::{
    Error, Result,
    access::WorkspaceRole,
    error::Faults,
    ids::{ActivityId, UserId, WorkspaceId},
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Most characters of a name.
const NAME_MAX: usize = 100;
/// Most characters of a description.
const DESCRIPTION_MAX: usize = 2_000;

/// A team's space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Workspace {
    /// The workspace.
    pub id: WorkspaceId,
    /// Its name, unique in the tenant.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// New versions of its assets are proposed and need somebody else's approval.
    pub review_changes: bool,
    /// How many people are in it, those whose membership of the tenant ended among them.
    pub members: u64,
    /// What the caller is in it: by membership, or as an owner, admin or auditor of the tenant.
    pub role: WorkspaceRole,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was archived: nothing in it changes since.
    pub archived_at: Option<DateTime<Utc>>,
}

/// A workspace to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(example = json!({
    "name": "Checkout", "description": "Gates of the checkout team", "review_changes": true
})))]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// 1 to 100 characters, one workspace each.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// What it is for, up to 2,000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 2_000))]
    pub description: String,
    /// With `true`, new versions of its assets need somebody else's approval.
    #[serde(default)]
    pub review_changes: bool,
}

impl NewWorkspace {
    /// Checks and trims.
    ///
    /// # Errors
    /// Invalid, with a pointer per wrong field.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = faults.keep(text::line("/name", "Name", &self.name, NAME_MAX));
        let description = faults.keep(text::block("/description", "Description", &self.description, DESCRIPTION_MAX));
        faults.finish()?;
        let description = description.unwrap_or_default().trim().to_owned();
        Ok(Self { name: name.unwrap_or_default(), description, ..self })
    }
}

/// What is to be different about a workspace; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct WorkspaceChange {
    /// 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// Up to 2,000 characters.
    #[cfg_attr(feature = "backend", schema(max_length = 2_000))]
    pub description: Option<String>,
    /// Whether new versions of its assets need somebody else's approval; owners say so.
    pub review_changes: Option<bool>,
    /// With `true` nothing in it changes any more, with `false` it does again; owners say so.
    pub archived: Option<bool>,
}

impl WorkspaceChange {
    /// Checks and trims.
    ///
    /// # Errors
    /// Invalid, with a pointer per wrong field.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = self.name.map(|name| faults.keep(text::line("/name", "Name", &name, NAME_MAX)).unwrap_or_default());
        let description = self.description.map(|words| {
            let words = faults.keep(text::block("/description", "Description", &words, DESCRIPTION_MAX));
            words.unwrap_or_default().trim().to_owned()
        });
        faults.finish()?;
        Ok(Self { name, description, ..self })
    }
}

/// Somebody in a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct WorkspaceMember {
    /// The account.
    pub user_id: UserId,
    /// Its address.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// The role in the workspace.
    pub role: WorkspaceRole,
    /// With `false` the membership of the tenant has ended, and this one counts for nothing.
    pub active: bool,
    /// Who added them.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
}

/// Somebody to be added to a workspace: by account or by address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(example = json!({
    "workspace_id": "01890a5d-ac96-774b-bcce-b302099a8057", "email": "ada@example.com", "role": "editor"
})))]
#[serde(deny_unknown_fields)]
pub struct NewWorkspaceMember {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// A member of the tenant; either this or the address.
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// A member's e-mail address; either this or the account.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 254))]
    pub email: Option<String>,
    /// The role, no higher than the caller's own.
    pub role: WorkspaceRole,
}

impl NewWorkspaceMember {
    /// Checks that one person is named.
    ///
    /// # Errors
    /// Invalid when both or neither of account and address are given.
    pub fn parse(self) -> Result<Self> {
        let email = self.email.map(|email| email.trim().to_owned()).filter(|email| !email.is_empty());
        if email.is_some() == self.user_id.is_some() {
            return Err(Error::invalid("/email", "Name one member of the organisation, by e-mail or by user_id."));
        }
        Ok(Self { email, ..self })
    }
}

/// Another role for a member of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = WorkspaceRoleChange))]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// The role, no higher than the caller's own.
    pub role: WorkspaceRole,
}

/// One thing that happened in a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = WorkspaceActivity))]
pub struct Activity {
    /// This line.
    pub id: ActivityId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: an e-mail address, `key NAME` or `hub PART`.
    pub actor: String,
    /// What was done, for example `workspace.member.added`.
    pub action: String,
    /// The kind of thing that it was done to.
    pub object: String,
    /// Its id.
    #[cfg_attr(feature = "backend", schema(value_type = uuid::Uuid))]
    pub object_id: String,
    /// What that is called.
    pub title: String,
}
