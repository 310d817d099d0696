//! Second factors: authenticator apps, passkeys, security keys, codes by text message, recovery codes, and the browsers that are
//! remembered.
//! Nobody has a session before every factor that their tenant's policy asks for was shown.

#[cfg(feature = "backend")]
mod messages;
mod model;
#[cfg(feature = "backend")]
mod passkeys;
#[cfg(feature = "backend")]
mod prover;
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

#[cfg(feature = "backend")]
pub(super) use messages::{Purpose as CodePurpose, sweep as sweep_messages};
pub use model::{
    Factor, FactorKind, MessageOffer, Proof, RecoveryCodes, RecoveryState, RememberedDevice, SentCode, SignInPolicy,
    StartedMessages, StartedTotp,
};
#[cfg(feature = "backend")]
pub(super) use passkeys::Question;
#[cfg(feature = "backend")]
pub use passkeys::{Offered, Origin};
#[cfg(feature = "backend")]
pub(super) use prover::Prover;
pub use rules::Needed;
#[cfg(feature = "backend")]
pub use service::Factors;
#[cfg(feature = "backend")]
pub(super) use service::{Person, has_stronger, lacking, needed, remember_days};
#[cfg(feature = "backend")]
pub(super) use store::{forget_browsers, second_factors};
