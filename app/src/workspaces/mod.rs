//! Workspaces: a team's space with its members, its feed and its settings.

mod calls;
mod feed;
#[cfg(feature = "ssr")]
pub(crate) mod gather;
mod list;
mod members;
mod page;
mod settings;
pub(crate) mod view;

pub use calls::{
    AddToWorkspace, ArchiveWorkspace, ChangeWorkspace, ChangeWorkspaceRole, CreateWorkspace, RemoveFromWorkspace,
    add_to_workspace, archive_workspace, change_workspace, change_workspace_role, create_workspace, list_workspaces,
    may_make_workspace, remove_from_workspace, workspace_page,
};
pub(crate) use list::switched_off;
pub use list::{NewWorkspacePage, WorkspacesPage};
pub use page::WorkspacePage;
