//! Pieces that several pages of the library show.

use super::view::DiffLine;
use crate::{
    ui::{Badge, Meaning},
    urls,
};
use hub::library::{AssetKind, ProposalState};
use leptos::prelude::*;

/// What each kind is, for the form of a new asset.
pub(super) fn words_of(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::GoldenPath => "a Hurl file that systems can use",
        AssetKind::Policy => "gate thresholds as JSON that systems can use",
        AssetKind::GovernanceProfile => "a JSON object",
        AssetKind::Cohort => "a JSON object",
        AssetKind::Prompt => "any text",
        AssetKind::Dashboard => "a JSON object",
        AssetKind::Document => "any text",
    }
}

/// Where a proposal stands.
#[component]
pub(super) fn StateBadge(state: ProposalState) -> impl IntoView {
    let (meaning, word) = match state {
        ProposalState::Open => (Meaning::Running, "Waits for a review"),
        ProposalState::Approved => (Meaning::Pass, "Approved"),
        ProposalState::Rejected => (Meaning::Fail, "Rejected"),
        ProposalState::Withdrawn => (Meaning::Unknown, "Withdrawn"),
    };
    view! { <Badge meaning word/> }.into_any()
}

/// Tags as links to what else has them.
#[component]
pub(super) fn Tags(tags: Vec<String>) -> impl IntoView {
    let link = |tag: String| {
        let href = urls::library_tagged(&tag);
        view! { <a class="tag" href=href>{tag}</a> }
    };
    view! { <span class="cluster">{tags.into_iter().map(link).collect_view()}</span> }.into_any()
}

/// What is different, line by line.
#[component]
pub(super) fn Changes(lines: Vec<DiffLine>, label: &'static str) -> impl IntoView {
    let line = |line: DiffLine| {
        let (class, word) = match line.sign {
            '+' => ("diff-line diff-added", "Added: "),
            '-' => ("diff-line diff-removed", "Removed: "),
            '…' => ("diff-line diff-skipped", "Lines that stayed"),
            _ => ("diff-line", ""),
        };
        let word = (!word.is_empty()).then(|| view! { <span class="visually-hidden">{word}</span> });
        let sign = line.sign.to_string();
        view! { <li class=class><span class="diff-sign" aria-hidden="true">{sign}</span>{word}<code>{line.text}</code></li> }
    };
    view! {
        <div class="diff" role="region" aria-label=label tabindex="0">
            <ol class="diff-lines">{lines.into_iter().map(line).collect_view()}</ol>
        </div>
    }
    .into_any()
}
