//! A policy to be read: its rules in words, and what it would have said.

use super::{
    system::edit_policy_button,
    view::{DryRunRow, PolicyHead},
};
use crate::{
    moment::When,
    ui::{
        ButtonKind, Cell, Column, EmptyState, HeadCell, KeyValue, KeyValues, Row, Section, Symbol, Table, VerdictBadge,
        format::significant,
    },
    urls,
};
use hub::{
    gates::{
        CheckState, Comparison, Decision, GoldenPathRule, PolicyDocument, Rule, RuleSubject, Severity, Threshold,
        Verdict,
    },
    ids::SystemId,
    lab::metric_info,
};
use leptos::prelude::*;

/// The policy in force.
#[component]
pub fn PolicySummary(
    /// The system.
    system: SystemId,
    /// Its policy.
    policy: Option<(PolicyHead, PolicyDocument)>,
    /// The reader may change it.
    may_write: bool,
) -> impl IntoView {
    let Some((head, document)) = policy else {
        let write = may_write.then(|| edit_policy_button(system, "Write the policy", ButtonKind::Secondary));
        return view! {
            <EmptyState title="No policy yet" purpose="A policy says what a version must meet. Without one, every validation is inconclusive and allows nothing." symbol=Symbol::Gates>
                {write}
            </EmptyState>
        }
        .into_any();
    };
    let edit = move || may_write.then(|| edit_policy_button(system, "Edit the policy", ButtonKind::Secondary));
    let title = head.name.clone();
    view! {
        <Section title actions=edit>
            <PolicyFacts head decision=document.decision golden_paths=document.golden_paths accept_imported=document.accept_imported/>
            <RulesTable rules=document.rules/>
        </Section>
    }
    .into_any()
}

#[component]
fn PolicyFacts(
    head: PolicyHead,
    decision: Decision,
    golden_paths: GoldenPathRule,
    accept_imported: bool,
) -> impl IntoView {
    let imported = if accept_imported { "Count as well" } else { "Don't count: a check of them is inconclusive" };
    let enforced = if head.dry_run { "No: a dry run, shown only" } else { "Yes" };
    view! {
        <KeyValues>
            <KeyValue name="Revision">{head.revision}", "<When moment=head.at/>" by "{head.by}</KeyValue>
            <KeyValue name="Enforced">{enforced}</KeyValue>
            <KeyValue name="Blocks when">{decision_words(decision)}</KeyValue>
            <KeyValue name="Golden paths">{golden_path_words(golden_paths)}</KeyValue>
            <KeyValue name="Imported results">{imported}</KeyValue>
        </KeyValues>
    }
    .into_any()
}

fn decision_words(decision: Decision) -> String {
    match decision {
        Decision::Every => "a blocking check fails".to_owned(),
        Decision::Total { min_pct } => {
            format!("passed checks have less than {} % of the weight, or a key check fails", significant(min_pct))
        }
    }
}

/// What golden paths count for, in words.
pub fn golden_path_words(rule: GoldenPathRule) -> &'static str {
    match rule {
        GoldenPathRule::Required => "Required: there is one, and each passes",
        GoldenPathRule::IfPresent => "Those that exist must pass",
        GoldenPathRule::Warn => "A failed one warns",
        GoldenPathRule::Off => "Not run",
    }
}

#[component]
fn RulesTable(rules: Vec<Rule>) -> impl IntoView {
    if rules.is_empty() {
        return view! { <p class="section-hint">"No rules: the golden paths alone decide."</p> }.into_any();
    }
    let columns = vec![
        Column::text("Rule"),
        Column::text("Allowed"),
        Column::text("On failure"),
        Column::number("Weight", ""),
        Column::text("Id"),
    ];
    let line = |rule: Rule| {
        let (subject, allowed) = (subject_words(&rule.subject).0, allowed_words(&rule));
        view! {
            <Row>
                <HeadCell>{subject}</HeadCell>
                <Cell label="Allowed">{allowed}</Cell>
                <Cell label="On failure">{severity_words(rule.severity, rule.key)}</Cell>
                <Cell label="Weight" number=true>{rule.weight}</Cell>
                <Cell label="Id" quiet=true><code>{rule.id}</code></Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Rules" caption_hidden=true columns cards=true>{rules.into_iter().map(line).collect_view()}</Table>
    }
    .into_any()
}

/// What a failure does, in words: no badge, for the check may have passed.
pub fn severity_words(severity: Severity, key: bool) -> &'static str {
    match (severity, key) {
        (Severity::Block, true) => "blocks, key",
        (Severity::Block, false) => "blocks",
        (Severity::Warn, _) => "warns",
    }
}

fn subject_words(subject: &RuleSubject) -> (String, &'static str) {
    match subject {
        RuleSubject::Metric(key) => match metric_info(key) {
            Some(info) => (info.label.to_owned(), info.unit),
            None => (key.clone(), ""),
        },
        RuleSubject::Dimension(dimension) => (format!("Score for {dimension}"), "points"),
        RuleSubject::Overall(_) => ("Overall score".to_owned(), "points"),
    }
}

fn allowed_words(rule: &Rule) -> String {
    let unit = subject_words(&rule.subject).1;
    match rule.threshold {
        Threshold::AtMost(limit) => format!("at most {} {unit}", significant(limit)),
        Threshold::AtLeast(limit) => format!("at least {} {unit}", significant(limit)),
        Threshold::Relative(Comparison { versions, max_worse_pct }) => {
            format!("at most {} % worse than the last {versions} that passed", significant(max_worse_pct))
        }
    }
}

/// What a policy would have said of earlier versions.
#[component]
pub fn DryRuns(
    /// The system.
    system: SystemId,
    /// Newest first.
    rows: Vec<DryRunRow>,
) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <EmptyState title="Nothing was measured yet" purpose="A dry run judges the last five scorecards. Run a benchmark first." symbol=Symbol::Lab>
                <crate::ui::LinkButton href=urls::new_run(system)>"Run a benchmark"</crate::ui::LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![Column::text("Version"), Column::text("Verdict"), Column::text("Why"), Column::text("Measured")];
    view! {
        <Table caption="What it would have said" caption_hidden=true columns cards=true>
            {rows.into_iter().map(|row| view! { <DryRunLine system row/> }).collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn DryRunLine(system: SystemId, row: DryRunRow) -> impl IntoView {
    let report = row.run.report;
    let failing = report.checks.into_iter().filter(|check| check.state != CheckState::Passed);
    let failing = failing.map(|check| {
        let words = format!(": {} (allowed: {})", check.measured.trim_end_matches('.'), check.allowed);
        view! { <li><strong>{check.title}</strong>{words}</li> }
    });
    view! {
        <Row>
            <HeadCell href=urls::scorecard_of(system, &row.run.version)>{row.run.version}</HeadCell>
            <Cell label="Verdict"><VerdictBadge verdict=shown(report.verdict)/></Cell>
            <Cell><div class="dry-run-why"><p>{report.summary}</p><ul>{failing.collect_view()}</ul></div></Cell>
            <Cell label="Measured" quiet=true><When moment=row.measured/></Cell>
        </Row>
    }
    .into_any()
}

/// A verdict as the kit shows it.
pub fn shown(verdict: Verdict) -> crate::ui::Verdict {
    match verdict {
        Verdict::Allowed => crate::ui::Verdict::Allowed,
        Verdict::Blocked => crate::ui::Verdict::Blocked,
        Verdict::Inconclusive => crate::ui::Verdict::Inconclusive,
    }
}
