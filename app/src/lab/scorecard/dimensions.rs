//! The dimensions of a scorecard, and what each score is made of.

use super::{
    compare::{Mover, change, label, mover, row, step, sum},
    view::CardView,
};
use crate::{
    systems::parts::meaning_of_score,
    ui::{Cell, Change, Column, HeadCell, KeyValue, KeyValues, LinkButton, Meaning, Row, ScoreBar, Table, format},
    urls,
};
use hub::{ids::BenchmarkId, lab::DimensionRow};
use leptos::prelude::*;
use sbh_stats::{Contribution, curve::curve};

/// All eight dimensions.
#[component]
pub(super) fn Dimensions(view: CardView) -> impl IntoView {
    let compared = view.baseline.as_ref().map_or("Change", |_| "Change since the version before");
    let columns = vec![
        Column::text("Dimension"),
        Column::text("Score"),
        Column::text("Grade"),
        Column::text(compared),
        Column::text("Moved most by"),
        Column::number("Weight", "%"),
        Column::number("Adds", "points"),
    ];
    let lines = view.card.dimensions.iter().map(|now| {
        let before = view.baseline.as_ref().and_then(|baseline| row(&baseline.card, now.dimension)).cloned();
        view! { <DimensionLine now=now.clone() before verified=view.verified/> }
    });
    let lines = lines.collect_view();
    let (grade, difference) = (view.card.grade.clone().unwrap_or_default(), overall_change(&view));
    let total = view.card.score.map(|score| {
        view! {
            <Row>
                <HeadCell>"Overall"</HeadCell>
                <Cell label="Score"><ScoreBar label="Overall" score=Some(score) meaning=meaning_of_score(Some(score))/></Cell>
                <Cell label="Grade">{grade}</Cell>
                <Cell label="Change">{changed(difference)}</Cell>
                <Cell>""</Cell>
                <Cell label="Weight (%)" number=true>"100"</Cell>
                <Cell label="Adds (points)" number=true>{format!("{score:.1}")}</Cell>
            </Row>
        }
    });
    view! {
        <Table caption="Dimensions" caption_hidden=true columns cards=true>{lines}{total}</Table>
    }
    .into_any()
}

/// The change of the overall score against the version before.
pub(super) fn overall_change(view: &CardView) -> Option<f64> {
    change(view.card.score, view.baseline.as_ref()?.card.score)
}

#[component]
fn DimensionLine(now: DimensionRow, before: Option<DimensionRow>, verified: bool) -> impl IntoView {
    let name = label(now.dimension);
    if now.score.is_none() {
        let reason = now.reason.clone().unwrap_or_default();
        return view! {
            <tr>
                <HeadCell>{name}</HeadCell>
                <td class="lab-unmeasured" colspan="6">
                    <div>
                        <span class="not-measured">"Not measured. "</span>{reason}" "
                        <span class="lab-step">{step(now.dimension, verified)}</span>
                    </div>
                </td>
            </tr>
        }
        .into_any();
    }
    let moved = before.as_ref().and_then(|before| mover(&now, before));
    let score = now.score;
    let difference = change(score, before.and_then(|before| before.score));
    view! {
        <Row>
            <HeadCell>{name}</HeadCell>
            <Cell label="Score"><ScoreBar label=name score meaning=meaning_of_score(score)/></Cell>
            <Cell label="Grade">{now.grade.clone().unwrap_or_default()}</Cell>
            <Cell label="Change">{changed(difference)}</Cell>
            <Cell label="Moved most by" quiet=true>{moved.map_or(format::NONE.to_owned(), |moved| told(&moved))}</Cell>
            <Cell label="Weight (%)" number=true>{format::significant(now.weight * 100.0)}</Cell>
            <Cell label="Adds (points)" number=true>{now.points.map_or(format::NONE.to_owned(), |it| format!("{it:.1}"))}</Cell>
        </Row>
    }
    .into_any()
}

/// A change of points; more is better.
pub(super) fn changed(points: Option<f64>) -> AnyView {
    let Some(value) = points else { return view! { <span class="cell-quiet">{format::NONE}</span> }.into_any() };
    let meaning = if value > 0.0 { Meaning::Pass } else { Meaning::Fail };
    view! { <Change value meaning/> }.into_any()
}

fn told(moved: &Mover) -> String {
    let (before, now) = (format::significant(moved.before), format::significant(moved.now));
    let points = format::signed(moved.points);
    format!("{}: {before} to {now} {}, {points} points", moved.metric.label(), moved.unit.symbol())
}

/// What each measured dimension's score is made of.
#[component]
pub(super) fn Contributions(rows: Vec<DimensionRow>, run: BenchmarkId, curves: String) -> impl IntoView {
    let measured = rows.into_iter().filter(|row| !row.contributions.is_empty());
    let part = |row: DimensionRow| {
        let sum = sum(&row.contributions);
        let title = format!("{}: {sum} points", label(row.dimension));
        view! {
            <details class="disclosure lab-parts">
                <summary>{title}</summary>
                <Parts of=label(row.dimension) contributions=row.contributions.clone()/>
                <Sources contributions=row.contributions curves=curves.clone()/>
            </details>
        }
    };
    let parts: Vec<_> = measured.map(part).collect();
    view! {
        <div class="stack">
            {parts}
            <div class="cluster"><LinkButton href=urls::run(run) small=true>"The benchmark behind it"</LinkButton></div>
        </div>
    }
    .into_any()
}

/// Where the curves of these metrics come from.
#[component]
fn Sources(contributions: Vec<Contribution>, curves: String) -> impl IntoView {
    let line = |part: Contribution| {
        let found = curve(&curves, part.metric).ok()?;
        Some(view! { <KeyValue name=part.metric.label()>{found.source}</KeyValue> }.into_any())
    };
    let lines: Vec<_> = contributions.into_iter().filter_map(line).collect();
    view! {
        <details class="disclosure screen-only">
            <summary>"Where these curves come from"</summary>
            <KeyValues>{lines}</KeyValues>
        </details>
    }
    .into_any()
}

/// What one dimension is made of.
#[component]
pub(crate) fn Parts(
    /// The dimension's name.
    of: &'static str,
    /// Its parts.
    contributions: Vec<Contribution>,
) -> impl IntoView {
    let columns = vec![
        Column::text("Metric"),
        Column::number("Measured", ""),
        Column::number("Score", "of 100"),
        Column::number("Share", "%"),
        Column::number("Adds", "points"),
    ];
    let total = sum(&contributions).to_string();
    let line = |part: Contribution| {
        let measured = format!("{} {}", format::significant(part.value), part.unit.symbol());
        view! {
            <Row>
                <HeadCell>{part.metric.label()}</HeadCell>
                <Cell label="Measured" number=true>{measured}</Cell>
                <Cell label="Score (of 100)" number=true>{format!("{:.1}", part.score * 100.0)}</Cell>
                <Cell label="Share (%)" number=true>{format::significant(part.weight * 100.0)}</Cell>
                <Cell label="Adds (points)" number=true>{part.points.to_string()}</Cell>
            </Row>
        }
    };
    view! {
        <Table caption=format!("What {} is made of", of.to_lowercase()) caption_hidden=true columns cards=true>
            {contributions.into_iter().map(line).collect_view()}
            <Row>
                <HeadCell>"Sum"</HeadCell>
                <Cell>""</Cell>
                <Cell>""</Cell>
                <Cell label="Share (%)" number=true>"100"</Cell>
                <Cell label="Adds (points)" number=true>{total}</Cell>
            </Row>
        </Table>
    }
    .into_any()
}
