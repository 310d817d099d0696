//! Who somebody is: local accounts, second factors, members and invitations, sessions, API keys, and the throttle in front
//! of the sign-in.

mod factors;
#[cfg(feature = "backend")]
mod invitations;
#[cfg(feature = "backend")]
mod keys;
#[cfg(feature = "backend")]
mod members;
mod model;
#[cfg(feature = "backend")]
mod pending;
#[cfg(feature = "backend")]
mod people;
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod sessions;
#[cfg(feature = "backend")]
mod signing_in;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;
#[cfg(feature = "backend")]
mod throttle;

pub use factors::{
    Factor, FactorKind, Needed, Proof, RecoveryCodes, RecoveryState, RememberedDevice, SignInPolicy, StartedTotp,
};
#[cfg(feature = "backend")]
pub use factors::{Factors, Offered, Origin};
#[cfg(feature = "backend")]
pub use keys::Keys;
pub use model::{
    AcceptInvitation, ApiKey, CreatedInvitation, CreatedKey, Credentials, Invitation, InvitationFor, Member,
    MemberChange, NewInvitation, NewKey, NewMember, NewOwner, NewPassword, Rotation, SessionView, parse_email,
    parse_password,
};
#[cfg(feature = "backend")]
pub(crate) use people::members;
pub use rules::{KEY_PREFIX, has_key_form};
#[cfg(feature = "backend")]
pub use service::Identity;
#[cfg(feature = "backend")]
pub use sessions::{SessionRecord, Sessions};
#[cfg(feature = "backend")]
pub use signing_in::{Confirmation, PendingSignIn, Proven, SignIn};
