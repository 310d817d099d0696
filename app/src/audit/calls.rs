//! Server functions of the audit log.

use super::view::{AuditFilter, AuditView, CheckView};
use crate::error::WireError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {super::gather, crate::request::signed_in};

/// A part of the log.
#[server(prefix = "/fn")]
pub async fn list_audit(filter: AuditFilter) -> Result<AuditView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::entries(&hub, &actor, filter).await?)
}

/// Reads the whole log and says what is wrong with it.
#[server(prefix = "/fn")]
pub async fn check_audit(checkpoint: Option<String>) -> Result<CheckView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::check(&hub, &actor, checkpoint.as_deref()).await?)
}
