//! The scopes of an API key, grouped and explained.

use crate::ui::Checkbox;
use hub::access::Permission;
use leptos::prelude::*;

/// What a scope lets a key do.
pub(super) fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::SystemsRead => "See systems and environments",
        Permission::SystemsWrite => "Register systems and environments, and check their ownership",
        Permission::SystemsAllowPrivate => "Vouch for private and loopback addresses",
        Permission::LabRead => "See benchmarks, scorecards and their files",
        Permission::LabRun => "Start and cancel benchmarks",
        Permission::LabShare => "Make and revoke public links to scorecards",
        Permission::GatesRead => "See golden paths, policies and validations",
        Permission::GatesWrite => "Write golden paths and policies",
        Permission::GatesValidate => "Run validations and golden paths",
        Permission::SchedulesRead => "See schedules and what came of them",
        Permission::SchedulesWrite => "Write schedules, and run them by hand",
        Permission::NotificationsRead => "Read the account's notifications and choose which come",
        Permission::WorkspacesRead => "See the account's workspaces",
        Permission::WorkspacesWrite => "Make workspaces, and change them where the role in them allows it",
        Permission::LibraryRead => "See what the account's workspaces share",
        Permission::LibraryWrite => "Share, change and fork assets where the role in the workspace allows it",
        Permission::LibraryReview => "Approve and reject versions that others proposed",
        Permission::EvidenceRead => "List and download evidence packs",
        Permission::EvidenceCreate => "Make evidence packs",
        Permission::AuditRead => "Read the audit log and its proofs",
        Permission::PrivacyRead => "See privacy requests, consents and the register of processing",
        Permission::PrivacyManage => "Ask for members' data and erasure, and write the register of processing",
        Permission::AccountManage => "Make, list and revoke the account's API keys",
        Permission::MembersRead => "See who is in the organisation",
        Permission::MembersManage => "Add, invite and change members, and say how they sign in",
        Permission::ScimManage => "Keep members and groups as a directory has them, over SCIM",
        Permission::UsageRead => "See what the organisation uses, and how much its tier allows",
        Permission::TenantOwn => "Act as the owner of the organisation",
        Permission::HubOperate => "Make, suspend and remove organisations, where this one runs the hub",
    }
}

/// Scopes by the capability that they belong to, in the order of [`Permission::ALL`].
fn groups(scopes: Vec<Permission>) -> Vec<(String, Vec<Permission>)> {
    let mut groups: Vec<(String, Vec<Permission>)> = Vec::new();
    for scope in scopes {
        let capability = scope.as_str().split(':').next().unwrap_or_default();
        match groups.last_mut() {
            Some((name, members)) if name == capability => members.push(scope),
            _ => groups.push((capability.to_owned(), vec![scope])),
        }
    }
    groups
}

/// A box for each scope.
#[component]
pub(super) fn Scopes(
    /// The scopes that the key may have.
    scopes: Vec<Permission>,
) -> impl IntoView {
    let group = |(name, members): (String, Vec<Permission>)| {
        let boxes = members.into_iter().map(|scope| {
            view! { <Checkbox label=scope.as_str() name="request[scopes][]" value=scope.as_str() hint=words(scope) among=true/> }
        });
        view! { <fieldset class="group scope-group"><legend>{capitalised(&name)}</legend>{boxes.collect_view()}</fieldset> }
    };
    let groups = groups(scopes).into_iter().map(group).collect_view();
    view! {
        <fieldset class="group" id="field-scopes" tabindex="-1">
            <legend>"Scopes"</legend>
            <p class="field-hint">"What the key may do. Give it the least that its job needs."</p>
            <div class="scope-groups">{groups}</div>
        </fieldset>
    }
    .into_any()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_in_the_group_of_its_capability() {
        let groups = groups(Permission::ALL.to_vec());
        assert_eq!(groups.iter().map(|(_, members)| members.len()).sum::<usize>(), Permission::ALL.len());
        assert!(groups.iter().all(|(name, members)| members.iter().all(|scope| scope.as_str().starts_with(name))));
        assert_eq!(capitalised(&groups[0].0), "Systems");
    }
}
