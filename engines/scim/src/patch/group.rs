//! Patches of groups, whose members may be too many to load.

use super::{
    MembershipChanges, applied,
    membership::Fold,
    operation::{Op, Operation, Target, read_operations},
};
use crate::{
    Group, Member, ResourceKind, ScimError,
    filter::{Field, Node, Operand, Operator},
    resource::{ReadOnly, read_attribute},
};
use serde_json::Value;

/// A patch of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupPatch {
    operations: Vec<Operation>,
    membership: MembershipChanges,
}

/// What a patch makes of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupChanges {
    /// The group without its members.
    pub group: Group,
    /// What changes in its members.
    pub members: MembershipChanges,
}

impl GroupPatch {
    /// Reads the body of a patch. Members are chosen by their `value` alone.
    ///
    /// # Errors
    /// Those of [`crate::UserPatch::parse`], and [`ScimError::Mutability`] for a change within a member.
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        let mut membership = Fold::default();
        let mut operations = Vec::new();
        for operation in read_operations(ResourceKind::Group, body)? {
            match &operation.target {
                Target::Field { field, filter } if field.attribute.name == "members" => {
                    change_members(&mut membership, &operation, field, filter.as_ref())?;
                }
                _ => operations.push(operation),
            }
        }
        Ok(Self { operations, membership: membership.finish() })
    }

    /// What the patch does to the members.
    pub fn membership(&self) -> &MembershipChanges {
        &self.membership
    }

    /// The group after the patch, and what changes in its members. The members of `group` are not looked at.
    ///
    /// # Errors
    /// Those of [`crate::UserPatch::apply`].
    pub fn changes(&self, group: &Group) -> Result<GroupChanges, ScimError> {
        let head = Group { members: Vec::new(), ..group.clone() };
        let group = Group::from_members(applied(ResourceKind::Group, &head.to_json(), &self.operations)?)?;
        Ok(GroupChanges { group, members: self.membership.clone() })
    }

    /// The group after the patch, with all its members.
    ///
    /// # Errors
    /// Those of [`crate::UserPatch::apply`].
    pub fn apply(&self, group: &Group) -> Result<Group, ScimError> {
        let changes = self.changes(group)?;
        Ok(Group { members: changes.members.applied_to(&group.members), ..changes.group })
    }
}

fn change_members(
    membership: &mut Fold,
    operation: &Operation,
    field: &Field,
    filter: Option<&Node>,
) -> Result<(), ScimError> {
    match (operation.op, filter) {
        _ if field.sub.is_some() => Err(within_member(field)),
        (Op::Remove, Some(filter)) => membership.remove(ids(filter)?),
        (_, Some(_)) => Err(within_member(field)),
        (Op::Remove, None) if operation.value.is_null() => membership.replace(Vec::new()),
        (Op::Remove, None) => {
            let named = listed(operation, field)?;
            membership.remove(named.into_iter().map(|member| member.value).collect())
        }
        (Op::Add, None) => membership.add(listed(operation, field)?),
        (Op::Replace, None) => membership.replace(listed(operation, field)?),
    }
}

fn within_member(field: &Field) -> ScimError {
    let reason = "can't be changed within a member; add and remove whole members";
    ScimError::Mutability { attribute: field.name(), reason }
}

/// The members of an operation's value; a single one may stand without its list.
fn listed(operation: &Operation, field: &Field) -> Result<Vec<Member>, ScimError> {
    let list = match &operation.value {
        Value::Object(_) => &Value::Array(vec![operation.value.clone()]),
        list => list,
    };
    let read = read_attribute(field.attribute, list, "members", ReadOnly::Ignored)?.unwrap_or(Value::Array(Vec::new()));
    serde_json::from_value(read).map_err(|error| ScimError::value("members", error.to_string()))
}

/// The ids of `value eq "…"`, and of several joined by `or`.
fn ids(filter: &Node) -> Result<Vec<String>, ScimError> {
    match filter {
        Node::Any(parts) => Ok(parts.iter().map(ids).collect::<Result<Vec<_>, _>>()?.concat()),
        Node::Compare { field: Some(field), operator: Operator::Equal, operand: Operand::Text { given, .. } }
            if field.attribute.name == "value" =>
        {
            Ok(vec![given.clone()])
        }
        _ => Err(ScimError::path("members", "members are chosen by their value, as in members[value eq \"…\"]")),
    }
}
