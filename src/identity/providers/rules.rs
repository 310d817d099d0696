//! Which role somebody has.

use crate::{access::Role, identity::directory::GroupRole};

/// The role that groups give: of several, the one that may most; what is left to the rest, when none does.
pub(super) fn role_of(groups: &[String], mapping: &[GroupRole], rest: Option<Role>) -> Option<Role> {
    let given = mapping.iter().filter(|one| groups.contains(&one.group)).map(|one| one.role);
    Role::widest(given).or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_groups_the_role_that_may_most_counts_and_without_one_the_default() {
        let mapping = [("qa", Role::Auditor), ("ops", Role::Admin), ("dev", Role::Member)]
            .map(|(group, role)| GroupRole { group: group.to_owned(), role });
        let role = |groups: &[&str], rest| {
            role_of(&groups.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), &mapping, rest)
        };
        assert_eq!(role(&["dev", "ops"], None), Some(Role::Admin));
        assert_eq!(role(&["dev"], Some(Role::Admin)), Some(Role::Member));
        assert_eq!(role(&["Dev", "ops "], None), None, "groups are compared letter by letter");
        assert_eq!(role(&[], Some(Role::Member)), Some(Role::Member));
    }
}
