//! What a visit told to others, and what laws and standards ask of a page.

use crate::ui::{Badge, Cell, Column, HeadCell, KeyValue, KeyValues, Meaning, Row, Section, Table, format};
use hub::lab::{ComplianceCheck, PrivacyView};
use leptos::prelude::*;

/// Trackers and cookies of a visit in which nobody consented to anything.
#[component]
pub(super) fn Privacy(found: PrivacyView) -> impl IntoView {
    let PrivacyView { third_parties, trackers, cookies } = found;
    let hint = format!(
        "Before anybody consented: {}, {} without consent, {} asked. Trackers are known by their hosts and their cookies' names.",
        format::counted(trackers.len() as u64, "tracker"),
        format::counted(cookies.len() as u64, "cookie"),
        format::counted(third_parties, "other site"),
    );
    let tracker = trackers.into_iter().map(|tracker| {
        let who = format!("{}, {}", tracker.owner, tracker.purpose.replace('_', " "));
        (tracker.domain, "Tracker", who, format::counted(tracker.requests, "request"))
    });
    let cookie = cookies.into_iter().map(|cookie| {
        let reason = if cookie.reason == "tracking" { "the name of a tracker's cookie" } else { "of another site" };
        (cookie.name, "Cookie", reason.to_owned(), cookie.domain)
    });
    let lines: Vec<_> = tracker.chain(cookie).collect();
    let content = if lines.is_empty() {
        view! { <p>"No known tracker was asked, and no cookie was set that needs consent."</p> }.into_any()
    } else {
        let columns = vec![Column::text("What"), Column::text("Kind"), Column::text("Why"), Column::text("Seen")];
        let line = |(name, kind, why, seen): (String, &'static str, String, String)| {
            view! {
                <Row>
                    <HeadCell><span class="breakable">{name}</span></HeadCell>
                    <Cell label="Kind"><Badge meaning=Meaning::Warn word=kind/></Cell>
                    <Cell label="Why">{why}</Cell>
                    <Cell label="Seen" quiet=true><span class="breakable">{seen}</span></Cell>
                </Row>
            }
        };
        let lines = lines.into_iter().map(line).collect_view();
        view! { <Table caption="Told without consent" caption_hidden=true columns cards=true>{lines}</Table> }
            .into_any()
    };
    view! { <Section title="Privacy" hint>{content}</Section> }.into_any()
}

/// The compliance checks of the passive probes.
#[component]
pub(super) fn Compliance(checks: Vec<ComplianceCheck>) -> impl IntoView {
    let columns = vec![Column::text("Check"), Column::text("Result"), Column::text("Seen")];
    let line = |check: ComplianceCheck| {
        let (meaning, word) = match check.kept {
            Some(true) => (Meaning::Pass, "Kept"),
            Some(false) => (Meaning::Warn, "Missed"),
            None => (Meaning::Unknown, "Not decided"),
        };
        view! {
            <Row>
                <HeadCell>
                    <div class="lab-finding">
                        {check.title}
                        <details class="disclosure">
                            <summary>"What to do"</summary>
                            <KeyValues>
                                <KeyValue name="Do">{check.remediation}</KeyValue>
                                <KeyValue name="Rule"><code>{check.id}</code>", "{check.reference}</KeyValue>
                            </KeyValues>
                        </details>
                    </div>
                </HeadCell>
                <Cell label="Result"><Badge meaning word/></Cell>
                <Cell label="Seen" quiet=true><span class="breakable">{check.evidence}</span></Cell>
            </Row>
        }
    };
    let lines = checks.into_iter().map(line).collect_view();
    view! {
        <Section title="Compliance" hint="Signs that a visitor can see, no legal advice: whether a rule applies to you is yours to say">
            <Table caption="Compliance checks" caption_hidden=true columns cards=true>{lines}</Table>
        </Section>
    }
    .into_any()
}
