//! Passive security probes of a web origin.
//!
//! Looking and judging are apart: [`audit`] makes a handful of paced requests that any visitor could make and fills an
//! [`observation::Observation`]; every rule is a function from that observation to a verdict and knows neither network nor clock. What could not
//! be seen is reported as not measured, never as a pass. Cookie values, credentials and queries are not kept.

#![warn(missing_docs)]

mod audit;
pub mod compliance;
mod cookie;
pub mod document;
mod domain;
mod error;
mod fetch;
pub mod findings;
mod look;
pub mod observation;
pub mod observatory;
mod pace;
mod summary;
mod text;
mod tls;

pub use audit::{Audit, NotMeasured, Options, Score, audit};
pub use cookie::{Cookie, Jar, SameSite};
pub use error::ProbeError;
pub use findings::{Finding, Severity};
pub use observatory::{Observatory, PreloadList};
pub use pace::Pace;
pub use summary::{HopSummary, Summary};
pub use tls::{CertificateFacts, TlsFacts, certificate_facts};
