//! How often somebody may ask: GCRA for each tenant, each person or key, and each kind of request; for each network address
//! without an identity. Counted in this process, or with `REDIS_URL` by all hubs together.

mod class;
mod fields;
mod figures;
mod local;
mod shared;

pub use class::Class;
pub use figures::{Figures, Quotas};
pub use local::Local;
pub use shared::Shared;

use super::{forwarded::ClientIp, identity::Identified, is_api, is_scim, is_unsafe, shared::has_token};
use crate::state::AppState;
use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use hub::access::{Actor, Principal};
use std::sync::Arc;

/// Paths that watchers ask often and without an identity.
const FREE: [&str; 3] = ["/api/health", "/api/metrics", "/api/documentation"];

/// One limit that a request is counted against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The limit's name.
    pub policy: &'static str,
    /// Whose requests are counted; what stands in braces keeps the limits of one request in one place of a Redis cluster.
    pub subject: String,
    /// Requests a minute.
    pub per_minute: u32,
}

/// What a limit says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Requests that are left.
    pub remaining: u32,
    /// Microseconds until a refused request is accepted; 0 for one that is.
    pub wait_us: u64,
}

impl Verdict {
    /// Whether the request is refused.
    pub fn refuses(&self) -> bool {
        self.wait_us > 0
    }
}

/// The limits of this hub.
pub struct Limits {
    anonymous: u32,
    sign_in: u32,
    quotas: Arc<dyn Quotas>,
    local: Local,
    shared: Option<Shared>,
}

/// Where limits are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counted {
    /// By each hub alone, as configured.
    Here,
    /// By all hubs together.
    Together,
    /// By each hub alone, because Redis does not answer.
    HereFor(String),
}

impl Limits {
    /// Limits in requests a minute: of an address without an identity, of an address that signs in, and of tenants.
    pub fn new((anonymous, sign_in): (u32, u32), quotas: Arc<dyn Quotas>, shared: Option<Shared>) -> Self {
        Self { anonymous, sign_in, quotas, local: Local::default(), shared }
    }

    /// Forgets callers that have been quiet for long enough.
    pub fn sweep(&self) {
        self.local.sweep();
    }

    /// Where limits are counted at this moment.
    pub async fn counted(&self) -> Counted {
        match &self.shared {
            None => Counted::Here,
            Some(shared) => shared.trouble_now().await.map_or(Counted::Together, Counted::HereFor),
        }
    }

    async fn charge(&self, charges: &[Charge]) -> Vec<Verdict> {
        if let Some(shared) = &self.shared
            && let Some(verdicts) = shared.charge(charges).await
        {
            return verdicts;
        }
        self.local.charge(charges)
    }

    /// What a request is counted against, the narrowest first: who is refused by their own limit takes nothing from the
    /// others of their organisation.
    fn charges(&self, actor: Option<&Actor>, address: Option<&ClientIp>, class: Class) -> Vec<Charge> {
        let address = address.map(|address| address.subject()).unwrap_or_default();
        let at_address = |policy, per_minute| Charge { policy, subject: format!("{{{address}}}"), per_minute };
        let sign_in = (class == Class::SignIn).then(|| at_address("sign-in", self.sign_in));
        let Some(actor) = actor else {
            return sign_in.into_iter().chain([at_address("anonymous", self.anonymous)]).collect();
        };
        let tenant = format!("{{{}}}", actor.tenant());
        let principal = match actor.principal() {
            Principal::User { id, .. } => format!("user:{id}"),
            Principal::Key { id, .. } => format!("key:{id}"),
            Principal::Token { provider, name, .. } => format!("token:{provider}:{name}"),
            Principal::Hub { part } => format!("hub:{part}"),
        };
        let figures = self.quotas.of(actor.tenant());
        let own = |policy, per_minute| Charge { policy, subject: format!("{tenant}:{principal}"), per_minute };
        let class = figures.of(class).map(|(policy, per_minute)| own(policy, per_minute));
        let everybody = Charge { policy: "tenant", subject: tenant.clone(), per_minute: figures.tenant };
        sign_in.into_iter().chain(class).chain([own("identified", figures.identified), everybody]).collect()
    }
}

/// Charges a request to whoever sent it.
pub async fn charge(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (path, method) = (request.uri().path(), request.method());
    if !counts(path, method) {
        return next.run(request).await;
    }
    let actor = request.extensions().get::<Identified>().and_then(|identified| identified.actor.as_ref());
    let charges = state.limits.charges(actor, request.extensions().get::<ClientIp>(), Class::of(method, path));
    let verdicts = state.limits.charge(&charges).await;
    let refusing = charges.iter().zip(&verdicts).find(|(_, verdict)| verdict.refuses());
    let mut response = match refusing {
        None => next.run(request).await,
        Some((charge, verdict)) => fields::too_many(charge, verdict).into_response(),
    };
    fields::describe(&charges, &verdicts, response.headers_mut());
    response
}

/// Whether a request of this method to this path is charged.
pub fn counts(path: &str, method: &Method) -> bool {
    let free =
        FREE.iter().any(|free| path.strip_prefix(free).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    !free && (is_api(path) || is_scim(path) || has_token(path) || leads_away(path) || is_unsafe(method))
}

/// Whether something is begun, kept or read here that anybody may send: the ways to identity providers and back.
fn leads_away(path: &str) -> bool {
    let ways = ["with/", "leave/", "oidc/", "saml/"];
    path.strip_prefix("/sign-in/").is_some_and(|rest| ways.iter().any(|way| rest.starts_with(way)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_may_send_without_a_form_is_counted_too() {
        let counted = [
            "/sign-in/with/7",
            "/sign-in/oidc/7/callback",
            "/sign-in/saml/7/slo",
            "/sign-in/saml/7/finish",
            "/api/systems",
        ];
        assert!(counted.iter().all(|path| counts(path, &Method::GET)));
        assert!(["/sign-in", "/sign-in/second-factor", "/systems"].iter().all(|path| !counts(path, &Method::GET)));
        assert!(counts("/systems", &Method::POST));
    }
}
