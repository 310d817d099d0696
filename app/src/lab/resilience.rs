//! How a version takes a burst and rude clients.

use super::view::Slot;
use crate::ui::{
    Badge, Cell, Column, Figure, HeadCell, KeyValue, KeyValues, Meaning, NotMeasured, Quantity, Row, Section, Table,
    format,
};
use hub::lab::{BurstPart, BurstSummary, RudeBehaviour, RudeKind, RudeSummary};
use leptos::prelude::*;

/// A burst, and how the version came back from it.
#[component]
pub(super) fn Burst(found: BurstSummary, slots: Vec<Slot>, drawn: Option<String>) -> impl IntoView {
    let (rate, multiple) = (format::significant(found.rate), format::significant(found.multiple));
    let hint = format!("{rate} requests/s, then {multiple} times that, then {rate} again; latency corrected");
    let recovery = match (found.recovery_s, found.not_recovered.clone()) {
        (Some(0), _) => "It never left its usual range".to_owned(),
        (Some(seconds), _) => format!("{} after the burst", format::counted(seconds.into(), "second")),
        (None, why) => format!("Not measured: {}", why.unwrap_or_default()),
    };
    let recovery = if found.stayed_away { found.not_recovered.clone().unwrap_or_default() } else { recovery };
    let limit = found.limit_p95_ms.zip(found.limit_error_rate_pct).map(|(latency, errors)| {
        let (latency, errors) = (format::significant(latency), format::significant(errors));
        format!("p95 at most {latency} ms and at most {errors} % errors, for three seconds in a row")
    });
    let outage = found.longest_outage_s.map(|seconds| match seconds {
        0 => "None".to_owned(),
        seconds => format::counted(seconds.into(), "second"),
    });
    let parts = view! { <Parts found/> };
    let parts = match drawn {
        Some(svg) => {
            let failed: u64 = slots.iter().map(|slot| slot.errors).sum();
            let note = format!("{} failed", format::counted(failed, "request"));
            view! { <Figure title="Latency around the burst" svg note>{parts}</Figure> }.into_any()
        }
        None => parts.into_any(),
    };
    view! {
        <Section title="Burst" hint>
            <div class="stack">
                <KeyValues>
                    <KeyValue name="Recovered">{recovery}</KeyValue>
                    {limit.map(|limit| view! { <KeyValue name="Recovered means">{limit}</KeyValue> })}
                    {outage.map(|outage| view! { <KeyValue name="Longest outage">{outage}</KeyValue> })}
                </KeyValues>
                {parts}
            </div>
        </Section>
    }
    .into_any()
}

#[component]
fn Parts(found: BurstSummary) -> impl IntoView {
    let columns = vec![
        Column::text("Part"),
        Column::number("Took", "s"),
        Column::number("Requests", ""),
        Column::number("p95", "ms"),
        Column::number("Errors", "%"),
    ];
    let line = |(name, part): (&'static str, BurstPart)| {
        view! {
            <Row>
                <HeadCell>{name}</HeadCell>
                <Cell label="Took (s)" number=true>{part.seconds}</Cell>
                <Cell label="Requests" number=true>{format::count(part.requests)}</Cell>
                <Cell label="p95 (ms)" number=true><Quantity value=part.p95_ms/></Cell>
                <Cell label="Errors (%)" number=true><Quantity value=part.error_rate_pct/></Cell>
            </Row>
        }
    };
    let parts = [("Before", found.before), ("Burst", found.during), ("After", found.after)];
    let lines: Vec<_> = parts.into_iter().map(line).collect();
    view! { <Table caption="Before, in and after the burst" caption_hidden=true columns>{lines}</Table> }.into_any()
}

/// What rude clients met, and what others met beside them.
#[component]
pub(super) fn Rude(found: RudeSummary) -> impl IntoView {
    let gap = found.not_measured.clone().map(|reason| view! { <NotMeasured reason/> });
    let usual = found.before.median_ms;
    let kinds = (!found.kinds.is_empty()).then(|| view! { <Kinds kinds=found.kinds.clone() usual/> });
    view! {
        <Section title="Rude clients" hint="A few that leave before the answer, send slowly or read slowly. Others should be served all the same.">
            <div class="stack">{kinds}{gap}</div>
        </Section>
    }
    .into_any()
}

#[component]
fn Kinds(kinds: Vec<RudeKind>, usual: Option<f64>) -> impl IntoView {
    let columns = vec![
        Column::text("Clients that"),
        Column::text("Others"),
        Column::number("Others answered", ""),
        Column::number("Their median", "ms"),
        Column::number("Usually", "ms"),
        Column::text("What became of them"),
    ];
    let line = |kind: RudeKind| {
        let (meaning, word) = match kind.others_served {
            Some(true) => (Meaning::Pass, "Served"),
            Some(false) => (Meaning::Fail, "Not all served"),
            None => (Meaning::Unknown, "Not measured"),
        };
        view! {
            <Row>
                <HeadCell>{kind.behaviour.label()}</HeadCell>
                <Cell label="Others"><Badge meaning word/></Cell>
                <Cell label="Others answered" number=true>{format!("{} of {}", kind.others.answered, kind.others.asked)}</Cell>
                <Cell label="Their median (ms)" number=true><Quantity value=kind.others.median_ms/></Cell>
                <Cell label="Usually (ms)" number=true><Quantity value=usual/></Cell>
                <Cell label="What became of them" quiet=true>{fate(&kind)}</Cell>
            </Row>
        }
    };
    let lines: Vec<_> = kinds.into_iter().map(line).collect();
    view! { <Table caption="Rude clients" caption_hidden=true columns cards=true>{lines}</Table> }.into_any()
}

/// What became of the clients of a kind, in words.
fn fate(kind: &RudeKind) -> String {
    let clients = kind.clients;
    if kind.behaviour == RudeBehaviour::Leave {
        return format!("{} of {clients} left", clients.saturating_sub(kind.refused));
    }
    let parts = [(kind.cut_off, "cut off"), (kind.held, "still connected at the end"), (kind.refused, "refused")];
    let finished = clients.saturating_sub(kind.cut_off + kind.held + kind.refused);
    let parts = parts.into_iter().chain([(finished, "answered in full")]);
    let told: Vec<_> =
        parts.filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} of {clients} {what}")).collect();
    let last = kind.cut_off_s.map(|seconds| format!(", the last after {} s", format::significant(seconds)));
    format!("{}{}", told.join(", "), last.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub::lab::ServedSummary;

    #[test]
    fn what_became_of_rude_clients_is_told_in_words() {
        let kind = |behaviour, cut_off, held, refused, cut_off_s| RudeKind {
            behaviour,
            clients: 4,
            cut_off,
            held,
            refused,
            cut_off_s,
            others: ServedSummary::default(),
            others_served: None,
        };
        let slow = RudeBehaviour::SendSlowly;
        assert_eq!(fate(&kind(RudeBehaviour::Leave, 0, 0, 1, None)), "3 of 4 left");
        assert_eq!(fate(&kind(slow, 4, 0, 0, Some(5.0))), "4 of 4 cut off, the last after 5 s");
        assert_eq!(
            fate(&kind(slow, 1, 2, 0, None)),
            "1 of 4 cut off, 2 of 4 still connected at the end, 1 of 4 answered in full"
        );
    }
}
