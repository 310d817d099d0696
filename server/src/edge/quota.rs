//! The quota of API calls: what a key or a token asks for is counted for its organisation. Pages of somebody who is signed in
//! are no calls.

use super::{identity::Identified, is_api, is_scim, limits};
use crate::{problem::Problem, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// Counts a call, or refuses it where the quota of the day is used up.
pub async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_call = (is_api(path) || is_scim(path)) && limits::counts(path, request.method());
    let caller = request.extensions().get::<Identified>().filter(|identified| is_call && identified.by_key);
    if let Some(actor) = caller.and_then(|identified| identified.actor.as_ref())
        && let Err(error) = state.hub.usage().call(actor.tenant()).await
    {
        return Problem::from(error).into_response();
    }
    next.run(request).await
}
