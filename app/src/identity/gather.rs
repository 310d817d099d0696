//! Reads and writes what the pages of signing in show.

use super::view::{AppView, AskedView, ChallengeView, DoorView, EnrolView, InvitationView, NextStep, Told};
use crate::{moment::Moment, request::Visit};
use hub::{
    Error, Result,
    access::Actor,
    identity::{FactorKind, MessageOffer, Needed, Offered, Proven, SignIn, StartedTotp},
    ids::ProviderId,
};
use qrcode::{Color, QrCode};

/// The kinds that browsers answer for.
const CREDENTIALS: [FactorKind; 2] = [FactorKind::Passkey, FactorKind::SecurityKey];

/// Begins the session, or keeps what waits; whether the sign-in is whole.
pub async fn begin(visit: &Visit, sign_in: SignIn) -> Result<bool> {
    match sign_in {
        SignIn::Whole(actor) => {
            visit.session.begin(&actor).await?;
            Ok(true)
        }
        SignIn::Pending(pending) => {
            visit.session.wait(&pending.secret).await?;
            Ok(false)
        }
    }
}

/// The secret of the sign-in that waits in this browser.
pub async fn waiting(visit: &Visit) -> Result<String> {
    let over = || Error::unauthenticated("No sign-in waits here any more. Begin again.");
    visit.session.waiting().await?.ok_or_else(over)
}

/// What the sign-in that waits needs next; `with` is the kind of credential that the reader chose.
pub async fn next_step(visit: &Visit, with: Option<FactorKind>) -> Result<NextStep> {
    let Some(secret) = visit.session.waiting().await? else { return Ok(NextStep::Over) };
    let identity = visit.hub.identity();
    let Ok(pending) = identity.pending(&secret).await else { return Ok(NextStep::Over) };
    let place = visit.place()?;
    let kinds = match pending.needs {
        Needed::Enrolment => {
            let (kinds, messages) = identity.enrolling_offer(&secret, Some(&place)).await?;
            let (takes_credentials, messages) = (place.takes_credentials(), messages == MessageOffer::Offered);
            return Ok(NextStep::Enrol(EnrolView { kinds, takes_credentials, messages }));
        }
        Needed::Factor(kinds) => kinds,
    };
    let asked = match credential(&kinds, with).filter(|_| place.takes_credentials()) {
        Some(kind) => Some(asked(kind, identity.ask(&secret, kind, &place).await?)),
        None => None,
    };
    let remember_days = identity.remember_days(&secret).await?;
    Ok(NextStep::Show(ChallengeView { kinds, asked, remember_days, password: false, providers: Vec::new() }))
}

/// What the reader is asked for to confirm who sits there.
pub async fn confirmation(visit: &Visit, actor: &Actor, with: Option<FactorKind>) -> Result<ChallengeView> {
    let place = visit.place()?;
    let kinds = visit.hub.factors().confirming(actor).await?;
    let asked = match credential(&kinds, with).filter(|_| place.takes_credentials()) {
        Some(kind) => Some(asked(kind, visit.hub.identity().ask_again(actor, kind, &place).await?)),
        None => None,
    };
    let providers = visit.hub.providers();
    let password = kinds.is_empty() && providers.has_password(actor).await?;
    Ok(ChallengeView { kinds, asked, remember_days: 0, password, providers: providers.confirming(actor).await? })
}

/// The kind of credential to ask for: the chosen one, or the first that there is.
fn credential(kinds: &[FactorKind], with: Option<FactorKind>) -> Option<FactorKind> {
    let there = |kind: &FactorKind| kinds.contains(kind);
    with.filter(|kind| CREDENTIALS.contains(kind) && there(kind)).or_else(|| CREDENTIALS.into_iter().find(there))
}

/// What a browser is asked for, as its page has it.
pub fn asked(kind: FactorKind, offered: Offered) -> AskedView {
    AskedView { kind, ceremony: offered.ceremony, options: offered.options.to_string() }
}

/// Begins the session of somebody who showed what was needed, and remembers the browser where that was asked for.
pub async fn proven(visit: &Visit, proven: Proven) -> Result<()> {
    visit.session.begin(&proven.actor).await?;
    if let Some(device) = &proven.device {
        visit.session.remember(device);
    }
    Ok(())
}

/// An authenticator app as its page shows it.
pub fn app(started: &StartedTotp) -> Result<AppView> {
    let code = QrCode::new(started.url.as_bytes()).map_err(|error| Error::internal(error.to_string()))?;
    let groups: Vec<_> = started.secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    Ok(AppView { id: started.id, secret: groups.join(" "), drawing: drawing(&code), url: started.url.clone() })
}

/// The dark modules as the path of an SVG drawing, one run of a row after the other, and the side with its quiet zone
/// (ISO/IEC 18004 §6.3.8: four modules).
fn drawing(code: &QrCode) -> (String, u32) {
    const QUIET: usize = 4;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                path += &format!("M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    (path, u32::try_from(code.width() + 2 * QUIET).unwrap_or_default())
}

/// Where people sign in, of one organisation or of the only one; with why they did not get in.
pub async fn door(visit: &Visit, organisation: Option<&str>, refused: bool) -> Result<DoorView> {
    let door = visit.hub.providers().door(organisation).await?;
    let refused = if refused { told(visit).await? } else { None };
    Ok(DoorView { door, refused: refused.and_then(Told::refused) })
}

/// What a provider's answer left for this page.
pub async fn told(visit: &Visit) -> Result<Option<Told>> {
    Ok(visit.session.take_flash().await?.and_then(|text| Told::parse(&text)))
}

/// Ends the session; where to go next, if the reader may sign out at a provider too.
pub async fn sign_out(visit: &Visit) -> Result<Option<ProviderId>> {
    let provider = visit.session.provider().await?;
    if let Some(actor) = &visit.actor {
        visit.hub.identity().signed_out(actor).await?;
    }
    visit.session.end().await?;
    let Some(provider) = provider else { return Ok(None) };
    let Some(secret) = visit.hub.providers().may_leave(&provider).await? else { return Ok(None) };
    visit.session.begin_errand(&secret);
    Ok(Some(provider.provider))
}

/// Whom a link invites, and to what.
pub async fn invitation(visit: &Visit, secret: &str) -> Result<InvitationView> {
    let invitation = visit.hub.identity().invitation(secret).await?;
    Ok(InvitationView {
        ends: Moment::of(invitation.expires_at, visit.hub.platform().clock.now()),
        organisation: invitation.organisation,
        email: invitation.email,
        role: invitation.role,
    })
}
