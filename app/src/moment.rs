//! A point in time as a page shows it: relative words that the server made, and the exact time.

use crate::ui::Time;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A point in time. Its words are made where the clock is, so that server and browser show the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// RFC 3339, UTC, to the second.
    pub at: String,
    /// "3 minutes ago", "in 2 days".
    pub words: String,
}

#[cfg(feature = "ssr")]
impl Moment {
    /// A point in time seen from `now`.
    pub fn of(at: chrono::DateTime<chrono::Utc>, now: chrono::DateTime<chrono::Utc>) -> Self {
        let words = match (now - at).num_seconds() {
            seconds if seconds >= 45 => format!("{} ago", span(seconds)),
            seconds if seconds <= -45 => format!("in {}", span(-seconds)),
            _ => "just now".to_owned(),
        };
        Self { at: at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), words }
    }
}

/// A number of seconds in its largest fitting unit.
#[cfg(any(feature = "ssr", test))]
fn span(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let (size, name) = UNITS.into_iter().find(|(size, _)| seconds >= *size).unwrap_or((1, "second"));
    let count = (seconds + size / 2) / size;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

/// Shows a moment.
#[component]
pub fn When(
    /// The moment.
    moment: Moment,
) -> impl IntoView {
    view! { <Time at=moment.at words=moment.words/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_span_is_told_in_its_largest_unit() {
        let cases = [
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (150, "3 minutes"),
            (7_200, "2 hours"),
            (172_800, "2 days"),
        ];
        for (seconds, words) in cases {
            assert_eq!(span(seconds), words);
        }
    }
}
