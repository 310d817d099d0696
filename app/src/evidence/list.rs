//! The list of packs.

use super::{
    calls::list_evidence,
    view::{EvidenceList, PackView},
};
use crate::{
    moment::When,
    reading::Trouble,
    ui::{
        Cell, Column, EmptyState, HeadCell, LinkButton, Page, Pager, Row, Skeleton, SkeletonShape, Symbol, Table,
        VerdictBadge,
        format::{bytes, counted},
    },
    urls,
};
use hub::gates::Verdict;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// All packs.
#[component]
pub fn EvidencePage() -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.read().get("cursor"));
    let packs = Resource::new(move || cursor.get(), list_evidence);
    let waiting = || view! { <Page title="Evidence"><Skeleton shape=SkeletonShape::Table rows=5 label="Loading evidence"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match packs.await {
                    Ok(view) => view! { <Packs view first=cursor.get_untracked().is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Evidence" error retry=urls::EVIDENCE/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn public_key() -> impl IntoView {
    view! { <LinkButton href=urls::PUBLIC_KEY download="public-key.pem" icon=Symbol::Download>"Public key"</LinkButton> }
}

#[component]
fn Packs(view: EvidenceList, first: bool) -> impl IntoView {
    let lead = "Signed packs of validations, for auditors. They verify without the hub.";
    if view.packs.is_empty() && first {
        return view! {
            <Page title="Evidence" lead actions=public_key>
                <EmptyState title="No packs yet" purpose="A pack holds a verdict with everything that it rests on, signed. Make one on the page of a finished validation." symbol=Symbol::Evidence>
                    <LinkButton href=urls::GATES>"Find a validation"</LinkButton>
                </EmptyState>
            </Page>
        }
        .into_any();
    }
    let shown = counted(view.packs.len() as u64, "pack");
    let next = view.next.map(|cursor| format!("{}?cursor={cursor}", urls::EVIDENCE));
    let back = (!first).then(|| urls::EVIDENCE.to_owned());
    let columns = vec![
        Column::text("System"),
        Column::text("Version"),
        Column::text("Framework"),
        Column::text("Verdict"),
        Column::number("Size", ""),
        Column::text("Made"),
    ];
    view! {
        <Page title="Evidence" lead actions=public_key>
            <div class="stack">
                <Table caption="Evidence packs" caption_hidden=true columns cards=true>
                    {view.packs.into_iter().map(|pack| view! { <PackLine pack/> }).collect_view()}
                </Table>
                <Pager shown next first=back/>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn PackLine(pack: PackView) -> impl IntoView {
    let packet = pack.packet;
    let by = format!(" by {}", packet.created_by);
    view! {
        <Row>
            <HeadCell href=urls::evidence(packet.id)>{pack.system}</HeadCell>
            <Cell label="Version">{packet.version}</Cell>
            <Cell label="Framework">{packet.scope.label()}</Cell>
            <Cell label="Verdict">{verdict_badge(pack.verdict)}</Cell>
            <Cell label="Size" number=true>{bytes(packet.size)}</Cell>
            <Cell label="Made" quiet=true><span><When moment=pack.made/>{by}</span></Cell>
        </Row>
    }
    .into_any()
}

/// The verdict of a pack's validation.
pub(super) fn verdict_badge(verdict: Option<Verdict>) -> impl IntoView {
    let shown = match verdict {
        Some(Verdict::Allowed) => crate::ui::Verdict::Allowed,
        Some(Verdict::Blocked) => crate::ui::Verdict::Blocked,
        Some(Verdict::Inconclusive) => crate::ui::Verdict::Inconclusive,
        None => crate::ui::Verdict::NotMeasured,
    };
    view! { <VerdictBadge verdict=shown/> }
}
