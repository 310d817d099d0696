//! Moments.

use leptos::prelude::*;

/// A moment in words, with the exact one on hover and in print. The server makes both, so that no view reads a clock.
#[component]
pub fn Time(
    /// RFC 3339, in UTC.
    #[prop(into)]
    at: String,
    /// Relative: "3 minutes ago".
    #[prop(into)]
    words: String,
) -> impl IntoView {
    view! { <time datetime=at.clone() title=exact(&at)>{words}</time> }.into_any()
}

/// `2026-03-01T09:30:12.345Z` as `2026-03-01 09:30:12 UTC`; anything else as it is.
fn exact(at: &str) -> String {
    match (at.get(..10), at.get(10..11), at.get(11..19)) {
        (Some(date), Some("T"), Some(time)) if at.ends_with('Z') || at.ends_with("+00:00") => {
            format!("{date} {time} UTC")
        }
        _ => at.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_moment_names_its_zone() {
        assert_eq!(exact("2026-03-01T09:30:12.345Z"), "2026-03-01 09:30:12 UTC");
        assert_eq!(exact("2026-03-01T09:30:12+00:00"), "2026-03-01 09:30:12 UTC");
        assert_eq!(exact("2026-03-01T09:30:12+02:00"), "2026-03-01T09:30:12+02:00");
        assert_eq!(exact("soon"), "soon");
    }
}
