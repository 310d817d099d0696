//! Who is in the workspace.

use super::{
    calls::{AddMember, list_members},
    page::SettingsFrame,
    view::{MembersView, words_of_role},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Cell, Choice, Column, Field, FieldKind, FormErrors, HeadCell, Meaning, Notice, Row,
        Section, Select, Skeleton, SkeletonShape, Table,
    },
    urls,
};
use hub::access::Role;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// The members, and adding one.
#[component]
pub fn MembersPage() -> impl IntoView {
    let members = Resource::new(|| (), |()| list_members());
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
    let columns = vec![Column::text("Member"), Column::text("E-mail"), Column::text("Role"), Column::text("Added")];
    let lines = view.members.into_iter().map(|(member, added)| {
        view! {
            <Row>
                <HeadCell>{member.name}</HeadCell>
                <Cell label="E-mail">{member.email}</Cell>
                <Cell label="Role"><span class="role" title=words_of_role(member.role)>{member.role.as_str()}</span></Cell>
                <Cell label="Added" quiet=true><When moment=added/></Cell>
            </Row>
        }
    });
    view! {
        <SettingsFrame tab=urls::MEMBERS>
            <Table caption="Members" caption_hidden=true columns cards=true>{lines.collect_view()}</Table>
            {if view.may_add { view! { <AddForm/> }.into_any() } else { who().into_any() }}
        </SettingsFrame>
    }
    .into_any()
}

fn who() -> impl IntoView {
    view! { <p class="section-hint">"An admin or an owner of this workspace can add members."</p> }
}

#[component]
fn AddForm() -> impl IntoView {
    let added = use_query_map().read_untracked().get("added");
    let added =
        added.map(|_| view! { <Notice meaning=Meaning::Pass title="The member is added and can sign in." live=true/> });
    view! {
        <Section title="Add a member" hint="Tell them the first password yourself; the hub sends no mail.">
            {added}
            <MemberFields/>
        </Section>
    }
    .into_any()
}

#[component]
fn MemberFields() -> impl IntoView {
    let roles = Role::ALL.into_iter().filter(|role| *role != Role::Owner);
    let roles = roles.map(|role| Choice::new(role.as_str(), format!("{role}: {}", words_of_role(role)))).collect();
    view! {
            <form method="post" action=AddMember::url() class="form">
                <FormErrors problem={refusal::<AddMember>()} argument="request">
                    <Field label="E-mail" name="request[email]" kind=FieldKind::Email required=true autocomplete="off"/>
                    <Field label="Name" name="request[name]" hint="The e-mail when left out" max_length=254 autocomplete="off"/>
                    <Select label="Role" name="request[role]" choices=roles value="member"/>
                    <Field label="First password" name="request[password]" kind=FieldKind::Password hint="12 to 256 characters" required=true autocomplete="new-password"/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Add the member"</Button></div>
                </FormErrors>
            </form>
    }
    .into_any()
}
