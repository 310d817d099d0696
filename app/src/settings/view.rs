//! What the settings show.

use crate::moment::Moment;
use hub::{
    access::{Permission, Role},
    identity::{ApiKey, Member, NewKey},
    ids::SessionId,
};
use serde::{Deserialize, Serialize};

/// An API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// The key.
    pub key: ApiKey,
    /// When it was made.
    pub created: Moment,
    /// When it ends or ended.
    pub expires: Option<Moment>,
    /// When it was last used.
    pub last_used: Option<Moment>,
    /// When it was revoked.
    pub revoked: Option<Moment>,
    /// It ended by its date.
    pub expired: bool,
}

impl KeyView {
    /// Whether it still opens the hub.
    pub fn is_live(&self) -> bool {
        self.revoked.is_none() && !self.expired
    }
}

/// A key as its form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyForm {
    /// What it is for.
    pub name: String,
    /// What it may do; a form without a checked box sends none.
    #[serde(default)]
    pub scopes: Vec<Permission>,
    /// Days until it ends; empty for a key that does not end.
    #[serde(default)]
    pub expires: String,
}

impl KeyForm {
    /// The key that is asked for; days that are no number are left to the key's own check.
    pub fn into_new(self) -> NewKey {
        let days = match self.expires.as_str() {
            "" => None,
            days => Some(days.parse().unwrap_or_default()),
        };
        NewKey { name: self.name, scopes: self.scopes.into_iter().collect(), expires_in_days: days }
    }
}

/// The key that was just made, for the one page that shows its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretView {
    /// The key's name.
    pub name: String,
    /// The secret.
    pub secret: String,
    /// What it may do.
    pub scopes: Vec<Permission>,
}

/// A browser session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// The session.
    pub id: SessionId,
    /// The browser, as it names itself.
    pub user_agent: String,
    /// When it began.
    pub began: Moment,
    /// When it was last used.
    pub seen: Moment,
    /// When it ends without another request.
    pub ends: Moment,
    /// It is the one that asks.
    pub current: bool,
}

/// Who is in the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersView {
    /// The members with when they were added.
    pub members: Vec<(Member, Moment)>,
    /// The reader may add members.
    pub may_add: bool,
}

/// What a role is for, in a sentence.
pub fn words_of_role(role: Role) -> &'static str {
    match role {
        Role::Member => "Builds: systems, benchmarks, gates, evidence",
        Role::Auditor => "Reads everything with the audit log, and makes evidence packs",
        Role::Admin => "Everything a member and an auditor may, members and private addresses",
        Role::Owner => "Everything",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_no_number_are_refused_and_never_taken_for_no_end() {
        let days = |expires: &str| KeyForm { expires: expires.into(), ..KeyForm::default() }.into_new().expires_in_days;
        assert_eq!(days(""), None);
        assert_eq!(days("90"), Some(90));
        assert_eq!(days("soon"), Some(0));
    }
}
