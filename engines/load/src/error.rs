//! What can go wrong: with a plan, with a run, with a request.

use serde::{Deserialize, Serialize};

/// One field of a plan that is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{field} {allowed}")]
pub struct PlanError {
    /// The field as it is spelled in JSON, for example `model.stages[0].from_rate`.
    pub field: String,
    /// What is allowed, as the end of a sentence that starts with the field.
    pub allowed: String,
}

/// Every field of a plan that is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("the plan is not acceptable: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct PlanErrors(pub Vec<PlanError>);

impl PlanErrors {
    pub(crate) fn malformed(error: &serde_json::Error) -> Self {
        Self(vec![PlanError { field: "plan".to_owned(), allowed: format!("must be a JSON plan: {error}") }])
    }
}

/// A run that did not take place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The plan is not acceptable.
    #[error(transparent)]
    Plan(#[from] PlanErrors),
    /// The egress guard refuses the target.
    #[error("the target was refused: {0}")]
    Refused(#[from] sbh_egress::EgressError),
    /// The TLS client could not be set up.
    #[error("TLS could not be set up: {0}")]
    Tls(String),
    /// A generator thread could not be started or died.
    #[error("a generator thread failed: {0}")]
    Worker(String),
}

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorClass {
    /// The host name did not resolve.
    Dns,
    /// The connection was not accepted.
    Connect,
    /// The TLS handshake failed: certificate, name, version or protocol.
    Tls,
    /// The request took longer than its timeout, or than the drain at the end of the run.
    Timeout,
    /// The connection ended before the response did.
    Reset,
    /// The response was not HTTP of the expected version.
    Protocol,
    /// The egress guard refused the address.
    EgressRefused,
    /// A status from 400 to 499.
    #[serde(rename = "http_4xx")]
    Http4xx,
    /// A status from 500 to 599.
    #[serde(rename = "http_5xx")]
    Http5xx,
    /// The body was longer than the plan allows.
    BodyTooLarge,
}
