//! Every metric of a scorecard.

use super::view::CardView;
use crate::{
    ui::{Cell, Change, Column, HeadCell, Meaning, Quantity, Row, Table, format},
    urls,
};
use hub::lab::{METRICS, MetricInfo};
use leptos::prelude::*;

/// Every metric that policies know: those that were measured now or before, and the names of the others.
#[component]
pub(super) fn MetricsTable(view: CardView) -> impl IntoView {
    let before = view.baseline.as_ref().map_or("Before".to_owned(), |baseline| format!("In {}", baseline.card.version));
    let columns = vec![
        Column::text("Metric"),
        Column::number("Value", ""),
        Column::text("Unit"),
        Column::number(before, ""),
        Column::number("Change", ""),
    ];
    let run = view.card.benchmark_id;
    let (mut lines, mut others) = (Vec::new(), Vec::new());
    for info in METRICS {
        let now = view.card.metrics.get(info.key).copied();
        let before = view.baseline.as_ref().and_then(|baseline| baseline.card.metrics.get(info.key).copied());
        if now.or(before).is_none() {
            others.push(view! { <li>{info.label}</li> }.into_any());
            continue;
        }
        let href = urls::run(run);
        lines.push(view! { <MetricLine info=*info now before href/> });
    }
    let others = (!others.is_empty()).then(|| {
        let title = format!("{} not measured", format::counted(others.len() as u64, "metric"));
        view! { <details class="disclosure"><summary>{title}</summary><ul class="plain-list">{others}</ul></details> }
    });
    view! { <Table caption="Metrics" caption_hidden=true columns>{lines}</Table>{others} }.into_any()
}

#[component]
fn MetricLine(info: MetricInfo, now: Option<f64>, before: Option<f64>, href: String) -> impl IntoView {
    let change = now.zip(before).map(|(now, before)| now - before);
    view! {
        <Row>
            <HeadCell href>{info.label}</HeadCell>
            <Cell label="Value" number=true><Quantity value=now/></Cell>
            <Cell label="Unit" quiet=true>{info.unit}</Cell>
            <Cell label="Before" number=true quiet=true>{before.map_or(format::NONE.to_owned(), format::significant)}</Cell>
            <Cell label="Change" number=true>{difference(change, info.higher_is_better)}</Cell>
        </Row>
    }
    .into_any()
}

/// A difference with what it means for this metric.
fn difference(change: Option<f64>, higher_is_better: bool) -> AnyView {
    let Some(value) = change else { return format::NONE.into_any() };
    let meaning = if (value > 0.0) == higher_is_better { Meaning::Pass } else { Meaning::Fail };
    view! { <Change value meaning/> }.into_any()
}
