//! What a sign-in still needs.

use super::model::FactorKind;
use serde::{Deserialize, Serialize};
#[cfg(feature = "backend")]
use {super::model::SignInPolicy, crate::access::Role};

/// What somebody whose password was right still has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum Needed {
    /// Show one of these.
    Factor(Vec<FactorKind>),
    /// Add a second factor first: the policy asks for one, and the account has none.
    Enrolment,
}

/// What is still needed of somebody with this role and these factors. A remembered browser stands for the factor that was
/// shown on it, and never for one that was not added yet.
#[cfg(feature = "backend")]
pub fn still_needed(policy: &SignInPolicy, role: Role, kinds: &[FactorKind], remembered: bool) -> Option<Needed> {
    if kinds.is_empty() {
        return policy.second_factor.contains(&role).then_some(Needed::Enrolment);
    }
    let remembered = remembered && policy.remember_days > 0;
    (!remembered).then(|| {
        let mut kinds: Vec<_> = FactorKind::ALL.into_iter().filter(|kind| kinds.contains(kind)).collect();
        kinds.dedup();
        Needed::Factor(kinds)
    })
}

#[cfg(all(test, feature = "backend"))]
mod tests {
    use super::*;

    #[test]
    fn a_factor_that_exists_is_always_asked_for_and_a_missing_one_where_the_policy_says_so() {
        let open = SignInPolicy::default();
        let strict = SignInPolicy { second_factor: [Role::Admin].into(), remember_days: 0 };
        let totp = [FactorKind::Totp, FactorKind::Totp];
        let asked = Some(Needed::Factor(vec![FactorKind::Totp]));
        for (policy, role, kinds, remembered, expected) in [
            (&open, Role::Member, &totp[..0], false, None),
            (&open, Role::Member, &totp, false, asked.clone()),
            (&open, Role::Member, &totp, true, None),
            (&strict, Role::Member, &totp[..0], false, None),
            (&strict, Role::Admin, &totp[..0], false, Some(Needed::Enrolment)),
            (&strict, Role::Admin, &totp[..0], true, Some(Needed::Enrolment)),
            (&strict, Role::Member, &totp, true, asked),
        ] {
            assert_eq!(
                still_needed(policy, role, kinds, remembered),
                expected,
                "{policy:?} {role} {kinds:?} {remembered}"
            );
        }
    }
}
