//! Server functions of systems.

use super::{
    prices::PricesForm,
    view::{EnvironmentView, SystemView, SystemsView},
};
use crate::error::WireError;
use hub::{
    ids::{EnvironmentId, SystemId},
    systems::{AllowPrivate, NewEnvironment, NewSystem},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{request::signed_in, urls},
    hub::systems::{OwnershipMethod, VerifyOwnership},
    leptos_axum::redirect,
};

/// A part of the list of systems.
#[server(prefix = "/fn")]
pub async fn list_systems(cursor: Option<String>) -> Result<SystemsView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::systems(&hub, &actor, cursor).await?)
}

/// Registers a system.
#[server(prefix = "/fn")]
pub async fn create_system(request: NewSystem) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::system(hub.systems().create(&actor, request).await?.id));
    Ok(())
}

/// One system, by the id in the address.
#[server(prefix = "/fn")]
pub async fn system_page(id: String) -> Result<SystemView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::system(&hub, &actor, SystemId::parse(&id)?).await?)
}

/// Adds an environment; its page then asks for the proof of ownership.
#[server(prefix = "/fn")]
pub async fn add_environment(system: SystemId, request: NewEnvironment) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::environment(system, hub.systems().add_environment(&actor, system, request).await?.id));
    Ok(())
}

/// One environment, by the ids in the address.
#[server(prefix = "/fn")]
pub async fn environment_page(system: String, id: String) -> Result<EnvironmentView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::environment(&hub, &actor, SystemId::parse(&system)?, EnvironmentId::parse(&id)?).await?)
}

/// Looks for the file that proves an ownership.
#[server(prefix = "/fn")]
pub async fn check_file(id: EnvironmentId) -> Result<(), WireError> {
    verify(id, OwnershipMethod::WellKnown).await
}

/// Looks for the TXT record that proves an ownership.
#[server(prefix = "/fn")]
pub async fn check_dns(id: EnvironmentId) -> Result<(), WireError> {
    verify(id, OwnershipMethod::DnsTxt).await
}

#[cfg(feature = "ssr")]
async fn verify(id: EnvironmentId, method: OwnershipMethod) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let verified = hub.systems().verify(&actor, id, VerifyOwnership { method }).await?;
    redirect(&urls::environment(verified.system_id, id));
    Ok(())
}

/// Vouches for a private address.
#[server(prefix = "/fn")]
pub async fn allow_address(id: EnvironmentId, request: AllowPrivate) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let allowed = hub.systems().allow_private(&actor, id, request).await?;
    redirect(&urls::environment(allowed.system_id, id));
    Ok(())
}

/// Sets what an environment costs.
#[server(prefix = "/fn")]
pub async fn set_prices(id: EnvironmentId, request: PricesForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&gather::price(&hub, &actor, id, Some(request)).await?);
    Ok(())
}

/// Takes an environment's prices away.
#[server(prefix = "/fn")]
pub async fn remove_prices(id: EnvironmentId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&gather::price(&hub, &actor, id, None).await?);
    Ok(())
}
