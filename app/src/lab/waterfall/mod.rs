//! The requests of a page load: where its time went.

#[cfg(feature = "ssr")]
mod chart;
#[cfg(feature = "ssr")]
pub(super) mod gather;

use crate::ui::{
    Badge, Cell, Column, Figure, HeadCell, Meaning, Row, Section, Table,
    format::{self, counted},
};
use hub::lab::{PageEvent, PageRequest, Waterfall};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A waterfall with its drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaterfallView {
    /// The requests.
    pub waterfall: Waterfall,
    /// The same, drawn.
    pub drawn: String,
    /// The other devices: name and address.
    pub others: Vec<(String, String)>,
}

const NOTE: &str = "Each bar is a request: thin while it waits for its turn, half as high while it connects, pale until the answer begins, full while it is read. A triangle marks other sites; lines across are moments of the page.";

/// The load of the page that stands for all.
#[component]
pub(super) fn PageWaterfall(
    /// The waterfall.
    view: WaterfallView,
) -> impl IntoView {
    let WaterfallView { waterfall, drawn, others } = view;
    let Waterfall { device, requests, left_out, events, .. } = waterfall;
    let link = |(name, href): (String, String)| view! { <li><a href=href>{name}</a></li> }.into_any();
    let others: Vec<AnyView> = others.into_iter().map(link).collect();
    let others = (!others.is_empty())
        .then(|| view! { <div class="cluster"><span class="cell-quiet">"Other devices"</span><ul class="cluster">{others}</ul></div> });
    let moments = events.into_iter().map(told).collect::<Vec<_>>().join(", ");
    let moments = (!moments.is_empty()).then(|| view! { <p>{moments}</p> });
    let rest = (left_out > 0).then(|| {
        let rest = counted(left_out, "more request");
        view! { <p class="section-hint">{format!("{rest} followed; the file {device}.har below has them all.")}</p> }
    });
    let hint = "The load with the median Largest Contentful Paint; times count from its first request";
    view! {
        <Section title=format!("Waterfall, {device}") hint>
            <div class="stack waterfall" id="waterfall">
                {others}
                <Figure title="Requests of the page over time, in milliseconds" svg=drawn note=NOTE/>
                {moments}
                <Requests requests/>
                {rest}
            </div>
        </Section>
    }
    .into_any()
}

fn told(event: PageEvent) -> String {
    format!("{} at {} ms", event.kind.label(), format::significant(event.at_ms))
}

#[component]
fn Requests(requests: Vec<PageRequest>) -> impl IntoView {
    let columns = vec![
        Column::text("Request"),
        Column::text("Type"),
        Column::number("Start", "ms"),
        Column::number("Turn and connection", "ms"),
        Column::number("Answer", "ms"),
        Column::number("Reading", "ms"),
        Column::number("Took", "ms"),
        Column::number("Transferred", ""),
    ];
    let lines: Vec<AnyView> = requests.into_iter().map(line).collect();
    view! { <Table caption="Requests of the page" caption_hidden=true columns cards=true>{lines}</Table> }.into_any()
}

fn line(request: PageRequest) -> AnyView {
    let ms = |value: Option<f64>| value.map_or(format::NONE.to_owned(), format::significant);
    let phase = |of: fn(&hub::lab::RequestPhases) -> f64| ms(request.phases.as_ref().map(of));
    let (turn, answer, reading) =
        (phase(|it| it.blocked_ms + it.connect_ms), phase(|it| it.wait_ms), phase(|it| it.receive_ms));
    let took = ms(request.end_ms.map(|end| end - request.start_ms));
    let status = match (&request.failure, request.status) {
        (Some(why), _) => view! { <Badge meaning=Meaning::Fail word=why.clone()/> }.into_any(),
        (None, Some(status)) if status >= 400 => {
            view! { <Badge meaning=Meaning::Fail word=status.to_string()/> }.into_any()
        }
        _ => ().into_any(),
    };
    let foreign = request.third_party.then(|| view! { <Badge meaning=Meaning::Info word="Other site"/> });
    let size = if request.cached { "from memory".to_owned() } else { format::bytes(request.transfer_bytes) };
    view! {
        <Row>
            <HeadCell>
                <span class="waterfall-request">
                    <code class="breakable">{request.path}</code>
                    <span class="cluster"><span class="cell-quiet breakable">{request.host}</span>{foreign}{status}</span>
                </span>
            </HeadCell>
            <Cell label="Type">{request.kind}</Cell>
            <Cell label="Start (ms)" number=true>{format::significant(request.start_ms)}</Cell>
            <Cell label="Turn and connection (ms)" number=true>{turn}</Cell>
            <Cell label="Answer (ms)" number=true>{answer}</Cell>
            <Cell label="Reading (ms)" number=true>{reading}</Cell>
            <Cell label="Took (ms)" number=true>{took}</Cell>
            <Cell label="Transferred" number=true>{size}</Cell>
        </Row>
    }
    .into_any()
}
