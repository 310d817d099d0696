//! How a version scales: the steps, and the law that fits them.

use crate::ui::{
    Cell, Column, Figure, HeadCell, KeyValue, KeyValues, Meaning, NotMeasured, Notice, Quantity, Row, Section, Table,
    format,
};
use hub::lab::{Estimate, Law, Operating, ScalabilitySummary};
use leptos::prelude::*;

/// The steps and what follows from them.
#[component]
pub(super) fn Scalability(found: ScalabilitySummary, drawn: Option<String>) -> impl IntoView {
    let stopped = found.stopped.clone().map(|why| {
        view! {
            <Notice meaning=Meaning::Warn title="The steps ended before the last one"><p>{why}</p></Notice>
        }
    });
    let law = match (found.law, found.not_fitted.clone()) {
        (Some(law), _) => view! { <Facts law kept=found.kept_pct()/> }.into_any(),
        (None, why) => view! { <NotMeasured reason=why.unwrap_or_default()/> }.into_any(),
    };
    let steps = view! { <Steps found/> };
    let steps = match drawn {
        Some(svg) => view! {
            <Figure title="Throughput by users" svg note="Discs are measured, the line is the law that fits them; a square took no part in the fit">
                {steps}
            </Figure>
        }
        .into_any(),
        None => steps.into_any(),
    };
    view! {
        <Section title="Scalability" hint="Users who wait for nothing but their answers, more with each step">
            <div class="stack">{stopped}{steps}{law}</div>
        </Section>
    }
    .into_any()
}

#[component]
fn Steps(found: ScalabilitySummary) -> impl IntoView {
    let columns = vec![
        Column::number("Users", ""),
        Column::number("Throughput", "requests/s"),
        Column::number("p95", "ms"),
        Column::number("Errors", "%"),
    ];
    let line = |step: hub::lab::StepSummary| {
        view! {
            <Row>
                <HeadCell>{format::count(step.users.into())}</HeadCell>
                <Cell label="Throughput (requests/s)" number=true><Quantity value=Some(step.throughput_rps)/></Cell>
                <Cell label="p95 (ms)" number=true><Quantity value=step.p95_ms/></Cell>
                <Cell label="Errors (%)" number=true><Quantity value=step.error_rate_pct/></Cell>
            </Row>
        }
    };
    let lines = found.steps.into_iter().map(line).collect_view();
    view! { <Table caption="Steps" caption_hidden=true columns>{lines}</Table> }.into_any()
}

#[component]
fn Facts(law: Law, kept: Option<f64>) -> impl IntoView {
    let place = |at: Operating| {
        format!("{} requests/s with {} users", format::significant(at.throughput_rps), format::significant(at.users))
    };
    let interval = law.peak_rps.map(|rps| {
        let users = law.peak_users.map(|users| match users.high {
            Some(high) => format!(", with {} to {} users", format::significant(users.low), format::significant(high)),
            None => format!(", with {} users or more", format::significant(users.low)),
        });
        let (low, high) = (format::significant(rps.low), format::significant(rps.high));
        format!("; 95 % CI {low} to {high} requests/s{}", users.unwrap_or_default())
    });
    let peak = match law.peak {
        Some(peak) => format!("{}{}", place(peak), interval.unwrap_or_default()),
        None => "None: by these steps throughput never falls".to_owned(),
    };
    let knee = law.knee.map_or("None: nothing waits".to_owned(), place);
    let kept = kept.map(|kept| format!("{} % of the best throughput", format::significant(kept)));
    view! {
        <KeyValues>
            <KeyValue name="Predicted peak">{peak}</KeyValue>
            <KeyValue name="Knee">{knee}</KeyValue>
            <KeyValue name="At the last step">{kept.unwrap_or_else(|| format::NONE.to_owned())}</KeyValue>
            <KeyValue name="One user (λ)">{estimate(law.lambda, "requests/s", 1.0)}</KeyValue>
            <KeyValue name="Contention (σ)">{estimate(law.sigma, "%", 100.0)}</KeyValue>
            <KeyValue name="Coherency (κ)">{estimate(law.kappa, "%", 100.0)}</KeyValue>
        </KeyValues>
    }
    .into_any()
}

/// An estimate with its interval, in another unit.
fn estimate(found: Estimate, unit: &str, factor: f64) -> String {
    let told = |value: f64| format::significant(value * factor);
    match found.low.zip(found.high) {
        Some((low, high)) => format!("{} {unit}, 95 % CI {} to {}", told(found.value), told(low), told(high)),
        None => format!("{} {unit}", told(found.value)),
    }
}
