//! TLS, redirects to it, HSTS, and the certificate.

use chrono::TimeDelta;

use super::{Subject, catalogue as rule};
use crate::observation::{Observation, Visit};
use crate::tls::{CertificateFacts, TlsFacts};

/// Renewal usually happens a month before the end; two weeks before it, something is stuck.
const SOON: TimeDelta = TimeDelta::days(14);
/// Six months as in the Observatory, in seconds.
const SIX_MONTHS: u64 = 15_552_000;

pub(super) fn judge(subject: &mut Subject<'_>) {
    let observation = subject.observation;
    if observation.https.is_none() && !observation.is_loopback() {
        subject.report(&rule::TLS_NONE, "no answer over HTTPS");
    }
    if observation.https.is_some() {
        redirects(subject, observation);
        hsts(subject);
    }
    if let Some(tls) = &observation.tls {
        versions(subject, tls);
        if let Some(certificate) = &tls.certificate {
            self::certificate(subject, certificate, observation);
        }
    }
}

fn redirects(subject: &mut Subject<'_>, observation: &Observation) {
    let Some(visit) = &observation.http else { return };
    let start = visit.start().clone();
    if visit.response.url.scheme() != "https" {
        subject.report_at(
            &rule::TLS_NO_REDIRECT,
            format!("ends at {} with status {}", visit.response.url.scheme(), visit.response.status),
            &start,
        );
    } else if leads_to_plain_first(visit) {
        subject.report_at(&rule::TLS_LATE_REDIRECT, "the first redirect goes to plain HTTP", &start);
    }
}

fn leads_to_plain_first(visit: &Visit) -> bool {
    visit.hops.get(1).is_some_and(|hop| hop.url.scheme() == "http")
}

fn hsts(subject: &mut Subject<'_>) {
    if !subject.is_secure() {
        return;
    }
    let Some(value) = subject.response().headers.first("strict-transport-security").map(str::to_owned) else {
        return subject.report(&rule::HSTS_MISSING, "no Strict-Transport-Security header");
    };
    match max_age(&value) {
        None => subject.report(&rule::HSTS_INVALID, value),
        Some(age) if age < SIX_MONTHS => subject.report(&rule::HSTS_SHORT, value),
        Some(_) => {}
    }
}

/// `max-age` in seconds, in a token or in quotes (RFC 6797, section 6.1); `None` unless it occurs exactly once.
fn max_age(value: &str) -> Option<u64> {
    let mut ages = value.split(';').filter_map(|directive| {
        let (name, age) = directive.split_once('=')?;
        name.trim().eq_ignore_ascii_case("max-age").then(|| age.trim().trim_matches('"'))
    });
    let age = ages.next()?;
    if ages.next().is_some() || age.is_empty() || !age.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(age.parse().unwrap_or(u64::MAX))
}

fn versions(subject: &mut Subject<'_>, tls: &TlsFacts) {
    subject.report_if(tls.accepts_tls10 == Some(true), &rule::TLS_10, "a TLS 1.0 handshake was answered");
    subject.report_if(tls.accepts_tls11 == Some(true), &rule::TLS_11, "a TLS 1.1 handshake was answered");
    subject.report_if(
        tls.protocol == "TLSv1.2",
        &rule::TLS_12,
        format!("negotiated {} with {}", tls.protocol, tls.cipher_suite),
    );
}

fn certificate(subject: &mut Subject<'_>, certificate: &CertificateFacts, observation: &Observation) {
    let now = observation.observed_at;
    let (from, until) = (certificate.not_before, certificate.not_after);
    let names = format!("for {}", certificate.names.join(", "));
    let problem = certificate.chain_problem.clone().unwrap_or_default();
    let untrusted = certificate.chain_problem.is_some();
    let facts = [
        (until < now, rule::CERT_EXPIRED, format!("valid until {until}")),
        (from > now, rule::CERT_FUTURE, format!("valid from {from}")),
        (until >= now && until - now < SOON, rule::CERT_EXPIRES_SOON, format!("valid until {until}")),
        (!certificate.matches_host, rule::CERT_WRONG_HOST, names),
        (untrusted && certificate.self_signed, rule::CERT_SELF_SIGNED, format!("issuer {}", certificate.issuer)),
        (untrusted && !certificate.self_signed, rule::CERT_UNTRUSTED, problem),
        (
            certificate.has_weak_key(),
            rule::CERT_WEAK_KEY,
            format!("{} with {} bits", certificate.key_algorithm, certificate.key_bits),
        ),
        (certificate.has_weak_signature(), rule::CERT_WEAK_SIGNATURE, certificate.signature_algorithm.clone()),
    ];
    let mut origin = observation.target.clone();
    // Changing between the two web schemes always succeeds.
    let _ = origin.set_scheme("https");
    for (_, rule, evidence) in facts.into_iter().filter(|(applies, ..)| *applies) {
        subject.report_at(&rule, evidence, &origin);
    }
}
