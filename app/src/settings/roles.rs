//! Which role may do what: read from the same table that every use case asks.

use super::{page::SettingsFrame, scopes::words, view::words_of_role};
use crate::{
    ui::{Cell, Column, HeadCell, KeyValue, KeyValues, Meaning, Row, Section, StatusIcon, Table},
    urls,
    workspaces::view::words_of as words_of_workspace_role,
};
use hub::access::{Permission, Role, WorkspacePermission, WorkspaceRole};
use leptos::prelude::*;

/// The matrix of roles and permissions.
#[component]
pub fn RolesPage() -> impl IntoView {
    let told = roles().map(|role| {
        let name = capitalised(role.as_str());
        view! { <KeyValue name>{words_of_role(role)}</KeyValue> }
    });
    let told = told.collect_view();
    let columns = roles().map(|role| Column::text(capitalised(role.as_str())));
    let columns = std::iter::once(Column::text("Permission")).chain(columns).collect();
    let lines = Permission::ALL.iter().map(|permission| view! { <Line permission=*permission/> }).collect_view();
    view! {
        <SettingsFrame tab=urls::ROLES>
            <Section title="Roles" hint="What each is for"><KeyValues>{told}</KeyValues></Section>
            <Section title="Permissions" hint="What each role may do; a key has what its scopes name, as far as its maker's role allows it">
                <Table caption="Permissions by role" caption_hidden=true columns cards=true>{lines}</Table>
            </Section>
            <InWorkspaces/>
        </SettingsFrame>
    }
    .into_any()
}

/// From the most to the least.
fn roles() -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().rev()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn mark(may: bool) -> impl IntoView {
    if may {
        view! { <StatusIcon meaning=Meaning::Pass silent=true/><span class="visually-hidden">"Yes"</span> }.into_any()
    } else {
        view! { <span aria-hidden="true">"–"</span><span class="visually-hidden">"No"</span> }.into_any()
    }
}

#[component]
fn Line(permission: Permission) -> impl IntoView {
    let cell = move |role: Role| {
        let may = role.permissions().contains(&permission);
        view! { <Cell label=capitalised(role.as_str()) quiet=!may>{mark(may)}</Cell> }
    };
    view! {
        <Row>
            <HeadCell><span class="key-name">{words(permission)}</span><code class="key-hint">{permission.as_str()}</code></HeadCell>
            {roles().map(cell).collect_view()}
        </Row>
    }
    .into_any()
}

/// The second matrix: roles in a workspace, which count beside those in the organisation.
#[component]
fn InWorkspaces() -> impl IntoView {
    let roles = || WorkspaceRole::ALL.into_iter().rev();
    let told = roles().map(|role| {
        let name = capitalised(role.as_str());
        view! { <KeyValue name>{words_of_workspace_role(role)}</KeyValue> }
    });
    let told = told.collect_view();
    let columns = roles().map(|role| Column::text(capitalised(role.as_str())));
    let columns = std::iter::once(Column::text("Permission")).chain(columns).collect();
    let line = |permission: &WorkspacePermission| {
        let permission = *permission;
        let cell = move |role: WorkspaceRole| {
            let may = role.may(permission);
            view! { <Cell label=capitalised(role.as_str()) quiet=!may>{mark(may)}</Cell> }
        };
        view! {
            <Row>
                <HeadCell><span class="key-name">{words_in_workspace(permission)}</span><code class="key-hint">{permission.as_str()}</code></HeadCell>
                {roles().map(cell).collect_view()}
            </Row>
        }
    };
    let lines = WorkspacePermission::ALL.iter().map(line).collect_view();
    view! {
        <Section title="Roles in a workspace" hint="A second thing beside the role above; owners and admins of the organisation are owners of every workspace, auditors viewers">
            <KeyValues>{told}</KeyValues>
        </Section>
        <Section title="Permissions in a workspace" hint="What each role may do there, where the role in the organisation allows it too">
            <Table caption="Permissions in a workspace by role" caption_hidden=true columns cards=true>{lines}</Table>
        </Section>
    }
    .into_any()
}

fn words_in_workspace(permission: WorkspacePermission) -> &'static str {
    match permission {
        WorkspacePermission::Read => "See members, activity and assets",
        WorkspacePermission::Review => "Approve and reject what others propose",
        WorkspacePermission::Share => "Share assets and make their versions",
        WorkspacePermission::Curate => "Deprecate, restore and remove assets",
        WorkspacePermission::Members => "Add and remove members, and give roles up to one's own",
        WorkspacePermission::Describe => "Rename and describe the workspace",
        WorkspacePermission::Own => "Archive the workspace, and say whether changes need a review",
    }
}
