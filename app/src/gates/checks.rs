//! The checks of a validation.

use super::policy_summary::severity_words;
use crate::{
    ui::{Badge, Cell, Column, HeadCell, Meaning, Row, Table},
    urls,
};
use hub::{
    gates::{Check, CheckKind, CheckState, Validation},
    ids::GoldenPathId,
};
use leptos::prelude::*;

/// The checks, failed ones first.
#[component]
pub fn Checks(
    /// The validation.
    validation: Validation,
) -> impl IntoView {
    let checks = validation.report.as_ref().map(|report| report.checks.clone()).unwrap_or_default();
    let columns = ["Result", "Check", "Measured", "Allowed", "Counts", "Source"].map(Column::text).to_vec();
    let line = |check: Check| {
        let source = Source::of(&check, &validation);
        view! { <Line check source/> }
    };
    let lines = checks.into_iter().map(line).collect_view();
    view! { <Table caption="Checks" caption_hidden=true columns cards=true>{lines}</Table> }.into_any()
}

/// Where the measurement behind a check is: its words and its address.
struct Source(&'static str, String);

impl Source {
    fn of(check: &Check, validation: &Validation) -> Option<Self> {
        let card = validation.inputs.as_ref().and_then(|inputs| inputs.scorecard.as_ref());
        match check.kind {
            CheckKind::GoldenPath => {
                let id: GoldenPathId = check.id.strip_prefix("golden-path.")?.parse().ok()?;
                Some(Self("Result", format!("#{}", path_anchor(id))))
            }
            CheckKind::Rule if check.value.is_some() => {
                let score = check.title.contains("core");
                Some(match (card?, score) {
                    (_, true) => Self("Scorecard", urls::scorecard_of(validation.system_id, &validation.version)),
                    (card, false) => Self("Run", urls::run(card.benchmark_id)),
                })
            }
            CheckKind::Rule | CheckKind::Precondition => None,
        }
    }
}

/// Where a golden path's result is on the page.
pub fn path_anchor(id: GoldenPathId) -> String {
    format!("path-{id}")
}

#[component]
fn Line(check: Check, source: Option<Source>) -> impl IntoView {
    let (meaning, word) = result(check.state);
    let advice = check.advice.map(|advice| view! { <p class="cell-note">{advice}</p> });
    let weight = (check.weight != 1).then(|| format!(", weight {}", check.weight));
    let source = match source {
        Some(Source(words, href)) if href.starts_with('#') => {
            view! { <a href=href rel="external">{words}</a> }.into_any()
        }
        Some(Source(words, href)) => view! { <a href=href>{words}</a> }.into_any(),
        None => view! { <span class="cell-quiet">"—"</span> }.into_any(),
    };
    view! {
        <Row>
            <HeadCell><Badge meaning word/></HeadCell>
            <Cell><div class="check-words"><strong>{check.title}</strong>{advice}</div></Cell>
            <Cell label="Measured"><span class="breakable">{check.measured}</span></Cell>
            <Cell label="Allowed">{check.allowed}</Cell>
            <Cell label="Counts" quiet=true><span>{severity_words(check.severity, check.key)}{weight}</span></Cell>
            <Cell label="Source">{source}</Cell>
        </Row>
    }
    .into_any()
}

fn result(state: CheckState) -> (Meaning, &'static str) {
    match state {
        CheckState::Failed => (Meaning::Fail, "Failed"),
        CheckState::NotMeasured => (Meaning::Unknown, "Not measured"),
        CheckState::Warned => (Meaning::Warn, "Warning"),
        CheckState::Passed => (Meaning::Pass, "Passed"),
    }
}
