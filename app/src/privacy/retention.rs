//! What would be removed now as too old.

use super::{
    calls::dry_run_retention,
    frame::{PrivacyFrame, WHO},
    view::AgedLine,
};
use crate::{
    moment::When,
    reading::Trouble,
    ui::{Cell, Column, HeadCell, Row, Section, Skeleton, SkeletonShape, Table, format::count},
    urls,
};
use leptos::prelude::*;

/// A dry run of the retention.
#[component]
pub fn RetentionPage() -> impl IntoView {
    let kinds = Resource::new(|| (), |()| dry_run_retention());
    let waiting = || view! { <PrivacyFrame tab=urls::PRIVACY_RETENTION><Skeleton shape=SkeletonShape::Table label="Counting"/></PrivacyFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match kinds.await {
                    Ok(kinds) => view! { <Kinds kinds/> }.into_any(),
                    Err(error) => view! { <Trouble title="Privacy" error retry=urls::PRIVACY_RETENTION who=WHO/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Kinds(kinds: Vec<AgedLine>) -> impl IntoView {
    let columns = vec![
        Column::text("Kind"),
        Column::text("Kept"),
        Column::number("There are", ""),
        Column::number("Would go now", ""),
        Column::text("Oldest that stays"),
    ];
    let line = |line: AgedLine| {
        let oldest = match line.oldest {
            Some(at) => view! { <When moment=at/> }.into_any(),
            None => view! { "None" }.into_any(),
        };
        view! {
            <Row>
                <HeadCell>{line.aged.kind.words()}</HeadCell>
                <Cell label="Kept">{line.aged.kept}</Cell>
                <Cell label="There are" number=true>{count(line.aged.rows)}</Cell>
                <Cell label="Would go now" number=true>{count(line.aged.would_remove)}</Cell>
                <Cell label="Oldest that stays" quiet=true>{oldest}</Cell>
            </Row>
        }
    };
    let lines = kinds.into_iter().map(line).collect_view();
    view! {
        <PrivacyFrame tab=urls::PRIVACY_RETENTION>
            <Section title="Dry run" hint="What the hub would remove now as too old. Looking removes nothing; the hub itself does so every ten minutes.">
                <Table caption="Retention" caption_hidden=true columns cards=true>{lines}</Table>
            </Section>
        </PrivacyFrame>
    }
    .into_any()
}
