//! The list of workspaces, and making one.

use super::{
    calls::{CreateWorkspace, list_workspaces, may_make_workspace},
    view::{WorkspaceItem, WorkspacesView, WritingStanding},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Badge, Button, ButtonKind, Cell, Checkbox, Column, Crumb, EmptyState, Field, FormErrors, HeadCell, LinkButton,
        Meaning, Notice, Page, Pager, Row, Skeleton, SkeletonShape, Symbol, Table, TextArea, format::counted,
    },
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

const LEAD: &str = "A team's space: who is in it, what it shares, and who looks over changes.";

/// The workspaces that the reader is in.
#[component]
pub fn WorkspacesPage() -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.read().get("cursor"));
    let workspaces = Resource::new(move || cursor.get(), list_workspaces);
    let waiting = || view! { <Page title="Workspaces"><Skeleton shape=SkeletonShape::Table rows=4 label="Loading workspaces"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match workspaces.await {
                    Ok(view) => view! { <List view first=cursor.get_untracked().is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Workspaces" error retry=urls::WORKSPACES/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn make() -> impl IntoView {
    view! { <LinkButton href=urls::NEW_WORKSPACE kind=ButtonKind::Primary icon=Symbol::Plus>"New workspace"</LinkButton> }
}

/// Tells that workspaces are switched off, where they are.
pub(crate) fn switched_off(standing: WritingStanding) -> Option<impl IntoView> {
    (standing == WritingStanding::SwitchedOff).then(|| {
        view! {
            <Notice meaning=Meaning::Warn title="Workspaces and the library are switched off">
                <p>"Whoever runs this hub can switch them on with FEATURE_WORKSPACES=true. What is there stays readable."</p>
            </Notice>
        }
    })
}

#[component]
fn List(view: WorkspacesView, first: bool) -> impl IntoView {
    let WorkspacesView { workspaces, next, standing } = view;
    let may_make = standing == WritingStanding::May;
    if workspaces.is_empty() && first {
        return view! {
            <Page title="Workspaces" lead=LEAD>
                {switched_off(standing)}
                <EmptyState title="You are in no workspace yet" symbol=Symbol::User
                    purpose="A workspace is a team's space: its members share golden paths, policies and other assets, and look over each other's changes.">
                    {may_make.then(make)}
                </EmptyState>
            </Page>
        }
        .into_any();
    }
    let columns = vec![
        Column::text("Workspace"),
        Column::text("Your role"),
        Column::number("Members", ""),
        Column::text("Reviews"),
        Column::text("Made"),
    ];
    let shown = counted(workspaces.len() as u64, "workspace");
    let next = next.map(|cursor| format!("{}?cursor={cursor}", urls::WORKSPACES));
    let back = (!first).then(|| urls::WORKSPACES.to_owned());
    let lines = workspaces.into_iter().map(|item| view! { <Line item/> }).collect_view();
    view! {
        <Page title="Workspaces" lead=LEAD actions=move || may_make.then(make)>
            {switched_off(standing)}
            <div class="stack">
                <Table caption="Workspaces" caption_hidden=true columns cards=true>{lines}</Table>
                <Pager shown next first=back/>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn Line(item: WorkspaceItem) -> impl IntoView {
    let WorkspaceItem { workspace, made, archived } = item;
    let archived = archived.map(|_| view! { <Badge meaning=Meaning::Unknown word="Archived"/> });
    let reviews = if workspace.review_changes { "Needed" } else { "Not needed" };
    view! {
        <Row>
            <HeadCell href=urls::workspace(workspace.id)>{workspace.name}</HeadCell>
            <Cell label="Your role"><span class="cluster"><span class="role">{workspace.role.as_str()}</span>{archived}</span></Cell>
            <Cell label="Members" number=true>{workspace.members}</Cell>
            <Cell label="Reviews" quiet=true>{reviews}</Cell>
            <Cell label="Made" quiet=true><When moment=made/></Cell>
        </Row>
    }
    .into_any()
}

/// Making a workspace.
#[component]
pub fn NewWorkspacePage() -> impl IntoView {
    let standing = Resource::new(|| (), |()| may_make_workspace());
    let waiting = || view! { <Page title="New workspace"><Skeleton label="Loading the form"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match standing.await {
                    Ok(standing) => view! { <NewForm standing/> }.into_any(),
                    Err(error) => view! { <Trouble title="New workspace" error retry=urls::NEW_WORKSPACE/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn NewForm(standing: WritingStanding) -> impl IntoView {
    let crumbs = vec![Crumb::link("Workspaces", urls::WORKSPACES), Crumb::here("New")];
    let content = match standing {
        WritingStanding::May => view! {
            <form method="post" action=CreateWorkspace::url() class="form">
                <FormErrors problem={refusal::<CreateWorkspace>()} argument="request">
                    <Field label="Name" name="request[name]" hint="1 to 100 characters, one workspace each" required=true max_length=100/>
                    <TextArea label="Description" name="request[description]" hint="What it is for; up to 2,000 characters" rows=3/>
                    <Checkbox label="Changes need a review" name="request[review_changes]" hint="New versions of its assets are proposed, and somebody else approves them"/>
                    <div class="actions">
                        <Button kind=ButtonKind::Primary>"Make the workspace"</Button>
                        <LinkButton href=urls::WORKSPACES kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                    </div>
                </FormErrors>
            </form>
        }
        .into_any(),
        WritingStanding::MayNot => view! {
            <crate::ui::Denied what="Your role makes no workspaces" who="An owner or an admin of the organisation can change your role."/>
        }
        .into_any(),
        WritingStanding::SwitchedOff => switched_off(standing).into_any(),
    };
    view! { <Page title="New workspace" lead="You will be its owner; its members come next." crumbs narrow=true>{content}</Page> }
        .into_any()
}
