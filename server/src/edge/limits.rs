//! How often somebody may ask: GCRA per network address for callers without an identity, per principal for others.

use super::{forwarded::ClientIp, identity::Identified, is_api, is_unsafe, shared::has_token};
use crate::{
    problem::{Problem, TOO_MANY},
    state::AppState,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use hub::access::Principal;
use std::num::NonZeroU32;

/// Paths that watchers ask often and without an identity.
const FREE: [&str; 3] = ["/api/health", "/api/metrics", "/api/documentation"];

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

type Keyed = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// The limits of this process.
pub struct Limits {
    anonymous: Policy,
    identified: Policy,
}

struct Policy {
    name: &'static str,
    per_minute: u32,
    limiter: Keyed,
    clock: DefaultClock,
}

/// What a policy says to one request.
struct Verdict {
    remaining: u32,
    retry_after_s: Option<u64>,
}

impl Limits {
    /// Limits in requests a minute: of an address without an identity, and of a principal.
    pub fn new(anonymous_per_minute: u32, identified_per_minute: u32) -> Self {
        Self {
            anonymous: Policy::new("anonymous", anonymous_per_minute),
            identified: Policy::new("identified", identified_per_minute),
        }
    }

    /// Forgets callers that have been quiet for long enough.
    pub fn sweep(&self) {
        self.anonymous.limiter.retain_recent();
        self.identified.limiter.retain_recent();
    }
}

impl Policy {
    fn new(name: &'static str, per_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        let limiter = RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>();
        Self { name, per_minute, limiter, clock: DefaultClock::default() }
    }

    fn charge(&self, subject: &String) -> Verdict {
        match self.limiter.check_key(subject) {
            Ok(state) => Verdict { remaining: state.remaining_burst_capacity(), retry_after_s: None },
            Err(refused) => {
                let wait = refused.wait_time_from(self.clock.now());
                Verdict { remaining: 0, retry_after_s: Some(wait.as_secs() + 1) }
            }
        }
    }

    /// The fields of draft-ietf-httpapi-ratelimit-headers-10: the quota a minute, what remains, and the seconds until
    /// all of it is there again.
    fn describe(&self, verdict: &Verdict, headers: &mut HeaderMap) {
        let used = u64::from(self.per_minute.saturating_sub(verdict.remaining));
        let reset = (used * 60).div_ceil(u64::from(self.per_minute.max(1)));
        let policy = format!("\"{}\";q={};w=60", self.name, self.per_minute);
        let state = format!("\"{}\";r={};t={reset}", self.name, verdict.remaining);
        for (name, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)] {
            headers.insert(name, HeaderValue::from_str(&text).expect("names and numbers are visible ASCII"));
        }
    }
}

/// Charges a request to whoever sent it.
pub async fn charge(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !counts(request.uri().path(), request.method()) {
        return next.run(request).await;
    }
    let (policy, subject) = subject(&state.limits, &request);
    let verdict = policy.charge(&subject);
    let mut response = match verdict.retry_after_s {
        None => next.run(request).await,
        Some(seconds) => {
            let problem = Problem::new(TOO_MANY, format!("Too many requests; try again in {seconds} s."));
            problem.with_header(header::RETRY_AFTER, seconds.into()).into_response()
        }
    };
    policy.describe(&verdict, response.headers_mut());
    response
}

/// Whether a request of this method to this path is charged.
pub fn counts(path: &str, method: &Method) -> bool {
    let free =
        FREE.iter().any(|free| path.strip_prefix(free).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    !free && (is_api(path) || has_token(path) || is_unsafe(method))
}

fn subject<'a>(limits: &'a Limits, request: &Request) -> (&'a Policy, String) {
    let actor = request.extensions().get::<Identified>().and_then(|identified| identified.actor.as_ref());
    let Some(actor) = actor else {
        let address = request.extensions().get::<ClientIp>().map(|address| address.subject());
        return (&limits.anonymous, address.unwrap_or_default());
    };
    let principal = match actor.principal() {
        Principal::User { id, .. } => format!("user {id}"),
        Principal::Key { id, .. } => format!("key {id}"),
        Principal::Hub { part } => format!("hub {part}"),
    };
    (&limits.identified, format!("{} {principal}", actor.tenant()))
}
