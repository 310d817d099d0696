//! Server functions of codes by text message.

use crate::error::WireError;
use hub::ids::FactorId;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::{calls, gather},
    crate::{
        request::{signed_in, visit},
        urls,
    },
    hub::identity::{Confirmation, Proof},
    leptos_axum::redirect,
};

/// Sends a code for the sign-in that waits.
#[server(prefix = "/fn")]
pub async fn sign_in_send_code() -> Result<(), WireError> {
    let visit = visit();
    visit.hub.identity().send_code(&gather::waiting(&visit).await?).await?;
    redirect(urls::SECOND_FACTOR_SENT);
    Ok(())
}

/// Shows the code of a text message.
#[server(prefix = "/fn")]
pub async fn show_message(code: String, #[server(default)] remember: bool) -> Result<(), WireError> {
    calls::show(Proof::Sms { code }, remember).await
}

/// Sends a code to confirm who sits there.
#[server(prefix = "/fn")]
pub async fn confirm_send_code(next: String) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.identity().send_confirmation(&actor, visit().session.secret().as_deref()).await?;
    redirect(&urls::confirm_sent(&next));
    Ok(())
}

/// Confirms who sits there by the code of a text message.
#[server(prefix = "/fn")]
pub async fn confirm_message(code: String, next: String) -> Result<(), WireError> {
    calls::confirm(Confirmation::Factor(Proof::Sms { code }), None, &next).await
}

/// Begins to add the number that the sign-in needs.
#[server(prefix = "/fn")]
pub async fn enrol_messages(number: String) -> Result<(), WireError> {
    let visit = visit();
    let (secret, place) = (gather::waiting(&visit).await?, visit.place().ok());
    let started = visit.hub.identity().enrol_messages(&secret, &number, place.as_ref()).await?;
    redirect(&urls::enrol_messages(started.id));
    Ok(())
}

/// Sends another code to it.
#[server(prefix = "/fn")]
pub async fn enrol_messages_again(factor: FactorId) -> Result<(), WireError> {
    let visit = visit();
    visit.hub.identity().enrol_messages_again(&gather::waiting(&visit).await?, factor).await?;
    redirect(&urls::enrol_messages(factor));
    Ok(())
}

/// The number that is being added, as it is shown; none before there is one.
#[server(prefix = "/fn")]
pub async fn enrolling_number(factor: String) -> Result<Option<String>, WireError> {
    let visit = visit();
    let secret = gather::waiting(&visit).await?;
    if factor.is_empty() {
        return Ok(None);
    }
    Ok(Some(visit.hub.identity().enrolling_number(&secret, FactorId::parse(&factor)?).await?))
}

/// Confirms the number, and signs in.
#[server(prefix = "/fn")]
pub async fn enrolled_messages(factor: FactorId, code: String) -> Result<(), WireError> {
    let visit = visit();
    let actor = visit.hub.identity().enrolled_messages(&gather::waiting(&visit).await?, factor, &code).await?;
    visit.session.begin(&actor).await?;
    redirect(urls::SECURITY_ENROLLED);
    Ok(())
}
