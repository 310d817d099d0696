//! Who is in a workspace, and adding somebody.

use super::{
    calls::{AddToWorkspace, ChangeWorkspaceRole, RemoveFromWorkspace},
    view::{MemberItem, words_of},
};
use crate::{
    moment::When,
    reading::refusal,
    ui::{
        Badge, Button, ButtonKind, Cell, Choice, Column, Dialog, Field, FieldKind, FormErrors, HeadCell, Meaning,
        Notice, Pager, Row, Section, Select, Table, format::counted,
    },
    urls,
};
use hub::{
    access::{WorkspacePermission, WorkspaceRole},
    ids::WorkspaceId,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// The tab of the members.
#[component]
pub(super) fn Members(
    id: WorkspaceId,
    role: WorkspaceRole,
    members: Vec<MemberItem>,
    next: Option<String>,
    known: Vec<String>,
    first: bool,
    writes: bool,
) -> impl IntoView {
    let manages = writes && role.may(WorkspacePermission::Members);
    let columns = vec![
        Column::text("Member"),
        Column::text("E-mail"),
        Column::text("Role"),
        Column::text("Added"),
        Column::hidden("Actions"),
    ];
    let shown = counted(members.len() as u64, "member");
    let next = next.map(|cursor| format!("{}?cursor={cursor}", urls::workspace(id)));
    let back = (!first).then(|| urls::workspace(id));
    let lines = members.into_iter().map(|item| {
        let may_change = manages && item.member.role <= role;
        let may_leave = writes && item.is_reader;
        view! { <Line id item own=role may_change may_leave/> }
    });
    let lines = lines.collect_view();
    let add = manages.then(|| view! { <AddForm id role known/> });
    let who = (!manages)
        .then(|| view! { <p class="section-hint">"Maintainers and owners of the workspace add members."</p> });
    view! {
        {done()}
        <FormErrors problem={refusal::<ChangeWorkspaceRole>().or_else(refusal::<RemoveFromWorkspace>)} id="change">
            <Table caption="Members" caption_hidden=true columns cards=true>{lines}</Table>
        </FormErrors>
        <Pager shown next first=back/>
        {add}
        {who}
    }
    .into_any()
}

fn done() -> Option<impl IntoView> {
    let title = match use_query_map().read_untracked().get("done")?.as_str() {
        "added" => "The member is added.",
        "changed" => "The role is changed. It counts from now on.",
        "removed" => "The member is out of the workspace.",
        _ => return None,
    };
    Some(view! { <Notice meaning=Meaning::Pass title live=true/> })
}

#[component]
fn Line(id: WorkspaceId, item: MemberItem, own: WorkspaceRole, may_change: bool, may_leave: bool) -> impl IntoView {
    let MemberItem { member, added, is_reader } = item;
    let you = is_reader.then(|| view! { <Badge meaning=Meaning::Info word="You"/> });
    let ended = (!member.active).then(|| view! { <Badge meaning=Meaning::Unknown word="Ended"/> });
    let user = member.user_id.to_string();
    let (name, role) = (member.name.clone(), member.role);
    let change = (may_change || may_leave).then(|| {
        let title = if may_change { format!("Change {name}") } else { "Leave the workspace".to_owned() };
        let open = if may_change { "Change" } else { "Leave" };
        let dialog = format!("member-{user}");
        let roles = may_change.then(|| view! { <RoleForm id user=user.clone() role own/> });
        let (words, out) = if is_reader {
            ("You will not see the workspace any more, unless somebody adds you again.", "Leave the workspace")
        } else {
            ("They will not see the workspace any more. What they shared stays.", "Take out of the workspace")
        };
        let remove = view! {
            <form method="post" action=RemoveFromWorkspace::url() class="stack">
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="user" value=user.clone()/>
                <p>{words}</p>
                <div class="actions"><Button kind=ButtonKind::Danger>{out}</Button></div>
            </form>
        };
        view! { <Dialog id=dialog title open small=true><div class="stack">{roles}{remove}</div></Dialog> }
    });
    let by = format!(" by {}", member.added_by);
    view! {
        <Row>
            <HeadCell><span class="cluster">{member.name}{you}</span></HeadCell>
            <Cell label="E-mail">{member.email}</Cell>
            <Cell label="Role"><span class="cluster"><span class="role" title=words_of(role)>{role.as_str()}</span>{ended}</span></Cell>
            <Cell label="Added" quiet=true><span><When moment=added/>{by}</span></Cell>
            <Cell>{change}</Cell>
        </Row>
    }
    .into_any()
}

/// The roles that somebody with the role `own` may give.
fn roles(own: WorkspaceRole) -> Vec<Choice> {
    let roles = WorkspaceRole::ALL.into_iter().filter(|role| *role <= own);
    roles.map(|role| Choice::new(role.as_str(), format!("{role}: {}", words_of(role)))).collect()
}

#[component]
fn RoleForm(id: WorkspaceId, user: String, role: WorkspaceRole, own: WorkspaceRole) -> impl IntoView {
    // Every line of the table has one, so its fields need ids of their own.
    let field = format!("role-{user}");
    let option = |choice: Choice| {
        let selected = choice.value == role.as_str();
        view! { <option value=choice.value selected=selected>{choice.label}</option> }
    };
    view! {
        <form method="post" action=ChangeWorkspaceRole::url() class="stack">
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="user" value=user/>
            <div class="field">
                <label for=field.clone()>"Role"</label>
                <select class="control" id=field name="role">{roles(own).into_iter().map(option).collect_view()}</select>
            </div>
            <div class="actions"><Button kind=ButtonKind::Primary>"Change the role"</Button></div>
        </form>
    }
    .into_any()
}

#[component]
fn AddForm(id: WorkspaceId, role: WorkspaceRole, known: Vec<String>) -> impl IntoView {
    view! {
        <Section title="Add a member" hint="Somebody who is in the organisation already">
            <form method="post" action=AddToWorkspace::url() class="form">
                <FormErrors problem={refusal::<AddToWorkspace>()} argument="request" id="add">
                    <input type="hidden" name="request[workspace_id]" value=id.to_string()/>
                    <Field label="E-mail" name="request[email]" kind=FieldKind::Email required=true autocomplete="off" suggestions=known/>
                    <Select label="Role" name="request[role]" choices=roles(role) value="viewer"/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Add the member"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}
