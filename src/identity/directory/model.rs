//! Which role the groups of a directory give.

use crate::{Error, Result, access::Role, error::Faults, text};
use serde::{Deserialize, Serialize};

/// Most groups that give a role.
const GROUPS_MAX: usize = 100;
/// Longest name of a group, in characters.
const NAME_MAX: usize = 256;

/// Which role members of a directory have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct DirectoryRoles {
    /// The role of those whom the directory makes members and who are in none of `groups`: `member` or `auditor`; `member`
    /// when left out.
    pub otherwise: Role,
    /// The groups that give a role, at most 100. Who is in several has the one that may most. A group that is not listed gives
    /// nothing.
    #[cfg_attr(feature = "backend", schema(max_items = 100))]
    pub groups: Vec<GroupRole>,
}

/// The role that a group gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct GroupRole {
    /// The group's name in the directory, in any case, 1 to 256 characters.
    #[cfg_attr(
        feature = "backend",
        schema(
            min_length = 1,
            max_length = 256,
            pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$"
        )
    )]
    pub group: String,
    /// The role: `member`, `auditor` or `admin`.
    pub role: Role,
}

impl Default for DirectoryRoles {
    fn default() -> Self {
        Self { otherwise: Role::Member, groups: Vec::new() }
    }
}

impl DirectoryRoles {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        if !matches!(self.otherwise, Role::Member | Role::Auditor) {
            faults.add("/otherwise", "The role without a group must be member or auditor.");
        }
        if self.groups.len() > GROUPS_MAX {
            faults.add("/groups", format!("At most {GROUPS_MAX} groups give a role."));
        }
        let mut groups: Vec<GroupRole> = Vec::new();
        for (place, given) in self.groups.into_iter().enumerate() {
            let pointer = format!("/groups/{place}");
            let name = faults.keep(text::line(&format!("{pointer}/group"), "Group", &given.group, NAME_MAX));
            let group = name.unwrap_or_default();
            if groups.iter().any(|known| text::key(&known.group) == text::key(&group)) {
                faults.add(format!("{pointer}/group"), "This group is listed already.");
            }
            if given.role == Role::Owner {
                let words = "Role must be member, auditor or admin; ownership is handed over.";
                faults.keep::<()>(Err(Error::invalid(format!("{pointer}/role"), words)));
            }
            groups.push(GroupRole { group, role: given.role });
        }
        faults.finish()?;
        Ok(Self { otherwise: self.otherwise, groups })
    }

    /// The role that a group gives; none for one that is not listed.
    pub fn of(&self, group: &str) -> Option<Role> {
        let key = text::key(group);
        self.groups.iter().find(|known| text::key(&known.group) == key).map(|known| known.role)
    }

    /// The role of somebody in these groups; none where none of them gives one.
    pub fn of_all<'a>(&self, groups: impl IntoIterator<Item = &'a str>) -> Option<Role> {
        Role::widest(groups.into_iter().filter_map(|group| self.of(group)))
    }
}
