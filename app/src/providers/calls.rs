//! Server functions of identity providers.

use super::view::{ProviderForm, ProviderView, ProvidersView};
use crate::error::WireError;
use hub::ids::{IdentityId, ProviderId};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{
        request::{signed_in, visit},
        urls,
    },
    leptos_axum::redirect,
};

/// The organisation's providers.
#[server(prefix = "/fn")]
pub async fn list_providers() -> Result<ProvidersView, WireError> {
    let (actor, _) = signed_in()?;
    Ok(gather::providers(&visit(), &actor).await?)
}

/// One provider.
#[server(prefix = "/fn")]
pub async fn provider_page(id: String, examine: bool, tried: bool) -> Result<ProviderView, WireError> {
    let (actor, _) = signed_in()?;
    Ok(gather::provider(&visit(), &actor, &id, examine, tried).await?)
}

/// Adds a provider.
#[server(prefix = "/fn")]
pub async fn add_provider(request: ProviderForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let place = visit().place()?;
    let added = hub.providers().add(&actor, request.into_new()?, &place).await.map_err(gather::as_typed)?;
    redirect(&urls::saved_provider(added.id));
    Ok(())
}

/// Changes a provider.
#[server(prefix = "/fn")]
pub async fn change_provider(id: ProviderId, request: ProviderForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let place = visit().place()?;
    hub.providers().change(&actor, id, request.into_new()?, &place).await.map_err(gather::as_typed)?;
    redirect(&urls::saved_provider(id));
    Ok(())
}

/// Removes a provider.
#[server(prefix = "/fn")]
pub async fn remove_provider(id: ProviderId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.providers().remove(&actor, id).await?;
    redirect(urls::PROVIDER_REMOVED);
    Ok(())
}

/// Takes a connection of the reader's away.
#[server(prefix = "/fn")]
pub async fn disconnect(id: IdentityId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.providers().disconnect(&actor, id).await?;
    redirect(urls::SECURITY);
    Ok(())
}
