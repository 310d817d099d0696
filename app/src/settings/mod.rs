//! API keys, browser sessions, members.

mod browser;
mod calls;
#[cfg(feature = "ssr")]
mod gather;
mod key_form;
mod keys;
mod members;
mod page;
mod scopes;
mod sessions;
mod view;

pub use calls::{
    AddMember, CreateKey, EndSession, RevokeKey, add_member, create_key, created_key, end_session, key_choices,
    list_keys, list_members, list_sessions, revoke_key,
};
pub use key_form::{CreatedKeyPage, NewKeyPage};
pub use keys::KeysPage;
pub use members::MembersPage;
pub(crate) use page::SettingsFrame;
pub use sessions::SessionsPage;
