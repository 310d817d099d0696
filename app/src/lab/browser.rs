//! What a page showed in a browser.

use super::privacy::Privacy;
use crate::{
    ui::{
        Badge, Cell, Column, HeadCell, KeyValue, KeyValues, Meaning, NotMeasured, Row, Section, Table, format,
        format::counted,
    },
    urls,
};
use hub::{
    ids::BenchmarkId,
    lab::{
        AccessibilityView, Artifact, AxeRule, BrowserSummary, METRICS, MetricInfo, PageAudit, SCORED_DEVICE,
        ThirdParty, Unmeasured,
    },
};
use leptos::prelude::*;

/// The audits of a benchmark, device beside device.
#[component]
pub(super) fn Browser(id: BenchmarkId, browser: BrowserSummary, files: Vec<Artifact>) -> impl IntoView {
    let BrowserSummary { audits, not_measured } = browser;
    let hint = audits.first().map(|audit| {
        format!(
            "{}; each value is the median of {} with an empty cache",
            audit.browser,
            counted(audit.loads.into(), "load")
        )
    });
    let metrics = (!audits.is_empty()).then(|| view! { <Metrics audits=audits.clone()/> });
    let pictures: Vec<_> = audits.iter().filter_map(|audit| picture(id, audit, &files)).collect();
    let pictures = (!pictures.is_empty()).then(|| view! { <div class="lab-screens">{pictures}</div> });
    let gaps = gaps(&audits, not_measured);
    let widest = audits.iter().max_by_key(|audit| audit.third_parties.len()).map(|audit| audit.third_parties.clone());
    let parties = widest.filter(|parties| !parties.is_empty()).map(|parties| view! { <ThirdParties parties/> });
    let scored = audits.iter().find(|audit| audit.device == SCORED_DEVICE).or(audits.first());
    let privacy = scored.map(|audit| audit.privacy.clone()).map(|found| view! { <Privacy found/> });
    let accessibility = audits.into_iter().filter_map(|audit| Some((audit.device, audit.accessibility?)));
    let accessibility = accessibility.map(|(device, found)| view! { <Accessibility device found/> }).collect_view();
    view! {
        <Section title="In a browser" hint=hint.unwrap_or_default()>
            <div class="stack">{metrics}{pictures}{gaps}</div>
        </Section>
        {accessibility}
        {privacy}
        {parties}
    }
    .into_any()
}

#[component]
fn Metrics(audits: Vec<PageAudit>) -> impl IntoView {
    let mut columns = vec![Column::text("Metric")];
    columns.extend(audits.iter().map(|audit| Column::number(audit.device.clone(), "")));
    // The names are the same for every device; those of the first stand for all.
    let first = audits.first().map(|audit| format!("browser.{}.", audit.device)).unwrap_or_default();
    let known: Vec<_> =
        METRICS.iter().filter_map(|info| Some((info.key.strip_prefix(first.as_str())?, info))).collect();
    let measured = |name: &str| audits.iter().any(|audit| audit.metrics.contains_key(name));
    let known = known.into_iter().filter(|(name, _)| measured(name)).collect::<Vec<_>>();
    let line = |(name, info): (&'static str, &'static MetricInfo)| {
        let label = info.label.rsplit_once(", ").map_or(info.label, |(label, _)| label);
        let cells = audits.iter().map(|audit| {
            let value = audit.metrics.get(name).map_or(format::NONE.to_owned(), |value| shown(*value, info.unit));
            view! { <Cell label=audit.device.clone() number=true>{value}</Cell> }.into_any()
        });
        let cells: Vec<AnyView> = cells.collect();
        view! { <Row><HeadCell>{label}</HeadCell>{cells}</Row> }.into_any()
    };
    let lines: Vec<AnyView> = known.into_iter().map(line).collect();
    view! { <Table caption="Metrics of the page" caption_hidden=true columns cards=true>{lines}</Table> }.into_any()
}

fn shown(value: f64, unit: &str) -> String {
    match unit {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is a count of bytes")]
        "B" => format::bytes(value.max(0.0) as u64),
        "" => format!("{value:.3}"),
        "ms" | "%" => format!("{} {unit}", format::significant(value)),
        _ => format::significant(value),
    }
}

/// The viewport as it was when the page had loaded.
fn picture(id: BenchmarkId, audit: &PageAudit, files: &[Artifact]) -> Option<impl IntoView + use<>> {
    let prefix = format!("{}.", audit.device);
    let file = files.iter().find(|file| file.name.starts_with(&prefix) && file.media_type.starts_with("image/"))?;
    let (href, words) =
        (urls::artifact(id, &file.name), format!("The page on the device “{}” when it had loaded", audit.device));
    let caption = audit.device.clone();
    Some(view! { <figure class="lab-screen"><img src=href alt=words/><figcaption>{caption}</figcaption></figure> })
}

fn gaps(audits: &[PageAudit], not_measured: Vec<Unmeasured>) -> Option<impl IntoView + use<>> {
    let of_audit = |audit: &PageAudit| {
        let device = audit.device.clone();
        audit
            .not_measured
            .iter()
            .map(move |gap| (format!("{device}, {}", gap.what), gap.why.clone()))
            .collect::<Vec<_>>()
    };
    let mut all: Vec<_> = not_measured.into_iter().map(|gap| (gap.what, gap.why)).collect();
    all.extend(audits.iter().flat_map(of_audit));
    let line = |(what, why): (String, String)| view! { <li><NotMeasured reason=format!("{what}: {why}")/></li> };
    (!all.is_empty()).then(|| view! { <ul class="lab-gaps">{all.into_iter().map(line).collect_view()}</ul> })
}

#[component]
fn Accessibility(device: String, found: AccessibilityView) -> impl IntoView {
    let kept = counted(found.passes.len() as u64, "rule");
    let hint = format!(
        "{kept} kept, {} broken, {} to be decided by a person; axe-core {}. Rules find a part of what is wrong.",
        found.violations.len(),
        found.incomplete.len(),
        found.axe_version
    );
    let broken = found.violations.into_iter().map(|rule| (Meaning::Fail, "Broken", rule));
    let open = found.incomplete.into_iter().map(|rule| (Meaning::Unknown, "To be decided", rule));
    let rules: Vec<_> = broken.chain(open).collect();
    let content = if rules.is_empty() {
        view! { <p>"No rule was broken."</p> }.into_any()
    } else {
        let columns =
            vec![Column::text("Rule"), Column::text("Result"), Column::text("Impact"), Column::number("Elements", "")];
        let caption = format!("Accessibility on a {device}");
        view! {
            <Table caption caption_hidden=true columns cards=true>{rules.into_iter().map(rule_line).collect_view()}</Table>
        }
        .into_any()
    };
    view! { <Section title=format!("Accessibility, {device}") hint>{content}</Section> }.into_any()
}

fn rule_line((meaning, word, rule): (Meaning, &'static str, AxeRule)) -> impl IntoView {
    let target = |target: String| view! { <code class="breakable">{target}</code>" " };
    view! {
        <Row>
            <HeadCell>
                <div class="lab-finding">
                    {rule.help}
                    <details class="disclosure">
                        <summary>"Where"</summary>
                        <KeyValues>
                            <KeyValue name="Elements">{rule.targets.into_iter().map(target).collect_view()}</KeyValue>
                            <KeyValue name="Rule"><a href=rule.help_url rel="external noreferrer" target="_blank"><code>{rule.id}</code></a></KeyValue>
                        </KeyValues>
                    </details>
                </div>
            </HeadCell>
            <Cell label="Result"><Badge meaning word/></Cell>
            <Cell label="Impact">{rule.impact.unwrap_or_else(|| format::NONE.to_owned())}</Cell>
            <Cell label="Elements" number=true>{format::count(rule.elements)}</Cell>
        </Row>
    }
}

#[component]
fn ThirdParties(parties: Vec<ThirdParty>) -> impl IntoView {
    let columns = vec![Column::text("Site"), Column::number("Requests", ""), Column::number("Transferred", "")];
    let line = |party: ThirdParty| {
        view! {
            <Row>
                <HeadCell><span class="breakable">{party.domain}</span></HeadCell>
                <Cell label="Requests" number=true>{format::count(party.requests)}</Cell>
                <Cell label="Transferred" number=true>{format::bytes(party.transfer_bytes)}</Cell>
            </Row>
        }
    };
    view! {
        <Section title="Third parties" hint="Other sites that the page asked">
            <Table caption="Third parties" caption_hidden=true columns cards=true>{parties.into_iter().map(line).collect_view()}</Table>
        </Section>
    }
    .into_any()
}
