//! Meanings: each has a colour, an icon and a word, so that colour is never alone.

use super::icon::{Icon, Symbol};
use leptos::prelude::*;

/// What a state means for the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Meaning {
    /// Good: allowed, healthy, done.
    Pass,
    /// Look at it soon.
    Warn,
    /// Bad: blocked, failed.
    Fail,
    /// Nothing can be said.
    #[default]
    Unknown,
    /// Under way.
    Running,
    /// A remark without a judgement.
    Info,
}

impl Meaning {
    /// The class that sets `--meaning`, `--meaning-shape` and `--meaning-soft`.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Pass => "is-pass",
            Self::Warn => "is-warn",
            Self::Fail => "is-fail",
            Self::Unknown => "is-unknown",
            Self::Running => "is-running",
            Self::Info => "is-info",
        }
    }

    /// The icon of the meaning.
    #[must_use]
    pub const fn symbol(self) -> Symbol {
        match self {
            Self::Pass => Symbol::Pass,
            Self::Warn => Symbol::Warn,
            Self::Fail => Symbol::Fail,
            Self::Unknown => Symbol::Unknown,
            Self::Running => Symbol::Running,
            Self::Info => Symbol::Info,
        }
    }

    /// The word for it where no better one stands beside.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "Pass",
            Self::Warn => "Warning",
            Self::Fail => "Fail",
            Self::Unknown => "Unknown",
            Self::Running => "Running",
            Self::Info => "Note",
        }
    }
}

/// What a gate said about a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Allowed,
    Blocked,
    Inconclusive,
    NotMeasured,
    Running,
}

impl Verdict {
    /// What it means.
    #[must_use]
    pub const fn meaning(self) -> Meaning {
        match self {
            Self::Allowed => Meaning::Pass,
            Self::Blocked => Meaning::Fail,
            Self::Inconclusive => Meaning::Warn,
            Self::NotMeasured => Meaning::Unknown,
            Self::Running => Meaning::Running,
        }
    }

    /// The verdict in words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::Blocked => "Blocked",
            Self::Inconclusive => "Inconclusive",
            Self::NotMeasured => "Not measured",
            Self::Running => "Running",
        }
    }
}

/// The icon of a meaning, with its word for screen readers unless words stand beside it.
#[component]
pub fn StatusIcon(
    /// What it means.
    meaning: Meaning,
    /// Words stand beside it already.
    #[prop(optional)]
    silent: bool,
) -> impl IntoView {
    let class = format!("status {}", meaning.class());
    let word = (!silent).then(|| view! { <span class="visually-hidden">{meaning.word()}</span> });
    view! { <span class=class><Icon symbol=meaning.symbol()/>{word}</span> }.into_any()
}

/// A short word with its meaning.
#[component]
pub fn Badge(
    /// What it means; sets colour and icon.
    meaning: Meaning,
    /// The word.
    #[prop(into)]
    word: String,
    /// For the head of a page.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let size = if large { " badge-large" } else { "" };
    let class = format!("badge {}{size}", meaning.class());
    view! { <span class=class><Icon symbol=meaning.symbol()/>{word}</span> }.into_any()
}

/// A gate's verdict as a badge.
#[component]
pub fn VerdictBadge(
    /// The verdict.
    verdict: Verdict,
    /// For the head of a page.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    view! { <Badge meaning=verdict.meaning() word=verdict.word() large=large/> }.into_any()
}

/// A number in a pill, for tabs and the rail. Nothing for zero.
#[component]
pub fn Count(
    /// How many.
    value: u64,
    /// What they are, for screen readers: "waiting for you".
    #[prop(into)]
    of: String,
    /// Somebody waits for them.
    #[prop(optional)]
    waiting: bool,
) -> impl IntoView {
    let class = if waiting { "count count-waiting" } else { "count" };
    (value > 0).then(|| {
        view! { <span class=class>{value}<span class="visually-hidden">{format!(" {of}")}</span></span> }
    })
}
