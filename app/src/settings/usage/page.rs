//! The page of usage.

use super::{
    super::page::SettingsFrame,
    calls::usage,
    view::{QuotaLine, UsageView, when_full},
};
use crate::{
    moment::When,
    reading::Trouble,
    ui::{
        Badge, Cell, Column, EmptyState, Figure, HeadCell, KeyValue, KeyValues, LinkButton, Meaning, Row, Section,
        Skeleton, SkeletonShape, Symbol, Table,
        format::{NONE, bytes, count, counted},
    },
    urls,
};
use hub::tenants::{
    Tier,
    quotas::{QuotaKind, UsageDay},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Who can let a reader in.
const WHO: &str =
    "Auditors, admins and owners see this. An owner or an admin of this organisation can change your role.";
/// The share of a quota, in thousandths, from which on it is nearly used up.
const NEAR: u16 = 800;

/// What the organisation uses, and how much it may.
#[component]
pub fn UsagePage() -> impl IntoView {
    let query = use_query_map();
    let long = Memo::new(move |_| query.read().get("days").is_some_and(|days| days == "92"));
    let read = Resource::new(move || long.get(), usage);
    let waiting = || view! { <SettingsFrame tab=urls::USAGE><Skeleton shape=SkeletonShape::Table label="Counting"/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match read.await {
                    Ok(view) => view! { <Shown view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Usage" error retry=urls::USAGE who=WHO/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn words_of_tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Basic => "Basic",
        Tier::Professional => "Professional",
        Tier::Enterprise => "Enterprise",
    }
}

#[component]
fn Shown(view: UsageView) -> impl IntoView {
    let UsageView { tier, agreed, quotas, retention_days, days, drawn, csv, long } = view;
    let kept = retention_days.map_or_else(|| "For ever".to_owned(), |days| counted(days.into(), "day"));
    let differs =
        agreed.then(|| view! { <KeyValue name="Agreed on">"Some quotas are others than the tier's"</KeyValue> });
    let lines = quotas.into_iter().map(|line| view! { <Quota line/> }.into_any()).collect_view();
    view! {
        <SettingsFrame tab=urls::USAGE>
            <Section title="Tier" hint="Those who run the hub change it, and can agree on other quotas">
                <KeyValues>
                    <KeyValue name="Tier">{words_of_tier(tier)}</KeyValue>
                    {differs}
                    <KeyValue name="Files of benchmarks are kept">{kept}</KeyValue>
                </KeyValues>
            </Section>
            <Section title="Quotas" hint="What is used now. Admins and owners are told at 80 and at 100 %">
                <ul class="quotas">{lines}</ul>
            </Section>
            <ByDay days drawn csv long/>
        </SettingsFrame>
    }
    .into_any()
}

/// A figure of a kind: bytes in their units.
fn figure(kind: QuotaKind, value: u64) -> String {
    if kind == QuotaKind::Storage { bytes(value) } else { count(value) }
}

#[component]
fn Quota(line: QuotaLine) -> impl IntoView {
    let QuotaLine { quota, resets } = line;
    let (kind, used) = (quota.kind, figure(quota.kind, quota.used));
    let resets = resets.map(|moment| view! { <p class="quota-note">"Begins anew "<When moment=moment/></p> });
    let Some(limit) = quota.limit else {
        return view! {
            <li class="quota">
                <p class="quota-head"><span class="quota-name">{kind.words()}</span><span class="quota-figure">{used}" used, no limit"</span></p>
            </li>
        }
        .into_any();
    };
    let share = u16::try_from(u128::from(quota.used) * 1_000 / u128::from(limit.max(1))).unwrap_or(u16::MAX).min(1_000);
    let state = match share {
        1_000 => Some((Meaning::Fail, "Used up")),
        NEAR.. => Some((Meaning::Warn, "Nearly used up")),
        _ => None,
    };
    let state = state.map(|(meaning, word)| view! { <Badge meaning word/> });
    let words = format!("{used} of {}", figure(kind, limit));
    let name = format!("{}: {words}", kind.words());
    view! {
        <li class="quota">
            <p class="quota-head">
                <span class="quota-name">{kind.words()}</span>
                {state}
                <span class="quota-figure">{words}</span>
            </p>
            <meter class="quota-meter" min="0" max="1000" high=NEAR.to_string() optimum="0" value=share.to_string() aria-label=name></meter>
            <p class="quota-note">"When it is used up: "{when_full(kind)}</p>
            {resets}
        </li>
    }
    .into_any()
}

#[component]
fn ByDay(days: Vec<UsageDay>, drawn: Vec<(String, String)>, csv: String, long: bool) -> impl IntoView {
    let shown = counted(days.len() as u64, "day");
    let other = match long {
        true => view! { <LinkButton href=urls::USAGE>"Show 30 days"</LinkButton> }.into_any(),
        false => view! { <LinkButton href=urls::USAGE_LONG>"Show 92 days"</LinkButton> }.into_any(),
    };
    let figures = if drawn.is_empty() {
        let purpose = "Runs, and requests with a key or a token, are drawn here day by day.";
        view! { <EmptyState title="Nothing was counted in these days" purpose symbol=Symbol::Search/> }.into_any()
    } else {
        drawn.into_iter().map(|(title, svg)| view! { <Figure title svg/> }).collect_view().into_any()
    };
    let columns = vec![
        Column::text("Day"),
        Column::number("Runs", ""),
        Column::number("API calls", ""),
        Column::number("Systems", ""),
        Column::number("Members", ""),
        Column::number("Storage", ""),
    ];
    let cell =
        |day: &UsageDay, kind: QuotaKind| day.of(kind).map_or_else(|| NONE.to_owned(), |value| figure(kind, value));
    let row = |day: UsageDay| {
        view! {
            <Row>
                <HeadCell>{day.day.to_string()}</HeadCell>
                <Cell label="Runs" number=true>{cell(&day, QuotaKind::Runs)}</Cell>
                <Cell label="API calls" number=true>{cell(&day, QuotaKind::ApiCalls)}</Cell>
                <Cell label="Systems" number=true>{cell(&day, QuotaKind::Systems)}</Cell>
                <Cell label="Members" number=true>{cell(&day, QuotaKind::Members)}</Cell>
                <Cell label="Storage" number=true>{cell(&day, QuotaKind::Storage)}</Cell>
            </Row>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = days.into_iter().map(row).collect();
    view! {
        <Section title="Day by day" hint="Days are UTC and kept for 13 months; of systems, members and storage the most that was noted">
            <div class="stack">
                <p class="section-hint">{shown}", today last counted just now"</p>
                <div class="actions">
                    {other}
                    <LinkButton href=csv download="usage.csv">"CSV"</LinkButton>
                </div>
                {figures}
                <Table caption="Usage by day" caption_hidden=true columns cards=true>{rows}</Table>
            </div>
        </Section>
    }
    .into_any()
}
