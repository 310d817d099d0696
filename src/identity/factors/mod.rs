//! Second factors: authenticator apps, passkeys, security keys, recovery codes, and the browsers that are remembered.
//! Nobody has a session before every factor that their tenant's policy asks for was shown.

mod model;
#[cfg(feature = "backend")]
mod passkeys;
#[cfg(feature = "backend")]
mod recovery;
#[cfg(feature = "backend")]
mod remembered;
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;
#[cfg(feature = "backend")]
mod totp;

pub use model::{Factor, FactorKind, Proof, RecoveryCodes, RecoveryState, RememberedDevice, SignInPolicy, StartedTotp};
#[cfg(feature = "backend")]
pub(super) use passkeys::Question;
#[cfg(feature = "backend")]
pub use passkeys::{Offered, Origin};
pub use rules::Needed;
#[cfg(feature = "backend")]
pub use service::Factors;
#[cfg(feature = "backend")]
pub(super) use service::{Person, Prover, needed, remember_days};
#[cfg(feature = "backend")]
pub(super) use store::{forget_browsers, second_factors};
