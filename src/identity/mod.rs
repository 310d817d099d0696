//! Who somebody is: local accounts, identity providers, second factors, members and invitations, sessions, API keys, and the
//! throttle in front of the sign-in.

mod directory;
mod factors;
#[cfg(feature = "backend")]
mod former;
#[cfg(feature = "backend")]
mod invitations;
#[cfg(feature = "backend")]
mod keys;
#[cfg(feature = "backend")]
mod members;
#[cfg(feature = "backend")]
mod messages;
mod model;
#[cfg(feature = "backend")]
mod owners;
#[cfg(feature = "backend")]
mod pending;
#[cfg(feature = "backend")]
mod people;
#[cfg(feature = "backend")]
mod profile;
mod providers;
#[cfg(feature = "backend")]
mod rotation;
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

#[cfg(feature = "backend")]
pub use directory::{Directory, Refusal, Resource};
pub use directory::{DirectoryRoles, GroupRole};
pub use factors::{
    Factor, FactorKind, MessageOffer, Needed, Proof, RecoveryCodes, RecoveryState, RememberedDevice, SentCode,
    SignInPolicy, StartedMessages, StartedTotp,
};
#[cfg(feature = "backend")]
pub use factors::{Factors, Offered, Origin};
#[cfg(feature = "backend")]
pub use keys::Keys;
pub use model::{
    AcceptInvitation, ApiKey, CreatedInvitation, CreatedKey, Credentials, Invitation, InvitationFor, KeyRotation,
    Member, MemberChange, NewInvitation, NewKey, NewMember, NewOwner, NewPassword, Profile, ProfileChange, Rotation,
    SessionView, parse_email, parse_password,
};
#[cfg(feature = "backend")]
pub(crate) use owners::FirstOwner;
#[cfg(feature = "backend")]
pub(crate) use people::{Who, accounts, active, held, members};
pub use providers::{
    ApiAccess, AttributeNames, Certificate, ClientAuthentication, ConnectedAccount, Errand, Finding, NewProvider,
    OfferedProvider, OidcSettings, Outcome, Protocol, Provider, ProviderAddresses, ProviderKind, SamlSettings,
    SignInDoor, Vouched,
};
#[cfg(feature = "backend")]
pub use providers::{
    Begun, Delivery, Left, LogoutMessage, ProviderCache, ProviderSession, Providers, Returned, looks_like_token,
    prepare_saml,
};
#[cfg(feature = "backend")]
pub(crate) use rules::recent;
pub use rules::{KEY_PREFIX, has_key_form};
#[cfg(feature = "backend")]
pub use service::Identity;
#[cfg(feature = "backend")]
pub use sessions::{SessionRecord, Sessions};
#[cfg(feature = "backend")]
pub use signing_in::{Confirmation, PendingSignIn, Proven, SignIn};
