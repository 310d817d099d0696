//! Signing in: the first owner, the password, the second factor, invitations, and confirming who sits there.

mod calls;
mod confirm;
mod credential;
mod enrol;
#[cfg(feature = "ssr")]
pub(crate) mod gather;
mod invitation;
mod message_calls;
mod messages;
mod page;
mod providers;
mod second_factor;
mod view;

#[cfg(feature = "ssr")]
pub(crate) use calls::answer;
pub use calls::{
    ConfirmCode, ConfirmCredential, ConfirmPassword, ConfirmRecoveryCode, CreateOwner, EnrolApp, EnrolledApp,
    EnrolledCredential, Join, ShowCode, ShowCredential, ShowRecoveryCode, SignIn, SignOut, asked_to_confirm,
    confirm_code, confirm_credential, confirm_password, confirm_recovery_code, create_owner, enrol_app,
    enrol_credential, enrolled_app, enrolled_credential, enrolling_app, first_run, invitation, join, left_provider,
    pending_step, show_code, show_credential, show_recovery_code, sign_in, sign_in_door, sign_out, why_refused,
};
pub use confirm::ConfirmPage;
pub use credential::CredentialButton;
pub(crate) use enrol::{AppSecret, CodeField, CredentialFields, kind_of};
pub use enrol::{EnrolAppPage, EnrolCredentialPage};
pub use invitation::InvitationPage;
pub use message_calls::{
    ConfirmMessage, ConfirmSendCode, EnrolMessages, EnrolMessagesAgain, EnrolledMessages, ShowMessage, SignInSendCode,
    confirm_message, confirm_send_code, enrol_messages, enrol_messages_again, enrolled_messages, enrolling_number,
    show_message, sign_in_send_code,
};
pub use messages::EnrolMessagesPage;
pub(crate) use messages::{MessageCodeField, NumberField, WhyWeaker};
pub use page::{SignInPage, WelcomePage};
pub use providers::SignedOutPage;
pub use second_factor::SecondFactorPage;
pub use view::Told;
pub(crate) use view::{AppView, AskedView};
