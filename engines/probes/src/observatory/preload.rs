//! The HSTS preload list: hosts that browsers only ever reach over HTTPS.

use std::collections::HashMap;

/// Hosts with `force-https`, and whether the rule covers their subdomains.
#[derive(Debug, Clone, Default)]
pub struct PreloadList(HashMap<String, bool>);

impl PreloadList {
    /// Takes pairs of host name and "covers subdomains".
    pub fn new<N: Into<String>>(entries: impl IntoIterator<Item = (N, bool)>) -> Self {
        Self(entries.into_iter().map(|(name, subdomains)| (name.into().to_lowercase(), subdomains)).collect())
    }

    /// Whether the list holds nothing, so that membership is unknown.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `host`, or a parent that covers subdomains, is in the list.
    pub fn covers(&self, host: &str) -> bool {
        if self.0.contains_key(host) {
            return true;
        }
        let mut rest = host;
        while let Some((_, parent)) = rest.split_once('.') {
            if self.0.get(parent).copied().unwrap_or(false) {
                return true;
            }
            rest = parent;
        }
        false
    }
}
