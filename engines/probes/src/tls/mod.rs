//! What a server says of itself while TLS is set up.

mod certificate;
mod legacy;
mod recorder;

pub use certificate::{CertificateFacts, certificate_facts};
pub(crate) use legacy::{LegacyVersion, accepts};
pub(crate) use recorder::{Recorder, Session};

use serde::{Deserialize, Serialize};

/// TLS facts of one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// Negotiated version, for example `TLSv1.3`; this side offers 1.2 and 1.3.
    pub protocol: String,
    /// Negotiated cipher suite, by its IANA name.
    pub cipher_suite: String,
    /// Whether TLS 1.0 is accepted; `None` if that could not be found out.
    pub accepts_tls10: Option<bool>,
    /// Whether TLS 1.1 is accepted; `None` if that could not be found out.
    pub accepts_tls11: Option<bool>,
    /// The server's own certificate; `None` if it cannot be parsed.
    pub certificate: Option<CertificateFacts>,
}
