//! Why an audit could not be made.

/// An audit that could not be made at all; single measurements that failed are in `Audit::not_measured` instead.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The target is not an address of a web origin.
    #[error("target: {0}; an http or https address with a host is needed")]
    Target(String),
    /// The egress guard refuses the target.
    #[error("target: {0}")]
    Refused(String),
    /// Nothing answered.
    #[error("the target did not answer: {0}")]
    Unreachable(String),
    /// An option is out of its range.
    #[error("{field}: {allowed}")]
    Option {
        /// The option's name.
        field: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
}
