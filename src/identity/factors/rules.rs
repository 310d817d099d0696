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
    let remembered = remembered && policy.remember_days > 0;
    if kinds.is_empty() || remembered {
        return lacks_one(policy, role, kinds).then_some(Needed::Enrolment);
    }
    let asked = asked_of(policy, kinds);
    Some(Needed::Factor(FactorKind::ALL.into_iter().filter(|kind| asked.contains(kind)).collect()))
}

/// Whether the policy asks for a second factor that counts, and there is none.
#[cfg(feature = "backend")]
pub fn lacks_one(policy: &SignInPolicy, role: Role, kinds: &[FactorKind]) -> bool {
    policy.second_factor.contains(&role) && !kinds.iter().any(|kind| policy.counts(*kind))
}

/// The kinds that somebody with these is asked for: those that count. Where none does any more, what is there still keeps
/// out who knows the password alone.
#[cfg(feature = "backend")]
pub fn asked_of(policy: &SignInPolicy, kinds: &[FactorKind]) -> Vec<FactorKind> {
    let counting: Vec<_> = kinds.iter().copied().filter(|kind| policy.counts(*kind)).collect();
    if counting.is_empty() { kinds.to_vec() } else { counting }
}

#[cfg(all(test, feature = "backend"))]
mod tests {
    use super::*;

    #[test]
    fn a_factor_that_exists_is_always_asked_for_and_a_missing_one_where_the_policy_says_so() {
        let open = SignInPolicy::default();
        let strict = SignInPolicy { second_factor: [Role::Admin].into(), remember_days: 0, ..SignInPolicy::default() };
        let mut kept = SignInPolicy { remember_days: 30, ..strict.clone() };
        kept.kinds.insert(FactorKind::Sms);
        let (sms, both) = ([FactorKind::Sms], [FactorKind::Sms, FactorKind::Totp]);
        let by_message = Some(Needed::Factor(vec![FactorKind::Sms]));
        let totp = [FactorKind::Totp, FactorKind::Totp];
        let asked = Some(Needed::Factor(vec![FactorKind::Totp]));
        for (policy, role, kinds, remembered, expected) in [
            (&open, Role::Member, &totp[..0], false, None),
            (&open, Role::Member, &totp, false, asked.clone()),
            (&open, Role::Member, &totp, true, None),
            (&strict, Role::Member, &totp[..0], false, None),
            (&strict, Role::Admin, &totp[..0], false, Some(Needed::Enrolment)),
            (&strict, Role::Admin, &totp[..0], true, Some(Needed::Enrolment)),
            (&strict, Role::Member, &totp, true, asked.clone()),
            // What does not count is still asked for, and does not satisfy the policy.
            (&strict, Role::Admin, &sms, false, by_message.clone()),
            (&strict, Role::Admin, &both, false, asked),
            (&SignInPolicy { remember_days: 30, ..strict.clone() }, Role::Admin, &sms, true, Some(Needed::Enrolment)),
            (&kept, Role::Admin, &sms, true, None),
            (&kept, Role::Admin, &sms, false, by_message),
            (&kept, Role::Admin, &both, false, Some(Needed::Factor(vec![FactorKind::Totp, FactorKind::Sms]))),
        ] {
            assert_eq!(
                still_needed(policy, role, kinds, remembered),
                expected,
                "{policy:?} {role} {kinds:?} {remembered}"
            );
        }
    }

    #[test]
    fn a_message_alone_satisfies_only_a_policy_that_counts_it() {
        let strict = SignInPolicy { second_factor: [Role::Admin].into(), ..SignInPolicy::default() };
        let mut lenient = strict.clone();
        lenient.kinds.insert(FactorKind::Sms);
        assert!(lacks_one(&strict, Role::Admin, &[FactorKind::Sms]) && !lacks_one(&strict, Role::Member, &[]));
        assert!(!lacks_one(&lenient, Role::Admin, &[FactorKind::Sms]) && lacks_one(&lenient, Role::Admin, &[]));
    }
}
