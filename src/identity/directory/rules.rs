//! What of a SCIM user becomes of the account.

use crate::identity::model::parse_email;
use sbh_scim::{Email, ScimError, User};

/// Longest name of an account, in characters.
const NAME_MAX: usize = 254;

/// The address by which the member signs in: the primary e-mail, else one for work, else the first, else the user name.
///
/// # Errors
/// [`ScimError::InvalidValue`] where that is no address.
pub fn address_of(user: &User) -> Result<String, ScimError> {
    let is_work = |email: &&Email| email.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("work"));
    let email = user.primary_email().or(user.emails.iter().find(is_work)).or(user.emails.first());
    let (attribute, text) = email.map_or(("userName", user.user_name.as_str()), |email| ("emails", &email.value));
    let reason = "an address such as ada@example.com is expected, because members sign in with it";
    let wrong = |_| ScimError::InvalidValue { attribute: attribute.to_owned(), reason: reason.to_owned() };
    parse_email(text).map_err(wrong)
}

/// What the member is called: the name to show, else the full name, else its parts, else the user name.
pub fn name_of(user: &User) -> String {
    let name = user.name.as_ref();
    let parts = name.map(|name| {
        let parts = [name.given_name.as_deref(), name.family_name.as_deref()];
        parts.into_iter().flatten().map(str::trim).collect::<Vec<_>>().join(" ")
    });
    let formatted = name.and_then(|name| name.formatted.clone());
    let candidates = [user.display_name.clone(), formatted, parts, Some(user.user_name.clone())];
    let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chosen = candidates.into_iter().flatten().map(one_line).find(|text| !text.is_empty());
    chosen.unwrap_or_default().chars().take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::Role,
        identity::directory::{DirectoryRoles, GroupRole},
    };
    use sbh_scim::{Name, User};

    fn user(user_name: &str, emails: &[(&str, Option<&str>, Option<bool>)]) -> User {
        let email = |(value, kind, primary): &(&str, Option<&str>, Option<bool>)| Email {
            value: (*value).to_owned(),
            kind: kind.map(str::to_owned),
            primary: *primary,
            display: None,
        };
        User { user_name: user_name.to_owned(), emails: emails.iter().map(email).collect(), ..User::default() }
    }

    #[test]
    fn the_address_is_the_primary_one_then_works_then_the_first_then_the_user_name() {
        let of = |emails: &[_]| address_of(&user("ada@name.example", emails)).ok();
        let (home, work) = (("a@home.example", Some("home"), None), ("a@work.example", Some("Work"), None));
        assert_eq!(of(&[]).as_deref(), Some("ada@name.example"));
        assert_eq!(of(&[home]).as_deref(), Some("a@home.example"));
        assert_eq!(of(&[home, work]).as_deref(), Some("a@work.example"));
        assert_eq!(of(&[work, ("a@home.example", None, Some(true))]).as_deref(), Some("a@home.example"));
        assert!(address_of(&user("ada", &[])).is_err());
        let wrong =
            address_of(&user("ada@name.example", &[("nowhere", None, None)])).map_err(|error| error.to_string());
        assert!(wrong.is_err_and(|text| text.contains("attribute emails")));
    }

    #[test]
    fn the_name_is_what_is_shown_then_the_full_name_then_its_parts() {
        let mut ada = user("ada@name.example", &[]);
        assert_eq!(name_of(&ada), "ada@name.example");
        let part = |text: &str| Some(text.to_owned());
        ada.name = Some(Name { formatted: None, family_name: part("Lovelace"), given_name: part(" Ada\n") });
        assert_eq!(name_of(&ada), "Ada Lovelace");
        ada.display_name = part("Countess  of Lovelace");
        assert_eq!(name_of(&ada), "Countess of Lovelace");
    }

    #[test]
    fn the_group_that_may_most_decides_and_one_that_is_not_listed_gives_nothing() {
        let given = |group: &str, role| GroupRole { group: group.to_owned(), role };
        let groups = vec![given("Builders", Role::Member), given("Admins", Role::Admin), given("Audit", Role::Auditor)];
        let roles = DirectoryRoles { groups, ..DirectoryRoles::default() };
        assert_eq!(roles.of_all(["builders", "AUDIT"]), Some(Role::Member));
        assert_eq!(roles.of_all(["audit", "admins", "builders"]), Some(Role::Admin));
        assert_eq!(roles.of_all(["everybody"]), None);
        assert_eq!(roles.of_all([]), None);
    }

    #[test]
    fn ownership_is_given_by_no_group_and_every_fault_is_named() {
        let given = |group: &str, role| GroupRole { group: group.to_owned(), role };
        let groups = vec![given("A", Role::Owner), given(" a ", Role::Admin), given("", Role::Member)];
        let refused = DirectoryRoles { otherwise: Role::Admin, groups }
            .parse()
            .map_err(|error| error.fields().iter().map(|field| field.pointer.clone()).collect::<Vec<_>>());
        let named = ["/otherwise", "/groups/0/role", "/groups/1/group", "/groups/2/group"].map(str::to_owned);
        assert_eq!(refused, Err(named.to_vec()));
    }
}
