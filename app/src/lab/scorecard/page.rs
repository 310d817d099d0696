//! The page of a scorecard.

use super::{
    calls::scorecard_page,
    dimensions::{Contributions, Dimensions, changed, overall_change},
    metrics::MetricsTable,
    rescored::Rescored,
    view::{CardQuery, CardView, ScorecardView},
};
use crate::{
    lab::{import::ImportedNotice, trend::Trend},
    moment::When,
    reading::Trouble,
    sharing::Sharing,
    systems::parts::{Chip, JudgedBadge, meaning_of_score},
    ui::{
        ButtonKind, Crumb, EmptyState, Figure, Gauge, GaugeSize, KeyValue, KeyValues, LinkButton, Page, Section,
        Skeleton, SkeletonShape, Symbol, format,
    },
    urls,
};
use hub::{lab::Scorecard, systems::System};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// A system's scorecard: the newest, or that of the version and the environment in the address.
#[component]
pub fn ScorecardPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let wanted = Memo::new(move |_| {
        let query = query.read();
        let typed = |name: &str| query.get(name).filter(|text| !text.is_empty());
        let wanted = CardQuery {
            version: typed("version"),
            environment: typed("environment"),
            curves: typed("curves"),
            metric: typed("metric"),
            before: typed("before"),
            shares: typed("shares"),
        };
        (params.read().get("system").unwrap_or_default(), wanted)
    });
    let card = Resource::new(move || wanted.get(), |(system, wanted)| scorecard_page(system, wanted));
    let waiting = || {
        view! { <Page title="Scorecard"><Skeleton shape=SkeletonShape::Table rows=8 label="Loading the scorecard"/></Page> }
    };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match card.await {
                    Ok(view) => view! { <ScorecardContent view/> }.into_any(),
                    Err(error) => {
                        let retry = format!("{}/{}/scorecard", urls::SYSTEMS, wanted.get_untracked().0);
                        view! { <Trouble title="Scorecard" error retry/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn ScorecardContent(view: ScorecardView) -> impl IntoView {
    let ScorecardView { system, card, may_run } = view;
    match card {
        Some(card) => view! { <Measured system card may_run/> }.into_any(),
        None => view! { <Nothing system may_run/> }.into_any(),
    }
}

#[component]
fn Nothing(system: System, may_run: bool) -> impl IntoView {
    let crumbs = vec![
        Crumb::link("Systems", urls::SYSTEMS),
        Crumb::link(system.name.clone(), urls::system(system.id)),
        Crumb::here("Scorecard"),
    ];
    let run = may_run.then(|| {
        view! { <LinkButton href=urls::new_run(system.id) kind=ButtonKind::Primary icon=Symbol::Play>"Run a benchmark"</LinkButton> }
    });
    let purpose =
        "A scorecard shows how a version does in eight dimensions, and what each score rests on. A benchmark makes it.";
    view! {
        <Page title=format!("Scorecard of {}", system.name) crumbs>
            <EmptyState title="Nothing was measured yet" purpose symbol=Symbol::Lab>{run}</EmptyState>
        </Page>
    }
    .into_any()
}

fn crumbs(system: &System, card: &CardView) -> Vec<Crumb> {
    let environment = match card.environment_id {
        Some(id) => Crumb::link(card.environment.name.clone(), urls::environment(system.id, id)),
        None => Crumb::here(card.environment.name.clone()),
    };
    vec![
        Crumb::link("Systems", urls::SYSTEMS),
        Crumb::link(system.name.clone(), urls::system(system.id)),
        environment.with_menu(card.environments.clone()),
        Crumb::here(card.card.version.clone()).with_menu(card.versions.clone()),
    ]
}

#[component]
fn Measured(system: System, card: CardView, may_run: bool) -> impl IntoView {
    let title = format!("{} {}", system.name, card.card.version);
    let crumbs = crumbs(&system, &card);
    let (chip, id) = (card.environment.clone(), system.id);
    let again = (may_run && card.environment_id.is_some()).then(|| urls::run_like(card.card.benchmark_id));
    let compare = card.baseline.as_ref().map(|baseline| {
        let side = |card: &Scorecard| urls::side(id.into(), card.environment_id, &card.version);
        urls::compare(&side(&baseline.card), &side(&card.card))
    });
    let actions = move || {
        let again = again.clone().map(|href| view! { <LinkButton href icon=Symbol::Play>"Measure again"</LinkButton> });
        view! {
            <Chip environment=chip.clone()/>
            {again}
            {compare.clone().map(|href| view! { <LinkButton href>"Compare"</LinkButton> })}
            <LinkButton href=urls::gates(id) icon=Symbol::Gates>"Gates"</LinkButton>
        }
    };
    let trend = card.trend.clone();
    let note = "A gap was not measured; the broken line is the version before";
    let note = if card.baseline.is_some() { note } else { "A gap was not measured" };
    let radar = card.radar.clone().map(|svg| view! { <Radar svg note/> });
    let (rows, run) = (card.card.dimensions.clone(), card.card.benchmark_id);
    let curves = card.card.curve_version.clone();
    let rescored = card.rescored.clone().map(|other| {
        let made = card.card.clone();
        view! { <Rescored made other/> }
    });
    let (overall, dimensions, sharing) = (card.clone(), card.clone(), card.sharing.clone());
    let imported = card.card.imported.clone().map(|import| view! { <ImportedNotice import/> });
    view! {
        <Page title lead="Scorecard" crumbs actions>
            <div class="scorecard stack">
                {imported}
                <Overall card=overall/>
                {rescored}
                {radar}
                <Section title="Dimensions"><Dimensions view=dimensions/></Section>
                <Section title="What the scores are made of" hint="Metrics through the scoring curves; what they add makes the score exactly.">
                    <Contributions rows run curves/>
                </Section>
                <Trend trend/>
                <Section title="Metrics" hint="Each leads to the benchmark that measured it.">
                    <div class="cluster screen-only">
                        <LinkButton href=urls::scorecard_file(run, "csv") small=true icon=Symbol::Download download="">"Download as CSV"</LinkButton>
                        <LinkButton href=urls::scorecard_file(run, "json") small=true icon=Symbol::Download download="">"Download as JSON"</LinkButton>
                    </div>
                    <MetricsTable view=card/>
                </Section>
            </div>
            <Sharing sharing/>
        </Page>
    }
    .into_any()
}

/// The scores of the dimensions around a circle; their table stands below.
#[component]
pub(crate) fn Radar(
    /// The drawing.
    svg: String,
    /// What to notice.
    note: &'static str,
) -> impl IntoView {
    view! { <div class="radar"><Figure title="Scores of the dimensions, 0 to 100 points" svg note/></div> }.into_any()
}

#[component]
fn Overall(card: CardView) -> impl IntoView {
    let score = card.card.score;
    let measured = card.card.dimensions.iter().filter(|row| row.score.is_some()).count() as u64;
    let of = card.card.dimensions.len() as u64;
    let grade = card.card.grade.clone().unwrap_or_default();
    let change = overall_change(&card);
    let curves = other_curves(&card);
    let baseline = card.baseline.clone().map(|baseline| {
        view! {
            <KeyValue name="Compared with">
                <span class="cluster"><a href=baseline.href>{baseline.card.version}</a>{changed(change)}</span>
            </KeyValue>
        }
    });
    view! {
        <div class="panel scorecard-overall">
            <Gauge label="Overall" score grade meaning=meaning_of_score(score) size=GaugeSize::Large bare=true/>
            <KeyValues>
                <KeyValue name="Verdict"><JudgedBadge judged=card.judged/></KeyValue>
                <KeyValue name="Overall">{overall(score, card.card.grade.as_deref())}</KeyValue>
                {baseline}
                <KeyValue name="Rests on">{format!("{measured} of {}", format::counted(of, "dimension"))}</KeyValue>
                <KeyValue name="Measured">
                    <span class="cluster"><a href=urls::run(card.card.benchmark_id)><When moment=card.measured/></a></span>
                </KeyValue>
                <KeyValue name="Files">{card.files}</KeyValue>
                <KeyValue name="Scoring curves">
                    <span class="cluster">{card.card.curve_version.clone()}{curves}</span>
                </KeyValue>
            </KeyValues>
        </div>
    }
    .into_any()
}

fn overall(score: Option<f64>, grade: Option<&str>) -> String {
    match score {
        Some(score) => format!("{score:.1} of 100, grade {}", grade.unwrap_or(format::NONE)),
        None => "Not measured: no dimension has a score".to_owned(),
    }
}

/// Links to the same measurement under the other curves.
fn other_curves(card: &CardView) -> Vec<AnyView> {
    let link = |(version, href): (String, String)| {
        let words = format!("Beside {version}");
        view! { <a class="screen-only" href=href>{words}</a> }.into_any()
    };
    card.curves.clone().into_iter().map(link).collect()
}
