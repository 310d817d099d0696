//! One measure over a system's versions, with the gates drawn in.

#[cfg(feature = "ssr")]
mod chart;
#[cfg(feature = "ssr")]
pub(super) mod gather;

use crate::{
    moment::{Moment, When},
    ui::{
        Button, Cell, Choice, Column, Figure, HeadCell, Meaning, NotMeasured, Notice, Pager, Row, Section, Select,
        Table,
        format::{self, counted},
    },
    urls,
};
use hub::{gates::Severity, lab::MeasuredPoint};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A measure over scorecards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrendView {
    /// The measure's key.
    pub measure: String,
    /// The key in the address, where nothing is measured by it and this is shown in its place.
    pub unknown: Option<String>,
    /// Its name.
    pub label: String,
    /// The symbol behind its values.
    pub unit: String,
    /// What can be chosen: keys and names.
    pub choices: Vec<(String, String)>,
    /// What the form sends besides: the scorecard of the page.
    pub kept: Vec<(String, String)>,
    /// Where the form leads.
    pub action: String,
    /// The scorecards, oldest first.
    pub points: Vec<TrendPoint>,
    /// What the gates allow, as lines.
    pub limits: Vec<Limit>,
    /// What the gates compare with earlier versions, in words.
    pub relative: Vec<String>,
    /// The drawing; none for fewer than two values.
    pub drawn: Option<String>,
    /// Older scorecards.
    pub older: Option<String>,
    /// The newest scorecards, unless these are they.
    pub newest: Option<String>,
}

/// One scorecard of a trend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// The value with its interval.
    pub point: MeasuredPoint,
    /// When it was measured.
    pub measured: Moment,
    /// It is the scorecard of the page.
    pub current: bool,
}

/// A threshold of the gates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// The rule.
    pub rule: String,
    /// What a failure does.
    pub severity: Severity,
    /// More than this fails, else less does.
    pub at_most: bool,
    /// The value.
    pub value: f64,
}

impl Limit {
    /// The threshold in words.
    fn told(&self) -> String {
        let does = match self.severity {
            Severity::Block => "blocks",
            Severity::Warn => "warns",
        };
        let side = if self.at_most { "above" } else { "below" };
        format!("{} {does} {side} {}", self.rule, format::significant(self.value))
    }
}

/// The trend with the choice of its measure.
#[component]
pub(super) fn Trend(
    /// The trend.
    trend: TrendView,
) -> impl IntoView {
    let TrendView {
        measure,
        unknown,
        label,
        unit,
        choices,
        kept,
        action,
        points,
        limits,
        relative,
        drawn,
        older,
        newest,
    } = trend;
    let notice = unknown.map(|key| {
        let words = format!("The address asks for “{key}”. This is the overall score; choose another measure below.");
        view! { <Notice meaning=Meaning::Warn title="There is no such measure"><p>{words}</p></Notice> }
    });
    let choices = choices.into_iter().map(|(key, label)| Choice::new(key, label)).collect();
    let kept: Vec<AnyView> = kept
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any())
        .collect();
    let note = note(&limits, &relative);
    let shown = counted(points.len() as u64, "scorecard");
    let pager = (older.is_some() || newest.is_some()).then(|| view! { <Pager shown next=older first=newest/> });
    let title = if unit.is_empty() { label.clone() } else { format!("{label}, {unit}") };
    let table = view! { <Points points unit=unit.clone()/> };
    let figure = match drawn {
        Some(svg) => view! { <Figure title svg note>{table}</Figure> }.into_any(),
        None => {
            let reason = "A line needs two scorecards that have it.";
            view! { <NotMeasured reason/>{table} }.into_any()
        }
    };
    view! {
        <Section title="Trend" hint="The scorecards of this environment, with what the gates allow">
            <div class="stack" id="trend">
                {notice}
                <form method="get" action=action class="filters">
                    {kept}
                    <Select label="Measure" name="metric" choices value=measure/>
                    <Button>"Show"</Button>
                </form>
                {figure}
                {pager}
            </div>
        </Section>
    }
    .into_any()
}

fn note(limits: &[Limit], relative: &[String]) -> String {
    let mut words: Vec<String> = limits.iter().map(Limit::told).collect();
    words.extend(relative.iter().cloned());
    if words.is_empty() { "No gate judges it".to_owned() } else { format!("Gates: {}", words.join("; ")) }
}

#[component]
fn Points(points: Vec<TrendPoint>, unit: String) -> impl IntoView {
    let intervals = points.iter().any(|row| row.point.interval.is_some());
    let mut columns = vec![Column::text("Version"), Column::number("Value", unit)];
    if intervals {
        columns.push(Column::number("95 % CI", "of the median"));
    }
    columns.push(Column::text("Measured"));
    let line = |row: TrendPoint| {
        let MeasuredPoint { benchmark, version, value, interval, .. } = row.point;
        let interval = intervals.then(|| {
            let words = interval.map_or(format::NONE.to_owned(), |(low, high)| {
                format!("{} to {}", format::significant(low), format::significant(high))
            });
            view! { <Cell number=true quiet=true>{words}</Cell> }
        });
        let value = match value {
            Some(value) => format::significant(value).into_any(),
            None => view! { <span class="not-measured">"Not measured"</span> }.into_any(),
        };
        view! {
            <Row current=row.current>
                <HeadCell href=urls::run(benchmark)>{version}</HeadCell>
                <Cell number=true>{value}</Cell>
                {interval}
                <Cell quiet=true><When moment=row.measured/></Cell>
            </Row>
        }
        .into_any()
    };
    let lines: Vec<AnyView> = points.into_iter().rev().map(line).collect();
    view! { <Table caption="Trend" caption_hidden=true columns>{lines}</Table> }.into_any()
}
