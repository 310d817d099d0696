//! The pages and their server functions: the same context for rendering, calls and the fallback.

use crate::{
    config::Config,
    edge::{cookie, forwarded::ClientIp, headers::CspNonce, identity::Identified, session, typed},
    problem::{NOT_FOUND, Problem},
    state::AppState,
};
use axum::{
    Router,
    body::Body,
    extract::{FromRef, Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use hub::{Error, access::Actor, identity::ProviderSession, platform::Platform};
use hub_app::{
    App,
    request::{BrowserSession, Visit},
    shell::shell,
    ui::{Theme, Typed},
};
use leptos::{
    config::LeptosOptions,
    nonce::Nonce,
    prelude::{AnyView, IntoAny as _, provide_context, use_context},
};
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list, render_app_to_stream_with_context};
use std::sync::Arc;
use tokio::sync::OnceCell;
use tower_sessions::Session;

/// Leptos wants its options; [`shell`] names the built files itself, so only the name is set.
impl FromRef<AppState> for LeptosOptions {
    fn from_ref(_: &AppState) -> Self {
        Self::builder().output_name("sbh").build()
    }
}

/// Every page and every server function, and the page that says that nothing is here.
pub fn routes(state: &AppState) -> Router<AppState> {
    let context = context(state.clone());
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(App), context, document(state.clone()))
        .merge(crate::upload::routes())
        .merge(crate::sign_in::routes())
        .layer(from_fn_with_state(state.clone(), typed::keep))
        .fallback(nothing)
}

/// What pages find in the context of every rendering and every server function.
fn context(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        let Some(parts) = use_context::<Parts>() else { return };
        if let Some(CspNonce(nonce)) = parts.extensions.get() {
            provide_context(Nonce::from_value(nonce.as_str()));
        }
        if let Some(typed) = parts.extensions.get::<Typed>() {
            provide_context(typed.clone());
        }
        let identified: Option<&Identified> = parts.extensions.get();
        provide_context(Visit {
            hub: state.hub.clone(),
            origin: origin(&state, &parts.headers),
            actor: identified.and_then(|identified| identified.actor.clone()),
            shut_out: identified.and_then(|identified| identified.shut_out.clone()),
            session: Arc::new(RequestSession {
                session: parts.extensions.get().cloned(),
                platform: state.hub.platform().clone(),
                config: state.config.clone(),
                taken: OnceCell::new(),
                address: parts.extensions.get().map(|address: &ClientIp| address.subject()).unwrap_or_default(),
                headers: parts.headers,
            }),
        });
    }
}

/// `PUBLIC_URL`, or without one whatever host the browser asked for.
pub fn origin(state: &AppState, headers: &HeaderMap) -> String {
    if let Some(public) = &state.config.public_url {
        return public.origin().ascii_serialization();
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("http://{host}")
}

/// The document around the pages.
fn document(state: AppState) -> impl Fn() -> AnyView + Clone + Send + Sync + 'static {
    move || {
        let headers = use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default();
        shell(state.site.assets(), theme(&headers), App).into_any()
    }
}

fn theme(headers: &HeaderMap) -> Theme {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    cookies.map(Theme::from_cookies).unwrap_or_default()
}

/// Where no page is: a page for those who look for one.
async fn nothing(State(state): State<AppState>, request: Request) -> Response {
    let looks_for_page =
        matches!(*request.method(), Method::GET | Method::HEAD) && !crate::edge::is_api(request.uri().path());
    if !looks_for_page {
        return Problem::new(NOT_FOUND, "There is no such path.").into_response();
    }
    let render = render_app_to_stream_with_context(context(state.clone()), document(state));
    let mut response: Response<Body> = render(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// The browser's session of one request.
struct RequestSession {
    session: Option<Session>,
    platform: Platform,
    config: Arc<Config>,
    taken: OnceCell<Option<String>>,
    headers: HeaderMap,
    address: String,
}

impl RequestSession {
    fn session(&self) -> hub::Result<&Session> {
        self.session.as_ref().ok_or_else(|| Error::internal("the session layer did not see this request"))
    }
}

impl BrowserSession for RequestSession {
    fn begin<'a>(&'a self, actor: &'a Actor) -> BoxFuture<'a, hub::Result<()>> {
        Box::pin(async move { session::begin(self.session()?, actor, &self.headers).await })
    }

    fn confirm(&self, at: DateTime<Utc>) -> BoxFuture<'_, hub::Result<()>> {
        Box::pin(async move { session::confirm(self.session()?, at).await })
    }

    fn wait<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, hub::Result<()>> {
        Box::pin(async move { session::wait(self.session()?, &self.platform, secret).await })
    }

    fn waiting(&self) -> BoxFuture<'_, hub::Result<Option<String>>> {
        Box::pin(async move { session::waiting(self.session()?, &self.platform).await })
    }

    fn device(&self) -> Option<String> {
        cookie::value(&self.config, &self.headers, cookie::DEVICE)
    }

    fn remember(&self, remembered: &(String, u32)) {
        if let Some(response) = use_context::<ResponseOptions>() {
            response.append_header(header::SET_COOKIE, cookie::remember(&self.config, remembered));
        }
    }

    fn provider(&self) -> BoxFuture<'_, hub::Result<Option<ProviderSession>>> {
        Box::pin(async move { session::provider(self.session()?).await })
    }

    fn begin_errand(&self, secret: &str) {
        if let Some(response) = use_context::<ResponseOptions>() {
            response.append_header(header::SET_COOKIE, cookie::begin(&self.config, secret));
        }
    }

    fn browser(&self) -> String {
        session::browser(&self.headers)
    }

    fn end(&self) -> BoxFuture<'_, hub::Result<()>> {
        Box::pin(async move { session::end(self.session()?).await })
    }

    fn secret(&self) -> Option<String> {
        self.session.as_ref()?.id().map(|id| id.to_string())
    }

    fn address(&self) -> String {
        self.address.clone()
    }

    fn flash(&self, text: String) -> BoxFuture<'_, hub::Result<()>> {
        Box::pin(async move { session::flash(self.session()?, &self.platform, &text).await })
    }

    fn take_flash(&self) -> BoxFuture<'_, hub::Result<Option<String>>> {
        // One rendering may ask more than once; it gets the same answer.
        let take = || async { session::take_flash(self.session()?, &self.platform).await };
        Box::pin(async move { self.taken.get_or_try_init(take).await.cloned() })
    }
}
