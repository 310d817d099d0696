//! What a patch does to the members of a group, without the members at hand.

use crate::{Member, ScimError, limits::MAX_MEMBERS, resource::group::distinct};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

/// The outcome of all operations on `members`, with nothing in two places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MembershipChanges {
    /// All members from now on, where the patch says so; the other two are empty then.
    pub members_replaced: Option<Vec<Member>>,
    /// Members to add; who is one already stays one.
    pub members_added: Vec<Member>,
    /// The ids of members to remove; who is none is no error.
    pub members_removed: Vec<String>,
}

impl MembershipChanges {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.members_replaced.is_none() && self.members_added.is_empty() && self.members_removed.is_empty()
    }

    /// The members after the changes.
    pub fn applied_to(&self, members: &[Member]) -> Vec<Member> {
        if let Some(replaced) = &self.members_replaced {
            return replaced.clone();
        }
        let removed: BTreeSet<&str> = self.members_removed.iter().map(String::as_str).collect();
        let kept = members.iter().filter(|member| !removed.contains(member.value.as_str()));
        distinct(kept.chain(&self.members_added).cloned().collect())
    }
}

/// The operations so far.
#[derive(Debug, Default)]
pub(super) struct Fold {
    replaced: bool,
    /// By id, with the order in which they came.
    added: BTreeMap<String, (usize, Member)>,
    removed: BTreeSet<String>,
    count: usize,
}

impl Fold {
    pub(super) fn add(&mut self, members: Vec<Member>) -> Result<(), ScimError> {
        for member in members {
            self.removed.remove(&member.value);
            self.count += 1;
            if let Entry::Vacant(entry) = self.added.entry(member.value.clone()) {
                entry.insert((self.count, member));
            }
        }
        self.check()
    }

    pub(super) fn remove(&mut self, ids: Vec<String>) -> Result<(), ScimError> {
        for id in ids {
            self.added.remove(&id);
            if !self.replaced {
                self.removed.insert(id);
            }
        }
        self.check()
    }

    pub(super) fn replace(&mut self, members: Vec<Member>) -> Result<(), ScimError> {
        *self = Self { replaced: true, ..Self::default() };
        self.add(members)
    }

    pub(super) fn finish(self) -> MembershipChanges {
        let mut added: Vec<(usize, Member)> = self.added.into_values().collect();
        added.sort_by_key(|(order, _)| *order);
        let added = added.into_iter().map(|(_, member)| member).collect();
        if self.replaced {
            return MembershipChanges { members_replaced: Some(added), ..MembershipChanges::default() };
        }
        let removed = self.removed.into_iter().collect();
        MembershipChanges { members_replaced: None, members_added: added, members_removed: removed }
    }

    fn check(&self) -> Result<(), ScimError> {
        if self.added.len() + self.removed.len() > MAX_MEMBERS {
            return Err(ScimError::TooLarge { what: "members in one request", limit: MAX_MEMBERS });
        }
        Ok(())
    }
}
