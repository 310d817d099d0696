//! The list of assets, with what narrows it.

use super::{
    calls::list_assets,
    parts::Tags,
    view::{AssetItem, LibraryView},
};
use crate::{
    moment::When,
    reading::Trouble,
    ui::{
        Badge, Button, ButtonKind, Cell, Checkbox, Choice, Column, EmptyState, Field, FieldKind, HeadCell, LinkButton,
        Meaning, Notice, Page, Pager, Row, Select, Skeleton, SkeletonShape, Symbol, Table, format::counted,
    },
    urls,
    workspaces::{switched_off, view::WritingStanding},
};
use hub::{
    ids::WorkspaceId,
    library::{AssetKind, LibraryQuery},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const LEAD: &str = "What teams share: golden paths, policies, prompts and more, in versions that never change.";
/// What the address may ask for.
const ASKED: [&str; 6] = ["q", "kind", "tag", "workspace", "deprecated", "cursor"];

/// The assets of the reader's workspaces.
#[component]
pub fn LibraryPage() -> impl IntoView {
    let query = use_query_map();
    let typed = Memo::new(move |_| {
        let query = query.read();
        let given = |name: &str| Some((name.to_owned(), query.get(name)?));
        ASKED.into_iter().filter_map(given).collect::<Vec<_>>()
    });
    let assets = Resource::new(move || typed.get(), list_assets);
    let waiting =
        || view! { <Page title="Library"><Skeleton shape=SkeletonShape::Table rows=5 label="Loading assets"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match assets.await {
                    Ok(view) => view! { <Library view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Library" error retry=urls::LIBRARY/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn actions(may_share: bool) -> impl IntoView {
    let share = may_share.then(|| {
        view! { <LinkButton href=urls::SHARE_ASSET kind=ButtonKind::Primary icon=Symbol::Plus>"Share an asset"</LinkButton> }
    });
    view! { <LinkButton href=urls::PROPOSALS kind=ButtonKind::Quiet icon=Symbol::Check>"Reviews"</LinkButton>{share} }
}

#[component]
fn Library(view: LibraryView) -> impl IntoView {
    let LibraryView { assets, next, query, workspaces, standing } = view;
    let may_share = standing == WritingStanding::May && !workspaces.is_empty();
    let first = query.cursor.is_none();
    let narrowed = LibraryQuery { cursor: None, deprecated: false, ..query.clone() } != LibraryQuery::default();
    let place = |cursor: Option<&str>| urls::library(&query, cursor);
    let content = if assets.is_empty() && first {
        view! { <Nothing narrowed has_workspace=!workspaces.is_empty()/> }.into_any()
    } else {
        let shown = counted(assets.len() as u64, "asset");
        let next = next.map(|cursor| place(Some(&cursor)));
        let back = (!first).then(|| place(None));
        view! { <div class="stack"><AssetsTable assets/><Pager shown next first=back/></div> }.into_any()
    };
    view! {
        <Page title="Library" lead=LEAD actions=move || actions(may_share)>
            {switched_off(standing)}
            {removed()}
            <Filters query=query.clone() workspaces/>
            {content}
        </Page>
    }
    .into_any()
}

fn removed() -> Option<impl IntoView> {
    let done = use_query_map().read_untracked().get("done").is_some();
    done.then(|| view! { <Notice meaning=Meaning::Pass title="The asset is removed." live=true/> })
}

#[component]
fn Nothing(narrowed: bool, has_workspace: bool) -> impl IntoView {
    let (title, purpose) = match (narrowed, has_workspace) {
        (true, _) => (
            "No such assets",
            "Words are found by their beginnings, in names, descriptions and tags. Deprecated assets come when asked for.",
        ),
        (false, true) => (
            "Nothing is shared yet",
            "An asset is something that others can use: a golden path, a policy, a prompt, a document.",
        ),
        (false, false) => (
            "You are in no workspace yet",
            "Assets belong to workspaces. Make one, or have somebody add you to theirs.",
        ),
    };
    let make = (!narrowed && !has_workspace)
        .then(|| view! { <LinkButton href=urls::WORKSPACES>"Go to the workspaces"</LinkButton> });
    view! { <EmptyState title purpose symbol=Symbol::Library>{make}</EmptyState> }.into_any()
}

#[component]
fn Filters(query: LibraryQuery, workspaces: Vec<(WorkspaceId, String)>) -> impl IntoView {
    let kinds = AssetKind::ALL.into_iter().map(|kind| Choice::new(kind.as_str(), kind.name()));
    let kinds: Vec<_> = std::iter::once(Choice::new("", "Every kind")).chain(kinds).collect();
    let kind = query.kind.map(AssetKind::as_str).unwrap_or_default();
    let spaces = workspaces.into_iter().map(|(id, name)| Choice::new(id.to_string(), name));
    let spaces: Vec<_> = std::iter::once(Choice::new("", "Every workspace")).chain(spaces).collect();
    let space = query.workspace_id.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <form method="get" action=urls::LIBRARY class="filters" role="search" aria-label="Library">
            <Field label="Words" name="q" kind=FieldKind::Search value=query.q.unwrap_or_default() quiet=true max_length=100/>
            <Select label="Kind" name="kind" choices=kinds value=kind/>
            <Select label="Workspace" name="workspace" choices=spaces value=space/>
            <Field label="Tag" name="tag" value=query.tag.unwrap_or_default() quiet=true max_length=40/>
            <Checkbox label="Deprecated too" name="deprecated" checked=query.deprecated/>
            <Button>"Filter"</Button>
        </form>
    }
    .into_any()
}

#[component]
fn AssetsTable(assets: Vec<AssetItem>) -> impl IntoView {
    let columns = vec![
        Column::text("Asset"),
        Column::text("Kind"),
        Column::text("Workspace"),
        Column::text("Tags"),
        Column::number("Version", ""),
        Column::number("Uses", ""),
        Column::text("Changed"),
    ];
    let line = |item: AssetItem| {
        let AssetItem { asset, workspace, updated } = item;
        let deprecated =
            asset.deprecation.is_some().then(|| view! { <Badge meaning=Meaning::Warn word="Deprecated"/> });
        let version = match asset.latest_version {
            0 => view! { <span class="cell-quiet">"In review"</span> }.into_any(),
            number => number.into_any(),
        };
        view! {
            <Row>
                <HeadCell href=urls::asset(asset.id)>{asset.name}</HeadCell>
                <Cell label="Kind"><span class="cluster">{asset.kind.name()}{deprecated}</span></Cell>
                <Cell label="Workspace"><a href=urls::workspace(asset.workspace_id)>{workspace}</a></Cell>
                <Cell label="Tags"><Tags tags=asset.tags/></Cell>
                <Cell label="Version" number=true>{version}</Cell>
                <Cell label="Uses" number=true>{asset.use_count}</Cell>
                <Cell label="Changed" quiet=true><When moment=updated/></Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Assets" caption_hidden=true columns cards=true>{assets.into_iter().map(line).collect_view()}</Table>
    }
    .into_any()
}
