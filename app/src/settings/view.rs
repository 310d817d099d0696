//! What the settings show.

use crate::moment::Moment;
use hub::{
    access::{Permission, Role},
    identity::{
        ApiKey, DirectoryRoles, Factor, FactorKind, GroupRole, Invitation, Member, MessageOffer, NewKey,
        OfferedProvider, RecoveryState, SignInPolicy,
    },
    ids::{DeviceId, IdentityId, SessionId},
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
    /// When it is rotated by itself next.
    pub turn: Option<Moment>,
    /// The reader made it.
    pub is_readers: bool,
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
    /// Networks, separated by commas, spaces or lines.
    #[serde(default)]
    pub networks: String,
}

impl KeyForm {
    /// The key that is asked for; days that are no number are left to the key's own check.
    pub fn into_new(self) -> NewKey {
        let apart = |c: char| c == ',' || c.is_whitespace();
        let networks = self.networks.split(apart).filter(|text| !text.is_empty()).map(str::to_owned).collect();
        let days = match self.expires.as_str() {
            "" => None,
            days => Some(days.parse().unwrap_or_default()),
        };
        NewKey { name: self.name, scopes: self.scopes.into_iter().collect(), expires_in_days: days, networks }
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

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The member.
    pub member: Member,
    /// When they were added.
    pub added: Moment,
    /// When the membership ended.
    pub ended: Option<Moment>,
    /// The reader may change them.
    pub may_change: bool,
    /// It is the reader.
    pub is_reader: bool,
}

/// An invitation that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// The invitation.
    pub invitation: Invitation,
    /// When somebody was invited.
    pub invited: Moment,
    /// When the link ends.
    pub ends: Moment,
}

/// Who is in the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersView {
    /// A page of the members.
    pub members: Vec<MemberRow>,
    /// What follows.
    pub next_cursor: Option<String>,
    /// The invitations that wait, newest first.
    pub invitations: Vec<InvitationRow>,
    /// The reader may add and change members.
    pub may_manage: bool,
    /// The reader owns the organisation.
    pub may_hand_over: bool,
}

/// The invitation that was just made, for the one page that shows its link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedView {
    /// Who is invited.
    pub email: String,
    /// The link.
    pub link: String,
}

/// A second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorRow {
    /// The factor.
    pub factor: Factor,
    /// When it was added.
    pub added: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
}

/// A browser that is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// The browser.
    pub id: DeviceId,
    /// As it names itself.
    pub user_agent: String,
    /// Since when.
    pub since: Moment,
    /// When it last signed in.
    pub used: Option<Moment>,
    /// Until when.
    pub until: Moment,
}

/// How the reader signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityView {
    /// Second factors, oldest first.
    pub factors: Vec<FactorRow>,
    /// What is left of the recovery codes.
    pub recovery: RecoveryState,
    /// When they were made.
    pub made: Option<Moment>,
    /// Remembered browsers, newest first.
    pub devices: Vec<DeviceRow>,
    /// Browsers take passkeys where this one sees the hub.
    pub takes_credentials: bool,
    /// The reader's role needs a second factor.
    pub needed: bool,
    /// The kinds that the organisation counts.
    pub kinds: Vec<FactorKind>,
    /// Whether a number for text messages may be added.
    pub messages: MessageOffer,
    /// Accounts of providers that sign the reader in, oldest first.
    pub connections: Vec<ConnectionRow>,
    /// Providers that could be connected, by name.
    pub connectable: Vec<OfferedProvider>,
    /// The reader has a password.
    pub has_password: bool,
    /// Why a provider was not connected just now.
    pub refused: Option<String>,
}

/// An account of a provider that signs the reader in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRow {
    /// The connection.
    pub id: IdentityId,
    /// The provider.
    pub provider: String,
    /// What the provider calls the reader.
    pub subject: String,
    /// Since when.
    pub since: Moment,
    /// When it last signed the reader in.
    pub used: Option<Moment>,
}

/// The directory that keeps members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryView {
    /// Which role its groups give.
    pub roles: DirectoryRoles,
    /// Where it finds the hub.
    pub base: String,
    /// The reader may change the roles.
    pub may_change: bool,
}

/// The roles as their form sends them: rows without a group are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryForm {
    /// The role without a group.
    pub otherwise: Role,
    /// A row for each group.
    #[serde(default)]
    pub groups: Vec<GroupRole>,
}

impl DirectoryForm {
    /// The roles that are asked for.
    pub fn into_roles(self) -> DirectoryRoles {
        let groups = self.groups.into_iter().filter(|row| !row.group.trim().is_empty()).collect();
        DirectoryRoles { otherwise: self.otherwise, groups }
    }
}

/// What is asked of those who sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// The policy.
    pub policy: SignInPolicy,
    /// The reader may change it.
    pub may_change: bool,
    /// The hub can send text messages.
    pub sends_messages: bool,
}

/// The policy as its form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyForm {
    /// Roles that need a second factor; a form without a checked box sends none.
    #[serde(default)]
    pub second_factor: Vec<Role>,
    /// Days for which a browser is remembered.
    pub remember_days: String,
    /// Kinds that count; a form without a checked box sends none.
    #[serde(default)]
    pub kinds: Vec<FactorKind>,
}

impl PolicyForm {
    /// The policy that is asked for; days that are no number are left to the policy's own check.
    pub fn into_policy(self) -> SignInPolicy {
        SignInPolicy {
            second_factor: self.second_factor.into_iter().collect(),
            remember_days: self.remember_days.trim().parse().unwrap_or(u32::MAX),
            kinds: self.kinds.into_iter().collect(),
        }
    }
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

/// What an owner is told before the organisation is removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRemovalView {
    /// What it is called.
    pub organisation: String,
    /// Days in which it can be restored.
    pub grace_days: u32,
    /// Whether the reader owns it.
    pub owns: bool,
    /// Whether it runs the hub.
    pub operates: bool,
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
