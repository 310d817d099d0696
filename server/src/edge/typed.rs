//! What was typed into a form that was refused stands in the form again when its page is shown with the refusal.

use super::session;
use crate::{
    problem::{MALFORMED, Problem},
    state::AppState,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use hub_app::ui::Typed;
use tower_sessions::Session;
use url::form_urlencoded;

/// Larger forms are not kept, in bytes.
const LARGEST: usize = 64 * 1024;
/// What leptos calls the error in the address of a page that tells of a refusal.
const REFUSED: &str = "__err";
/// Parts of field names whose values are never kept.
const SECRET: [&str; 6] = ["password", "secret", "token", "code", "credential", "current"];

/// Keeps the fields of a refused form for the reader's next page, and hands them to that page.
pub async fn keep(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(session) = request.extensions().get::<Session>().cloned() else { return next.run(request).await };
    if tells_of_a_refusal(request.uri()) {
        let typed = taken(&state, &session).await;
        request.extensions_mut().insert(typed);
        return next.run(request).await;
    }
    if !is_small_form(request.method(), request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(form) = to_bytes(body, LARGEST).await else {
        return Problem::new(MALFORMED, "The form could not be read to its end.").into_response();
    };
    let response = next.run(Request::from_parts(parts, Body::from(form.clone()))).await;
    if was_refused(&response) {
        // Without them the form is shown as it was at first, with its message.
        if let Err(error) = session::flash(&session, state.hub.platform(), &fields(&form)).await {
            tracing::warn!(?error, "what was typed into a form is lost");
        }
    }
    response
}

async fn taken(state: &AppState, session: &Session) -> Typed {
    match session::take_flash(session, state.hub.platform()).await {
        Ok(kept) => Typed(pairs(kept.unwrap_or_default().as_bytes())),
        Err(error) => {
            tracing::warn!(?error, "what was typed into a form can't be read");
            Typed::default()
        }
    }
}

fn tells_of_a_refusal(page: &Uri) -> bool {
    page.query().is_some_and(|query| form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == REFUSED))
}

fn is_small_form(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let length: Option<usize> = text(header::CONTENT_LENGTH).parse().ok();
    method == Method::POST
        && text(header::ACCEPT).contains("text/html")
        && text(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded")
        && length.is_some_and(|length| length <= LARGEST)
}

fn was_refused(response: &Response) -> bool {
    let address = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    address.and_then(|address| address.parse().ok()).is_some_and(|address: Uri| tells_of_a_refusal(&address))
}

/// The form without its secrets.
fn fields(form: &Bytes) -> String {
    let open = pairs(form).into_iter().filter(|(name, _)| !SECRET.iter().any(|word| name.contains(word)));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(open).finish()
}

fn pairs(form: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(form).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_kept() {
        let form = Bytes::from_static(b"request%5Bemail%5D=a%40b.example&request%5Bpassword%5D=long+enough&token=x");
        assert_eq!(fields(&form), "request%5Bemail%5D=a%40b.example");
    }

    #[test]
    fn only_the_address_of_a_refusal_is_one() {
        let tells = |address: &str| tells_of_a_refusal(&address.parse().unwrap());
        assert!(tells("/settings/members?__path=%2Ffn%2Fadd&__err=e30"));
        assert!(tells("http://hub.example/sign-in?__err=e30"));
        assert!(!tells("/settings/members?tab=__err"));
    }
}
