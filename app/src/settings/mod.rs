//! How the reader signs in, API keys, browser sessions, members, and what is asked of those who sign in.

mod browser;
mod calls;
mod connections;
mod directory;
mod factor;
#[cfg(feature = "ssr")]
mod gather;
mod invited;
mod key_form;
mod keys;
mod members;
mod message_calls;
mod messages;
mod page;
mod policy;
mod profile;
mod profile_calls;
mod removal;
mod renewal;
mod roles;
mod scopes;
mod security;
mod sessions;
mod usage;
mod view;

pub use calls::{
    AddCredential, AddMember, ChangePassword, ChangeRole, CollectKey, ConfirmApp, CreateKey, EndSession, ForgetDevice,
    HandOver, Invite, MakeRecoveryCodes, RemoveFactor, RemoveKeyRotation, RemoveOwnOrganisation, RevokeKey, RotateKey,
    SetActive, SetDirectoryRoles, SetKeyRotation, SetSignInPolicy, StartApp, TakeBack, add_credential, add_member,
    change_password, change_role, collect_key, confirm_app, create_key, created_key, directory, end_session,
    forget_device, hand_over, invite, invited, key_choices, list_keys, list_members, list_sessions,
    make_recovery_codes, new_credential, own_removal, recovery_codes, remove_factor, remove_key_rotation,
    remove_own_organisation, revoke_key, rotate_key, security, set_active, set_directory_roles, set_key_rotation,
    set_sign_in_policy, sign_in_policy, start_app, started_app, take_back,
};
pub use directory::DirectoryPage;
pub use factor::{NewAppPage, NewCredentialPage, RecoveryCodesPage};
pub use invited::InvitedPage;
pub use key_form::{CreatedKeyPage, NewKeyPage};
pub use keys::KeysPage;
pub use members::MembersPage;
pub use message_calls::{
    ConfirmNumber, SendNumberCode, StartNumber, confirm_number, send_number_code, start_number, started_number,
};
pub use messages::NewNumberPage;
pub(crate) use page::SettingsFrame;
pub use policy::SignInPolicyPage;
pub use profile::ProfilePage;
pub use profile_calls::{ChangeProfile, change_profile, own_profile};
pub use removal::RemovalPage;
pub use roles::RolesPage;
pub use security::SecurityPage;
pub use sessions::SessionsPage;
pub use usage::{UsagePage, usage};
