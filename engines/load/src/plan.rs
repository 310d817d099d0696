//! What to send: the plan of a run.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::PlanErrors;
use crate::seconds;

/// A load test. [`Plan::open`] and [`Plan::closed`] give one with defaults; every field may be changed before [`crate::run`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The target, `http` or `https`. Request paths replace its path.
    pub base: Url,
    /// The requests and their weights. The default is one `GET` of the base URL's path.
    #[serde(default)]
    pub requests: Vec<RequestSpec>,
    /// Who decides when the next request is sent.
    pub model: Model,
    /// Load that is sent first and left out of the results. In the open model it runs at the mean rate of the first stage.
    #[serde(rename = "warm_up_s", with = "seconds", default)]
    pub warm_up: Duration,
    /// The longest that one request may take, including its connection if it needs one.
    #[serde(rename = "timeout_s", with = "seconds", default = "ten_seconds")]
    pub timeout: Duration,
    /// How long, after the last arrival, queued and running requests may take to finish.
    #[serde(rename = "drain_timeout_s", with = "seconds", default = "ten_seconds")]
    pub drain_timeout: Duration,
    /// The HTTP version.
    #[serde(default)]
    pub http: HttpVersion,
    /// Whether connections are used again. Without it each request opens its own, and its latency contains that.
    #[serde(default = "yes")]
    pub keep_alive: bool,
    /// Certificates. Verification is always on.
    #[serde(default)]
    pub tls: TlsOptions,
    /// The largest response body in bytes; a longer one is an error and closes its connection.
    #[serde(default = "sixteen_mebibytes")]
    pub max_body_bytes: u64,
    /// Seed of the choice among the requests: the same seed gives the same sequence.
    #[serde(default)]
    pub seed: u64,
    /// A hard cap in requests per second, in both models. A target whose ownership is not verified gets 1.
    #[serde(default)]
    pub max_rate: Option<f64>,
    /// Generator threads. `None` takes what the load needs, at most one per core.
    #[serde(default)]
    pub worker_threads: Option<u16>,
}

/// One kind of request in the mix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestSpec {
    /// The name under which results are reported; unique in a plan.
    pub name: String,
    /// The HTTP method.
    #[serde(default = "get")]
    pub method: String,
    /// Path and query, starting with one `/`.
    pub path: String,
    /// Header fields. Those that belong to the connection or name the host are refused.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(default)]
    pub body: Option<String>,
    /// Share of the mix, relative to the sum of all weights.
    #[serde(default = "one")]
    pub weight: u32,
}

/// Who decides when the next request is sent. In JSON: `{"closed": {…}}` or `{"open": {…}}`; with the tag among the fields, serde
/// reads no numbers from text where a dependency switches on serde_json's `arbitrary_precision`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Model {
    /// Virtual users: each has one connection and sends its next request after the answer to the last and a think time.
    Closed {
        /// Virtual users.
        vus: u32,
        /// The pause between an answer and the next request of the same user. The users' first requests are spread over it.
        #[serde(rename = "think_time_s", with = "seconds", default)]
        think_time: Duration,
        /// How long is measured.
        #[serde(rename = "duration_s", with = "seconds")]
        duration: Duration,
    },
    /// Arrivals by a schedule which the server cannot delay. An arrival that finds every connection busy waits in a queue, and its corrected
    /// latency contains the wait.
    Open {
        /// The rates, one after the other.
        stages: Vec<Stage>,
        /// The most connections.
        #[serde(default = "default_connections")]
        connections: u32,
        /// Concurrent requests per connection over HTTP/2. HTTP/1.1 always has one.
        #[serde(default = "one")]
        streams_per_connection: u32,
        /// The most arrivals that wait; more are dropped.
        #[serde(default = "default_queue")]
        queue_limit: u32,
    },
}

/// A part of an open schedule: the arrival rate goes from one value to another in a straight line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Requests per second at the start.
    pub from_rate: f64,
    /// Requests per second at the end; equal to `from_rate` for a constant rate.
    pub to_rate: f64,
    /// How long it lasts.
    #[serde(rename = "duration_s", with = "seconds")]
    pub duration: Duration,
}

/// The HTTP version to speak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpVersion {
    /// By ALPN over TLS, HTTP/2 preferred; HTTP/1.1 over plain TCP.
    #[default]
    Auto,
    /// HTTP/1.1.
    Http1,
    /// HTTP/2: by ALPN over TLS, with prior knowledge (h2c, RFC 9113 §3.3) over plain TCP.
    Http2,
}

/// Whom to trust besides the public and the operating system's roots.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsOptions {
    /// Root certificates of a private authority, PEM.
    #[serde(default)]
    pub extra_root_pem: Option<String>,
}

impl Plan {
    /// A constant arrival rate in requests per second for `duration`.
    #[must_use]
    pub fn open(base: Url, rate: f64, duration: Duration) -> Self {
        let stages = vec![Stage::constant(rate, duration)];
        Self::with_model(base, Model::open(stages))
    }

    /// `vus` virtual users without think time for `duration`.
    #[must_use]
    pub fn closed(base: Url, vus: u32, duration: Duration) -> Self {
        let think_time = Duration::ZERO;
        let model = Model::Closed { vus, think_time, duration };
        Self::with_model(base, model)
    }

    /// A plan with every other field at its default.
    #[must_use]
    pub fn with_model(base: Url, model: Model) -> Self {
        Self {
            base,
            requests: Vec::new(),
            model,
            warm_up: Duration::ZERO,
            timeout: ten_seconds(),
            drain_timeout: ten_seconds(),
            http: HttpVersion::Auto,
            keep_alive: true,
            tls: TlsOptions::default(),
            max_body_bytes: sixteen_mebibytes(),
            seed: 0,
            max_rate: None,
            worker_threads: None,
        }
    }

    /// Reads a plan from JSON and validates it.
    ///
    /// # Errors
    /// [`PlanErrors`] naming each field that is not acceptable and what is.
    pub fn parse(json: &str) -> Result<Self, PlanErrors> {
        let plan: Self = serde_json::from_str(json).map_err(|e| PlanErrors::malformed(&e))?;
        plan.validate()?;
        Ok(plan)
    }

    /// How long is measured, without warm-up and drain.
    #[must_use]
    pub fn duration(&self) -> Duration {
        match &self.model {
            Model::Closed { duration, .. } => *duration,
            Model::Open { stages, .. } => stages.iter().fold(Duration::ZERO, |sum, s| sum.saturating_add(s.duration)),
        }
    }

    /// The request mix: what was given, or one `GET` of the base URL.
    #[must_use]
    pub fn mix(&self) -> Vec<RequestSpec> {
        if !self.requests.is_empty() {
            return self.requests.clone();
        }
        let query = self.base.query().map(|q| format!("?{q}"));
        let path = format!("{}{}", self.base.path(), query.unwrap_or_default());
        vec![RequestSpec::get("get", path)]
    }
}

impl RequestSpec {
    /// A `GET` with weight 1.
    #[must_use]
    pub fn get(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self { name: name.into(), method: get(), path: path.into(), headers: Vec::new(), body: None, weight: 1 }
    }
}

impl Model {
    /// An open model with the default number of connections.
    #[must_use]
    pub fn open(stages: Vec<Stage>) -> Self {
        Self::Open {
            stages,
            connections: default_connections(),
            streams_per_connection: 1,
            queue_limit: default_queue(),
        }
    }
}

impl Stage {
    /// A stage of constant rate.
    #[must_use]
    pub fn constant(rate: f64, duration: Duration) -> Self {
        Self { from_rate: rate, to_rate: rate, duration }
    }

    /// A stage whose rate goes from `from_rate` to `to_rate`.
    #[must_use]
    pub fn ramp(from_rate: f64, to_rate: f64, duration: Duration) -> Self {
        Self { from_rate, to_rate, duration }
    }

    /// The mean rate in requests per second.
    #[must_use]
    pub fn mean_rate(&self) -> f64 {
        f64::midpoint(self.from_rate, self.to_rate)
    }
}

fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}

fn sixteen_mebibytes() -> u64 {
    16 << 20
}

fn yes() -> bool {
    true
}

fn get() -> String {
    "GET".to_owned()
}

fn one() -> u32 {
    1
}

fn default_connections() -> u32 {
    64
}

fn default_queue() -> u32 {
    100_000
}
