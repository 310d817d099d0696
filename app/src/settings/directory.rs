//! The directory that keeps members: where it finds the hub, and which role its groups give.

use super::{
    calls::{SetDirectoryRoles, directory},
    page::SettingsFrame,
    view::{DirectoryView, words_of_role},
};
use crate::{
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Choice, CodeBlock, Field, FormErrors, LinkButton, Meaning, Notice, Section, Select,
        Skeleton,
    },
    urls,
};
use hub::{
    access::Role,
    identity::{DirectoryRoles, GroupRole},
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// Rows for groups that are not listed yet.
const FREE_ROWS: usize = 3;

/// The directory, and what its groups give.
#[component]
pub fn DirectoryPage() -> impl IntoView {
    let read = Resource::new(|| (), |()| directory());
    let waiting = || view! { <SettingsFrame tab=urls::DIRECTORY><Skeleton label="Loading the directory" rows=6/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match read.await {
                    Ok(view) => view! { <Shown view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Directory" error retry=urls::DIRECTORY/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Shown(view: DirectoryView) -> impl IntoView {
    let DirectoryView { roles, base, may_change } = view;
    let set = use_query_map().read_untracked().get("set");
    let set = set.map(|_| {
        view! { <Notice meaning=Meaning::Pass title="The groups give these roles from now on." live=true/> }
    });
    let body = match may_change {
        true => view! { <RolesForm roles/> }.into_any(),
        false => view! { <Told roles/> }.into_any(),
    };
    view! {
        <SettingsFrame tab=urls::DIRECTORY>
            {set}
            <Section title="Where a directory finds this hub" hint="Microsoft Entra, Okta and others keep members and groups over SCIM 2.0">
                <CodeBlock code=base caption="Base URL"/>
                <p>"It shows who it is by an API key with the scope "<code>"scim:manage"</code>". Its users become members, and who is deactivated there is out with the next request."</p>
                {may_change.then(|| view! { <div class="actions"><LinkButton href=urls::NEW_KEY>"Make a key"</LinkButton></div> })}
            </Section>
            <Section title="Roles by group" hint="Who is in several groups has the role that may most; ownership is given by none">{body}</Section>
        </SettingsFrame>
    }
    .into_any()
}

fn choices(roles: &[Role]) -> Vec<Choice> {
    roles.iter().map(|role| Choice::new(role.as_str(), format!("{role}: {}", words_of_role(*role)))).collect()
}

#[component]
fn RolesForm(roles: DirectoryRoles) -> impl IntoView {
    let otherwise = roles.otherwise.as_str();
    let free = std::iter::repeat_n(GroupRole { group: String::new(), role: Role::Member }, FREE_ROWS);
    let row = |(place, given): (usize, GroupRole)| {
        let label = |what: &str| format!("{what} {}", place + 1);
        let roles = choices(&[Role::Member, Role::Auditor, Role::Admin]);
        view! {
            <div class="columns">
                <Field label=label("Group") name=format!("request[groups][{place}][group]") value=given.group max_length=256 autocomplete="off" quiet=true/>
                <Select label=label("Role of group") name=format!("request[groups][{place}][role]") choices=roles value=given.role.as_str()/>
            </div>
        }
        .into_any()
    };
    let rows: Vec<_> = roles.groups.into_iter().chain(free).enumerate().map(row).collect();
    let least = choices(&[Role::Member, Role::Auditor]);
    view! {
        <form method="post" action=SetDirectoryRoles::url() class="form form-wide">
            <FormErrors problem={refusal::<SetDirectoryRoles>()} argument="request">
                <Select label="Everybody else" name="request[otherwise]" choices=least value=otherwise
                    hint="The role of those whom the directory makes members and who are in none of these groups"/>
                <p class="field-hint">"Groups by their names in the directory. A row without a name is left out; a group that is not listed gives nothing."</p>
                {rows}
                <div class="actions"><Button kind=ButtonKind::Primary>"Set the roles"</Button></div>
            </FormErrors>
        </form>
    }
    .into_any()
}

#[component]
fn Told(roles: DirectoryRoles) -> impl IntoView {
    let row = |given: GroupRole| view! { <li>{given.group}": "{given.role.as_str()}</li> };
    let none = roles.groups.is_empty();
    let rows = roles.groups.into_iter().map(row).collect_view();
    let list = match none {
        true => view! { <p>"No group gives a role."</p> }.into_any(),
        false => view! { <ul>{rows}</ul> }.into_any(),
    };
    view! {
        {list}
        <p>"Everybody else whom the directory makes a member: "{roles.otherwise.as_str()}"."</p>
        <p class="section-hint">"An admin or an owner can change this."</p>
    }
    .into_any()
}
