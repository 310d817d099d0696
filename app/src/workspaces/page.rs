//! A workspace: members, activity and settings as tabs.

use super::{
    calls::workspace_page,
    feed::Feed,
    list::switched_off,
    members::Members,
    settings::Settings,
    view::{TabView, WorkspaceItem, WorkspaceView, WritingStanding},
};
use crate::{
    reading::Trouble,
    ui::{Badge, Crumb, LinkButton, Meaning, Notice, Page, Skeleton, SkeletonShape, Symbol, Tab, Tabs},
    urls,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// One workspace.
#[component]
pub fn WorkspacePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let key = Memo::new(move |_| {
        let query = query.read();
        let id = params.read().get("workspace").unwrap_or_default();
        (id, query.get("tab").unwrap_or_default(), query.get("cursor"))
    });
    let workspace = Resource::new(move || key.get(), |(id, tab, cursor)| workspace_page(id, tab, cursor));
    let waiting = || view! { <Page title="Workspace"><Skeleton shape=SkeletonShape::Table label="Loading the workspace"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match workspace.await {
                    Ok(view) => view! { <Whole view first=key.get_untracked().2.is_none()/> }.into_any(),
                    Err(error) => {
                        let retry = format!("{}/{}", urls::WORKSPACES, key.get_untracked().0);
                        view! { <Trouble title="Workspace" error retry who="An owner or a maintainer of the workspace can change your role in it."/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Whole(view: WorkspaceView, first: bool) -> impl IntoView {
    let WorkspaceView { item, standing, tab, waiting } = view;
    let WorkspaceItem { workspace, archived, .. } = &item;
    let id = workspace.id;
    let crumbs = vec![Crumb::link("Workspaces", urls::WORKSPACES), Crumb::here(workspace.name.clone())];
    let name = tab.name();
    let of = |name: &str| if name.is_empty() { urls::workspace(id) } else { urls::workspace_tab(id, name) };
    let tabs = vec![
        Tab::new("Members", of(""), name.is_empty()).with_count(workspace.members),
        Tab::new("Activity", of("activity"), name == "activity"),
        Tab::new("Settings", of("settings"), name == "settings"),
    ];
    let is_archived = archived.is_some();
    let archived = is_archived.then(|| {
        view! { <Notice meaning=Meaning::Info title="This workspace is archived. Nothing in it changes until an owner brings it back."/> }
    });
    let proposals = (waiting > 0).then(|| {
        let words = if waiting == 1 { "One proposal waits for a review.".to_owned() } else { format!("{waiting} proposals wait for a review.") };
        view! { <Notice meaning=Meaning::Warn title=words><p><a href=urls::proposals_of(id)>"Look at what is proposed"</a></p></Notice> }
    });
    let role = workspace.role;
    let actions = move || {
        view! {
            <Badge meaning=Meaning::Info word=format!("You: {role}")/>
            <LinkButton href=urls::library_of(id) icon=Symbol::Library>"Its assets"</LinkButton>
        }
    };
    let lead = match workspace.description.as_str() {
        "" => "A team's space.".to_owned(),
        words => words.to_owned(),
    };
    let title = workspace.name.clone();
    let writes = standing == WritingStanding::May && !is_archived;
    let content = match tab {
        TabView::Members { members, next, known } => {
            view! { <Members id role members next known first writes/> }.into_any()
        }
        TabView::Activity { lines, next } => view! { <Feed id lines next first/> }.into_any(),
        TabView::Settings => {
            let standing_writes = standing == WritingStanding::May;
            view! { <Settings item=item.clone() may_write=standing_writes/> }.into_any()
        }
    };
    view! {
        <Page title crumbs lead actions>
            {switched_off(standing)}
            {archived}
            {proposals}
            <Tabs label="Workspace" tabs/>
            {content}
        </Page>
    }
    .into_any()
}
