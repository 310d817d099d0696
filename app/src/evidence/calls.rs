//! Server functions of evidence.

use super::view::{EvidenceList, PackView};
use crate::error::WireError;
use hub::compliance::NewEvidence;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{request::signed_in, urls},
    hub::ids::EvidenceId,
    leptos_axum::redirect,
};

/// A part of the list of packs.
#[server(prefix = "/fn")]
pub async fn list_evidence(cursor: Option<String>) -> Result<EvidenceList, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::list(&hub, &actor, cursor).await?)
}

/// One pack, by the id in the address.
#[server(prefix = "/fn")]
pub async fn evidence_page(id: String) -> Result<PackView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::pack(&hub, &actor, EvidenceId::parse(&id)?).await?)
}

/// Makes a pack of a finished validation.
#[server(prefix = "/fn")]
pub async fn create_evidence(request: NewEvidence) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::evidence(hub.compliance().create(&actor, request).await?.id));
    Ok(())
}
