//! What is proposed, and deciding about it.

use super::{
    calls::{DecideProposal, WithdrawProposal, list_proposals},
    parts::{Changes, StateBadge},
    view::{DiffLine, ProposalsView},
};
use crate::{
    moment::{Moment, When},
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Cell, Column, Crumb, EmptyState, FormErrors, HeadCell, KeyValue, KeyValues, Page, Pager,
        Row, Section, Skeleton, SkeletonShape, Symbol, Tab, Table, Tabs, TextArea, format::counted,
    },
    urls,
};
use hub::library::{Asset, Proposal, ProposalDetail, ProposalState};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// Proposals of all of the reader's workspaces, or of one.
#[component]
pub fn ProposalsPage() -> impl IntoView {
    let query = use_query_map();
    let typed = Memo::new(move |_| {
        let query = query.read();
        let given = |name: &str| Some((name.to_owned(), query.get(name)?));
        ["show", "workspace", "cursor"].into_iter().filter_map(given).collect::<Vec<_>>()
    });
    let proposals = Resource::new(move || typed.get(), list_proposals);
    let waiting =
        || view! { <Page title="Reviews"><Skeleton shape=SkeletonShape::Table label="Loading proposals"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match proposals.await {
                    Ok(view) => view! { <All view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Reviews" error retry=urls::PROPOSALS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn All(view: ProposalsView) -> impl IntoView {
    let ProposalsView { proposals, next, open_only, workspace } = view;
    let id = workspace.as_ref().map(|(id, _)| *id);
    let lead = match &workspace {
        Some((_, name)) => format!("Versions that were proposed in {name}."),
        None => "Versions that were proposed in your workspaces; somebody else than their author decides.".to_owned(),
    };
    let place = |all: bool, cursor: Option<&str>| urls::proposals(all, id, cursor);
    let tabs = vec![Tab::new("Waiting", place(false, None), open_only), Tab::new("All", place(true, None), !open_only)];
    let first = use_query_map().read_untracked().get("cursor").map(|_| place(!open_only, None));
    let next = next.map(|cursor| place(!open_only, Some(&cursor)));
    let crumbs = vec![Crumb::link("Library", urls::LIBRARY), Crumb::here("Reviews")];
    let content = if proposals.is_empty() {
        view! { <EmptyState title="Nothing waits for a review" purpose="Where a workspace wants changes reviewed, new versions of its assets are proposed and appear here." symbol=Symbol::Check/> }.into_any()
    } else {
        view! { <ProposalsTable proposals next first with_asset=true/> }.into_any()
    };
    view! { <Page title="Reviews" crumbs lead><Tabs label="Reviews" tabs/>{content}</Page> }.into_any()
}

#[component]
fn ProposalsTable(
    proposals: Vec<(Proposal, Moment)>,
    next: Option<String>,
    first: Option<String>,
    with_asset: bool,
) -> impl IntoView {
    let columns = vec![
        Column::text(if with_asset { "Asset" } else { "Proposal" }),
        Column::text("State"),
        Column::text("Proposed"),
        Column::text("Note"),
        Column::text("Decided"),
    ];
    let shown = counted(proposals.len() as u64, "proposal");
    let line = move |(proposal, at): (Proposal, Moment)| {
        let version = format!("For version {}", proposal.base_version + 1);
        let name = if with_asset { format!("{}: {}", proposal.asset_name, version) } else { version };
        let by = format!(" by {}", proposal.proposed_by);
        let decided = proposal.decided_by.map(|by| {
            let comment = proposal.comment.map(|comment| format!(": {comment}")).unwrap_or_default();
            format!("{by}{comment}")
        });
        view! {
            <Row>
                <HeadCell href=urls::proposal(proposal.asset_id, proposal.id)>{name}</HeadCell>
                <Cell label="State"><StateBadge state=proposal.state/></Cell>
                <Cell label="Proposed" quiet=true><span><When moment=at/>{by}</span></Cell>
                <Cell label="Note">{proposal.note}</Cell>
                <Cell label="Decided" quiet=true>{decided.unwrap_or_else(|| "–".to_owned())}</Cell>
            </Row>
        }
    };
    let lines = proposals.into_iter().map(line).collect_view();
    view! {
        <div class="stack">
            <Table caption="Proposals" caption_hidden=true columns cards=true>{lines}</Table>
            <Pager shown next first/>
        </div>
    }
    .into_any()
}

/// The tab of the reviews of an asset.
#[component]
pub(super) fn Reviews(
    asset: Asset,
    proposals: Vec<(Proposal, Moment)>,
    next: Option<String>,
    open: Option<Box<(ProposalDetail, Vec<DiffLine>)>>,
) -> impl IntoView {
    let place = urls::asset_tab(asset.id, "reviews");
    let first = use_query_map().read_untracked().get("cursor").map(|_| place.clone());
    let next = next.map(|cursor| format!("{place}&cursor={cursor}"));
    let open = open.map(|open| view! { <Open detail=open.0 changes=open.1/> });
    let list = if proposals.is_empty() {
        view! { <p class="section-hint">"Nothing was proposed yet. Whether new versions need a review is a setting of the workspace."</p> }.into_any()
    } else {
        view! { <Section title="Proposals"><ProposalsTable proposals next first with_asset=false/></Section> }
            .into_any()
    };
    view! { {open}{list} }.into_any()
}

#[component]
fn Open(detail: ProposalDetail, changes: Vec<DiffLine>) -> impl IntoView {
    let ProposalDetail { proposal, may_decide, may_withdraw, .. } = detail;
    let title = format!("Proposed version {}", proposal.base_version + 1);
    let state = proposal.state;
    let actions = move || view! { <StateBadge state/> };
    let note = (!proposal.note.is_empty()).then(|| view! { <KeyValue name="Note">{proposal.note.clone()}</KeyValue> });
    let decided = proposal.decided_by.clone().map(|by| view! { <KeyValue name="Decided by">{by}</KeyValue> });
    let comment = proposal.comment.clone().map(|words| view! { <KeyValue name="Comment">{words}</KeyValue> });
    let changed = if changes.is_empty() {
        view! { <p class="section-hint">"It says the same as the version that it was made for."</p> }.into_any()
    } else {
        view! { <Changes lines=changes label="What would change"/> }.into_any()
    };
    let id = proposal.id.to_string();
    let decide = may_decide.then(|| view! { <DecideForm id=id.clone()/> });
    let withdraw = may_withdraw.then(|| {
        view! {
            <form method="post" action=WithdrawProposal::url()>
                <FormErrors problem={refusal::<WithdrawProposal>()} id="withdraw">
                    <input type="hidden" name="id" value=id/>
                    <Button>"Take it back"</Button>
                </FormErrors>
            </form>
        }
    });
    let waits = (state == ProposalState::Open && !may_decide).then(|| {
        view! { <p class="section-hint">"A reviewer of the workspace who did not propose it decides."</p> }
    });
    view! {
        <Section title actions>
            <KeyValues wide=true>
                <KeyValue name="Proposed by">{proposal.proposed_by}</KeyValue>
                <KeyValue name="SHA-256"><code class="breakable">{proposal.sha256}</code></KeyValue>
                {note}
                {decided}
                {comment}
            </KeyValues>
            {changed}
            {waits}
            {decide}
            {withdraw}
        </Section>
    }
    .into_any()
}

#[component]
fn DecideForm(id: String) -> impl IntoView {
    view! {
        <form method="post" action=DecideProposal::url() class="form">
            <FormErrors problem={refusal::<DecideProposal>()} id="decide">
                <input type="hidden" name="id" value=id/>
                <TextArea label="Comment" name="comment" hint="A rejection says why" rows=2/>
                <div class="actions">
                    <Button kind=ButtonKind::Primary name="ruling" value="approve">"Approve"</Button>
                    <Button kind=ButtonKind::Danger name="ruling" value="reject">"Reject"</Button>
                </div>
            </FormErrors>
        </form>
    }
    .into_any()
}
