//! The organisations of the hub, for those who run it.

use super::url_encoded;
use hub::ids::TenantId;

/// All organisations.
pub const ORGANISATIONS: &str = "/organisations";
/// An organisation to be made.
pub const NEW_ORGANISATION: &str = "/organisations/new";
/// The link for the first owner of the organisation that was just made.
pub const INVITED_OWNER: &str = "/organisations/invited";

/// Organisations from a cursor on.
#[must_use]
pub fn organisations_from(cursor: &str) -> String {
    format!("{ORGANISATIONS}?cursor={}", url_encoded(cursor))
}

/// An organisation.
#[must_use]
pub fn organisation(id: TenantId) -> String {
    format!("{ORGANISATIONS}/{id}")
}

/// The same, after something was done with it.
#[must_use]
pub fn organisation_done(id: TenantId, what: &str) -> String {
    format!("{ORGANISATIONS}/{id}?done={what}")
}
