//! Signing in, the settings, privacy and the audit log.

use super::url_encoded;
use hub::{
    identity::{Errand, FactorKind, ProviderKind},
    ids::{FactorId, PrivacyRequestId, ProviderId},
};

/// The audit log.
pub const AUDIT: &str = "/audit";
/// Keys, sessions, members.
pub const SETTINGS: &str = "/settings";
/// API keys.
pub const KEYS: &str = "/settings/keys";
/// An API key to be made.
pub const NEW_KEY: &str = "/settings/keys/new";
/// The secret of the key that was just made.
pub const CREATED_KEY: &str = "/settings/keys/created";
/// The reader's browser sessions.
pub const SESSIONS: &str = "/settings/sessions";
/// What the reader is called.
pub const PROFILE: &str = "/settings/profile";
/// The same, after it was changed.
pub const PROFILE_SAVED: &str = "/settings/profile?saved=1";
/// How the reader signs in.
pub const SECURITY: &str = "/settings/security";
/// The same, after the second factor that was needed was added.
pub const SECURITY_ENROLLED: &str = "/settings/security?done=enrolled";
/// The same, after the password was changed.
pub const PASSWORD_CHANGED: &str = "/settings/security?done=password";
/// The same, after a second factor was added.
pub const FACTOR_ADDED: &str = "/settings/security?done=factor";
/// The same, after an account of a provider was connected.
pub const SECURITY_CONNECTED: &str = "/settings/security?done=connected";
/// The same, after one was not.
pub const SECURITY_REFUSED: &str = "/settings/security?done=refused";
/// A number for text messages to be added.
pub const NEW_MESSAGES: &str = "/settings/security/messages";
/// The recovery codes that were just made.
pub const RECOVERY_CODES: &str = "/settings/security/codes";
/// Who is in the workspace.
pub const MEMBERS: &str = "/settings/members";
/// The members, after one was added.
pub const MEMBER_ADDED: &str = "/settings/members?added=1";
/// The members, after one was changed.
pub const MEMBER_CHANGED: &str = "/settings/members?changed=1";
/// The link of the invitation that was just made.
pub const INVITED: &str = "/settings/members/invited";
/// Which role may do what.
pub const ROLES: &str = "/settings/roles";
/// The directory that keeps members.
pub const DIRECTORY: &str = "/settings/directory";
/// The same, after it was said which role its groups give.
pub const DIRECTORY_SET: &str = "/settings/directory?set=1";
/// Where an owner has the organisation removed.
pub const REMOVAL: &str = "/settings/removal";
/// What is asked of those who sign in.
pub const SIGN_IN_POLICY: &str = "/settings/sign-in";
/// The same, after it was changed.
pub const SIGN_IN_POLICY_SET: &str = "/settings/sign-in?set=1";
/// By which providers members sign in.
pub const PROVIDERS: &str = "/settings/providers";
/// The same, after one was removed.
pub const PROVIDER_REMOVED: &str = "/settings/providers?removed=1";
/// What the organisation uses, and how much it may.
pub const USAGE: &str = "/settings/usage";
/// The same over the last 92 days.
pub const USAGE_LONG: &str = "/settings/usage?days=92";
/// The reader's own data and consents.
pub const OWN_PRIVACY: &str = "/settings/privacy";
/// Everybody's requests for data and erasure.
pub const PRIVACY_REQUESTS: &str = "/privacy/requests";
/// Everybody's consents.
pub const PRIVACY_CONSENTS: &str = "/privacy/consents";
/// What would be removed now as too old.
pub const PRIVACY_RETENTION: &str = "/privacy/retention";
/// The register of processing.
pub const PRIVACY_REGISTER: &str = "/privacy/register";
/// The register of processing as JSON.
pub const REGISTER_JSON: &str = "/api/privacy/register.json";
/// The register of processing as a table.
pub const REGISTER_CSV: &str = "/api/privacy/register.csv";
/// A check of the whole audit log.
pub const AUDIT_CHECK: &str = "/audit/check";
/// The signed head of the audit log.
pub const AUDIT_CHECKPOINT: &str = "/api/audit/checkpoint";

/// The proof that an entry is in the audit log.
#[must_use]
pub fn audit_proof(seq: u64) -> String {
    format!("/api/audit/entries/{seq}/proof.json")
}

/// The entries of the audit log that a filter leaves, as a file: `jsonl` or `csv`.
#[must_use]
pub fn audit_export(format: &str, filter: &str) -> String {
    format!("/api/audit/export.{format}?{filter}")
}

/// An export of personal data as a file: `json` or `html`.
#[must_use]
pub fn privacy_export(id: PrivacyRequestId, format: &str) -> String {
    format!("/api/privacy/requests/{id}/export.{format}")
}

/// Everybody's requests, of a kind and in a state, from a cursor on.
#[must_use]
pub fn privacy_requests(kind: Option<&str>, state: Option<&str>, cursor: Option<&str>) -> String {
    let parts = [("kind", kind), ("state", state), ("cursor", cursor)];
    let part = |(name, value): (&str, Option<&str>)| Some(format!("{name}={}", url_encoded(value?)));
    let query: Vec<_> = parts.into_iter().filter_map(part).collect();
    if query.is_empty() { PRIVACY_REQUESTS.to_owned() } else { format!("{PRIVACY_REQUESTS}?{}", query.join("&")) }
}

/// An authenticator app that a sign-in needs and that is being added.
#[must_use]
pub fn enrol_app(factor: FactorId) -> String {
    format!("/sign-in/enrol/app?factor={factor}")
}

/// A passkey or a security key that a sign-in needs.
#[must_use]
pub fn enrol_credential(kind: FactorKind) -> String {
    format!("/sign-in/enrol/credential?kind={}", kind.as_str())
}

/// A number for text messages that a sign-in needs and that is being added.
#[must_use]
pub fn enrol_messages(factor: FactorId) -> String {
    format!("{}?factor={factor}", super::ENROL_MESSAGES)
}

/// A number for text messages that is being added.
#[must_use]
pub fn new_messages(factor: FactorId) -> String {
    format!("{NEW_MESSAGES}?factor={factor}")
}

/// An authenticator app that is being added.
#[must_use]
pub fn new_app(factor: FactorId) -> String {
    format!("{SECURITY}/app?factor={factor}")
}

/// A passkey or a security key to be added.
#[must_use]
pub fn new_credential(kind: FactorKind) -> String {
    format!("{SECURITY}/credential?kind={}", kind.as_str())
}

/// Where the reader confirms who sits there; it leads to `next`.
#[must_use]
pub fn confirm(next: &str) -> String {
    format!("/confirm?next={}", url_encoded(next))
}

/// The same, after a code was sent.
#[must_use]
pub fn confirm_sent(next: &str) -> String {
    format!("{}&sent=1", confirm(next))
}

/// The same, after a provider's answer did not confirm it.
#[must_use]
pub fn confirm_refused(next: &str) -> String {
    format!("{}&refused=1", confirm(next))
}

/// The way to an identity provider. It is left by a plain link: what is behind it is another site.
#[must_use]
pub fn with_provider(id: ProviderId, errand: Errand, next: &str) -> String {
    let next = if next.is_empty() { String::new() } else { format!("&next={}", url_encoded(next)) };
    format!("/sign-in/with/{id}?for={}{next}", errand.as_str())
}

/// What is left to do at the provider after signing out here.
#[must_use]
pub fn signed_out(id: ProviderId) -> String {
    format!("/signed-out?provider={id}")
}

/// Signing out at the provider.
#[must_use]
pub fn leave_provider(id: ProviderId) -> String {
    format!("/sign-in/leave/{id}")
}

/// A provider to be added.
#[must_use]
pub fn new_provider(kind: ProviderKind) -> String {
    format!("{PROVIDERS}/new?kind={}", kind.as_str())
}

/// An identity provider.
#[must_use]
pub fn provider(id: ProviderId) -> String {
    format!("{PROVIDERS}/{id}")
}

/// The same, after it was saved.
#[must_use]
pub fn saved_provider(id: ProviderId) -> String {
    format!("{PROVIDERS}/{id}?saved=1")
}

/// The same, with what came of trying it.
#[must_use]
pub fn tried_provider(id: ProviderId) -> String {
    format!("{PROVIDERS}/{id}?tried=1")
}

/// What the organisation used from a day to another, as a table.
#[must_use]
pub fn usage_csv(from: chrono::NaiveDate, until: chrono::NaiveDate) -> String {
    format!("/api/tenants/usage/days.csv?from={from}&until={until}")
}
