//! Server functions of accounts.

use super::view::{AppView, AskedView, ChallengeView, DoorView, InvitationView, NextStep, Told};
use crate::error::WireError;
use hub::{
    identity::{AcceptInvitation, Credentials, FactorKind, NewOwner, OfferedProvider},
    ids::FactorId,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{
        request::{signed_in, visit},
        urls,
    },
    hub::{
        identity::{Confirmation, Proof},
        ids::ProviderId,
    },
    leptos_axum::redirect,
};

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
    redirect(urls::OVERVIEW);
    Ok(())
}

/// Checks the password, and signs somebody in or asks for more.
#[server(prefix = "/fn")]
pub async fn sign_in(request: Credentials) -> Result<(), WireError> {
    let visit = visit();
    let (address, device) = (visit.session.address(), visit.session.device());
    let came = visit.hub.identity().sign_in(&request, &address, device.as_deref()).await?;
    redirect(if gather::begin(&visit, came).await? { urls::OVERVIEW } else { urls::SECOND_FACTOR });
    Ok(())
}

/// What the sign-in that waits in this browser needs next.
#[server(prefix = "/fn")]
pub async fn pending_step(with: Option<FactorKind>) -> Result<NextStep, WireError> {
    Ok(gather::next_step(&visit(), with).await?)
}

/// Shows the code of an authenticator app.
#[server(prefix = "/fn")]
pub async fn show_code(code: String, #[server(default)] remember: bool) -> Result<(), WireError> {
    show(Proof::Totp { code }, remember).await
}

/// Shows a recovery code.
#[server(prefix = "/fn")]
pub async fn show_recovery_code(code: String) -> Result<(), WireError> {
    show(Proof::RecoveryCode { code }, false).await
}

/// Shows a passkey or a security key.
#[server(prefix = "/fn")]
pub async fn show_credential(credential: String, #[server(default)] remember: bool) -> Result<(), WireError> {
    show(Proof::WebAuthn { credential: answer(&credential)? }, remember).await
}

#[cfg(feature = "ssr")]
pub(super) async fn show(proof: Proof, remember: bool) -> Result<(), WireError> {
    let visit = visit();
    let (secret, place) = (gather::waiting(&visit).await?, visit.place()?);
    let browser = remember.then(|| visit.session.browser());
    let proven = visit.hub.identity().prove(&secret, &proof, Some(&place), browser.as_deref()).await?;
    gather::proven(&visit, proven).await?;
    redirect(urls::OVERVIEW);
    Ok(())
}

/// What the browser's credentials API answered.
#[cfg(feature = "ssr")]
pub(crate) fn answer(text: &str) -> hub::Result<serde_json::Value> {
    let unread = |_| hub::Error::invalid("/credential", "The browser did not answer. Try again, or use another way.");
    serde_json::from_str(text).map_err(unread)
}

/// Begins to add the authenticator app that the sign-in needs.
#[server(prefix = "/fn")]
pub async fn enrol_app() -> Result<(), WireError> {
    let visit = visit();
    let started = visit.hub.identity().enrol_totp(&gather::waiting(&visit).await?, "").await?;
    redirect(&urls::enrol_app(started.id));
    Ok(())
}

/// The authenticator app that the sign-in needs and that is being added.
#[server(prefix = "/fn")]
pub async fn enrolling_app(factor: String) -> Result<AppView, WireError> {
    let visit = visit();
    let secret = gather::waiting(&visit).await?;
    Ok(gather::app(&visit.hub.identity().enrolling_totp(&secret, FactorId::parse(&factor)?).await?)?)
}

/// Confirms the app, and signs in.
#[server(prefix = "/fn")]
pub async fn enrolled_app(factor: FactorId, code: String) -> Result<(), WireError> {
    let visit = visit();
    let actor = visit.hub.identity().enrolled_totp(&gather::waiting(&visit).await?, factor, &code).await?;
    visit.session.begin(&actor).await?;
    redirect(urls::SECURITY_ENROLLED);
    Ok(())
}

/// The options for a passkey or a security key that the sign-in needs.
#[server(prefix = "/fn")]
pub async fn enrol_credential(kind: FactorKind) -> Result<AskedView, WireError> {
    let visit = visit();
    let (secret, place) = (gather::waiting(&visit).await?, visit.place()?);
    Ok(gather::asked(kind, visit.hub.identity().enrol_credential(&secret, kind, &place).await?))
}

/// Adds the passkey or security key, and signs in.
#[server(prefix = "/fn")]
pub async fn enrolled_credential(ceremony: String, name: String, credential: String) -> Result<(), WireError> {
    let visit = visit();
    let (secret, place, answer) = (gather::waiting(&visit).await?, visit.place()?, answer(&credential)?);
    let identity = visit.hub.identity();
    let actor = identity.enrolled_credential(&secret, (&ceremony, &name), &answer, &place).await?;
    visit.session.begin(&actor).await?;
    redirect(urls::SECURITY_ENROLLED);
    Ok(())
}

/// What the reader is asked for to confirm who sits there.
#[server(prefix = "/fn")]
pub async fn asked_to_confirm(with: Option<FactorKind>) -> Result<ChallengeView, WireError> {
    let (actor, _) = signed_in()?;
    Ok(gather::confirmation(&visit(), &actor, with).await?)
}

/// Confirms who sits there by the password.
#[server(prefix = "/fn")]
pub async fn confirm_password(password: String, next: String) -> Result<(), WireError> {
    confirm(Confirmation::Password(password), None, &next).await
}

/// Confirms who sits there by the code of an authenticator app.
#[server(prefix = "/fn")]
pub async fn confirm_code(code: String, next: String) -> Result<(), WireError> {
    confirm(Confirmation::Factor(Proof::Totp { code }), None, &next).await
}

/// Confirms who sits there by a recovery code.
#[server(prefix = "/fn")]
pub async fn confirm_recovery_code(code: String, next: String) -> Result<(), WireError> {
    confirm(Confirmation::Factor(Proof::RecoveryCode { code }), None, &next).await
}

/// Confirms who sits there by a passkey or a security key.
#[server(prefix = "/fn")]
pub async fn confirm_credential(ceremony: String, credential: String, next: String) -> Result<(), WireError> {
    let proof = Proof::WebAuthn { credential: answer(&credential)? };
    confirm(Confirmation::Factor(proof), Some(&ceremony), &next).await
}

#[cfg(feature = "ssr")]
pub(super) async fn confirm(confirmation: Confirmation, ceremony: Option<&str>, next: &str) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let visit = visit();
    let place = ceremony.map(|_| visit.place()).transpose()?;
    let session = visit.session.secret();
    let ceremony = ceremony.zip(place.as_ref());
    let at = hub.identity().confirm(&actor, &confirmation, ceremony, session.as_deref()).await?;
    visit.session.confirm(at).await?;
    redirect(urls::own_path(next));
    Ok(())
}

/// Whom a link invites, and to what.
#[server(prefix = "/fn")]
pub async fn invitation(secret: String) -> Result<InvitationView, WireError> {
    Ok(gather::invitation(&visit(), &secret).await?)
}

/// Makes the account that a link invites to, and leads to the sign-in.
#[server(prefix = "/fn")]
pub async fn join(request: AcceptInvitation) -> Result<(), WireError> {
    visit().hub.identity().accept_invitation(request).await?;
    redirect(urls::SIGN_IN_WELCOME);
    Ok(())
}

/// Where people sign in: through which providers, of the organisation that is called so or of the only one.
#[server(prefix = "/fn")]
pub async fn sign_in_door(organisation: Option<String>, refused: bool) -> Result<DoorView, WireError> {
    Ok(gather::door(&visit(), organisation.as_deref(), refused).await?)
}

/// Why a provider did not confirm who sits there.
#[server(prefix = "/fn")]
pub async fn why_refused() -> Result<Option<Told>, WireError> {
    signed_in()?;
    Ok(gather::told(&visit()).await?)
}

/// The provider at which the reader is still signed in.
#[server(prefix = "/fn")]
pub async fn left_provider(id: String) -> Result<OfferedProvider, WireError> {
    Ok(visit().hub.providers().offered(ProviderId::parse(&id)?).await?)
}

/// Ends the session.
#[server(prefix = "/fn")]
pub async fn sign_out() -> Result<(), WireError> {
    match gather::sign_out(&visit()).await? {
        Some(provider) => redirect(&urls::signed_out(provider)),
        None => redirect(urls::SIGN_IN),
    }
    Ok(())
}
