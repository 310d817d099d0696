//! Reads and writes what the pages of the library show.

use super::{
    diff,
    view::{AssetItem, AssetRights, AssetTab, AssetView, DiffLine, LibraryView, ProposalsView, ShareView},
};
use crate::{
    choosing,
    moment::Moment,
    urls,
    workspaces::{self, view::WritingStanding},
};
use hub::{
    Error, Hub, Kind, Result,
    access::{Actor, Permission, WorkspacePermission},
    ids::{AssetId, ProposalId, WorkspaceId},
    library::{Asset, AssetVersion, LibraryQuery, Proposal, ProposalQuery, ProposalState},
    page::PageRequest,
    workspaces::Workspace,
};

/// What the address asks for, by name.
fn asked<'a>(typed: &'a [(String, String)], name: &str) -> Option<&'a str> {
    typed.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

/// Whether the reader may change anything in the library.
fn standing(hub: &Hub, actor: &Actor) -> WritingStanding {
    workspaces::gather::standing(hub, actor, Permission::LibraryWrite)
}

/// The workspaces that the reader sees.
async fn seen(hub: &Hub, actor: &Actor) -> Result<Vec<Workspace>> {
    if !actor.may(Permission::WorkspacesRead) {
        return Ok(Vec::new());
    }
    choosing::workspaces(hub, actor).await
}

fn name_of(seen: &[Workspace], id: WorkspaceId) -> String {
    seen.iter().find(|workspace| workspace.id == id).map(|workspace| workspace.name.clone()).unwrap_or_default()
}

/// A part of the list of assets.
pub async fn assets(hub: &Hub, actor: &Actor, typed: Vec<(String, String)>) -> Result<LibraryView> {
    let text = |name: &str| asked(&typed, name).map(str::to_owned);
    let query = LibraryQuery {
        cursor: text("cursor"),
        limit: None,
        workspace_id: asked(&typed, "workspace").and_then(|id| id.parse().ok()),
        kind: asked(&typed, "kind").and_then(|kind| kind.parse().ok()),
        tag: text("tag"),
        q: text("q"),
        deprecated: asked(&typed, "deprecated").is_some(),
    };
    let page = hub.library().list(actor, query.clone()).await?;
    let seen = seen(hub, actor).await?;
    let now = hub.platform().clock.now();
    let item = |asset: Asset| AssetItem {
        workspace: name_of(&seen, asset.workspace_id),
        updated: Moment::of(asset.updated_at, now),
        asset,
    };
    Ok(LibraryView {
        assets: page.items.into_iter().map(item).collect(),
        next: page.next_cursor,
        query,
        workspaces: seen.iter().map(|workspace| (workspace.id, workspace.name.clone())).collect(),
        standing: standing(hub, actor),
    })
}

/// Workspaces that the reader may share in.
fn sharing(seen: Vec<Workspace>) -> impl Iterator<Item = Workspace> {
    let open =
        |workspace: &Workspace| workspace.archived_at.is_none() && workspace.role.may(WorkspacePermission::Share);
    seen.into_iter().filter(open)
}

/// What the form of a new asset offers.
pub async fn share_choices(hub: &Hub, actor: &Actor) -> Result<ShareView> {
    let workspaces = sharing(seen(hub, actor).await?);
    let choice = |workspace: Workspace| (workspace.id, workspace.name, workspace.review_changes);
    Ok(ShareView { workspaces: workspaces.map(choice).collect(), standing: standing(hub, actor) })
}

/// Where what was just shared or submitted is seen: the asset, or the proposal that waits.
pub fn after(id: AssetId, proposal: Option<ProposalId>) -> String {
    match proposal {
        Some(proposal) => urls::proposal(id, proposal),
        None => urls::asset(id),
    }
}

/// An asset that a form names by its id or its address; none for nothing.
pub fn named_asset(typed: &str) -> Result<Option<AssetId>> {
    let typed = typed.trim();
    let last = typed.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let wrong = || Error::invalid("/replacement_id", "Give the id of an asset, or the address of its page.");
    if typed.is_empty() { Ok(None) } else { last.parse().map(Some).map_err(|_| wrong()) }
}

/// An asset with one of its tabs.
pub async fn asset(hub: &Hub, actor: &Actor, id: AssetId, typed: &[(String, String)]) -> Result<AssetView> {
    let asset = hub.library().get(actor, id).await?;
    let seen = seen(hub, actor).await?;
    let rights = rights(hub, actor, &asset, &seen);
    let cursor = asked(typed, "cursor").map(str::to_owned);
    let page = PageRequest { cursor, limit: None };
    let tab = match asked(typed, "tab").unwrap_or_default() {
        "versions" => versions(hub, actor, &asset, &page).await?,
        "uses" => uses(hub, actor, &asset, rights, &page).await?,
        "reviews" => reviews(hub, actor, &asset, asked(typed, "proposal"), &page).await?,
        "manage" => {
            let workspaces = sharing(seen.clone()).map(|workspace| (workspace.id, workspace.name)).collect();
            AssetTab::Manage { workspaces }
        }
        _ => content(hub, actor, &asset, asked(typed, "version")).await?,
    };
    let waiting = ProposalQuery { asset_id: Some(id), state: Some(ProposalState::Open), ..ProposalQuery::default() };
    let origin_seen = match &asset.forked_from {
        Some(origin) => found(hub.library().get(actor, origin.asset_id).await)?.is_some(),
        None => false,
    };
    let replacement = match asset.deprecation.as_ref().and_then(|deprecation| deprecation.replacement_id) {
        Some(id) => Some((id, found(hub.library().get(actor, id).await)?.map(|asset| asset.name))),
        None => None,
    };
    Ok(AssetView {
        item: AssetItem {
            workspace: name_of(&seen, asset.workspace_id),
            updated: Moment::of(asset.updated_at, hub.platform().clock.now()),
            asset,
        },
        origin_seen,
        replacement,
        may: rights,
        waiting: hub.library().proposal_count(actor, &waiting).await?,
        tab,
    })
}

/// Nothing, where the reader sees nothing.
fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn rights(hub: &Hub, actor: &Actor, asset: &Asset, seen: &[Workspace]) -> AssetRights {
    let on = standing(hub, actor) == WritingStanding::May;
    let workspace = seen.iter().find(|workspace| workspace.id == asset.workspace_id);
    let may = |permission: WorkspacePermission| {
        workspace.is_some_and(|workspace| workspace.archived_at.is_none() && workspace.role.may(permission))
    };
    let usable = asset.kind.is_usable() && asset.deprecation.is_none() && asset.latest_version > 0;
    AssetRights {
        write: on && may(WorkspacePermission::Share),
        curate: on && may(WorkspacePermission::Curate),
        put_to_use: usable
            && hub.platform().settings.workspaces
            && actor.may(Permission::GatesWrite)
            && may(WorkspacePermission::Read),
        fork: on && asset.latest_version > 0 && sharing(seen.to_vec()).next().is_some(),
        reviews: workspace.is_some_and(|workspace| workspace.review_changes),
    }
}

/// What is compared: the content, or the address.
fn text_of(version: &AssetVersion) -> &str {
    version.content.as_deref().or(version.head.uri.as_deref()).unwrap_or_default()
}

async fn content(hub: &Hub, actor: &Actor, asset: &Asset, wanted: Option<&str>) -> Result<AssetTab> {
    if asset.latest_version == 0 {
        return Ok(AssetTab::Content { version: None, made: None, changes: Vec::new() });
    }
    let number = match wanted {
        Some(text) => text.parse().map_err(|_| Error::not_found("version of the asset"))?,
        None => asset.latest_version,
    };
    let version = hub.library().version(actor, asset.id, number).await?;
    let changes = match number {
        0 | 1 => Vec::new(),
        number => diff::lines(text_of(&hub.library().version(actor, asset.id, number - 1).await?), text_of(&version)),
    };
    let made = Moment::of(version.head.created_at, hub.platform().clock.now());
    Ok(AssetTab::Content { version: Some(Box::new(version)), made: Some(made), changes })
}

async fn newest(hub: &Hub, actor: &Actor, asset: &Asset) -> Result<Option<Box<AssetVersion>>> {
    match asset.latest_version {
        0 => Ok(None),
        number => Ok(Some(Box::new(hub.library().version(actor, asset.id, number).await?))),
    }
}

async fn versions(hub: &Hub, actor: &Actor, asset: &Asset, page: &PageRequest) -> Result<AssetTab> {
    let now = hub.platform().clock.now();
    let found = hub.library().versions(actor, asset.id, page).await?;
    Ok(AssetTab::Versions {
        versions: found.items.into_iter().map(|head| (head.clone(), Moment::of(head.created_at, now))).collect(),
        next: found.next_cursor,
        newest: newest(hub, actor, asset).await?,
    })
}

async fn uses(hub: &Hub, actor: &Actor, asset: &Asset, rights: AssetRights, page: &PageRequest) -> Result<AssetTab> {
    let now = hub.platform().clock.now();
    let found = hub.library().uses(actor, asset.id, page).await?;
    let systems = if rights.put_to_use && actor.may(Permission::SystemsRead) {
        choosing::systems(hub, actor).await?
    } else {
        Vec::new()
    };
    Ok(AssetTab::Uses {
        uses: found.items.into_iter().map(|using| (using.clone(), Moment::of(using.used_at, now))).collect(),
        next: found.next_cursor,
        systems: systems.into_iter().map(|system| (system.id.to_string(), system.name)).collect(),
    })
}

fn dated(hub: &Hub, proposals: Vec<Proposal>) -> Vec<(Proposal, Moment)> {
    let now = hub.platform().clock.now();
    proposals.into_iter().map(|proposal| (proposal.clone(), Moment::of(proposal.created_at, now))).collect()
}

async fn reviews(
    hub: &Hub,
    actor: &Actor,
    asset: &Asset,
    wanted: Option<&str>,
    page: &PageRequest,
) -> Result<AssetTab> {
    let query = ProposalQuery { cursor: page.cursor.clone(), asset_id: Some(asset.id), ..ProposalQuery::default() };
    let found = hub.library().proposals(actor, &query).await?;
    let open = match wanted {
        Some(text) => Some(Box::new(opened(hub, actor, asset, ProposalId::parse(text)?).await?)),
        None => None,
    };
    Ok(AssetTab::Reviews { proposals: dated(hub, found.items), next: found.next_cursor, open })
}

/// A proposal with what it would change of the version that it was made for.
async fn opened(
    hub: &Hub,
    actor: &Actor,
    asset: &Asset,
    id: ProposalId,
) -> Result<(hub::library::ProposalDetail, Vec<DiffLine>)> {
    let detail = hub.library().proposal(actor, id).await?;
    if detail.proposal.asset_id != asset.id {
        return Err(Error::not_found(ProposalId::WHAT));
    }
    let before = match detail.proposal.base_version {
        0 => String::new(),
        number => text_of(&hub.library().version(actor, asset.id, number).await?).to_owned(),
    };
    let after = detail.content.as_deref().or(detail.proposal.uri.as_deref()).unwrap_or_default();
    let changes = diff::lines(&before, after);
    Ok((detail, changes))
}

/// Proposals of all workspaces or of one.
pub async fn proposals(hub: &Hub, actor: &Actor, typed: &[(String, String)]) -> Result<ProposalsView> {
    let open_only = asked(typed, "show") != Some("all");
    let workspace_id = asked(typed, "workspace").map(WorkspaceId::parse).transpose()?;
    let workspace = match workspace_id {
        Some(id) => Some((id, hub.workspaces().get(actor, id).await?.name)),
        None => None,
    };
    let query = ProposalQuery {
        cursor: asked(typed, "cursor").map(str::to_owned),
        workspace_id,
        state: open_only.then_some(ProposalState::Open),
        ..ProposalQuery::default()
    };
    let found = hub.library().proposals(actor, &query).await?;
    Ok(ProposalsView { proposals: dated(hub, found.items), next: found.next_cursor, open_only, workspace })
}

#[cfg(test)]
mod tests {
    use super::named_asset;

    #[test]
    fn an_asset_is_named_by_its_id_or_its_address() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for typed in [id.to_owned(), format!("https://hub.example/library/{id}?tab=uses"), format!(" /library/{id} ")] {
            assert_eq!(named_asset(&typed).unwrap().map(|id| id.to_string()).as_deref(), Some(id), "{typed}");
        }
        assert_eq!(named_asset(" ").unwrap(), None);
        assert!(named_asset("Home").is_err());
    }
}
