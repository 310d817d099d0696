//! What the administrator opens beyond the public internet.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The rules of a [`crate::Guard`]. The default opens nothing but public addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Opens loopback addresses and `localhost` names for every host: the explicit development setting.
    pub loopback: bool,
    /// Exact host names or addresses that an administrator allowed to be loopback or private. Link-local and metadata addresses stay closed.
    pub private_hosts: Vec<String>,
    /// How long a name may take to resolve.
    pub resolve_timeout: Duration,
    /// How long connecting may take, over all addresses of the host together.
    pub connect_timeout: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            loopback: false,
            private_hosts: Vec::new(),
            resolve_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
        }
    }
}
