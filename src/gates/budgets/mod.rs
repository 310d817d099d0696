//! Performance budgets of Lighthouse, Lighthouse CI and sitespeed.io as rules of a policy.

mod model;
#[cfg(feature = "backend")]
mod rules;
#[cfg(all(test, feature = "backend"))]
mod tests;

pub use model::{ImportedPolicy, NewBudget, NotCarried};
#[cfg(feature = "backend")]
pub(super) use rules::policy_of;
