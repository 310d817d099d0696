//! Server functions of accounts.

use crate::error::WireError;
#[cfg(feature = "ssr")]
use crate::{request::visit, urls};
use hub::identity::{Credentials, NewOwner};
use leptos::prelude::*;

/// Whether nobody owns the hub yet.
#[server(prefix = "/fn")]
pub async fn first_run() -> Result<bool, WireError> {
    Ok(visit().hub.identity().is_first_run().await?)
}

/// Makes the first owner and signs them in.
#[server(prefix = "/fn")]
pub async fn create_owner(request: NewOwner) -> Result<(), WireError> {
    let visit = visit();
    let actor = visit.hub.identity().create_first_owner(request).await?;
    visit.session.begin(&actor).await?;
    leptos_axum::redirect(urls::OVERVIEW);
    Ok(())
}

/// Signs somebody in.
#[server(prefix = "/fn")]
pub async fn sign_in(request: Credentials) -> Result<(), WireError> {
    let visit = visit();
    let actor = visit.hub.identity().sign_in(&request, &visit.session.address()).await?;
    visit.session.begin(&actor).await?;
    leptos_axum::redirect(urls::OVERVIEW);
    Ok(())
}

/// Ends the session.
#[server(prefix = "/fn")]
pub async fn sign_out() -> Result<(), WireError> {
    let visit = visit();
    if let Some(actor) = &visit.actor {
        visit.hub.identity().signed_out(actor).await?;
    }
    visit.session.end().await?;
    leptos_axum::redirect(urls::SIGN_IN);
    Ok(())
}
