//! Reads and writes what the pages of workspaces show.

use super::view::{ActivityItem, MemberItem, TabView, WorkspaceItem, WorkspaceView, WorkspacesView, WritingStanding};
use crate::{choosing, moment::Moment, urls};
use hub::{
    Hub, Result,
    access::{Actor, Permission, WorkspacePermission},
    ids::{UserId, WorkspaceId},
    library::{ProposalQuery, ProposalState},
    page::PageRequest,
    workspaces::Workspace,
};

/// Whether the reader may change anything in workspaces, or in what they share.
pub(crate) fn standing(hub: &Hub, actor: &Actor, write: Permission) -> WritingStanding {
    if !hub.platform().settings.workspaces {
        WritingStanding::SwitchedOff
    } else if actor.may(write) {
        WritingStanding::May
    } else {
        WritingStanding::MayNot
    }
}

fn item(hub: &Hub, workspace: Workspace) -> WorkspaceItem {
    let now = hub.platform().clock.now();
    WorkspaceItem {
        made: Moment::of(workspace.created_at, now),
        archived: workspace.archived_at.map(|at| Moment::of(at, now)),
        workspace,
    }
}

/// A part of the list of workspaces.
pub async fn workspaces(hub: &Hub, actor: &Actor, cursor: Option<String>) -> Result<WorkspacesView> {
    let page = hub.workspaces().list(actor, &PageRequest { cursor, limit: None }).await?;
    Ok(WorkspacesView {
        workspaces: page.items.into_iter().map(|workspace| item(hub, workspace)).collect(),
        next: page.next_cursor,
        standing: standing(hub, actor, Permission::WorkspacesWrite),
    })
}

/// A workspace with one of its tabs.
pub async fn workspace(
    hub: &Hub,
    actor: &Actor,
    id: WorkspaceId,
    tab: &str,
    cursor: Option<String>,
) -> Result<WorkspaceView> {
    let workspace = hub.workspaces().get(actor, id).await?;
    let page = PageRequest { cursor, limit: None };
    let tab = match tab {
        "activity" => activity(hub, actor, id, &page).await?,
        "settings" => TabView::Settings,
        _ => members(hub, actor, &workspace, &page).await?,
    };
    Ok(WorkspaceView {
        item: item(hub, workspace),
        standing: standing(hub, actor, Permission::WorkspacesWrite),
        tab,
        waiting: waiting(hub, actor, id).await?,
    })
}

/// How many proposals wait for a reviewer of a workspace.
async fn waiting(hub: &Hub, actor: &Actor, id: WorkspaceId) -> Result<u64> {
    if !actor.may(Permission::LibraryRead) {
        return Ok(0);
    }
    let query = ProposalQuery { workspace_id: Some(id), state: Some(ProposalState::Open), ..ProposalQuery::default() };
    hub.library().proposal_count(actor, &query).await
}

async fn members(hub: &Hub, actor: &Actor, workspace: &Workspace, page: &PageRequest) -> Result<TabView> {
    let now = hub.platform().clock.now();
    let found = hub.workspaces().members(actor, workspace.id, page).await?;
    let manages = workspace.role.may(WorkspacePermission::Members) && actor.may(Permission::MembersRead);
    let known = if manages {
        let all = choosing::members(hub, actor).await?;
        all.into_iter().filter(|member| member.disabled_at.is_none()).map(|member| member.email).collect()
    } else {
        Vec::new()
    };
    let row = |member: hub::workspaces::WorkspaceMember| MemberItem {
        added: Moment::of(member.added_at, now),
        is_reader: Some(member.user_id) == actor.user_id(),
        member,
    };
    Ok(TabView::Members { members: found.items.into_iter().map(row).collect(), next: found.next_cursor, known })
}

async fn activity(hub: &Hub, actor: &Actor, id: WorkspaceId, page: &PageRequest) -> Result<TabView> {
    let now = hub.platform().clock.now();
    let found = hub.workspaces().activity(actor, id, page).await?;
    let lines = found.items.into_iter().map(|line| ActivityItem { at: Moment::of(line.at, now), line }).collect();
    Ok(TabView::Activity { lines, next: found.next_cursor })
}

/// Takes a member out, and says where to go from there.
pub async fn take_out(hub: &Hub, actor: &Actor, id: WorkspaceId, user: UserId) -> Result<String> {
    hub.workspaces().remove_member(actor, id, user).await?;
    let left = actor.user_id() == Some(user) && hub.workspaces().get(actor, id).await.is_err();
    Ok(if left { urls::WORKSPACES.to_owned() } else { urls::workspace_done(id, "removed") })
}
