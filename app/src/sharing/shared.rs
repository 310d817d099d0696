//! What a link shows: one scorecard, and no way from there to anything else.

use super::{calls::shared_page, view::SharedView};
use crate::{
    lab::{Parts, Radar, dimension_label},
    moment::When,
    shell::SharedFrame,
    systems::parts::meaning_of_score,
    ui::{
        Cell, Column, EmptyState, EnvironmentChip, Failed, Gauge, GaugeSize, HeadCell, KeyValue, KeyValues, Page,
        Quantity, Row, ScoreBar, Section, Skeleton, SkeletonShape, Symbol, Table, Verdict, VerdictBadge, format,
    },
};
use hub::{
    Kind, gates,
    lab::{METRICS, MetricInfo},
    sharing::{SharedCard, SharedDimension, shared_path},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_params_map;

/// The page behind a share link.
#[component]
pub fn SharedPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let found = Resource::new(move || token.get(), shared_page);
    let waiting = || {
        view! { <Page title="Scorecard"><Skeleton shape=SkeletonShape::Table rows=8 label="Loading the scorecard"/></Page> }
    };
    view! {
        <Meta name="robots" content="noindex, nofollow"/>
        <SharedFrame>
            <Suspense fallback=waiting>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(view) => view! { <Shared view/> }.into_any(),
                        Err(error) if error.kind == Kind::NotFound => view! { <NothingShared/> }.into_any(),
                        Err(error) => {
                            let retry = shared_path(&token.get_untracked());
                            view! { <Page title="Scorecard"><Failed what=error.message retry/></Page> }.into_any()
                        }
                    }
                })}
            </Suspense>
        </SharedFrame>
    }
    .into_any()
}

/// The same for a link that never was, has ended or was revoked.
#[component]
fn NothingShared() -> impl IntoView {
    view! {
        <Page title="This link shows nothing">
            <EmptyState title="It may have ended or been revoked" purpose="Ask whoever gave it to you for another." symbol=Symbol::Lock/>
        </Page>
    }
    .into_any()
}

#[component]
fn Shared(view: SharedView) -> impl IntoView {
    let SharedView { found, radar, measured } = view;
    let radar = radar.map(|svg| view! { <Radar svg note="A gap was not measured"/> });
    let stage = found.stage.clone();
    let Some(card) = found.card else {
        return view! {
            <Page title=format!("Scorecard of {}", found.system)>
                <EmptyState title="Nothing was measured yet" purpose="The scorecard appears here as soon as a benchmark has made one." symbol=Symbol::Lab/>
            </Page>
        }
        .into_any();
    };
    let actions = move || stage.clone().map(|stage| view! { <EnvironmentChip name=stage/> });
    let measured = measured.map(|moment| view! { <KeyValue name="Measured"><When moment/></KeyValue> });
    let rows = card.dimensions.clone();
    let (words, rests) = (overall(&card), rests_on(&card));
    let (metrics, curves, score, judged) =
        (card.clone(), card.curve_version.clone(), card.score, verdict(card.verdict));
    let (title, grade) = (format!("{} {}", found.system, card.version), card.grade.clone().unwrap_or_default());
    view! {
        <Page title lead="Scorecard" actions>
            <div class="scorecard stack">
                <div class="panel scorecard-overall">
                    <Gauge label="Overall" score grade meaning=meaning_of_score(score) size=GaugeSize::Large bare=true/>
                    <KeyValues>
                        <KeyValue name="Verdict">{judged}</KeyValue>
                        <KeyValue name="Overall">{words}</KeyValue>
                        <KeyValue name="Rests on">{rests}</KeyValue>
                        {measured}
                        <KeyValue name="Scoring curves">{curves}</KeyValue>
                    </KeyValues>
                </div>
                {radar}
                <Section title="Dimensions"><Dimensions card/></Section>
                <Section title="What the scores are made of" hint="Metrics through the scoring curves; what they add makes the score exactly.">
                    <div class="stack">{parts(rows)}</div>
                </Section>
                <Section title="Metrics"><Metrics card=metrics/></Section>
            </div>
        </Page>
    }
    .into_any()
}

fn verdict(verdict: Option<gates::Verdict>) -> AnyView {
    let verdict = match verdict {
        Some(gates::Verdict::Allowed) => Verdict::Allowed,
        Some(gates::Verdict::Blocked) => Verdict::Blocked,
        Some(gates::Verdict::Inconclusive) => Verdict::Inconclusive,
        None => return view! { <span class="cell-quiet">"Not validated"</span> }.into_any(),
    };
    view! { <VerdictBadge verdict/> }.into_any()
}

fn overall(card: &SharedCard) -> String {
    match card.score {
        Some(score) => format!("{score:.1} of 100, grade {}", card.grade.as_deref().unwrap_or(format::NONE)),
        None => "Not measured: no dimension has a score".to_owned(),
    }
}

fn rests_on(card: &SharedCard) -> String {
    let measured = card.dimensions.iter().filter(|row| row.score.is_some()).count();
    format!("{measured} of {}", format::counted(card.dimensions.len() as u64, "dimension"))
}

#[component]
fn Dimensions(card: SharedCard) -> impl IntoView {
    let columns = vec![
        Column::text("Dimension"),
        Column::text("Score"),
        Column::text("Grade"),
        Column::number("Weight", "%"),
        Column::number("Adds", "points"),
    ];
    let line = |row: SharedDimension| {
        let name = dimension_label(row.dimension);
        if row.score.is_none() {
            return view! {
                <tr><HeadCell>{name}</HeadCell><td class="lab-unmeasured" colspan="4"><span class="not-measured">"Not measured"</span></td></tr>
            }
            .into_any();
        }
        view! {
            <Row>
                <HeadCell>{name}</HeadCell>
                <Cell label="Score"><ScoreBar label=name score=row.score meaning=meaning_of_score(row.score)/></Cell>
                <Cell label="Grade">{row.grade.unwrap_or_default()}</Cell>
                <Cell label="Weight (%)" number=true>{format::significant(row.weight * 100.0)}</Cell>
                <Cell label="Adds (points)" number=true>{row.points.map_or(format::NONE.to_owned(), |it| format!("{it:.1}"))}</Cell>
            </Row>
        }
        .into_any()
    };
    let lines: Vec<_> = card.dimensions.into_iter().map(line).collect();
    view! { <Table caption="Dimensions" caption_hidden=true columns cards=true>{lines}</Table> }.into_any()
}

/// What each measured dimension is made of.
fn parts(rows: Vec<SharedDimension>) -> Vec<AnyView> {
    let measured = rows.into_iter().filter(|row| !row.contributions.is_empty());
    let part = |row: SharedDimension| {
        let name = dimension_label(row.dimension);
        let points = row.score.map_or(format::NONE.to_owned(), |score| format!("{score:.1}"));
        view! {
            <details class="disclosure lab-parts">
                <summary>{format!("{name}: {points} points")}</summary>
                <Parts of=name contributions=row.contributions/>
            </details>
        }
        .into_any()
    };
    measured.map(part).collect()
}

#[component]
fn Metrics(card: SharedCard) -> impl IntoView {
    let columns = vec![Column::text("Metric"), Column::number("Value", ""), Column::text("Unit")];
    let measured = METRICS.iter().filter_map(|info| Some((info, *card.metrics.get(info.key)?)));
    let line = |(info, value): (&'static MetricInfo, f64)| {
        view! {
            <Row>
                <HeadCell>{info.label}</HeadCell>
                <Cell label="Value" number=true><Quantity value=Some(value)/></Cell>
                <Cell label="Unit" quiet=true>{info.unit}</Cell>
            </Row>
        }
        .into_any()
    };
    let lines: Vec<AnyView> = measured.map(line).collect();
    view! { <Table caption="Metrics" caption_hidden=true columns>{lines}</Table> }.into_any()
}
