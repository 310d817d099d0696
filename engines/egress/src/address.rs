//! Which addresses are special, after the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190).
//!
//! The rule fails closed: an IPv6 address outside the global unicast block `2000::/3` (RFC 4291 §2.4) is special even if no row names it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Why an address is not an ordinary public one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Special {
    /// `127.0.0.0/8` (RFC 1122 §3.2.1.3) and `::1` (RFC 4291 §2.5.3).
    Loopback,
    /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16` (RFC 1918).
    Private,
    /// `fc00::/7` (RFC 4193).
    UniqueLocal,
    /// `100.64.0.0/10`, carrier-grade NAT (RFC 6598).
    SharedAddressSpace,
    /// `169.254.0.0/16` (RFC 3927) and `fe80::/10` (RFC 4291 §2.5.6).
    LinkLocal,
    /// `fec0::/10`, deprecated by RFC 3879.
    SiteLocal,
    /// An address on which a cloud hands out instance credentials.
    CloudMetadata,
    /// `0.0.0.0` and `::`, which an operating system may connect to itself.
    Unspecified,
    /// `0.0.0.0/8`, "this network" (RFC 791 §3.2, RFC 1122 §3.2.1.3).
    ThisNetwork,
    /// `224.0.0.0/4` (RFC 1112) and `ff00::/8` (RFC 4291 §2.7).
    Multicast,
    /// `255.255.255.255` (RFC 919, RFC 8190).
    Broadcast,
    /// `192.0.2.0/24`, `198.51.100.0/24`, `203.0.113.0/24` (RFC 5737), `2001:db8::/32` (RFC 3849), `3fff::/20` (RFC 9637).
    Documentation,
    /// `198.18.0.0/15` (RFC 2544) and `2001:2::/48` (RFC 5180).
    Benchmarking,
    /// `192.0.0.0/24` (RFC 6890) and `2001::/23` (RFC 2928), the anycast assignments inside included.
    ProtocolAssignment,
    /// `240.0.0.0/4` (RFC 1112 §4) and IPv6 outside `2000::/3` (RFC 4291 §2.4).
    Reserved,
    /// `100::/64` (RFC 6666) and `100:0:0:1::/64` (RFC 9780).
    Discard,
    /// `5f00::/16`, segment-routing identifiers (RFC 9602).
    SegmentRouting,
    /// `::/96`, IPv4-compatible, deprecated by RFC 4291 §2.5.5.1.
    Ipv4Compatible,
    /// A translated address whose IPv4 part is special (RFC 6052 §3.1), or `64:ff9b:1::/48` (RFC 8215).
    Nat64,
    /// `2002::/16` (RFC 3056) and its relay anycast `192.88.99.0/24`, deprecated by RFC 7526.
    SixToFour,
    /// `2001::/32` (RFC 4380).
    Teredo,
}

impl Special {
    /// Whether an administrator may open this class for one named host. Addresses that serve credentials, link-local neighbours,
    /// tunnels and addresses that are nobody's stay closed.
    #[must_use]
    pub fn allowable(self) -> bool {
        matches!(
            self,
            Self::Loopback | Self::Private | Self::UniqueLocal | Self::SharedAddressSpace | Self::Benchmarking
        )
    }

    /// The class in words, to end the sentence "... is ...".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Loopback => "a loopback address",
            Self::Private => "a private address",
            Self::UniqueLocal => "a unique local address",
            Self::SharedAddressSpace => "a carrier-grade NAT address",
            Self::LinkLocal => "a link-local address",
            Self::SiteLocal => "a site-local address",
            Self::CloudMetadata => "a cloud metadata address",
            Self::Unspecified => "the unspecified address",
            Self::ThisNetwork => "an address of \"this network\"",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "the broadcast address",
            Self::Documentation => "a documentation address",
            Self::Benchmarking => "a benchmarking address",
            Self::ProtocolAssignment => "a protocol assignment",
            Self::Reserved => "a reserved address",
            Self::Discard => "a discard-only address",
            Self::SegmentRouting => "a segment-routing identifier",
            Self::Ipv4Compatible => "an IPv4-compatible address",
            Self::Nat64 => "a NAT64 translation of a special address",
            Self::SixToFour => "a 6to4 address",
            Self::Teredo => "a Teredo address",
        }
    }
}

impl fmt::Display for Special {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.describe())
    }
}

/// IPv4 addresses on which clouds serve instance metadata or credentials, by their vendors' documentation: the common
/// 169.254.169.254; AWS ECS and EKS credentials; Azure WireServer; Alibaba; Oracle Classic. The link-local ones of
/// other clouds are closed with their whole range.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
];

/// The same over IPv6: AWS IMDS, AWS EKS Pod Identity, Google Compute Engine, Scaleway, Oracle Cloud.
const METADATA_V6: [Ipv6Addr; 5] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
    Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
];

struct RangeV4(Ipv4Addr, u32, Special);
struct RangeV6(Ipv6Addr, u32, Special);

/// The first row that matches decides, so narrower rows come first.
const RANGES_V4: [RangeV4; 17] = [
    RangeV4(Ipv4Addr::new(0, 0, 0, 0), 32, Special::Unspecified),
    RangeV4(Ipv4Addr::new(0, 0, 0, 0), 8, Special::ThisNetwork),
    RangeV4(Ipv4Addr::new(10, 0, 0, 0), 8, Special::Private),
    RangeV4(Ipv4Addr::new(100, 64, 0, 0), 10, Special::SharedAddressSpace),
    RangeV4(Ipv4Addr::new(127, 0, 0, 0), 8, Special::Loopback),
    RangeV4(Ipv4Addr::new(169, 254, 0, 0), 16, Special::LinkLocal),
    RangeV4(Ipv4Addr::new(172, 16, 0, 0), 12, Special::Private),
    RangeV4(Ipv4Addr::new(192, 0, 0, 0), 24, Special::ProtocolAssignment),
    RangeV4(Ipv4Addr::new(192, 0, 2, 0), 24, Special::Documentation),
    RangeV4(Ipv4Addr::new(192, 88, 99, 0), 24, Special::SixToFour),
    RangeV4(Ipv4Addr::new(192, 168, 0, 0), 16, Special::Private),
    RangeV4(Ipv4Addr::new(198, 18, 0, 0), 15, Special::Benchmarking),
    RangeV4(Ipv4Addr::new(198, 51, 100, 0), 24, Special::Documentation),
    RangeV4(Ipv4Addr::new(203, 0, 113, 0), 24, Special::Documentation),
    RangeV4(Ipv4Addr::new(224, 0, 0, 0), 4, Special::Multicast),
    RangeV4(Ipv4Addr::BROADCAST, 32, Special::Broadcast),
    RangeV4(Ipv4Addr::new(240, 0, 0, 0), 4, Special::Reserved),
];

const RANGES_V6: [RangeV6; 17] = [
    RangeV6(Ipv6Addr::UNSPECIFIED, 128, Special::Unspecified),
    RangeV6(Ipv6Addr::LOCALHOST, 128, Special::Loopback),
    RangeV6(Ipv6Addr::UNSPECIFIED, 96, Special::Ipv4Compatible),
    RangeV6(Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, Special::Nat64),
    RangeV6(Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, Special::Discard),
    RangeV6(Ipv6Addr::new(0x100, 0, 0, 1, 0, 0, 0, 0), 64, Special::Discard),
    RangeV6(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, Special::Teredo),
    RangeV6(Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48, Special::Benchmarking),
    RangeV6(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, Special::ProtocolAssignment),
    RangeV6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, Special::Documentation),
    RangeV6(Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, Special::SixToFour),
    RangeV6(Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, Special::Documentation),
    RangeV6(Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, Special::SegmentRouting),
    RangeV6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, Special::UniqueLocal),
    RangeV6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, Special::LinkLocal),
    RangeV6(Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, Special::SiteLocal),
    RangeV6(Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, Special::Multicast),
];

/// What makes `addr` special, or `None` for an ordinary public address.
///
/// An address that carries an IPv4 address is judged by it. IPv4-mapped (`::ffff:0:0/96`, RFC 4291 §2.5.5.2) is the IPv4 address itself.
/// The well-known NAT64 prefix `64:ff9b::/96` (RFC 6052) is public if the translated address is, and otherwise [`Special::Nat64`]. 6to4, Teredo and
/// IPv4-compatible addresses are special in any case. In all of them a metadata address inside is reported as [`Special::CloudMetadata`].
#[must_use]
pub fn special(addr: IpAddr) -> Option<Special> {
    match addr {
        IpAddr::V4(v4) => special_v4(v4),
        IpAddr::V6(v6) => special_v6(v6),
    }
}

fn special_v4(addr: Ipv4Addr) -> Option<Special> {
    if METADATA_V4.contains(&addr) {
        return Some(Special::CloudMetadata);
    }
    RANGES_V4.iter().find(|range| (addr.to_bits() ^ range.0.to_bits()) >> (32 - range.1) == 0).map(|range| range.2)
}

fn special_v6(addr: Ipv6Addr) -> Option<Special> {
    if let Some(mapped) = addr.to_ipv4_mapped() {
        return special_v4(mapped);
    }
    if METADATA_V6.contains(&addr) || carried_v4(addr).iter().flatten().any(|v4| METADATA_V4.contains(v4)) {
        return Some(Special::CloudMetadata);
    }
    if in_well_known_nat64(addr) {
        return special_v4(low_v4(addr)).map(|_| Special::Nat64);
    }
    let row = RANGES_V6.iter().find(|range| (addr.to_bits() ^ range.0.to_bits()) >> (128 - range.1) == 0);
    row.map(|range| range.2).or_else(|| outside_global_unicast(addr).then_some(Special::Reserved))
}

fn outside_global_unicast(addr: Ipv6Addr) -> bool {
    addr.segments()[0] & 0xe000 != 0x2000
}

fn in_well_known_nat64(addr: Ipv6Addr) -> bool {
    addr.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0]
}

fn low_v4(addr: Ipv6Addr) -> Ipv4Addr {
    let o = addr.octets();
    Ipv4Addr::new(o[12], o[13], o[14], o[15])
}

/// The IPv4 addresses that a transition address carries: NAT64 and IPv4-compatible in the last 32 bits, local-use NAT64 also around the
/// reserved octet of a /48 prefix (RFC 6052 §2.2), 6to4 after its prefix (RFC 3056 §2), Teredo its server and, inverted, its client (RFC 4380 §4).
fn carried_v4(addr: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    let o = addr.octets();
    match addr.segments() {
        [0, 0, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => [Some(low_v4(addr)), None],
        [0x64, 0xff9b, 1, ..] => [Some(low_v4(addr)), Some(Ipv4Addr::new(o[6], o[7], o[9], o[10]))],
        [0x2002, ..] => [Some(Ipv4Addr::new(o[2], o[3], o[4], o[5])), None],
        [0x2001, 0, ..] => {
            [Some(Ipv4Addr::new(o[4], o[5], o[6], o[7])), Some(Ipv4Addr::from_bits(!low_v4(addr).to_bits()))]
        }
        _ => [None, None],
    }
}
