//! Server functions of organisations.

use super::view::{InvitedOwnerView, OrganisationItem, OrganisationsView};
use crate::error::WireError;
use hub::{
    ids::TenantId,
    tenants::{NewOrganisation, Tier},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{
        request::{signed_in, visit},
        urls,
    },
    hub::tenants::{Suspension, TierChange},
    leptos_axum::redirect,
};

/// A part of the list of organisations.
#[server(prefix = "/fn")]
pub async fn list_organisations(cursor: Option<String>) -> Result<OrganisationsView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::organisations(&hub, &actor, cursor).await?)
}

/// Whether the reader may make an organisation.
#[server(prefix = "/fn")]
pub async fn may_make_organisation() -> Result<bool, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(hub.tenants().may_operate(&actor).await?)
}

/// An organisation, by the id in the address.
#[server(prefix = "/fn")]
pub async fn organisation_page(id: String) -> Result<OrganisationItem, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::organisation(&hub, &actor, &id).await?)
}

/// Makes an organisation.
#[server(prefix = "/fn")]
pub async fn create_organisation(request: NewOrganisation) -> Result<(), WireError> {
    let (actor, _) = signed_in()?;
    redirect(&gather::create(&visit(), &actor, request).await?);
    Ok(())
}

/// Invites another first owner.
#[server(prefix = "/fn")]
pub async fn invite_owner(id: TenantId, email: String) -> Result<(), WireError> {
    let (actor, _) = signed_in()?;
    redirect(&gather::invite(&visit(), &actor, id, email).await?);
    Ok(())
}

/// The link that was just made, this once.
#[server(prefix = "/fn")]
pub async fn invited_owner() -> Result<Option<InvitedOwnerView>, WireError> {
    signed_in()?;
    Ok(gather::kept(&visit()).await?)
}

/// Gives an organisation another tier.
#[server(prefix = "/fn")]
pub async fn set_organisation_tier(id: TenantId, tier: Tier) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.tenants().set_tier(&actor, id, TierChange { tier }).await?;
    redirect(&urls::organisation_done(id, "tier"));
    Ok(())
}

/// Keeps an organisation's people out.
#[server(prefix = "/fn")]
pub async fn suspend_organisation(id: TenantId, reason: String) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.tenants().suspend(&actor, id, Suspension { reason }).await?;
    redirect(&urls::organisation_done(id, "suspended"));
    Ok(())
}

/// Lets an organisation's people in again.
#[server(prefix = "/fn")]
pub async fn resume_organisation(id: TenantId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.tenants().resume(&actor, id).await?;
    redirect(&urls::organisation_done(id, "resumed"));
    Ok(())
}

/// Decides that everything of an organisation goes.
#[server(prefix = "/fn")]
pub async fn delete_organisation(id: TenantId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.tenants().delete(&actor, id).await?;
    redirect(&urls::organisation_done(id, "leaving"));
    Ok(())
}

/// Takes back that an organisation goes.
#[server(prefix = "/fn")]
pub async fn restore_organisation(id: TenantId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.tenants().restore(&actor, id).await?;
    redirect(&urls::organisation_done(id, "restored"));
    Ok(())
}
