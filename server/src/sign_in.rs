//! The way to an identity provider and back: what browsers follow and what providers send. None of it is an operation of the API.

use crate::{
    edge::{cookie, headers::CspNonce, identity::Identified, origin, session},
    problem::{Answer, FORBIDDEN, Problem},
    state::AppState,
};
use askama::Template;
use axum::{
    Extension, Form, Json, Router,
    extract::{Path, Query, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use hub::{
    Error,
    identity::{Delivery, Errand, Left, LogoutMessage, Returned, SignIn},
    ids::ProviderId,
};
use hub_app::{identity::Told, urls};
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;
use url::Url;

/// The addresses that providers know, and those that lead to them.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-in/with/{provider}", get(begin))
        .route("/sign-in/leave/{provider}", get(leave))
        .route("/sign-in/oidc/{provider}/callback", get(returned))
        .route("/sign-in/oidc/{provider}/logout", post(told))
        .route("/sign-in/saml/{provider}/metadata", get(metadata))
        .route("/sign-in/saml/{provider}/acs", post(received))
        .route("/sign-in/saml/{provider}/finish", get(finished))
        .route("/sign-in/saml/{provider}/slo", get(logout_by_query).post(logout_by_form))
}

/// A page that sends a form on, for providers that take nothing else.
#[derive(Template)]
#[template(path = "onward.html")]
struct Onward<'a> {
    host: String,
    url: &'a str,
    fields: &'a [(String, String)],
    nonce: &'a str,
}

fn provider(id: &str) -> hub::Result<ProviderId> {
    ProviderId::parse(id)
}

fn deliver(delivery: Delivery, nonce: &CspNonce) -> Answer<Response> {
    let (url, fields) = match delivery {
        Delivery::Redirect(url) => return Ok(see_other(&url)?),
        Delivery::Form { url, fields } => (url, fields),
    };
    let address = Url::parse(&url).map_err(Error::internal)?;
    let origin = address.origin().ascii_serialization();
    let host = address.host_str().unwrap_or_default().to_owned();
    let page = Onward { host, url: &url, fields: &fields, nonce: &nonce.0 }.render().map_err(Error::internal)?;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{}'; form-action {origin}; base-uri 'none'; frame-ancestors 'none'",
        nonce.0
    );
    let mut response = Html(page).into_response();
    let policy = HeaderValue::from_str(&policy).map_err(Error::internal)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// To an address that is not the hub's own: [`Redirect`] would panic at one that is no header value.
fn see_other(url: &str) -> hub::Result<Response> {
    let location = HeaderValue::from_str(url).map_err(Error::internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

/// What somebody goes for, and where they want to go afterwards.
#[derive(Deserialize)]
struct Asked {
    #[serde(default, rename = "for")]
    errand: Option<Errand>,
    #[serde(default)]
    next: String,
}

async fn begin(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Extension(identified): Extension<Identified>,
    Extension(nonce): Extension<CspNonce>,
    session: Session,
    headers: HeaderMap,
) -> Answer<Response> {
    let errand = asked.errand.unwrap_or(Errand::SignIn);
    // Whoever could lead a member here from elsewhere could connect an account of their own to the member's.
    if errand != Errand::SignIn && !origin::is_from_own_page(&headers, state.config.public_url.as_ref()) {
        return Err(Problem::new(FORBIDDEN, "Follow the link on the hub's own page."));
    }
    let next = if asked.next.is_empty() { urls::OVERVIEW } else { urls::own_path(&asked.next) };
    let id = provider(&id)?;
    let begun = match state.hub.providers().begin(id, errand, identified.actor.as_ref(), next).await {
        Ok(begun) => begun,
        Err(error) if error.kind() == hub::Kind::Internal => return Err(error.into()),
        Err(error) if error.kind() == hub::Kind::Unconfirmed => return Ok(see_other(&urls::confirm(urls::SECURITY))?),
        Err(error) => return Ok(see_other(&refused(&state, &session, (errand, id, next), &error).await?)?),
    };
    let mut response = deliver(begun.delivery, &nonce)?;
    response.headers_mut().append(header::SET_COOKIE, cookie::begin(&state.config, &begun.cookie));
    Ok(response)
}

async fn returned(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    session: Session,
    headers: HeaderMap,
) -> Answer<Response> {
    let browser = Browser::of(&state, &headers);
    let query = query.unwrap_or_default();
    let (errand, device) = (browser.errand.as_deref(), browser.device.as_deref());
    let returned = state.hub.providers().returned(provider(&id)?, errand, &query, device).await;
    settle(&state, &session, &headers, returned).await
}

/// What a browser brings along.
struct Browser {
    errand: Option<String>,
    device: Option<String>,
}

impl Browser {
    fn of(state: &AppState, headers: &HeaderMap) -> Self {
        let value = |name| cookie::value(&state.config, headers, name);
        Self { errand: value(cookie::ERRAND), device: value(cookie::DEVICE) }
    }
}

/// A response that another site's form brought.
#[derive(Deserialize)]
struct SamlResponse {
    #[serde(rename = "SAMLResponse")]
    response: String,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
}

async fn received(
    State(state): State<AppState>,
    Path(id): Path<String>,
    session: Session,
    headers: HeaderMap,
    Form(sent): Form<SamlResponse>,
) -> Answer<Response> {
    let id = provider(&id)?;
    let device = Browser::of(&state, &headers).device;
    let providers = state.hub.providers();
    match providers.received(id, &sent.response, sent.relay_state.as_deref(), device.as_deref()).await {
        // The next request is a GET, with which the browser sends the cookie that binds it.
        Ok(None) => Ok(Redirect::to(&format!("/sign-in/saml/{id}/finish")).into_response()),
        // Another site's form came without cookies: a session for a message would take the place of the browser's own.
        Ok(Some(Returned::Refused { .. })) => Ok(see_other(urls::SIGN_IN_UNASKED)?),
        Ok(Some(returned)) => settle(&state, &session, &headers, Ok(returned)).await,
        Err(error) if error.kind() == hub::Kind::Unauthenticated => Ok(see_other(urls::SIGN_IN_UNASKED)?),
        Err(error) => Err(error.into()),
    }
}

async fn finished(
    State(state): State<AppState>,
    Path(id): Path<String>,
    session: Session,
    headers: HeaderMap,
) -> Answer<Response> {
    let browser = Browser::of(&state, &headers);
    let returned =
        state.hub.providers().finished(provider(&id)?, browser.errand.as_deref(), browser.device.as_deref()).await;
    settle(&state, &session, &headers, returned).await
}

/// Where somebody goes whom a provider did not help; the page there says why.
async fn refused(
    state: &AppState,
    session: &Session,
    (errand, provider, next): (Errand, ProviderId, &str),
    error: &Error,
) -> hub::Result<String> {
    let told = Told::Refused(error.message().to_owned()).to_text()?;
    session::flash(session, state.hub.platform(), &told).await?;
    Ok(match errand {
        Errand::SignIn => urls::SIGN_IN_REFUSED.to_owned(),
        Errand::Connect => urls::SECURITY_REFUSED.to_owned(),
        Errand::Confirm => urls::confirm_refused(next),
        Errand::Try => urls::tried_provider(provider),
    })
}

/// Goes on with somebody who came back.
async fn settle(
    state: &AppState,
    session: &Session,
    headers: &HeaderMap,
    returned: hub::Result<Returned>,
) -> Answer<Response> {
    let platform = state.hub.platform();
    let to = match returned {
        Ok(Returned::SignedIn { came, session: rests_on, next }) => match came {
            SignIn::Whole(actor) => {
                session::rest_on(session, &rests_on).await?;
                session::begin(session, &actor, headers).await?;
                next
            }
            SignIn::Pending(pending) => {
                session::wait(session, platform, &pending.secret).await?;
                session::rest_on(session, &rests_on).await?;
                urls::SECOND_FACTOR.to_owned()
            }
        },
        Ok(Returned::Connected) => urls::SECURITY_CONNECTED.to_owned(),
        // The errand is its beginner's. In another's session it shows nothing about who sits there.
        Ok(Returned::Confirmed { user, at, next }) => {
            if session::user(session).await? == Some(user) {
                session::confirm(session, at).await?;
                next
            } else {
                let told = Told::Refused("Somebody else began this. Confirm that it is you.".to_owned());
                session::flash(session, platform, &told.to_text()?).await?;
                urls::confirm_refused(&next)
            }
        }
        Ok(Returned::Tried(id, vouched)) => {
            session::flash(session, platform, &Told::Vouched(Box::new(vouched)).to_text()?).await?;
            urls::tried_provider(id)
        }
        Ok(Returned::Refused { errand, provider, next, error }) => {
            refused(state, session, (errand, provider, &next), &error).await?
        }
        // A browser in which nothing was begun is given no session to keep a reason in.
        Err(error) if error.kind() == hub::Kind::Unauthenticated => {
            if cookie::value(&state.config, headers, cookie::ERRAND).is_none() {
                urls::SIGN_IN_UNASKED.to_owned()
            } else {
                session::flash(session, platform, &Told::Refused(error.message().to_owned()).to_text()?).await?;
                urls::SIGN_IN_REFUSED.to_owned()
            }
        }
        Err(error) => return Err(error.into()),
    };
    let mut response = see_other(&to)?;
    response.headers_mut().append(header::SET_COOKIE, cookie::end(&state.config));
    Ok(response)
}

async fn leave(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Extension(nonce): Extension<CspNonce>,
    headers: HeaderMap,
) -> Answer<Response> {
    let errand = cookie::value(&state.config, &headers, cookie::ERRAND);
    let delivery = match state.hub.providers().leave(provider(&id)?, errand.as_deref()).await {
        Ok(delivery) => delivery,
        Err(error) if error.kind() == hub::Kind::Unauthenticated => return Ok(see_other(urls::SIGN_IN)?),
        Err(error) => return Err(error.into()),
    };
    let mut response = deliver(delivery, &nonce)?;
    response.headers_mut().append(header::SET_COOKIE, cookie::end(&state.config));
    Ok(response)
}

/// A logout token (Back-Channel Logout 1.0, section 2.5).
#[derive(Deserialize)]
struct LogoutToken {
    logout_token: String,
}

async fn told(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(sent): Form<LogoutToken>,
) -> Answer<Response> {
    let done = state.hub.providers().told(provider(&id)?, &sent.logout_token).await;
    match done {
        Ok(()) => Ok(StatusCode::OK.into_response()),
        // Section 2.8 prescribes the status and the form.
        Err(error) if error.kind() == hub::Kind::Invalid => {
            let why = error.fields().first().map_or_else(|| error.message().to_owned(), |field| field.message.clone());
            let body = json!({ "error": "invalid_request", "error_description": why });
            Ok((StatusCode::BAD_REQUEST, Json(body)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn metadata(State(state): State<AppState>, Path(id): Path<String>) -> Answer<Response> {
    let xml = state.hub.providers().metadata(provider(&id)?).await?;
    let fields = [
        (header::CONTENT_TYPE, "application/samlmetadata+xml"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"system-builder-hub.xml\""),
    ];
    Ok((fields, xml).into_response())
}

async fn logout_by_query(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Extension(nonce): Extension<CspNonce>,
) -> Answer<Response> {
    logout(&state, &id, LogoutMessage::Query(&query.unwrap_or_default()), &nonce).await
}

/// A logout message in a form.
#[derive(Deserialize)]
struct SamlLogout {
    #[serde(rename = "SAMLRequest")]
    request: Option<String>,
    #[serde(rename = "SAMLResponse")]
    response: Option<String>,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
}

async fn logout_by_form(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Extension(nonce): Extension<CspNonce>,
    Form(sent): Form<SamlLogout>,
) -> Answer<Response> {
    let (message, is_request) = match (&sent.request, &sent.response) {
        (Some(request), _) => (request, true),
        (None, Some(response)) => (response, false),
        (None, None) => {
            return Err(Error::invalid("/SAMLRequest", "Send SAMLRequest or SAMLResponse.").into());
        }
    };
    let message = LogoutMessage::Form { message, is_request, relay_state: sent.relay_state.as_deref() };
    logout(&state, &id, message, &nonce).await
}

async fn logout(state: &AppState, id: &str, message: LogoutMessage<'_>, nonce: &CspNonce) -> Answer<Response> {
    match state.hub.providers().saml_logout(provider(id)?, message).await? {
        Left::Answer(delivery) => deliver(delivery, nonce),
        Left::There => Ok(see_other(urls::SIGN_IN_LEFT)?),
    }
}
