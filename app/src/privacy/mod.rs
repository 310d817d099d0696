//! Privacy: one's own data and consents, and what those who answer for the organisation see.

mod admin;
mod calls;
mod consents;
mod frame;
#[cfg(feature = "ssr")]
mod gather;
mod own;
mod register;
mod retention;
mod view;

pub use admin::PrivacyRequestsPage;
pub use calls::{
    AddActivity, AskErasure, AskExport, AskForMember, DecideConsent, RemoveActivity, SetPurpose, TakeBackErasure,
    add_activity, ask_erasure, ask_export, ask_for_member, decide_consent, dry_run_retention, own_privacy,
    privacy_consents, privacy_requests, processing_register, remove_activity, set_purpose, take_back_erasure,
};
pub use consents::PrivacyConsentsPage;
pub use own::OwnPrivacyPage;
pub use register::RegisterPage;
pub use retention::RetentionPage;
