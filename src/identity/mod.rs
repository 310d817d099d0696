//! Who somebody is: local accounts, sessions, API keys, and the throttle in front of the sign-in.

#[cfg(feature = "backend")]
mod keys;
mod model;
#[cfg(feature = "backend")]
mod people;
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod sessions;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;
#[cfg(feature = "backend")]
mod throttle;

#[cfg(feature = "backend")]
pub use keys::Keys;
pub use model::{
    ApiKey, CreatedKey, Credentials, Member, NewKey, NewMember, NewOwner, SessionView, parse_email, parse_password,
};
#[cfg(feature = "backend")]
pub(crate) use people::members;
pub use rules::{KEY_PREFIX, has_key_form};
#[cfg(feature = "backend")]
pub use service::Identity;
#[cfg(feature = "backend")]
pub use sessions::{SessionRecord, Sessions};
