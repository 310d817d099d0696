//! What a badge says.

use super::{
    badge::{Badge, Tone},
    model::BadgeShows,
};
use crate::gates::Verdict;

/// What is known of the version that a badge is about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    /// The version, once something was measured.
    pub version: Option<&'a str>,
    pub score: Option<f64>,
    pub grade: Option<&'a str>,
    pub verdict: Option<Verdict>,
}

/// The badge of a system. What is not known is said in so many words, and in no colour.
pub(super) fn badge(system: &str, known: Known<'_>, shows: BadgeShows) -> Badge {
    let label = known.version.map_or_else(|| system.to_owned(), |version| format!("{system} {version}"));
    let (message, tone) = match shows {
        BadgeShows::Verdict => verdict(known.verdict),
        BadgeShows::Grade | BadgeShows::Score => match (known.score, known.grade) {
            (Some(score), Some(grade)) if shows == BadgeShows::Grade => (format!("{grade} {score:.0}"), tone(score)),
            (Some(score), _) => (format!("{score:.1} of 100"), tone(score)),
            (None, _) => ("not measured".to_owned(), Tone::Neutral),
        },
    };
    Badge { label, message, tone }
}

fn verdict(verdict: Option<Verdict>) -> (String, Tone) {
    let (word, tone) = match verdict {
        Some(Verdict::Allowed) => ("allowed", Tone::Good),
        Some(Verdict::Blocked) => ("blocked", Tone::Bad),
        Some(Verdict::Inconclusive) => ("inconclusive", Tone::Fair),
        None => ("not validated", Tone::Neutral),
    };
    (word.to_owned(), tone)
}

/// The steps of the grades: A and B begin at 65 points, C at 45.
fn tone(score: f64) -> Tone {
    match score {
        score if score >= 65.0 => Tone::Good,
        score if score >= 45.0 => Tone::Fair,
        _ => Tone::Bad,
    }
}
