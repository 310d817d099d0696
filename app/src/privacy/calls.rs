//! Server functions of privacy.

use super::view::{ActivityForm, AgedLine, ConsentsView, OwnView, RegisterView, RequestsView};
use crate::error::WireError;
use hub::{
    ids::{PrivacyRequestId, ProcessingActivityId, UserId},
    privacy::{NewPurpose, RequestKind},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{request::signed_in, urls},
    hub::privacy::{NewConsent, NewRequest},
    leptos_axum::redirect,
};

/// The reader's own requests and consents.
#[server(prefix = "/fn")]
pub async fn own_privacy() -> Result<OwnView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::own(&hub, &actor).await?)
}

/// Asks for the reader's data.
#[server(prefix = "/fn")]
pub async fn ask_export() -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.privacy().ask(&actor, RequestKind::Export, NewRequest::default()).await?;
    redirect(urls::OWN_PRIVACY);
    Ok(())
}

/// Asks that the reader is forgotten.
#[server(prefix = "/fn")]
pub async fn ask_erasure() -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.privacy().ask(&actor, RequestKind::Erasure, NewRequest::default()).await?;
    redirect(urls::OWN_PRIVACY);
    Ok(())
}

/// Takes an erasure back; leads on to the reader's own page or to everybody's.
#[server(prefix = "/fn")]
pub async fn take_back_erasure(id: PrivacyRequestId, of_all: bool) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.privacy().take_back(&actor, id).await?;
    redirect(if of_all { urls::PRIVACY_REQUESTS } else { urls::OWN_PRIVACY });
    Ok(())
}

/// Agrees to something, or withdraws.
#[server(prefix = "/fn")]
pub async fn decide_consent(purpose: String, version: u32, granted: bool) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.privacy().decide(&actor, NewConsent { purpose, version, granted }).await?;
    redirect(urls::OWN_PRIVACY);
    Ok(())
}

/// Everybody's requests, of a kind and in a state or of all.
#[server(prefix = "/fn")]
pub async fn privacy_requests(
    kind: Option<String>,
    state: Option<String>,
    cursor: Option<String>,
) -> Result<RequestsView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::requests(&hub, &actor, (kind, state, cursor)).await?)
}

/// Asks for a member's data or erasure.
#[server(prefix = "/fn")]
pub async fn ask_for_member(member: UserId, kind: RequestKind) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.privacy().ask(&actor, kind, NewRequest { member_id: Some(member) }).await?;
    redirect(urls::PRIVACY_REQUESTS);
    Ok(())
}

/// Everybody's consents.
#[server(prefix = "/fn")]
pub async fn privacy_consents(cursor: Option<String>) -> Result<ConsentsView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::consents(&hub, &actor, cursor).await?)
}

/// Adds a purpose, or a new version of its text.
#[server(prefix = "/fn")]
pub async fn set_purpose(request: NewPurpose) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.privacy().set_purpose(&actor, request).await?;
    redirect(urls::PRIVACY_CONSENTS);
    Ok(())
}

/// What would be removed now as too old.
#[server(prefix = "/fn")]
pub async fn dry_run_retention() -> Result<Vec<AgedLine>, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::retention(&hub, &actor).await?)
}

/// The register of processing.
#[server(prefix = "/fn")]
pub async fn processing_register() -> Result<RegisterView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::register(&hub, &actor).await?)
}

/// Adds a record to the register.
#[server(prefix = "/fn")]
pub async fn add_activity(request: ActivityForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.privacy().add_activity(&actor, request.into_new()).await?;
    redirect(urls::PRIVACY_REGISTER);
    Ok(())
}

/// Removes a record of the register.
#[server(prefix = "/fn")]
pub async fn remove_activity(id: ProcessingActivityId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.privacy().remove_activity(&actor, id).await?;
    redirect(urls::PRIVACY_REGISTER);
    Ok(())
}
