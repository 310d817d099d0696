//! What the load of a benchmark showed.

use super::view::Slot;
use crate::ui::{
    Cell, Column, Figure, HeadCell, KeyValue, KeyValues, NotMeasured, Quantity, Row, Section, Table, format,
};
use hub::lab::{HostSummary, LatencyPair, LoadSummary, Metrics, Percentiles, RequestSummary, error_rate_pct};
use leptos::prelude::*;

/// Why raw and corrected latency differ.
const CORRECTED: &str = "Raw latency runs from when a request was really sent, corrected latency from when it was due: when the target stalls, the requests that had to wait are in the corrected figures alone (coordinated omission).";
/// A generator that is busier than this makes a run invalid.
const MAX_CPU: &str = "at most 80 %";
/// A generator that misses more of its schedule makes a run invalid.
const MAX_MISSED: &str = "at most 0.5 %";

/// What the load showed: figures first, then charts, then what they are made of.
#[component]
pub(super) fn Results(
    load: LoadSummary,
    slots: Vec<Slot>,
    over_time: Option<String>,
    percentiles: Option<String>,
) -> impl IntoView {
    let drawn = over_time.is_some() || percentiles.is_some();
    let requests = load.by_request.clone();
    let by_request = (!requests.is_empty()).then(|| {
        view! { <Section title="By request" hint="Latency corrected"><ByRequest requests/></Section> }
    });
    let repetitions = load.repetitions.clone();
    let repetitions = (repetitions.len() > 1).then(|| {
        let hint = "One value each of what comparisons weigh; the figures above are of all of them together";
        view! { <Section title="Repetitions" hint><Repetitions repetitions/></Section> }
    });
    let latency = load.latency.clone();
    let charts = drawn.then(|| view! { <Charts slots latency=latency.clone() over_time percentiles/> });
    let (figures, failed) = (load.clone(), load.clone());
    view! {
        <Section title="Latency" hint=CORRECTED><Latency latency/></Section>
        {charts}
        <Section title="Load"><Figures load=figures/></Section>
        <div class="columns">
            <Section title="Errors"><Errors load=failed/></Section>
            <Section title="Load generator" hint="Whether the figures describe the target"><Generator load/></Section>
        </div>
        {by_request}
        {repetitions}
    }
    .into_any()
}

#[component]
fn Repetitions(repetitions: Vec<Metrics>) -> impl IntoView {
    const SHOWN: [(&str, &str, &str); 5] = [
        ("latency.corrected.p50_ms", "p50", "ms"),
        ("latency.corrected.p95_ms", "p95", "ms"),
        ("latency.corrected.p99_ms", "p99", "ms"),
        ("throughput_rps", "Throughput", "requests/s"),
        ("error_rate_pct", "Error rate", "%"),
    ];
    let mut columns = vec![Column::text("Repetition")];
    columns.extend(SHOWN.map(|(_, label, unit)| Column::number(label, unit)));
    let line = |(number, metrics): (u64, Metrics)| {
        let cell = |(key, label, unit): (&str, &str, &str)| {
            let (label, value) = (format!("{label} ({unit})"), metrics.get(key).copied());
            view! { <Cell number=true label><Quantity value/></Cell> }.into_any()
        };
        let cells: Vec<AnyView> = SHOWN.into_iter().map(cell).collect();
        view! { <Row><HeadCell>{format::count(number)}</HeadCell>{cells}</Row> }
    };
    let lines = (1..).zip(repetitions).map(line).collect_view();
    view! { <Table caption="Repetitions" caption_hidden=true columns cards=true>{lines}</Table> }.into_any()
}

/// One of the percentiles.
type Pick = fn(&Percentiles) -> f64;

#[component]
fn Latency(latency: LatencyPair) -> impl IntoView {
    if latency.raw.is_none() && latency.corrected.is_none() {
        return view! { <NotMeasured reason="No request was answered."/> }.into_any();
    }
    let columns = vec![Column::text("Percentile"), Column::number("Raw", "ms"), Column::number("Corrected", "ms")];
    let rows: [(&str, Pick); 7] = [
        ("p50", |it| it.p50_ms),
        ("p90", |it| it.p90_ms),
        ("p95", |it| it.p95_ms),
        ("p99", |it| it.p99_ms),
        ("p99.9", |it| it.p999_ms),
        ("Maximum", |it| it.max_ms),
        ("Mean", |it| it.mean_ms),
    ];
    let line = |(name, of): (&'static str, Pick)| {
        let (raw, corrected) = (latency.raw.as_ref().map(of), latency.corrected.as_ref().map(of));
        view! {
            <Row>
                <HeadCell>{name}</HeadCell>
                <Cell number=true><Quantity value=raw/></Cell>
                <Cell number=true><Quantity value=corrected/></Cell>
            </Row>
        }
    };
    let rows: Vec<_> = rows.into_iter().map(line).collect();
    let samples =
        |side: &Option<Percentiles>| side.as_ref().map_or(format::NONE.to_owned(), |it| format::count(it.count));
    let (raw, corrected) = (samples(&latency.raw), samples(&latency.corrected));
    view! {
        <Table caption="Latency" caption_hidden=true columns>
            {rows}
            <Row>
                <HeadCell>"Samples"</HeadCell>
                <Cell number=true>{raw}</Cell>
                <Cell number=true>{corrected}</Cell>
            </Row>
        </Table>
    }
    .into_any()
}

#[component]
fn Charts(
    slots: Vec<Slot>,
    latency: LatencyPair,
    over_time: Option<String>,
    percentiles: Option<String>,
) -> impl IntoView {
    let long = slots.iter().map(|slot| slot.seconds).max().unwrap_or(1);
    let note = match long {
        1 => "Corrected, second by second".to_owned(),
        long => format!("Corrected, the worst second of each {long}"),
    };
    let over_time = over_time.map(|svg| {
        view! {
            <div class="stack">
                <Figure title="Latency over time" svg note/>
                <details class="disclosure"><summary>"The same as a table"</summary><SlotTable slots/></details>
            </div>
        }
    });
    let percentiles = percentiles.map(|svg| {
        view! {
            <div class="stack">
                <Figure title="Latency by percentile" svg note="Each step to the right has ten times fewer requests behind it; the numbers are in the table above"/>
                <details class="disclosure"><summary>"The same as a table"</summary><Latency latency/></details>
            </div>
        }
    });
    view! { <div class="columns">{over_time}{percentiles}</div> }.into_any()
}

#[component]
fn SlotTable(slots: Vec<Slot>) -> impl IntoView {
    let columns = vec![
        Column::number("From", "s"),
        Column::number("Rate", "requests/s"),
        Column::number("p50", "ms"),
        Column::number("p95", "ms"),
        Column::number("p99", "ms"),
        Column::number("Errors", ""),
    ];
    let line = |slot: Slot| {
        view! {
            <Row>
                <HeadCell>{slot.from_s}</HeadCell>
                <Cell number=true>{format::significant(slot.rate_rps)}</Cell>
                <Cell number=true>{or_none(slot.p50_ms)}</Cell>
                <Cell number=true>{or_none(slot.p95_ms)}</Cell>
                <Cell number=true>{or_none(slot.p99_ms)}</Cell>
                <Cell number=true>{format::count(slot.errors)}</Cell>
            </Row>
        }
    };
    view! { <Table caption="Latency over time" caption_hidden=true columns>{slots.into_iter().map(line).collect_view()}</Table> }
        .into_any()
}

fn or_none(value: Option<f64>) -> String {
    value.map_or(format::NONE.to_owned(), format::significant)
}

#[component]
fn Figures(load: LoadSummary) -> impl IntoView {
    let rate = error_rate_pct(&load);
    view! {
        <KeyValues wide=true>
            <KeyValue name="Throughput"><Quantity value=load.throughput_rps unit="requests/s" large=true/></KeyValue>
            <KeyValue name="Requests"><span class="quantity quantity-large">{format::count(load.requests)}</span></KeyValue>
            <KeyValue name="Error rate"><Quantity value=rate unit="%" large=true/></KeyValue>
            <KeyValue name="Never sent"><span class="quantity quantity-large">{format::count(load.dropped)}</span></KeyValue>
        </KeyValues>
        <KeyValues wide=true>
            <KeyValue name="Measured"><Quantity value=load.duration_s unit="s"/></KeyValue>
            <KeyValue name="HTTP version">{load.http_version.unwrap_or_else(|| format::NONE.to_owned())}</KeyValue>
            <KeyValue name="Connections">{format::count(load.connections_opened)}</KeyValue>
            <KeyValue name="Received">{format::bytes(load.bytes_in)}</KeyValue>
            <KeyValue name="Sent">{format::bytes(load.bytes_out)}</KeyValue>
        </KeyValues>
    }
    .into_any()
}

#[component]
fn Errors(load: LoadSummary) -> impl IntoView {
    let classes = load.error_classes.into_iter().filter(|(_, count)| *count > 0);
    let classes: Vec<_> = classes.map(|(class, count)| (words_of_class(&class).to_owned(), count)).collect();
    let none = classes.is_empty().then(|| view! { <p>"No request failed."</p> });
    let failed =
        (!classes.is_empty()).then(|| view! { <Counts caption="Failures by class" of="Class" counts=classes/> });
    let statuses: Vec<_> = load.statuses.into_iter().map(|(status, count)| (status.to_string(), count)).collect();
    let answered =
        (!statuses.is_empty()).then(|| view! { <Counts caption="Responses by status" of="Status" counts=statuses/> });
    view! { {none}{failed}{answered} }.into_any()
}

#[component]
fn Counts(caption: &'static str, of: &'static str, counts: Vec<(String, u64)>) -> impl IntoView {
    let line = |(name, count): (String, u64)| {
        view! { <Row><HeadCell>{name}</HeadCell><Cell number=true>{format::count(count)}</Cell></Row> }
    };
    let columns = vec![Column::text(of), Column::number("Requests", "")];
    view! { <Table caption columns>{counts.into_iter().map(line).collect_view()}</Table> }.into_any()
}

/// A class of failures in words; one that is new to this page as it is named.
fn words_of_class(class: &str) -> &str {
    match class {
        "dns" => "Host name not resolved",
        "connect" => "Connection not accepted",
        "tls" => "TLS handshake failed",
        "timeout" => "Timed out",
        "reset" => "Connection ended early",
        "protocol" => "Not the expected HTTP",
        "egress_refused" => "Address refused by the hub's guard",
        "http_4xx" => "Status 400 to 499",
        "http_5xx" => "Status 500 to 599",
        "body_too_large" => "Body too large",
        other => other,
    }
}

#[component]
fn Generator(load: LoadSummary) -> impl IntoView {
    view! {
        <KeyValues>
            <KeyValue name="CPU of its threads">{format::percent(load.generator_cpu_fraction)}", "{MAX_CPU}</KeyValue>
            <KeyValue name="Schedule missed">{format::percent(load.schedule_missed_fraction)}", "{MAX_MISSED}</KeyValue>
            {load.host.clone().map(|host| view! { <KeyValue name="Its machine">{steadiness(&host)}</KeyValue> })}
            <KeyValue name="Figures">{if load.valid { "Valid" } else { "Invalid: not scored" }}</KeyValue>
        </KeyValues>
    }
    .into_any()
}

/// How steady the machine was, in a sentence.
fn steadiness(host: &HostSummary) -> String {
    let (word, varied) = (if host.noisy { "Noisy" } else { "Steady" }, format::percent(host.cpu_variation));
    format!("{word}: the same work varied by {varied}, timers rang {} ms late", format::significant(host.timer_p99_ms))
}

#[component]
fn ByRequest(requests: Vec<RequestSummary>) -> impl IntoView {
    let columns = vec![
        Column::text("Request"),
        Column::number("Requests", ""),
        Column::number("Errors", ""),
        Column::number("p50", "ms"),
        Column::number("p95", "ms"),
        Column::number("p99", "ms"),
    ];
    let line = |request: RequestSummary| {
        let latency = request.latency.corrected;
        view! {
            <Row>
                <HeadCell>{request.name}</HeadCell>
                <Cell number=true label="Requests">{format::count(request.requests)}</Cell>
                <Cell number=true label="Errors">{format::count(request.errors)}</Cell>
                <Cell number=true label="p50 (ms)"><Quantity value=latency.map(|it| it.p50_ms)/></Cell>
                <Cell number=true label="p95 (ms)"><Quantity value=latency.map(|it| it.p95_ms)/></Cell>
                <Cell number=true label="p99 (ms)"><Quantity value=latency.map(|it| it.p99_ms)/></Cell>
            </Row>
        }
    };
    view! {
        <Table caption="By request" caption_hidden=true columns cards=true>{requests.into_iter().map(line).collect_view()}</Table>
    }
    .into_any()
}
