//! What the passive probes of a benchmark showed.

use super::privacy::Compliance;
use crate::ui::{Badge, Cell, Column, HeadCell, KeyValue, KeyValues, Meaning, NotMeasured, Row, Section, Table};
use hub::lab::{FindingView, ObservatoryTest, ObservatoryView, SecuritySummary, Unmeasured};
use leptos::prelude::*;

/// The HTTP Observatory's verdict, and what is wrong.
#[component]
pub(super) fn Probes(security: SecuritySummary) -> impl IntoView {
    let SecuritySummary { observatory, findings, compliance, not_measured } = security;
    let observatory = observatory.map(|observatory| {
        let hint = format!(
            "{} points, grade {}, by the rules of the MDN HTTP Observatory",
            observatory.score, observatory.grade
        );
        view! { <Section title="HTTP Observatory" hint><Observatory observatory/></Section> }
    });
    view! {
        <Section title="Findings" hint="What passive security probes saw"><Findings findings/></Section>
        {observatory}
        {(!compliance.is_empty()).then(|| view! { <Compliance checks=compliance/> })}
        {(!not_measured.is_empty()).then(|| view! { <Gaps not_measured/> })}
    }
    .into_any()
}

#[component]
fn Findings(findings: Vec<FindingView>) -> impl IntoView {
    if findings.is_empty() {
        return view! { <p>"Nothing was found."</p> }.into_any();
    }
    let columns = vec![Column::text("Finding"), Column::text("Severity"), Column::text("CWE"), Column::text("Where")];
    view! {
        <Table caption="Findings" caption_hidden=true columns cards=true>
            {findings.into_iter().map(|finding| view! { <FindingLine finding/> }).collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn FindingLine(finding: FindingView) -> impl IntoView {
    let (meaning, word) = severity(&finding.severity);
    view! {
        <Row>
            <HeadCell>
                <div class="lab-finding">
                    {finding.title}
                    <details class="disclosure">
                        <summary>"What to do"</summary>
                        <KeyValues>
                            <KeyValue name="Do">{finding.remediation}</KeyValue>
                            <KeyValue name="Seen"><code class="breakable">{finding.evidence}</code></KeyValue>
                            <KeyValue name="Rule"><code>{finding.id}</code>", "{finding.reference}</KeyValue>
                            <KeyValue name="CVSS"><code class="breakable">{finding.cvss}</code></KeyValue>
                        </KeyValues>
                    </details>
                </div>
            </HeadCell>
            <Cell label="Severity"><Badge meaning word/></Cell>
            <Cell label="CWE">{format!("CWE-{}", finding.cwe)}</Cell>
            <Cell label="Where" quiet=true><span class="breakable">{finding.location}</span></Cell>
        </Row>
    }
    .into_any()
}

/// A severity of findings as a badge says it.
fn severity(severity: &str) -> (Meaning, &'static str) {
    match severity {
        "critical" => (Meaning::Fail, "Critical"),
        "high" => (Meaning::Fail, "High"),
        "medium" => (Meaning::Warn, "Medium"),
        "low" => (Meaning::Info, "Low"),
        _ => (Meaning::Unknown, "Note"),
    }
}

#[component]
fn Observatory(observatory: ObservatoryView) -> impl IntoView {
    let columns = vec![Column::text("Test"), Column::text("Result"), Column::number("Points", ""), Column::text("Why")];
    view! {
        <Table caption="HTTP Observatory" caption_hidden=true columns cards=true>
            {observatory.tests.into_iter().map(|test| view! { <TestLine test/> }).collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn TestLine(test: ObservatoryTest) -> impl IntoView {
    let (meaning, word) = match test.pass {
        Some(true) => (Meaning::Pass, "Passed"),
        Some(false) => (Meaning::Fail, "Failed"),
        None => (Meaning::Unknown, "Does not apply"),
    };
    view! {
        <Row>
            <HeadCell><span class="breakable">{test.id}</span></HeadCell>
            <Cell label="Result"><Badge meaning word/></Cell>
            <Cell label="Points" number=true>{points(test.score_modifier)}</Cell>
            <Cell label="Why" quiet=true><div class="lab-why">{test.explanation}</div></Cell>
        </Row>
    }
    .into_any()
}

/// Points added or taken, with the sign that people read.
fn points(modifier: i32) -> String {
    match modifier {
        0 => "0".to_owned(),
        gain if gain > 0 => format!("+{gain}"),
        loss => format!("\u{2212}{}", loss.unsigned_abs()),
    }
}

#[component]
fn Gaps(not_measured: Vec<Unmeasured>) -> impl IntoView {
    let line = |gap: Unmeasured| view! { <li><NotMeasured reason=format!("{}: {}", gap.what, gap.why)/></li> };
    view! {
        <Section title="Not seen by the probes"><ul class="lab-gaps">{not_measured.into_iter().map(line).collect_view()}</ul></Section>
    }
    .into_any()
}
