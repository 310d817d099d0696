//! Where load may go.

use super::model::Environment;

/// Where the token is served.
pub const VERIFICATION_PATH: &str = "/.well-known/sbh-verification.txt";
/// Below which label of the host the TXT record stands.
pub const DNS_LABEL: &str = "_sbh-verification";

/// What the file or the TXT record must contain as a line of its own.
pub fn expected_proof(environment: &Environment) -> String {
    format!("sbh-verification={}", environment.verification_token)
}

/// Whether load may go to the environment; otherwise only passive probes and one request a second.
pub fn may_load(environment: &Environment) -> bool {
    environment.ownership.is_verified()
}
