//! The page of a comparison.

use super::{
    calls::compare_page,
    view::{CompareView, ComparedView, Side},
};
use crate::{
    lab::ImportedBadge,
    reading::Trouble,
    ui::{
        Answer, Badge, Button, ButtonKind, Cell, Change, Choice, Column, Crumb, EmptyState, Figure, HeadCell, KeyValue,
        KeyValues, LinkButton, Meaning, Notice, Page, Row, Section, Select, Skeleton, SkeletonShape, Symbol, Table,
        format,
    },
    urls,
};
use hub::lab::{ComparedSide, Effect, MetricComparison, MetricVerdict};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use sbh_stats::compare::{ADVISED_REPETITIONS, FEWEST_FOR_LOAD};

/// Two versions side by side, by the sides in the address.
#[component]
pub fn ComparePage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        let query = query.read();
        let typed = |name: &str| query.get(name).filter(|text| !text.is_empty());
        (typed("baseline"), typed("candidate"))
    });
    let found = Resource::new(move || wanted.get(), |(baseline, candidate)| compare_page(baseline, candidate));
    let waiting =
        || view! { <Page title="Compare"><Skeleton shape=SkeletonShape::Table rows=8 label="Comparing"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(view) => view! { <Content view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Compare" error retry=urls::COMPARE/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Content(view: CompareView) -> impl IntoView {
    let CompareView { choices, compared, may_run } = view;
    let crumbs = vec![Crumb::link("Lab", urls::LAB), Crumb::here("Compare")];
    let content = match compared {
        Some(compared) => view! { <Sides choices compared=compared.clone()/><Found compared may_run/> }.into_any(),
        None => view! { <TooFew may_run/> }.into_any(),
    };
    view! {
        <Page title="Compare" lead="What changed between two versions or two systems, and how sure that is." crumbs>
            <div class="stack">{content}</div>
        </Page>
    }
    .into_any()
}

#[component]
fn TooFew(may_run: bool) -> impl IntoView {
    let purpose = "A comparison needs two versions, systems or teardowns that were measured in the same way.";
    let run = may_run.then(|| {
        view! { <LinkButton href=urls::NEW_RUN kind=ButtonKind::Primary icon=Symbol::Play>"Run a benchmark"</LinkButton> }
    });
    view! { <EmptyState title="There is nothing to compare yet" purpose symbol=Symbol::Lab>{run}</EmptyState> }
        .into_any()
}

/// The form that chooses the sides. It is a link: what it shows can be kept and sent.
#[component]
fn Sides(choices: Vec<Side>, compared: ComparedView) -> impl IntoView {
    let offered = move |chosen: &Side| {
        let listed = choices.iter().any(|side| side.key == chosen.key);
        let own = (!listed).then(|| Choice::new(chosen.key.clone(), chosen.label.clone()));
        let listed = choices.iter().map(|side| Choice::new(side.key.clone(), side.label.clone()));
        own.into_iter().chain(listed).collect::<Vec<_>>()
    };
    let (baseline, candidate) = (offered(&compared.baseline), offered(&compared.candidate));
    let turned = urls::compare(&compared.candidate.key, &compared.baseline.key);
    view! {
        <form method="get" action=urls::COMPARE class="filters" role="search" aria-label="Sides of the comparison">
            <Select label="Baseline" name="baseline" choices=baseline value=compared.baseline.key/>
            <Select label="Candidate" name="candidate" choices=candidate value=compared.candidate.key/>
            <Button>"Compare"</Button>
            <LinkButton href=turned kind=ButtonKind::Quiet>"Swap"</LinkButton>
        </form>
    }
    .into_any()
}

#[component]
fn Found(compared: ComparedView, may_run: bool) -> impl IntoView {
    let ComparedView { baseline, candidate, found, drawn } = compared;
    let again = candidate.again.clone().filter(|_| may_run);
    let sides = view! {
        <div class="panel">
            <KeyValues>
                <KeyValue name="Baseline"><SideFacts side=baseline taken=found.baseline.clone()/></KeyValue>
                <KeyValue name="Candidate"><SideFacts side=candidate taken=found.candidate.clone()/></KeyValue>
                <KeyValue name="Order">{if found.in_turns { "In turns: what drifted on the way fell on both" } else { "One after the other" }}</KeyValue>
                <KeyValue name="A change matters">"from 5 % of the baseline on; of rates, scores and counts by a fixed step"</KeyValue>
                <KeyValue name="Significance">{significance(found.significance)}</KeyValue>
            </KeyValues>
        </div>
    };
    if found.metrics.is_empty() {
        return view! { <Apart/>{sides} }.into_any();
    }
    let enough = found.metrics.iter().any(|metric| metric.adjusted_p.is_some());
    let advice = (!enough).then(|| view! { <Advice again/> });
    let (meaning, words) = summary(&found.metrics);
    let (compared, few): (Vec<_>, Vec<_>) = found.metrics.into_iter().partition(|metric| metric.adjusted_p.is_some());
    let compared = (!compared.is_empty()).then(|| view! { <Compared metrics=compared drawn/> });
    let few = (!few.is_empty()).then(|| {
        let title = format!("{} with too few repetitions", format::counted(few.len() as u64, "metric"));
        view! {
            <details class="disclosure" open=!enough>
                <summary>{title}</summary>
                <Metrics caption="Metrics with too few repetitions" metrics=few/>
            </details>
        }
    });
    view! {
        <Answer meaning words/>
        {advice}
        {sides}
        {compared}
        {few}
    }
    .into_any()
}

#[component]
fn Compared(metrics: Vec<MetricComparison>, drawn: Option<String>) -> impl IntoView {
    let drawing = drawn.map(|svg| {
        let note =
            "A disc is better, a triangle worse, a square neither. An interval that crosses 0 holds no change as well.";
        view! { <Figure title="As shares of the baseline" svg note/> }
    });
    view! {
        <Section title="Differences" hint="The candidate against the baseline: the median of all pairs of repetitions (Hodges-Lehmann), with its interval.">
            <div class="stack">{drawing}<Metrics caption="Differences" metrics/></div>
        </Section>
    }
    .into_any()
}

/// What the comparison says in one sentence.
fn summary(metrics: &[MetricComparison]) -> (Meaning, String) {
    let count = |verdict| metrics.iter().filter(|metric| metric.verdict == verdict).count();
    let parts = MetricVerdict::ALL.into_iter().filter_map(|verdict| {
        let found = count(verdict);
        (found > 0).then(|| format!("{found} {}", verdict.label()))
    });
    let meaning = match (count(MetricVerdict::Worse), count(MetricVerdict::Better), count(MetricVerdict::NoDifference))
    {
        (0, 0, 0) => Meaning::Unknown,
        (0, 0, _) => Meaning::Info,
        (0, ..) => Meaning::Pass,
        _ => Meaning::Fail,
    };
    let of = format::counted(metrics.len() as u64, "metric");
    (meaning, format!("Of {of}: {}", parts.collect::<Vec<_>>().join(", ")))
}

fn significance(share: f64) -> String {
    format!("{} that any metric is called better or worse by chance (Holm)", format::percent(share))
}

#[component]
fn SideFacts(side: Side, taken: ComparedSide) -> impl IntoView {
    let runs = format::counted(taken.benchmarks.len() as u64, "benchmark");
    let others =
        (taken.measured_otherwise > 0).then(|| format!("{} measured otherwise and left out", taken.measured_otherwise));
    let imported = taken.imported.clone().map(|tools| view! { <ImportedBadge tools/> });
    let name = match side.scorecard {
        Some(href) => view! { <a href=href>{side.label}</a> }.into_any(),
        None => side.label.into_any(),
    };
    view! {
        <span class="cluster">
            {name}
            <span class="cell-quiet">{runs}</span>
            {imported}
            {others.map(|words| view! { <span class="cell-quiet">{words}</span> })}
        </span>
    }
    .into_any()
}

#[component]
fn Apart() -> impl IntoView {
    view! {
        <Notice meaning=Meaning::Warn title="These two were not measured in the same way">
            <p>"Load, times, request mix, protocol and devices have to be the same on both sides, or the difference would be that of the measurements. Run a benchmark of the baseline as the candidate's last one was run."</p>
        </Notice>
    }
    .into_any()
}

#[component]
fn Advice(again: Option<String>) -> impl IntoView {
    let words = format!(
        "Each side needs {FEWEST_FOR_LOAD} repetitions to tell the metrics of a load apart; {ADVISED_REPETITIONS} see a change of 10 %. One benchmark with repetitions is enough, or several of the same version."
    );
    let again =
        again.map(|href| view! { <LinkButton href icon=Symbol::Play>"Measure the candidate again"</LinkButton> });
    view! {
        <Notice meaning=Meaning::Info title="Too little was measured to tell a change from noise">
            <p>{words}</p>
            <div class="cluster">{again}</div>
        </Notice>
    }
    .into_any()
}

#[component]
fn Metrics(caption: &'static str, metrics: Vec<MetricComparison>) -> impl IntoView {
    let columns = vec![
        Column::text("Metric"),
        Column::text("Verdict"),
        Column::number("Baseline", "median"),
        Column::number("Candidate", "median"),
        Column::text("Difference"),
        Column::number("Repetitions", ""),
        Column::number("p", "adjusted"),
    ];
    let line = |metric: MetricComparison| {
        let meaning = meaning(metric.verdict);
        // Too few repetitions are counted in a column of their own.
        let reason = metric
            .reason
            .clone()
            .filter(|_| metric.adjusted_p.is_some())
            .map(|reason| view! { <p class="cell-note">{reason}</p> });
        let Effect { estimate, low, high, confidence } = metric.difference;
        // The interval of very few repetitions covers less than it should: it is not shown as one of 95 %.
        let interval = (confidence >= 0.95).then_some((low, high));
        let tenths = |share: f64| (share * 1000.0).round() / 10.0;
        let relative = metric.relative.map(|relative| format!("{} %", format::signed(tenths(relative.estimate))));
        let told = |value: f64| format!("{} {}", format::significant(value), metric.unit);
        let (before, now) = (told(metric.baseline.median), told(metric.candidate.median));
        let repetitions = format!("{} and {}", metric.baseline.count, metric.candidate.count);
        let p = metric.adjusted_p.map_or(format::NONE.to_owned(), probability);
        view! {
            <Row>
                <HeadCell>{metric.label}</HeadCell>
                <Cell label="Verdict"><div class="lab-state"><Badge meaning word=word(metric.verdict)/>{reason}</div></Cell>
                <Cell label="Baseline (median)" number=true>{before}</Cell>
                <Cell label="Candidate (median)" number=true>{now}</Cell>
                <Cell label="Difference">
                    <span class="cluster">
                        <Change value=estimate unit=metric.unit meaning interval/>
                        <span class="cell-quiet">{relative}</span>
                    </span>
                </Cell>
                <Cell label="Repetitions" number=true quiet=true>{repetitions}</Cell>
                <Cell label="p (adjusted)" number=true quiet=true>{p}</Cell>
            </Row>
        }
    };
    let rows = metrics.into_iter().map(line).collect_view();
    view! { <Table caption caption_hidden=true columns cards=true>{rows}</Table> }.into_any()
}

fn meaning(verdict: MetricVerdict) -> Meaning {
    match verdict {
        MetricVerdict::Better => Meaning::Pass,
        MetricVerdict::Worse => Meaning::Fail,
        MetricVerdict::NoDifference => Meaning::Info,
        MetricVerdict::Inconclusive => Meaning::Unknown,
    }
}

fn word(verdict: MetricVerdict) -> &'static str {
    match verdict {
        MetricVerdict::Better => "Better",
        MetricVerdict::Worse => "Worse",
        MetricVerdict::NoDifference => "No difference",
        MetricVerdict::Inconclusive => "Inconclusive",
    }
}

/// A probability as papers print it.
fn probability(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}
