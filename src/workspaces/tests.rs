//! Who comes into a workspace, which roles they give, and that limits hold.

#![expect(clippy::unwrap_used, reason = "a test that can not be set up fails")]

use super::{
    NewWorkspace, NewWorkspaceMember, RoleChange, Workspace, WorkspaceChange,
    rules::{keeps_an_owner, may_give, standing},
};
use crate::{
    Kind,
    access::{Actor, Role, WorkspaceRole},
    identity::{MemberChange, NewMember},
    ids::{UserId, WorkspaceId},
    page::PageRequest,
    platform::testing::{PASSWORD, TestPlatform, on_each_database},
};
use WorkspaceRole::{Editor, Maintainer, Owner, Reviewer, Viewer};

#[test]
fn a_role_in_the_tenant_opens_every_workspace_of_it_or_none() {
    for (tenant, membership, expected) in [
        (Role::Owner, None, Some(Owner)),
        (Role::Admin, Some(Viewer), Some(Owner)),
        (Role::Auditor, None, Some(Viewer)),
        (Role::Auditor, Some(Reviewer), Some(Reviewer)),
        (Role::Member, None, None),
        (Role::Member, Some(Editor), Some(Editor)),
    ] {
        assert_eq!(standing(tenant, membership), expected, "{tenant} {membership:?}");
    }
}

#[test]
fn nobody_gives_or_takes_a_role_above_their_own() {
    for (own, from, to, may) in [
        (Maintainer, None, Some(Maintainer), true),
        (Maintainer, None, Some(Owner), false),
        (Maintainer, Some(Owner), Some(Viewer), false),
        (Maintainer, Some(Owner), None, false),
        (Maintainer, Some(Editor), None, true),
        (Owner, Some(Owner), Some(Viewer), true),
        (Owner, None, Some(Owner), true),
    ] {
        assert_eq!(may_give(own, from, to).is_ok(), may, "{own} {from:?} {to:?}");
    }
    assert!(keeps_an_owner(0).is_err() && keeps_an_owner(1).is_ok());
}

pub(crate) async fn member(test: &TestPlatform, name: &str, role: Role) -> Actor {
    let new =
        NewMember { email: format!("{name}@ours.example"), name: name.to_owned(), role, password: PASSWORD.to_owned() };
    let owner = test.owner().await.verified(test.platform.clock.now());
    let member = test.hub.identity().add_member(&owner, new).await.unwrap();
    test.hub.identity().actor(member.id).await.unwrap().unwrap()
}

pub(crate) async fn workspace(test: &TestPlatform, actor: &Actor, review_changes: bool) -> Workspace {
    let new = NewWorkspace { name: "Checkout".to_owned(), description: String::new(), review_changes };
    test.hub.workspaces().create(actor, new).await.unwrap()
}

pub(crate) fn joining(workspace_id: WorkspaceId, actor: &Actor, role: WorkspaceRole) -> NewWorkspaceMember {
    NewWorkspaceMember { workspace_id, user_id: actor.user_id(), email: None, role }
}

fn user(actor: &Actor) -> UserId {
    actor.user_id().unwrap()
}

#[tokio::test]
async fn a_workspace_is_there_for_its_members_and_those_who_answer_for_the_tenant() {
    on_each_database(async |test| {
        let (ada, ben) = (member(&test, "ada", Role::Member).await, member(&test, "ben", Role::Member).await);
        let auditor = member(&test, "cleo", Role::Auditor).await;
        let workspaces = test.hub.workspaces();
        let made = workspace(&test, &ada, false).await;
        assert_eq!((made.role, made.members), (Owner, 1));
        assert_eq!(workspaces.get(&ben, made.id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(workspaces.list(&ben, &PageRequest::default()).await.unwrap().items, []);
        assert_eq!(workspaces.get(&auditor, made.id).await.unwrap().role, Viewer);
        assert_eq!(workspaces.get(&test.owner().await, made.id).await.unwrap().role, Owner);
        let stranger = test.other_owner().await;
        assert_eq!(workspaces.get(&stranger, made.id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(workspaces.list(&stranger, &PageRequest::default()).await.unwrap().items, []);

        let by_address = NewWorkspaceMember {
            workspace_id: made.id,
            user_id: None,
            email: Some(" Ben@ours.example ".to_owned()),
            role: Viewer,
        };
        workspaces.add_member(&ada, by_address).await.unwrap();
        assert_eq!(workspaces.get(&ben, made.id).await.unwrap().role, Viewer);
        let change = WorkspaceChange { description: Some("Ours".to_owned()), ..WorkspaceChange::default() };
        assert_eq!(workspaces.change(&ben, made.id, change.clone()).await.unwrap_err().kind(), Kind::Forbidden);
        assert_eq!(workspaces.change(&auditor, made.id, change).await.unwrap_err().kind(), Kind::Forbidden);
        assert_eq!(workspaces.list(&ben, &PageRequest::default()).await.unwrap().items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_membership_stops_working_as_soon_as_the_tenants_does() {
    on_each_database(async |test| {
        let (ada, ben) = (member(&test, "ada", Role::Member).await, member(&test, "ben", Role::Member).await);
        let workspaces = test.hub.workspaces();
        let made = workspace(&test, &ada, false).await;
        workspaces.add_member(&ada, joining(made.id, &ben, Owner)).await.unwrap();
        let owner = test.owner().await.verified(test.platform.clock.now());
        let ends = MemberChange { active: Some(false), ..MemberChange::default() };
        test.hub.identity().change_member(&owner, user(&ben), ends).await.unwrap();
        // An actor of before, as a request under way has one.
        assert_eq!(workspaces.get(&ben, made.id).await.unwrap_err().kind(), Kind::NotFound);
        let seen = workspaces.members(&ada, made.id, &PageRequest::default()).await.unwrap().items;
        assert_eq!(seen.iter().map(|member| member.active).collect::<Vec<_>>(), [false, true]);
        // Who is gone is no owner that a workspace could keep.
        let leaves = workspaces.remove_member(&ada, made.id, user(&ada)).await.unwrap_err();
        assert_eq!(leaves.kind(), Kind::Conflict);
        let returns = workspaces.add_member(&ada, joining(made.id, &ben, Viewer)).await.unwrap_err();
        assert_eq!(returns.kind(), Kind::NotFound, "{returns}");
    })
    .await;
}

#[tokio::test]
async fn a_workspace_always_keeps_an_owner() {
    on_each_database(async |test| {
        let (ada, ben) = (member(&test, "ada", Role::Member).await, member(&test, "ben", Role::Member).await);
        let workspaces = test.hub.workspaces();
        let made = workspace(&test, &ada, false).await;
        workspaces.add_member(&ada, joining(made.id, &ben, Maintainer)).await.unwrap();
        let to = |role| RoleChange { role };
        let demoted = workspaces.change_member(&ada, made.id, user(&ada), to(Viewer)).await.unwrap_err();
        assert_eq!(demoted.kind(), Kind::Conflict);
        let takes = workspaces.change_member(&ben, made.id, user(&ben), to(Owner)).await.unwrap_err();
        assert_eq!(takes.kind(), Kind::Forbidden);
        workspaces.change_member(&ada, made.id, user(&ben), to(Owner)).await.unwrap();
        // Both leave at the same moment, and one of them can't.
        let (one, two) = tokio::join!(
            workspaces.remove_member(&ada, made.id, user(&ada)),
            workspaces.remove_member(&ben, made.id, user(&ben))
        );
        assert_eq!([&one, &two].iter().filter(|left| left.is_ok()).count(), 1, "{one:?} {two:?}");
    })
    .await;
}

#[tokio::test]
async fn no_more_people_come_in_than_may_even_at_once() {
    on_each_database(async |test| {
        let owner = test.owner().await;
        let made = workspace(&test, &owner, false).await;
        let mut people = Vec::new();
        for at in 0..8 {
            people.push(member(&test, &format!("person{at}"), Role::Member).await);
        }
        let workspaces = test.hub.workspaces();
        let joins = people.iter().map(|person| workspaces.add_member(&owner, joining(made.id, person, Viewer)));
        let joined = futures::future::join_all(joins).await;
        assert_eq!(
            joined.iter().filter(|join| join.is_ok()).count(),
            5,
            "six may be in it, with its owner: {joined:?}"
        );
        assert_eq!(workspaces.get(&owner, made.id).await.unwrap().members, 6);
    })
    .await;
}

#[tokio::test]
async fn an_archived_workspace_changes_no_more_until_it_returns_and_the_feed_tells_all_of_it() {
    on_each_database(async |test| {
        let (ada, ben) = (member(&test, "ada", Role::Member).await, member(&test, "ben", Role::Member).await);
        let workspaces = test.hub.workspaces();
        let made = workspace(&test, &ada, false).await;
        workspaces.add_member(&ada, joining(made.id, &ben, Maintainer)).await.unwrap();
        let archive = |archived| WorkspaceChange { archived: Some(archived), ..WorkspaceChange::default() };
        assert_eq!(workspaces.change(&ben, made.id, archive(true)).await.unwrap_err().kind(), Kind::Forbidden);
        assert!(workspaces.change(&ada, made.id, archive(true)).await.unwrap().archived_at.is_some());
        let change = RoleChange { role: Viewer };
        let refused = workspaces.change_member(&ada, made.id, user(&ben), change).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict);
        workspaces.change(&ada, made.id, archive(false)).await.unwrap();
        workspaces.change_member(&ada, made.id, user(&ben), change).await.unwrap();
        let mut actions = Vec::new();
        let mut page = PageRequest { cursor: None, limit: Some(2) };
        loop {
            let part = workspaces.activity(&ben, made.id, &page).await.unwrap();
            actions.extend(part.items.into_iter().map(|line| line.action));
            let Some(cursor) = part.next_cursor else { break };
            page.cursor = Some(cursor);
        }
        assert_eq!(
            actions,
            [
                "workspace.member.role_changed",
                "workspace.restored",
                "workspace.archived",
                "workspace.member.added",
                "workspace.created",
            ]
        );
        assert_eq!(test.platform.metrics.workspace_activity.get(), 5);
        assert_eq!(test.platform.metrics.workspace_members.get(), 2);
    })
    .await;
}
