//! Who asks: a bearer key or an access token, else the browser's session. A wrong credential is refused, never taken for nobody.

use super::{forwarded::ClientIp, session};
use crate::{problem::Problem, state::AppState};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use hub::{Error, Hub, Kind, Result, access::Actor, identity::looks_like_token, wire};
use std::net::{IpAddr, Ipv6Addr};
use tower_sessions::Session;

/// What is known of who asks; in the extensions of every request.
#[derive(Clone, Debug, Default)]
pub struct Identified {
    /// Who it is, if anybody.
    pub actor: Option<Actor>,
    /// Whether a key or a token proves it, which no browser sends by itself.
    pub by_key: bool,
    /// Why somebody who is known is nobody: their organisation is suspended.
    pub shut_out: Option<Error>,
    refused: Option<Error>,
}

/// Finds out who asks. A wrong credential goes on to the limits, which count it, and is refused by [`admit`].
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let from = request.extensions().get::<ClientIp>().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |address| address.0);
    match find(&state.hub, request.headers(), from, session).await {
        Ok(identified) => {
            request.extensions_mut().insert(identified);
            next.run(request).await
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Refuses a credential that was sent and is wrong.
pub async fn admit(request: Request, next: Next) -> Response {
    match request.extensions().get::<Identified>().and_then(|identified| identified.refused.clone()) {
        Some(error) => Problem::from(error).into_response(),
        None => next.run(request).await,
    }
}

async fn find(hub: &Hub, headers: &HeaderMap, from: IpAddr, session: Option<Session>) -> Result<Identified> {
    if headers.contains_key(header::AUTHORIZATION) {
        let found = match bearer(headers) {
            Some(token) if looks_like_token(token) => hub.providers().authenticate(token).await,
            Some(secret) => hub.keys().authenticate(secret, from).await,
            None => Err(Error::unauthenticated("Authorization must be Bearer and one API key or access token.")),
        };
        return match found {
            Ok(actor) => Ok(Identified { actor: Some(actor), by_key: true, ..Identified::default() }),
            // Whatever is wrong with it, the limits count it.
            Err(error) => Ok(Identified { by_key: true, refused: Some(error), ..Identified::default() }),
        };
    }
    match session {
        Some(session) => match signed_in(hub, &session).await {
            Ok(actor) => Ok(Identified { actor, ..Identified::default() }),
            // The session stays, and opens again what it did once the organisation is resumed.
            Err(error) if error.kind() == Kind::Suspended => {
                Ok(Identified { shut_out: Some(error), ..Identified::default() })
            }
            Err(error) => Err(error),
        },
        None => Ok(Identified::default()),
    }
}

async fn signed_in(hub: &Hub, session: &Session) -> Result<Option<Actor>> {
    if session.id().is_none() {
        return Ok(None);
    }
    let Some(user) = session::user(session).await? else { return Ok(None) };
    let now = hub.platform().clock.now();
    let over = session::provider(session).await?.and_then(|provider| provider.ends_at).is_some_and(|end| end <= now);
    let actor = if over { None } else { hub.identity().actor(user).await? };
    let Some(actor) = actor else {
        session::end(session).await?;
        return Ok(None);
    };
    session::touch(session, now.timestamp()).await?;
    Ok(Some(match session::verified_at(session).await? {
        Some(at) => actor.verified(at),
        None => actor,
    }))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (only, None) = (values.next()?, values.next()) else { return None };
    wire::bearer(only.to_str().ok()?)
}
