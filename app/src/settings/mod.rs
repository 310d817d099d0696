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
mod page;
mod policy;
mod renewal;
mod roles;
mod scopes;
mod security;
mod sessions;
mod usage;
mod view;

pub use calls::{
    AddCredential, AddMember, ChangePassword, ChangeRole, CollectKey, ConfirmApp, CreateKey, EndSession, ForgetDevice,
    HandOver, Invite, MakeRecoveryCodes, RemoveFactor, RemoveKeyRotation, RevokeKey, RotateKey, SetActive,
    SetDirectoryRoles, SetKeyRotation, SetSignInPolicy, StartApp, TakeBack, add_credential, add_member,
    change_password, change_role, collect_key, confirm_app, create_key, created_key, directory, end_session,
    forget_device, hand_over, invite, invited, key_choices, list_keys, list_members, list_sessions,
    make_recovery_codes, new_credential, recovery_codes, remove_factor, remove_key_rotation, revoke_key, rotate_key,
    security, set_active, set_directory_roles, set_key_rotation, set_sign_in_policy, sign_in_policy, start_app,
    started_app, take_back,
};
pub use directory::DirectoryPage;
pub use factor::{NewAppPage, NewCredentialPage, RecoveryCodesPage};
pub use invited::InvitedPage;
pub use key_form::{CreatedKeyPage, NewKeyPage};
pub use keys::KeysPage;
pub use members::MembersPage;
pub(crate) use page::SettingsFrame;
pub use policy::SignInPolicyPage;
pub use roles::RolesPage;
pub use security::SecurityPage;
pub use sessions::SessionsPage;
pub use usage::{UsagePage, usage};
