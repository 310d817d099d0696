//! Who is in the organisation.

use super::{
    calls::{AddMember, ChangeRole, HandOver, Invite, SetActive, TakeBack, list_members},
    page::SettingsFrame,
    view::{InvitationRow, MemberRow, MembersView, words_of_role},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Badge, Button, ButtonKind, Cell, Choice, Column, Dialog, Field, FieldKind, FormErrors, HeadCell, Meaning,
        Notice, Pager, Row, Section, Select, Skeleton, SkeletonShape, Table,
    },
    urls,
};
use hub::access::Role;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// The members, inviting and adding one.
#[component]
pub fn MembersPage() -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.read().get("cursor"));
    let members = Resource::new(move || cursor.get(), list_members);
    let waiting = || view! { <SettingsFrame tab=urls::MEMBERS><Skeleton shape=SkeletonShape::Table label="Loading members"/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match members.await {
                    Ok(view) => view! { <Members view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Members" error retry=urls::MEMBERS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Members(view: MembersView) -> impl IntoView {
    let columns = vec![
        Column::text("Member"),
        Column::text("E-mail"),
        Column::text("Role"),
        Column::text("Second factor"),
        Column::text("Added"),
        Column::hidden("Actions"),
    ];
    let shown = match view.members.len() {
        1 => "1 member".to_owned(),
        count => format!("{count} members"),
    };
    let may_hand_over = view.may_hand_over;
    let lines = view.members.into_iter().map(|row| view! { <MemberLine row may_hand_over/> }).collect_view();
    let first = use_query_map().read_untracked().get("cursor").map(|_| urls::MEMBERS.to_owned());
    let next = view.next_cursor.map(|cursor| format!("{}?cursor={cursor}", urls::MEMBERS));
    let invitations = (!view.invitations.is_empty()).then(|| view! { <Invitations rows=view.invitations/> });
    view! {
        <SettingsFrame tab=urls::MEMBERS>
            {changed()}
            <FormErrors problem={refusal::<ChangeRole>().or_else(refusal::<SetActive>).or_else(refusal::<HandOver>)} id="change">
                <Table caption="Members" caption_hidden=true columns cards=true>{lines}</Table>
            </FormErrors>
            <Pager shown next first/>
            {invitations}
            {if view.may_manage { view! { <InviteForm/><AddForm/> }.into_any() } else { who().into_any() }}
            {may_hand_over.then(|| view! { <p class="section-hint"><a href=urls::REMOVAL>"Remove the organisation"</a></p> })}
        </SettingsFrame>
    }
    .into_any()
}

fn changed() -> Option<impl IntoView> {
    let query = use_query_map();
    let title = if query.read_untracked().get("changed").is_some() {
        "The member is changed. It counts from now on."
    } else if query.read_untracked().get("added").is_some() {
        "The member is added and can sign in."
    } else {
        return None;
    };
    Some(view! { <Notice meaning=Meaning::Pass title live=true/> })
}

fn who() -> impl IntoView {
    view! { <p class="section-hint">"An admin or an owner can invite members."</p> }
}

#[component]
fn MemberLine(row: MemberRow, may_hand_over: bool) -> impl IntoView {
    let MemberRow { member, added, ended, may_change, is_reader } = row;
    let state = match ended {
        Some(at) => {
            view! { <span class="cluster"><Badge meaning=Meaning::Unknown word="Ended"/><When moment=at/></span> }
                .into_any()
        }
        None => view! { <span class="role" title=words_of_role(member.role)>{member.role.as_str()}</span> }.into_any(),
    };
    let factor = if member.second_factor { "Yes" } else { "No" };
    let marked = is_reader.then(|| view! { <Badge meaning=Meaning::Info word="You"/> });
    let (id, name, role) = (member.id.to_string(), member.name.clone(), member.role);
    let is_active = member.disabled_at.is_none();
    let change = may_change.then(|| view! { <ChangeMember id name role is_active may_hand_over/> });
    view! {
        <Row>
            <HeadCell><span class="cluster">{member.name}{marked}</span></HeadCell>
            <Cell label="E-mail">{member.email}</Cell>
            <Cell label="Role">{state}</Cell>
            <Cell label="Second factor" quiet=true>{factor}</Cell>
            <Cell label="Added" quiet=true><When moment=added/></Cell>
            <Cell>{change}</Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn ChangeMember(id: String, name: String, role: Role, is_active: bool, may_hand_over: bool) -> impl IntoView {
    let title = format!("Change {name}");
    let dialog = format!("change-{id}");
    let body = if is_active {
        view! {
            <div class="stack">
                <ChangeRoleForm id=id.clone() role/>
                <form method="post" action=SetActive::url() class="stack">
                    <input type="hidden" name="id" value=id.clone()/>
                    <input type="hidden" name="active" value="false"/>
                    <p>"Ending the membership ends every session and key of this member at once."</p>
                    <div class="actions"><Button kind=ButtonKind::Danger>"End the membership"</Button></div>
                </form>
                {may_hand_over.then(|| view! { <HandOverForm id=id.clone() name=name.clone()/> })}
            </div>
        }
        .into_any()
    } else {
        view! {
            <form method="post" action=SetActive::url() class="stack">
                <input type="hidden" name="id" value=id.clone()/>
                <input type="hidden" name="active" value="true"/>
                <p>"The member signs in as before. Keys that ended stay ended."</p>
                <div class="actions"><Button kind=ButtonKind::Primary>"Renew the membership"</Button></div>
            </form>
        }
        .into_any()
    };
    view! { <Dialog id=dialog title open="Change" small=true>{body}</Dialog> }.into_any()
}

fn roles() -> Vec<Choice> {
    let roles = Role::ALL.into_iter().filter(|role| *role != Role::Owner);
    roles.map(|role| Choice::new(role.as_str(), format!("{role}: {}", words_of_role(role)))).collect()
}

#[component]
fn ChangeRoleForm(id: String, role: Role) -> impl IntoView {
    // Every line of the table has one, so its fields need ids of their own.
    let field = format!("role-{id}");
    let option = |choice: Choice| {
        let selected = choice.value == role.as_str();
        view! { <option value=choice.value selected=selected>{choice.label}</option> }
    };
    view! {
        <form method="post" action=ChangeRole::url() class="stack">
            <input type="hidden" name="id" value=id/>
            <div class="field">
                <label for=field.clone()>"Role"</label>
                <select class="control" id=field name="role">{roles().into_iter().map(option).collect_view()}</select>
            </div>
            <div class="actions"><Button kind=ButtonKind::Primary>"Change the role"</Button></div>
        </form>
    }
    .into_any()
}

#[component]
fn HandOverForm(id: String, name: String) -> impl IntoView {
    view! {
        <form method="post" action=HandOver::url() class="stack">
            <input type="hidden" name="to" value=id/>
            <p>{format!("Handing the ownership over makes {name} the owner and you an admin. Only {name} can give it back.")}</p>
            <div class="actions"><Button kind=ButtonKind::Danger>"Hand the ownership over"</Button></div>
        </form>
    }
    .into_any()
}

#[component]
fn Invitations(rows: Vec<InvitationRow>) -> impl IntoView {
    let columns = vec![
        Column::text("E-mail"),
        Column::text("Role"),
        Column::text("Invited"),
        Column::text("Ends"),
        Column::hidden("Actions"),
    ];
    let line = |row: InvitationRow| {
        let words = format!("Take back the invitation of {}", row.invitation.email);
        view! {
            <Row>
                <HeadCell>{row.invitation.email}</HeadCell>
                <Cell label="Role"><span class="role">{row.invitation.role.as_str()}</span></Cell>
                <Cell label="Invited" quiet=true><span><When moment=row.invited/>{format!(" by {}", row.invitation.invited_by)}</span></Cell>
                <Cell label="Ends"><When moment=row.ends/></Cell>
                <Cell>
                    <form method="post" action=TakeBack::url()>
                        <input type="hidden" name="id" value=row.invitation.id.to_string()/>
                        <Button small=true><span aria-hidden="true">"Take back"</span><span class="visually-hidden">{words}</span></Button>
                    </form>
                </Cell>
            </Row>
        }
    };
    view! {
        <Section title="Invitations that wait">
            <FormErrors problem={refusal::<TakeBack>()} id="back">
                <Table caption="Invitations" caption_hidden=true columns cards=true>{rows.into_iter().map(line).collect_view()}</Table>
            </FormErrors>
        </Section>
    }
    .into_any()
}

#[component]
fn InviteForm() -> impl IntoView {
    let ends = [("1", "One day"), ("7", "A week"), ("30", "30 days")];
    let ends = ends.map(|(days, label)| Choice::new(days, label)).to_vec();
    view! {
        <Section title="Invite somebody" hint="They choose their own password. You send them the link; the hub sends no mail">
            <form method="post" action=Invite::url() class="form">
                <FormErrors problem={refusal::<Invite>()} argument="request" id="invite">
                    <Field label="E-mail" name="request[email]" kind=FieldKind::Email required=true autocomplete="off"/>
                    <Select label="Role" name="request[role]" choices=roles() value="member"/>
                    <Select label="The link ends after" name="request[expires_in_days]" choices=ends value="7"/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Make the invitation"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn AddForm() -> impl IntoView {
    let problem = refusal::<AddMember>();
    let open = problem.is_some();
    view! {
        <details class="disclosure" open=open>
            <summary>"Add a member with a password that you choose"</summary>
            <form method="post" action=AddMember::url() class="form">
                <FormErrors problem argument="request">
                    <Field label="E-mail" name="request[email]" kind=FieldKind::Email required=true autocomplete="off"/>
                    <Field label="Name" name="request[name]" hint="The e-mail when left out" max_length=254 autocomplete="off"/>
                    <Select label="Role" name="request[role]" choices=roles() value="member"/>
                    <Field label="First password" name="request[password]" kind=FieldKind::Password hint="12 to 256 characters" required=true autocomplete="new-password"/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Add the member"</Button></div>
                </FormErrors>
            </form>
        </details>
    }
    .into_any()
}
