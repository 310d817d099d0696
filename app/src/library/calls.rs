//! Server functions of the library.

use super::{
    form::{AssetForm, DescriptionForm},
    view::{AssetView, LibraryView, ProposalsView, ShareView},
};
use crate::error::WireError;
use hub::{
    ids::{AssetId, ProposalId, SystemId, WorkspaceId},
    library::Ruling,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::{form, gather},
    crate::{request::signed_in, urls},
    hub::{
        Error,
        library::{Decision, NewDeprecation, NewFork, NewUse},
    },
    leptos_axum::redirect,
};

/// A part of the list of assets; `typed` is what the address asks for.
#[server(prefix = "/fn")]
pub async fn list_assets(typed: Vec<(String, String)>) -> Result<LibraryView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::assets(&hub, &actor, typed).await?)
}

/// What the form of a new asset offers.
#[server(prefix = "/fn")]
pub async fn share_choices() -> Result<ShareView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::share_choices(&hub, &actor).await?)
}

/// Shares an asset.
#[server(prefix = "/fn")]
pub async fn share_asset(request: AssetForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let shared = hub.library().share(&actor, request.asset().map_err(Error::invalid_fields)?).await?;
    redirect(&gather::after(shared.asset.id, shared.proposal_id));
    Ok(())
}

/// An asset with one of its tabs, by the id in the address.
#[server(prefix = "/fn")]
pub async fn asset_page(id: String, typed: Vec<(String, String)>) -> Result<AssetView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::asset(&hub, &actor, AssetId::parse(&id)?, &typed).await?)
}

/// Names and describes an asset anew.
#[server(prefix = "/fn")]
pub async fn change_asset(id: AssetId, request: DescriptionForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.library().change(&actor, id, request.change().map_err(Error::invalid_fields)?).await?;
    redirect(&urls::asset_done(id, "manage", "changed"));
    Ok(())
}

/// Makes or proposes the next version.
#[server(prefix = "/fn")]
pub async fn submit_version(
    id: AssetId,
    #[server(default)] content: String,
    #[server(default)] uri: String,
    #[server(default)] note: String,
) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let submitted = hub.library().submit(&actor, id, form::version(&content, &uri, &note)).await?;
    redirect(&gather::after(id, submitted.proposal.map(|proposal| proposal.id)));
    Ok(())
}

/// Copies a version into a workspace.
#[server(prefix = "/fn")]
pub async fn fork_asset(id: AssetId, workspace_id: WorkspaceId, version: u32, name: String) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let name = (!name.trim().is_empty()).then_some(name);
    let shared = hub.library().fork(&actor, id, NewFork { workspace_id, version: Some(version), name }).await?;
    redirect(&gather::after(shared.asset.id, shared.proposal_id));
    Ok(())
}

/// Says that an asset should not be used any more.
#[server(prefix = "/fn")]
pub async fn deprecate_asset(
    id: AssetId,
    reason: String,
    #[server(default)] replacement_id: String,
) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let replacement_id = gather::named_asset(&replacement_id)?;
    hub.library().deprecate(&actor, id, NewDeprecation { reason, replacement_id }).await?;
    redirect(&urls::asset_tab(id, "manage"));
    Ok(())
}

/// Takes a deprecation back.
#[server(prefix = "/fn")]
pub async fn restore_asset(id: AssetId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::asset_tab(hub.library().restore(&actor, id).await?.id, "manage"));
    Ok(())
}

/// Removes an asset.
#[server(prefix = "/fn")]
pub async fn remove_asset(id: AssetId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.library().remove(&actor, id).await?;
    redirect(&urls::library_done("removed"));
    Ok(())
}

/// Takes a version into use for a system.
#[server(prefix = "/fn")]
pub async fn use_asset(
    id: AssetId,
    system_id: SystemId,
    version: u32,
    #[server(default)] name: String,
) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.library().put_to_use(&actor, id, NewUse { system_id, version: Some(version), name: Some(name) }).await?;
    redirect(&urls::asset_done(id, "uses", "used"));
    Ok(())
}

/// Proposals, of all workspaces or of the one in the address.
#[server(prefix = "/fn")]
pub async fn list_proposals(typed: Vec<(String, String)>) -> Result<ProposalsView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::proposals(&hub, &actor, &typed).await?)
}

/// Approves or rejects a proposal.
#[server(prefix = "/fn")]
pub async fn decide_proposal(
    id: ProposalId,
    ruling: Ruling,
    #[server(default)] comment: String,
) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let decided = hub.library().decide(&actor, id, Decision { ruling, comment }).await?;
    redirect(&urls::asset_done(decided.asset_id, "reviews", decided.state.as_str()));
    Ok(())
}

/// Takes one's own proposal back.
#[server(prefix = "/fn")]
pub async fn withdraw_proposal(id: ProposalId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let withdrawn = hub.library().withdraw(&actor, id).await?;
    redirect(&urls::asset_done(withdrawn.asset_id, "reviews", "withdrawn"));
    Ok(())
}
