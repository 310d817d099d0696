//! What a million requests cost.

use crate::{
    systems::prices,
    ui::{Cell, Column, HeadCell, KeyValue, KeyValues, NotMeasured, Row, Section, Table, format},
};
use hub::{lab::CostSummary, systems::CostParts};
use leptos::prelude::*;

/// The cost, what it is made of, and the prices behind it.
#[component]
pub(super) fn Cost(found: CostSummary) -> impl IntoView {
    let parts = match found.per_million {
        Some(parts) => view! { <Parts parts/> }.into_any(),
        None => view! { <NotMeasured reason=found.not_measured.clone().unwrap_or_default()/> }.into_any(),
    };
    let capacity = found.capacity.map(|capacity| {
        let words = format!("{} requests/s, {}", format::significant(capacity.rps), capacity.measured_by.label());
        view! { <KeyValue name="Capacity">{words}</KeyValue> }
    });
    let sent = found.bytes_per_request.map(|bytes| {
        view! { <KeyValue name="Sent per request">{format!("{} B", format::significant(bytes))}</KeyValue> }
    });
    let lines = prices::told(&found.prices).into_iter();
    let lines: Vec<_> = lines.map(|(name, value)| view! { <KeyValue name>{value}</KeyValue> }.into_any()).collect();
    view! {
        <Section title="Cost" hint="By the prices of the environment when it was measured">
            <div class="stack">
                {parts}
                <KeyValues>{capacity}{sent}{lines}</KeyValues>
            </div>
        </Section>
    }
    .into_any()
}

#[component]
fn Parts(parts: CostParts) -> impl IntoView {
    let columns = vec![Column::text("A million requests"), Column::number("Cost", "USD")];
    let lines = [
        ("Hours of the instances", parts.instances),
        ("Requests", parts.requests),
        ("Traffic", parts.traffic),
        ("All together", parts.total()),
    ];
    let line = |(name, usd): (&'static str, f64)| {
        view! { <Row><HeadCell>{name}</HeadCell><Cell label="Cost (USD)" number=true>{format::significant(usd)}</Cell></Row> }
    };
    let lines: Vec<_> = lines.into_iter().map(line).collect();
    view! { <Table caption="Cost of a million requests" caption_hidden=true columns>{lines}</Table> }.into_any()
}
