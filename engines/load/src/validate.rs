//! The limits of a plan, each with a sentence that says what is allowed.

use std::collections::HashSet;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};

use crate::error::{PlanError, PlanErrors};
use crate::plan::{Model, Plan, RequestSpec, Stage};
use crate::tls;

pub(crate) const MAX_DURATION: Duration = Duration::from_secs(6 * 3600);
const MAX_TIMEOUT: Duration = Duration::from_secs(600);
pub(crate) const MAX_RATE: f64 = 1_000_000.0;
pub(crate) const MAX_CONNECTIONS: u32 = 50_000;
const MAX_QUEUE: u32 = 10_000_000;
const MAX_STREAMS: u32 = 1_000;
const MAX_BODY: u64 = 1 << 30;
const MAX_REQUESTS: usize = 1_000;
const MAX_THREADS: u16 = 256;

/// Fields that the connection owns (RFC 9110 §7.6.1, RFC 9112 §6), and `host`, which would send a verified target's load to another name.
const REFUSED_HEADERS: [&str; 9] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
];

impl Plan {
    /// Checks every field.
    ///
    /// # Errors
    /// [`PlanErrors`] with each field that is not acceptable and what is allowed.
    pub fn validate(&self) -> Result<(), PlanErrors> {
        let mut found = Findings::default();
        found.base(self);
        found.requests(&self.requests);
        found.model(&self.model);
        found.duration("warm_up_s", self.warm_up, Duration::ZERO, MAX_DURATION);
        found.duration("timeout_s", self.timeout, Duration::from_millis(1), MAX_TIMEOUT);
        found.duration("drain_timeout_s", self.drain_timeout, Duration::ZERO, MAX_TIMEOUT);
        found.number("max_body_bytes", self.max_body_bytes, 0, MAX_BODY);
        if let Some(rate) = self.max_rate {
            found.rate("max_rate", rate, 0.001);
        }
        if let Some(threads) = self.worker_threads {
            found.number("worker_threads", threads, 1, MAX_THREADS);
        }
        if let Some(pem) = &self.tls.extra_root_pem
            && let Err(reason) = tls::parse_roots(pem)
        {
            found.add("tls.extra_root_pem", reason);
        }
        found.finish()
    }

    /// Checks that there is no cap on the rate, for load that cannot keep to one: it would be measured in place of the target, and a target whose
    /// ownership is not verified gets no such load.
    pub(crate) fn must_be_uncapped(&self) -> Result<(), PlanErrors> {
        let mut found = Findings::default();
        if self.max_rate.is_some() {
            found.add("max_rate", "may not be given: this kind of load keeps to no cap");
        }
        found.finish()
    }
}

/// What is not acceptable in a plan, so far.
#[derive(Default)]
pub(crate) struct Findings(Vec<PlanError>);

impl Findings {
    pub(crate) fn add(&mut self, field: impl Into<String>, allowed: impl Into<String>) {
        self.0.push(PlanError { field: field.into(), allowed: allowed.into() });
    }

    pub(crate) fn finish(self) -> Result<(), PlanErrors> {
        if self.0.is_empty() { Ok(()) } else { Err(PlanErrors(self.0)) }
    }

    pub(crate) fn number<T: PartialOrd + std::fmt::Display>(&mut self, field: &str, value: T, low: T, high: T) {
        if value < low || value > high {
            self.add(field, format!("must be from {low} to {high}"));
        }
    }

    pub(crate) fn rate(&mut self, field: &str, value: f64, low: f64) {
        if !(low..=MAX_RATE).contains(&value) {
            let allowed = format!("must be a number of requests per second from {low} to {MAX_RATE}");
            self.add(field, allowed);
        }
    }

    pub(crate) fn duration(&mut self, field: &str, value: Duration, low: Duration, high: Duration) {
        if value < low || value > high {
            let (low, high) = (low.as_secs_f64(), high.as_secs_f64());
            self.add(field, format!("must be from {low} to {high} seconds"));
        }
    }

    /// What is not a number is not within any bounds.
    pub(crate) fn within(&mut self, field: &str, value: f64, low: f64, high: f64) {
        if !(low..=high).contains(&value) {
            self.add(field, format!("must be a number from {low} to {high}"));
        }
    }

    pub(crate) fn share(&mut self, field: &str, value: f64) {
        self.within(field, value, 0.0, 1.0);
    }

    fn base(&mut self, plan: &Plan) {
        if !matches!(plan.base.scheme(), "http" | "https") || !plan.base.has_host() {
            self.add("base", "must be an http or https URL with a host");
        }
    }

    fn model(&mut self, model: &Model) {
        match model {
            Model::Closed { vus, think_time, duration } => {
                self.number("model.vus", *vus, 1, MAX_CONNECTIONS);
                self.duration("model.think_time_s", *think_time, Duration::ZERO, MAX_DURATION);
                self.duration("model.duration_s", *duration, Duration::from_millis(1), MAX_DURATION);
            }
            Model::Open { stages, connections, streams_per_connection, queue_limit } => {
                self.stages(stages);
                self.number("model.connections", *connections, 1, MAX_CONNECTIONS);
                let streams = *streams_per_connection;
                self.number("model.streams_per_connection", streams, 1, MAX_STREAMS);
                self.number("model.queue_limit", *queue_limit, 1, MAX_QUEUE);
            }
        }
    }

    fn stages(&mut self, stages: &[Stage]) {
        for (i, stage) in stages.iter().enumerate() {
            let field = |name: &str| format!("model.stages[{i}].{name}");
            self.rate(&field("from_rate"), stage.from_rate, 0.0);
            self.rate(&field("to_rate"), stage.to_rate, 0.0);
            let low = Duration::from_millis(1);
            self.duration(&field("duration_s"), stage.duration, low, MAX_DURATION);
        }
        let total: f64 = stages.iter().map(|s| s.duration.as_secs_f64()).sum();
        if stages.is_empty() || total > MAX_DURATION.as_secs_f64() {
            let high = MAX_DURATION.as_secs_f64();
            self.add("model.stages", format!("needs at least one stage, at most {high} seconds together"));
        }
        if !stages.is_empty() && stages.iter().all(|s| s.mean_rate() <= 0.0) {
            self.add("model.stages", "needs a rate above 0 in at least one stage");
        }
    }

    fn requests(&mut self, requests: &[RequestSpec]) {
        if requests.len() > MAX_REQUESTS {
            self.add("requests", format!("may have at most {MAX_REQUESTS} entries"));
        }
        if !requests.is_empty() && requests.iter().all(|r| r.weight == 0) {
            self.add("requests", "needs at least one weight above 0");
        }
        let mut names = HashSet::new();
        for (i, request) in requests.iter().enumerate() {
            if request.name.is_empty() || !names.insert(request.name.as_str()) {
                self.add(format!("requests[{i}].name"), "must be given and unique");
            }
            self.request(i, request);
        }
    }

    fn request(&mut self, i: usize, request: &RequestSpec) {
        let method = Method::from_bytes(request.method.as_bytes());
        if method.is_err() || method.is_ok_and(|m| m == Method::CONNECT) {
            self.add(format!("requests[{i}].method"), "must be an HTTP method other than CONNECT");
        }
        // "//host/…" would name another host once it is joined to the base URL.
        let path = &request.path;
        if !path.starts_with('/') || path.starts_with("//") || path.starts_with("/\\") {
            self.add(format!("requests[{i}].path"), "must start with exactly one /");
        }
        for (name, value) in &request.headers {
            let field = format!("requests[{i}].headers.{name}");
            let known = HeaderName::from_bytes(name.as_bytes());
            match known {
                Ok(name) if REFUSED_HEADERS.contains(&name.as_str()) => {
                    self.add(field, "is set by the generator and may not be given");
                }
                Ok(_) if HeaderValue::from_str(value).is_ok() => {}
                _ => self.add(field, "must be an HTTP field name with a value of visible characters"),
            }
        }
    }
}
