//! API keys.

use crate::{Error, Result, access::Permission, error::Faults, ids::KeyId, text};
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, net::IpAddr};

/// Longest life of an API key, in days.
const KEY_MAX_DAYS: u32 = 730;
/// Most networks of a key.
const NETWORKS_MAX: usize = 20;
/// Longest time for which a key and the one in its place both work: thirty days.
const OVERLAP_MAX_HOURS: u32 = 720;
/// Longest time between two turns of a key that is rotated by itself, in days.
const ROTATION_MAX_DAYS: u32 = 365;

/// A key to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is for, 1 to 80 characters.
    #[cfg_attr(
        feature = "backend",
        schema(
            min_length = 1,
            max_length = 80,
            pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$"
        )
    )]
    pub name: String,
    /// What it may do, at least one; never more than its maker may.
    #[cfg_attr(feature = "backend", schema(value_type = Vec<Permission>, min_items = 1))]
    pub scopes: BTreeSet<Permission>,
    /// Days until it ends, 1 to 730; it never ends when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 730))]
    pub expires_in_days: Option<u32>,
    /// Networks that it is taken from, such as `10.1.0.0/16` or `2001:db8::7`, at most 20; from everywhere when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_items = 20))]
    pub networks: Vec<String>,
}

impl NewKey {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = faults.keep(text::line("/name", "Name", &self.name, 80));
        if self.scopes.is_empty() {
            faults.add("/scopes", "Choose at least one scope.");
        }
        if self.expires_in_days.is_some_and(|days| !(1..=KEY_MAX_DAYS).contains(&days)) {
            faults.add("/expires_in_days", format!("Expiry must be 1 to {KEY_MAX_DAYS} days."));
        }
        let networks = faults.keep(parse_networks(&self.networks));
        faults.finish()?;
        Ok(Self { name: name.unwrap_or_default(), networks: networks.unwrap_or_default(), ..self })
    }
}

/// Reads networks in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3); an address stands for itself. The answer is their canonical
/// spelling, each once.
fn parse_networks(typed: &[String]) -> Result<Vec<String>> {
    if typed.len() > NETWORKS_MAX {
        return Err(Error::invalid("/networks", format!("A key has at most {NETWORKS_MAX} networks.")));
    }
    let mut faults = Faults::default();
    let mut networks: Vec<String> = Vec::new();
    for (place, text) in typed.iter().enumerate() {
        match network(text.trim()) {
            Some(network) if networks.contains(&network.to_string()) => {}
            Some(network) => networks.push(network.to_string()),
            None => faults.add(
                format!("/networks/{place}"),
                "Network must be an address or a prefix such as 10.1.0.0/16 or 2001:db8::/32.",
            ),
        }
    }
    faults.finish()?;
    Ok(networks)
}

fn network(text: &str) -> Option<IpNet> {
    let network: Option<IpNet> = text.parse().ok();
    network.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)).map(|network| network.trunc())
}

/// Whether an address is in one of the networks; in all, where there are none. An IPv4 address that came mapped into IPv6 is
/// itself (RFC 4291 §2.5.5.2).
#[cfg(any(feature = "backend", test))]
pub(in crate::identity) fn is_allowed(networks: &[String], from: IpAddr) -> bool {
    networks.is_empty()
        || networks.iter().filter_map(|text| network(text)).any(|known| known.contains(&from.to_canonical()))
}

/// How a key is replaced by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Rotation {
    /// Hours for which both work, 0 to 720; 24 when left out.
    #[cfg_attr(feature = "backend", schema(minimum = 0, maximum = 720))]
    pub overlap_hours: u32,
}

impl Default for Rotation {
    fn default() -> Self {
        Self { overlap_hours: 24 }
    }
}

impl Rotation {
    /// Checks.
    pub fn parse(self) -> Result<Self> {
        if self.overlap_hours <= OVERLAP_MAX_HOURS {
            return Ok(self);
        }
        Err(Error::invalid("/overlap_hours", format!("Overlap must be 0 to {OVERLAP_MAX_HOURS} hours.")))
    }
}

/// How a key is rotated by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// Every how many days, 1 to 365.
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 365))]
    pub every_days: u32,
    /// Hours for which the old key works beside its successor, 1 to 720 and shorter than the time between two turns; 72 when
    /// left out. Within them the secret has to be collected.
    #[serde(default = "default_overlap")]
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 720, default = 72))]
    pub overlap_hours: u32,
}

fn default_overlap() -> u32 {
    72
}

impl KeyRotation {
    /// Checks.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        if !(1..=ROTATION_MAX_DAYS).contains(&self.every_days) {
            faults.add("/every_days", format!("Days must be 1 to {ROTATION_MAX_DAYS}."));
        }
        if !(1..=OVERLAP_MAX_HOURS).contains(&self.overlap_hours) {
            faults.add("/overlap_hours", format!("Overlap must be 1 to {OVERLAP_MAX_HOURS} hours."));
        } else if self.overlap_hours >= self.every_days.saturating_mul(24) {
            faults.add("/overlap_hours", "The overlap must be shorter than the time between two turns.");
        }
        faults.finish()?;
        Ok(self)
    }
}

/// An API key as it is listed; the secret is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// The key.
    pub id: KeyId,
    /// What it is for.
    pub name: String,
    /// The first characters of the secret, to recognise it by.
    pub hint: String,
    /// What it may do.
    pub scopes: BTreeSet<Permission>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Networks that it is taken from; from everywhere, where there are none.
    pub networks: Vec<String>,
    /// The key that took its place.
    pub replaced_by: Option<KeyId>,
    /// How it is rotated by itself.
    pub rotation: Option<KeyRotation>,
    /// When its next turn is; none while its own secret waits.
    pub rotates_at: Option<DateTime<Utc>>,
    /// Whether a schedule made it, and nobody collected its secret yet.
    pub secret_waits: bool,
}

/// A new key with its secret, which is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct CreatedKey {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// `sbh_` and 56 hexadecimal digits, the last eight of which are a checksum.
    pub secret: String,
}

impl std::fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedKey").field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(networks: &[&str]) -> Result<Vec<String>> {
        parse_networks(&networks.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn networks_are_read_in_any_spelling_and_kept_in_one() {
        let read = parsed(&["10.1.2.3/16", " 10.1.0.0/16 ", "192.0.2.7", "2001:DB8::1", "2001:db8::/32"]);
        let kept = ["10.1.0.0/16", "192.0.2.7/32", "2001:db8::1/128", "2001:db8::/32"];
        assert_eq!(read.ok(), Some(kept.map(str::to_owned).to_vec()));
        for bad in ["", "10.1.0.0/33", "example.com", "10.1/16", "::/129", "10.0.0.0/8,10.1.0.0/8"] {
            let refused = parsed(&["10.0.0.1", bad]).map_err(|error| error.fields()[0].pointer.clone());
            assert_eq!(refused, Err("/networks/1".to_owned()), "{bad}");
        }
    }

    #[test]
    fn an_overlap_is_shorter_than_the_time_between_two_turns() {
        let refused = |every_days, overlap_hours| {
            let parsed = KeyRotation { every_days, overlap_hours }.parse();
            parsed.err().map(|error| error.fields()[0].pointer.clone())
        };
        assert_eq!((refused(30, 72), refused(1, 23), refused(365, 720)), (None, None, None));
        for (days, hours, field) in [
            (0, 1, "/every_days"),
            (366, 72, "/every_days"),
            (1, 24, "/overlap_hours"),
            (90, 0, "/overlap_hours"),
            (90, 721, "/overlap_hours"),
        ] {
            assert_eq!(refused(days, hours).as_deref(), Some(field), "{days} {hours}");
        }
    }

    #[test]
    fn an_address_is_in_a_network_or_not() {
        let networks = parsed(&["10.1.0.0/16", "2001:db8::/32"]).unwrap_or_default();
        for (from, allowed) in [
            ("10.1.255.1", true),
            ("10.2.0.1", false),
            ("::ffff:10.1.0.1", true),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(from.parse().map(|from| is_allowed(&networks, from)), Ok(allowed), "{from}");
        }
        assert_eq!("203.0.113.9".parse().map(|from| is_allowed(&[], from)), Ok(true));
    }
}
