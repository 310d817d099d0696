//! What people and programs type: bodies, addresses, header fields, sources.

use crate::choice;
use chrono::{DateTime, TimeDelta, Utc};
use hub::{
    compliance::{EvidenceQuery, EvidenceScope, NewEvidence},
    gates::{
        JourneyRequest, NewBudget, NewGoldenPath, NewPolicy, ValidationQuery, ValidationRequest, line_of, read_policy,
    },
    identity::{Credentials, NewKey, NewMember, NewOwner},
    ids::SystemId,
    lab::{BenchmarkQuery, BenchmarkRequest, ComparisonQuery, DEVICES, NewImport, ScorecardQuery, read_mix},
    page::PageRequest,
    schedules::{NewSchedule, Timetable},
    sharing::{BadgeQuery, NewShare},
    systems::{AllowPrivate, NewEnvironment, NewSystem, NewTeardown, PriceModel, VerifyOwnership, parse_base_url},
    wire,
};
use sbh_egress::{Guard, Host, Policy};
use sbh_journey::Journey;
use serde::{Serialize, de::DeserializeOwned};
use std::{str::from_utf8, time::Duration};

/// Due times of a timetable that are looked at.
const TIMES: usize = 50;
/// 25 February 2026: clocks change soon after.
const TIMES_FROM: i64 = 1_772_000_000;

/// Reads a body, if it is one.
fn body<T: DeserializeOwned>(data: &[u8]) -> Option<T> {
    serde_json::from_slice(data).ok()
}

/// What was accepted must be accepted when it is sent again, and change no more.
fn settles<T: Clone + PartialEq + std::fmt::Debug + Serialize>(
    accepted: hub::Result<T>,
    parse: impl Fn(T) -> hub::Result<T>,
) {
    if let Ok(once) = accepted {
        assert_eq!(parse(once.clone()).ok(), Some(once));
    }
}

/// Bodies of requests: each type by its first byte, as the API and the forms parse it.
pub fn requests(data: &[u8]) {
    let (which, data) = choice(data);
    let devices = DEVICES.map(str::to_owned);
    match which % 20 {
        0 => body(data).into_iter().for_each(|new: NewSystem| settles(new.parse(), NewSystem::parse)),
        1 => body(data).into_iter().for_each(|new: NewEnvironment| drop(new.parse())),
        2 => body(data).into_iter().for_each(|new: NewTeardown| drop(new.parse())),
        3 => body(data).into_iter().for_each(|new: NewOwner| settles(new.parse(), NewOwner::parse)),
        4 => body(data).into_iter().for_each(|new: NewMember| settles(new.parse(), NewMember::parse)),
        5 => body(data).into_iter().for_each(|new: NewKey| settles(new.parse(), NewKey::parse)),
        6 => body(data).into_iter().for_each(|new: NewGoldenPath| settles(new.parse(), NewGoldenPath::parse)),
        7 => body(data).into_iter().for_each(|new: NewPolicy| {
            settles(new.document.parse(), hub::gates::PolicyDocument::parse);
        }),
        8 => body(data).into_iter().for_each(|new: BenchmarkRequest| {
            settles(new.parse(200, 120.0, &devices), |again: BenchmarkRequest| again.parse(200, 120.0, &devices));
        }),
        9 => drop(body::<JourneyRequest>(data)),
        10 => drop(body::<ValidationRequest>(data)),
        11 => {
            let _ = body::<NewEvidence>(data);
        }
        12 => drop((body::<AllowPrivate>(data), body::<VerifyOwnership>(data))),
        13 => drop(body::<Credentials>(data)),
        14 => queries(data),
        15 => body(data).into_iter().for_each(|new: PriceModel| settles(new.parse(), PriceModel::parse)),
        16 => body(data).into_iter().for_each(|new: NewShare| settles(new.parse(), NewShare::parse)),
        17 => body(data).into_iter().for_each(|new: NewImport| settles(new.parse(), NewImport::parse)),
        18 => body(data).into_iter().for_each(|new: NewBudget| drop(new.device().map(str::to_owned))),
        _ => drop((body::<NewSchedule>(data), body::<BadgeQuery>(data))),
    }
}

/// Query parameters, with the page's cursor, and names of evidence scopes.
fn queries(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let page = PageRequest { cursor: Some(text.to_owned()), limit: text.parse().ok() };
    let _ = (page.after(), page.limit());
    if let Ok(scope) = EvidenceScope::parse(text) {
        assert!(EvidenceScope::parse(scope.as_str()).is_ok_and(|again| again == scope));
    }
    if let Ok(id) = SystemId::parse(text) {
        assert_eq!(SystemId::parse(&id.to_string()).ok(), Some(id));
    }
    drop((body::<BenchmarkQuery>(data), body::<ValidationQuery>(data), body::<EvidenceQuery>(data)));
    drop((body::<ScorecardQuery>(data), body::<ComparisonQuery>(data)));
}

/// Policies as text. A fault has a line that is one of the text's.
pub fn policies(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    match read_policy(text) {
        Ok(document) => settles(document.parse(), hub::gates::PolicyDocument::parse),
        Err(message) => {
            let line = line_of(&message).unwrap_or_else(|| panic!("{message} names a line"));
            assert!(line <= text.bytes().filter(|byte| *byte == b'\n').count() as u64 + 1, "{message}");
        }
    }
}

/// Mixes of requests as text: every request comes from a line of it.
pub fn mixes(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    for (line, request) in read_mix(text).unwrap_or_default() {
        let typed = text.lines().nth(usize::try_from(line).unwrap_or(usize::MAX) - 1).expect("the line is there");
        assert!(typed.contains(&request.path), "{typed:?} has {:?}", request.path);
    }
}

/// Addresses. What the guard lets through is no literal address of a closed network, however it is spelled.
pub fn addresses(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let guard = Guard::new(Policy::default());
    if let Ok(url) = guard.parse_url(text) {
        assert!(guard.check_url(&url).is_ok(), "{url} is judged alike twice");
        if let Ok(Host::Addr(address)) = url.host().ok_or(()).and_then(|host| Host::from_url(&host).map_err(|_| ())) {
            assert!(sbh_egress::special(address).is_none(), "{text:?} is {address}");
        }
    }
    if let Ok(host) = Host::parse(text) {
        assert_eq!(Host::parse(&host.to_string()).ok(), Some(host));
    }
    if let Ok(url) = parse_base_url("/base_url", text) {
        assert_eq!(parse_base_url("/base_url", url.as_str()).ok(), Some(url));
    }
}

/// Header fields that callers send to the hub.
pub fn header_fields(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    if let Some(place) = wire::TracePlace::parse(text) {
        assert_eq!(wire::TracePlace::parse(&place.text()), Some(place));
    }
    if let Some(address) = wire::nearest_forwarded(text) {
        assert!(!wire::subject_of(address).is_empty());
    }
    assert!(wire::idempotency_key(text).is_none_or(|key| key.len() <= wire::IDEMPOTENCY_KEY_MAX));
    let longest = Duration::from_secs(20);
    assert!(wire::preferred_wait(text, longest).is_none_or(|wait| wait <= longest));
    let _ = (wire::bearer(text), wire::is_plain_request_id(text));
    for name in ["sbh_errand", "sbh_device"] {
        let Some(value) = wire::cookie(text, name) else { continue };
        assert_eq!(wire::cookie(&format!("{name}={value}"), name).as_ref(), Some(&value));
        if let Some((handle, binding)) = wire::errand(&value) {
            assert_eq!(format!("{handle}.{binding}"), value);
        }
    }
}

/// Hurl files.
pub fn journeys(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    match Journey::parse("fuzz.hurl", text) {
        Ok(journey) => assert!(journey.entry_count() > 0),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Plans of the load engine.
pub fn load_plans(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    if let Ok(plan) = sbh_load::Plan::parse(text) {
        let _ = (plan.duration(), plan.mix());
    }
}

/// Cron expressions, each with its time zone on the next line. Due times follow one another, and which one comes next
/// does not depend on the moment since the one before at which somebody asks.
pub fn timetables(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let (cron, zone) = text.split_once('\n').unwrap_or((text, "UTC"));
    let Ok(table) = Timetable::parse(cron, zone) else { return };
    let mut last = DateTime::<Utc>::from_timestamp(TIMES_FROM, 0).expect("a moment");
    for time in table.after(last).take(TIMES) {
        assert!(time > last, "{time} comes after {last}");
        assert_eq!(table.next_after(time - TimeDelta::seconds(1)), Some(time), "a second before");
        let _ = (table.local(time), table.date(time), table.time(time));
        last = time;
    }
}
