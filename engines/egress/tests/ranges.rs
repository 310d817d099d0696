//! Every special range at its edges: the first address, the last, and the neighbours just outside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sbh_egress::{Special, special};

/// Range, class, and the classes just below and just above it.
type Row = (&'static str, u32, Special, Option<Special>, Option<Special>);

const V4: &[Row] = &[
    ("0.0.0.0", 32, Special::Unspecified, None, Some(Special::ThisNetwork)),
    ("0.0.0.1", 32, Special::ThisNetwork, Some(Special::Unspecified), Some(Special::ThisNetwork)),
    ("0.128.0.0", 9, Special::ThisNetwork, Some(Special::ThisNetwork), None),
    ("10.0.0.0", 8, Special::Private, None, None),
    ("100.64.0.0", 10, Special::SharedAddressSpace, None, None),
    ("127.0.0.0", 8, Special::Loopback, None, None),
    ("169.254.0.0", 16, Special::LinkLocal, None, None),
    ("172.16.0.0", 12, Special::Private, None, None),
    ("192.0.0.0", 24, Special::ProtocolAssignment, None, None),
    ("192.0.2.0", 24, Special::Documentation, None, None),
    ("192.88.99.0", 24, Special::SixToFour, None, None),
    ("192.168.0.0", 16, Special::Private, None, None),
    ("198.18.0.0", 15, Special::Benchmarking, None, None),
    ("198.51.100.0", 24, Special::Documentation, None, None),
    ("203.0.113.0", 24, Special::Documentation, None, None),
    ("224.0.0.0", 4, Special::Multicast, None, Some(Special::Reserved)),
    ("248.0.0.0", 6, Special::Reserved, Some(Special::Reserved), Some(Special::Reserved)),
    ("255.255.255.255", 32, Special::Broadcast, Some(Special::Reserved), None),
    ("169.254.169.254", 32, Special::CloudMetadata, Some(Special::LinkLocal), Some(Special::LinkLocal)),
    ("169.254.170.2", 32, Special::CloudMetadata, Some(Special::LinkLocal), Some(Special::LinkLocal)),
    ("169.254.170.23", 32, Special::CloudMetadata, Some(Special::LinkLocal), Some(Special::LinkLocal)),
    (
        "100.100.100.200",
        32,
        Special::CloudMetadata,
        Some(Special::SharedAddressSpace),
        Some(Special::SharedAddressSpace),
    ),
    ("192.0.0.192", 32, Special::CloudMetadata, Some(Special::ProtocolAssignment), Some(Special::ProtocolAssignment)),
    ("168.63.129.16", 32, Special::CloudMetadata, None, None),
];

const V6: &[Row] = &[
    ("::", 128, Special::Unspecified, None, Some(Special::Loopback)),
    ("::1", 128, Special::Loopback, Some(Special::Unspecified), Some(Special::Ipv4Compatible)),
    ("::8000:0", 97, Special::Ipv4Compatible, Some(Special::Ipv4Compatible), Some(Special::Reserved)),
    ("::ffff:10.0.0.0", 104, Special::Private, None, None),
    ("::ffff:127.0.0.0", 104, Special::Loopback, None, None),
    ("::ffff:224.0.0.0", 100, Special::Multicast, None, Some(Special::Reserved)),
    ("64:ff9b::10.0.0.0", 104, Special::Nat64, None, None),
    ("64:ff9b::192.168.0.0", 112, Special::Nat64, None, None),
    ("64:ff9b:1::", 48, Special::Nat64, Some(Special::Reserved), Some(Special::Reserved)),
    ("100::", 63, Special::Discard, Some(Special::Reserved), Some(Special::Reserved)),
    ("2001::", 32, Special::Teredo, None, Some(Special::ProtocolAssignment)),
    ("2001:2::", 48, Special::Benchmarking, Some(Special::ProtocolAssignment), Some(Special::ProtocolAssignment)),
    ("2001:100::", 24, Special::ProtocolAssignment, Some(Special::ProtocolAssignment), None),
    ("2001:db8::", 32, Special::Documentation, None, None),
    ("2002::", 16, Special::SixToFour, None, None),
    ("3fff::", 20, Special::Documentation, None, None),
    ("4000::", 4, Special::Reserved, None, Some(Special::Reserved)),
    ("5f00::", 16, Special::SegmentRouting, Some(Special::Reserved), Some(Special::Reserved)),
    ("fc00::", 7, Special::UniqueLocal, Some(Special::Reserved), Some(Special::Reserved)),
    ("fe80::", 10, Special::LinkLocal, Some(Special::Reserved), Some(Special::SiteLocal)),
    ("fec0::", 10, Special::SiteLocal, Some(Special::LinkLocal), Some(Special::Multicast)),
    ("ff00::", 8, Special::Multicast, Some(Special::SiteLocal), None),
    ("fd00:ec2::254", 128, Special::CloudMetadata, Some(Special::UniqueLocal), Some(Special::UniqueLocal)),
    ("fd00:ec2::23", 128, Special::CloudMetadata, Some(Special::UniqueLocal), Some(Special::UniqueLocal)),
    ("fd20:ce::254", 128, Special::CloudMetadata, Some(Special::UniqueLocal), Some(Special::UniqueLocal)),
    ("fd00:42::42", 128, Special::CloudMetadata, Some(Special::UniqueLocal), Some(Special::UniqueLocal)),
    ("fd00:c1::a9fe:a9fe", 128, Special::CloudMetadata, Some(Special::UniqueLocal), Some(Special::UniqueLocal)),
];

#[test]
fn ipv4_ranges_are_closed_at_both_edges_and_not_beyond() {
    for (first, bits, class, below, above) in V4 {
        let first = first.parse::<Ipv4Addr>().unwrap().to_bits();
        let last = first + u32::try_from((1_u64 << (32 - bits)) - 1).unwrap();
        let at = |bits: u32| special(IpAddr::V4(Ipv4Addr::from_bits(bits)));
        let middle = first + (last - first) / 2;
        for inside in
            [first, middle, last].into_iter().filter(|bits| at(*bits) != Some(Special::CloudMetadata) || first == last)
        {
            assert_eq!(at(inside), Some(*class), "{}", Ipv4Addr::from_bits(inside));
        }
        if let Some(outside) = first.checked_sub(1) {
            assert_eq!(at(outside), *below, "{}", Ipv4Addr::from_bits(outside));
        }
        if let Some(outside) = last.checked_add(1) {
            assert_eq!(at(outside), *above, "{}", Ipv4Addr::from_bits(outside));
        }
    }
}

#[test]
fn ipv6_ranges_are_closed_at_both_edges_and_not_beyond() {
    for (first, bits, class, below, above) in V6 {
        let first = first.parse::<Ipv6Addr>().unwrap().to_bits();
        let last = first | 1_u128.checked_shl(128 - bits).map_or(u128::MAX, |size| size - 1);
        let at = |bits: u128| special(IpAddr::V6(Ipv6Addr::from_bits(bits)));
        for inside in [first, first + (last - first) / 2, last] {
            assert_eq!(at(inside), Some(*class), "{}", Ipv6Addr::from_bits(inside));
        }
        if let Some(outside) = first.checked_sub(1) {
            assert_eq!(at(outside), *below, "{}", Ipv6Addr::from_bits(outside));
        }
        if let Some(outside) = last.checked_add(1) {
            assert_eq!(at(outside), *above, "{}", Ipv6Addr::from_bits(outside));
        }
    }
}

#[test]
fn ordinary_public_addresses_are_not_special() {
    for addr in [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.215.14",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ] {
        assert_eq!(special(addr.parse().unwrap()), None, "{addr}");
    }
}

#[test]
fn a_metadata_address_inside_any_transition_address_is_named() {
    let teredo_client = "2001:0:808:808:0:0:5601:5601";
    let inside = [
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::169.254.169.254",
        "2002:a9fe:a9fe::1",
    ];
    let others = ["64:ff9b:1:a9fe:a9:fe00::", "2001:0:a9fe:a9fe::1", teredo_client, "64:ff9b::100.100.100.200"];
    for addr in inside.into_iter().chain(others) {
        assert_eq!(special(addr.parse().unwrap()), Some(Special::CloudMetadata), "{addr}");
    }
}

#[test]
fn only_the_own_networks_of_an_administrator_are_allowable() {
    let allowable = ["127.0.0.1", "10.0.0.1", "fd12::1", "100.64.0.1", "198.18.0.1"];
    let never = [
        "169.254.169.254",
        "169.254.1.1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "255.255.255.255",
        "2002:a00:1::",
        "64:ff9b::10.0.0.1",
        "fe80::1",
        "::127.0.0.1",
    ];
    assert!(allowable.iter().all(|addr| special(addr.parse().unwrap()).is_some_and(Special::allowable)));
    assert!(never.iter().all(|addr| special(addr.parse().unwrap()).is_some_and(|class| !class.allowable())));
}
