//! Server functions of share links.

use super::view::{MadeView, ShareForm, SharedView};
use crate::error::WireError;
use hub::ids::{ShareId, SystemId};
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

/// Makes a link; the page after it shows its address.
#[server(prefix = "/fn")]
pub async fn make_share(request: ShareForm) -> Result<(), WireError> {
    let (actor, _) = signed_in()?;
    let system = gather::make(&visit(), &actor, request).await?;
    redirect(&urls::made_share(system));
    Ok(())
}

/// The link that was just made, this once.
#[server(prefix = "/fn")]
pub async fn made_share(system: String) -> Result<Option<MadeView>, WireError> {
    let (actor, _) = signed_in()?;
    Ok(gather::made(&visit(), &actor, SystemId::parse(&system)?).await?)
}

/// Revokes a link.
#[server(prefix = "/fn")]
pub async fn revoke_share(system: SystemId, id: ShareId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.sharing().revoke(&actor, system, id).await?;
    redirect(&urls::shares(system));
    Ok(())
}

/// What a link shows; its token is all that is asked for.
#[server(prefix = "/fn")]
pub async fn shared_page(token: String) -> Result<SharedView, WireError> {
    Ok(gather::shared(&visit().hub, &token).await?)
}
