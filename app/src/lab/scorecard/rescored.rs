//! A scorecard beside what other curves say of the same measurement.

use super::{
    compare::{change, label, row},
    dimensions::changed,
};
use crate::ui::{Cell, Column, HeadCell, Row, Section, Table, format};
use hub::lab::Scorecard;
use leptos::prelude::*;
use sbh_stats::Dimension;

/// Both scores of each dimension.
#[component]
pub(super) fn Rescored(made: Scorecard, other: Scorecard) -> impl IntoView {
    let title = format!("The same by the curves of {}", other.curve_version);
    let hint = "The scorecard keeps the curves that made it; the others were computed now from what was measured then.";
    let columns = vec![
        Column::text("Dimension"),
        Column::number(format!("By {}", made.curve_version), "of 100"),
        Column::number(format!("By {}", other.curve_version), "of 100"),
        Column::number("Difference", "points"),
    ];
    let line = |name: &'static str, made: Option<f64>, other: Option<f64>| {
        view! {
            <Row>
                <HeadCell>{name}</HeadCell>
                <Cell label="As it was made" number=true>{points(made)}</Cell>
                <Cell label="By the other curves" number=true>{points(other)}</Cell>
                <Cell label="Difference (points)" number=true>{changed(change(other, made).filter(|it| *it != 0.0))}</Cell>
            </Row>
        }
    };
    let score = |card: &Scorecard, dimension| row(card, dimension).and_then(|row| row.score);
    let lines = Dimension::ALL.into_iter();
    let mut lines: Vec<_> = lines.map(|it| line(label(it), score(&made, it), score(&other, it))).collect();
    lines.push(line("Overall", made.score, other.score));
    view! {
        <Section title hint>
            <Table caption="Scores by both versions of the curves" caption_hidden=true columns>{lines}</Table>
        </Section>
    }
    .into_any()
}

fn points(score: Option<f64>) -> String {
    score.map_or_else(|| format::NONE.to_owned(), |score| format!("{score:.1}"))
}
