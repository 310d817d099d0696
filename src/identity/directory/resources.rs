//! Accounts and groups as SCIM has them.

use super::store::{self, entries, groups};
use crate::{Error, Result, access::Scope, identity::store::users, platform::db::Tx};
use sbh_scim::{Email, Group, Member, Meta, ResourceKind, ScimError, User, UserGroup, Version, location};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Why a directory was refused.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// As the protocol says it.
    Scim(ScimError),
    /// As every use case says it.
    Hub(Error),
}

impl From<ScimError> for Refusal {
    fn from(error: ScimError) -> Self {
        Self::Scim(error)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Hub(error)
    }
}

/// A user or a group as it is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its id.
    pub id: Uuid,
    /// The document, with all its attributes.
    pub document: Value,
    /// Its version, which is its entity tag.
    pub version: Version,
}

/// Reads resources below a base URL such as `https://hub.example/scim/v2`.
pub(super) struct Reader<'a> {
    pub tx: &'a Tx,
    pub scope: &'a Scope,
    pub base: &'a str,
}

/// What the directory said of an account; of one that was never in a directory, what the hub knows.
pub(super) fn user_of(account: &users::Model, entry: Option<&entries::Model>) -> Result<User> {
    let known = match entry {
        Some(entry) => serde_json::from_value(entry.document.clone())?,
        None => User {
            user_name: account.email.clone(),
            display_name: Some(account.name.clone()),
            emails: vec![Email { value: account.email.clone(), primary: Some(true), ..Email::default() }],
            ..User::default()
        },
    };
    Ok(User {
        id: Some(account.id.to_string()),
        external_id: entry.and_then(|entry| entry.external_id.clone()),
        active: Some(account.disabled_at.is_none()),
        ..known
    })
}

/// What is kept of a user in its document: all that has no column of its own.
pub(super) fn document_of(user: &User) -> Result<Value> {
    let kept = User { id: None, external_id: None, active: None, groups: Vec::new(), meta: None, ..user.clone() };
    Ok(serde_json::to_value(kept)?)
}

impl Reader<'_> {
    /// The accounts as users, in their order.
    pub async fn users(&self, accounts: &[users::Model]) -> Result<Vec<Resource>> {
        let ids: Vec<Uuid> = accounts.iter().map(|account| account.id).collect();
        let entries = store::entries_of(self.tx, self.scope, &ids).await?;
        let mut groups = store::groups_of(self.tx, self.scope, &ids).await?;
        let resource = |account: &users::Model| {
            self.user_resource(account, entries.get(&account.id), groups.remove(&account.id).unwrap_or_default())
        };
        accounts.iter().map(resource).collect()
    }

    /// One account as a user.
    pub async fn user(&self, account: &users::Model) -> Result<Resource> {
        let resources = self.users(std::slice::from_ref(account)).await?;
        resources.into_iter().next().ok_or_else(|| Error::internal("one account is one user"))
    }

    /// The version follows what a directory can change; the groups of a user are the groups' to change.
    fn user_resource(
        &self,
        account: &users::Model,
        entry: Option<&entries::Model>,
        groups: Vec<(Uuid, String)>,
    ) -> Result<Resource> {
        let changed = entry.map_or(account.created_at, |entry| entry.updated_at).max(account.created_at);
        let changed = account.disabled_at.map_or(changed, |at| at.max(changed));
        let id = account.id.to_string();
        let meta = Meta::new(ResourceKind::User, self.base, &id, account.created_at, changed);
        let bare = User { meta: Some(meta.clone()), ..user_of(account, entry)? };
        let version = Version::of(&bare.to_json());
        let group = |(id, name): (Uuid, String)| UserGroup {
            value: id.to_string(),
            reference: Some(location(self.base, ResourceKind::Group, &id.to_string())),
            display: Some(name),
        };
        let whole = User {
            groups: groups.into_iter().map(group).collect(),
            meta: Some(Meta { version: Some(version.to_string()), ..meta }),
            ..bare
        };
        Ok(Resource { id: account.id, document: whole.to_json(), version })
    }

    /// A group, with its members where they are wanted.
    pub async fn group(&self, row: &groups::Model, with_members: bool) -> Result<Resource> {
        let members = match with_members {
            true => store::member_ids(self.tx, self.scope, row.id).await?,
            false => Vec::new(),
        };
        let member = |id: Uuid| {
            let value = id.to_string();
            let reference = location(self.base, ResourceKind::User, &value);
            Member { value, reference: Some(reference), display: None, kind: Some("User".to_owned()) }
        };
        let id = row.id.to_string();
        let version = version_of(row);
        let meta = Meta::new(ResourceKind::Group, self.base, &id, row.created_at, row.updated_at);
        let group = Group {
            members: members.into_iter().map(member).collect(),
            meta: Some(Meta { version: Some(version.to_string()), ..meta }),
            ..group_of(row)
        };
        Ok(Resource { id: row.id, document: group.to_json(), version })
    }

    /// Groups, in their order.
    pub async fn groups(&self, rows: &[groups::Model], with_members: bool) -> Result<Vec<Value>> {
        let mut documents = Vec::with_capacity(rows.len());
        for row in rows {
            documents.push(self.group(row, with_members).await?.document);
        }
        Ok(documents)
    }
}

/// A group without its members.
pub(super) fn group_of(row: &groups::Model) -> Group {
    Group {
        id: Some(row.id.to_string()),
        external_id: row.external_id.clone(),
        display_name: row.display_name.clone(),
        ..Group::default()
    }
}

/// The version that the store counts.
pub(super) fn version_of(row: &groups::Model) -> Version {
    Version::numbered(row.version.unsigned_abs())
}

/// Refuses a change of what is no more as the client read it.
pub(super) fn check_version(version: &Version, if_match: Option<&str>) -> Result<(), ScimError> {
    match if_match {
        Some(header) if !version.passes_if_match(header) => Err(ScimError::VersionMismatch),
        _ => Ok(()),
    }
}

/// Those of the groups at the beginning that have no more members than this together, and at least one.
pub(super) fn within(rows: Vec<groups::Model>, counts: &BTreeMap<Uuid, i64>, most: i64) -> Vec<groups::Model> {
    let mut sum = 0;
    let fits = |(place, row): &(usize, groups::Model)| {
        sum += counts.get(&row.id).copied().unwrap_or_default();
        *place == 0 || sum <= most
    };
    rows.into_iter().enumerate().take_while(fits).map(|(_, row)| row).collect()
}
