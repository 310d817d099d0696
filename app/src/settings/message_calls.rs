//! Server functions of numbers for text messages.

use crate::error::WireError;
use hub::{identity::MessageOffer, ids::FactorId};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::{
        request::{signed_in, visit},
        urls,
    },
    leptos_axum::redirect,
};

/// Whether a number may be added, and the one that is being added, as it is shown.
#[server(prefix = "/fn")]
pub async fn started_number(factor: String) -> Result<(MessageOffer, Option<String>), WireError> {
    let (actor, hub) = signed_in()?;
    let offer = hub.factors().messages(&actor, visit().place().ok().as_ref()).await?;
    if factor.is_empty() {
        return Ok((offer, None));
    }
    Ok((offer, Some(hub.factors().started_number(&actor, FactorId::parse(&factor)?).await?)))
}

/// Begins to add a number, and sends it a code.
#[server(prefix = "/fn")]
pub async fn start_number(number: String, name: String) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let place = visit().place().ok();
    let started = hub.factors().start_messages(&actor, (&number, &name), place.as_ref()).await?;
    redirect(&urls::new_messages(started.id));
    Ok(())
}

/// Sends it another code.
#[server(prefix = "/fn")]
pub async fn send_number_code(factor: FactorId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.factors().send_again(&actor, factor).await?;
    redirect(&urls::new_messages(factor));
    Ok(())
}

/// Confirms the number by its code.
#[server(prefix = "/fn")]
pub async fn confirm_number(factor: FactorId, code: String) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.factors().confirm_messages(&actor, factor, &code).await?;
    redirect(urls::FACTOR_ADDED);
    Ok(())
}
