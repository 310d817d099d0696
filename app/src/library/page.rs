//! An asset: content, versions, uses, reviews and its management as tabs.

use super::{
    calls::asset_page,
    manage::Manage,
    parts::{Changes, Tags},
    reviews::Reviews,
    uses::Uses,
    versions::Versions,
    view::{AssetTab, AssetView, DiffLine},
};
use crate::{
    moment::{Moment, When},
    reading::Trouble,
    ui::{
        Badge, CodeBlock, Crumb, KeyValue, KeyValues, Meaning, Notice, Page, Section, Skeleton, SkeletonShape, Tab,
        Tabs, format::bytes,
    },
    urls,
};
use hub::library::{Asset, AssetVersion};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// What the address may ask for.
const ASKED: [&str; 4] = ["tab", "version", "proposal", "cursor"];

/// One asset.
#[component]
pub fn AssetPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let key = Memo::new(move |_| {
        let query = query.read();
        let given = |name: &str| Some((name.to_owned(), query.get(name)?));
        let typed: Vec<_> = ASKED.into_iter().filter_map(given).collect();
        (params.read().get("asset").unwrap_or_default(), typed)
    });
    let asset = Resource::new(move || key.get(), |(id, typed)| asset_page(id, typed));
    let waiting =
        || view! { <Page title="Asset"><Skeleton shape=SkeletonShape::Table label="Loading the asset"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match asset.await {
                    Ok(view) => view! { <Whole view/> }.into_any(),
                    Err(error) => {
                        let retry = format!("{}/{}", urls::LIBRARY, key.get_untracked().0);
                        view! { <Trouble title="Asset" error retry/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Whole(view: AssetView) -> impl IntoView {
    let AssetView { item, origin_seen, replacement, may, waiting, tab } = view;
    let asset = item.asset.clone();
    let id = asset.id;
    let name = tab.name();
    let of = |name: &str| if name.is_empty() { urls::asset(id) } else { urls::asset_tab(id, name) };
    let mut tabs = vec![
        Tab::new("Content", of(""), name.is_empty()),
        Tab::new("Versions", of("versions"), name == "versions").with_count(asset.latest_version.into()),
        Tab::new("Used by", of("uses"), name == "uses"),
        Tab::new("Reviews", of("reviews"), name == "reviews").with_count(waiting),
    ];
    if may.write || may.curate || may.fork {
        tabs.push(Tab::new("Manage", of("manage"), name == "manage"));
    }
    let crumbs = vec![Crumb::link("Library", urls::LIBRARY), Crumb::here(asset.name.clone())];
    let kind = asset.kind.name();
    let actions = move || view! { <Badge meaning=Meaning::Info word=kind/> };
    let deprecated = asset.deprecation.clone().map(|deprecation| {
        let instead = replacement.map(|(id, name)| match name {
            Some(name) => view! { <p>"Use "<a href=urls::asset(id)>{name}</a>" instead."</p> }.into_any(),
            None => {
                view! { <p>"What replaces it was removed, or is in a workspace that you are not in."</p> }.into_any()
            }
        });
        view! {
            <Notice meaning=Meaning::Warn title=format!("Deprecated: {}", deprecation.reason)>
                {instead}<p>"What uses it goes on; no system takes it anew."</p>
            </Notice>
        }
    });
    let lead = asset.description.clone();
    let title = asset.name.clone();
    let content = match tab {
        AssetTab::Content { version, made, changes } => {
            let facts = view! { <Facts asset=asset.clone() workspace=item.workspace origin_seen/> };
            view! { {facts}<Content asset version made changes/> }.into_any()
        }
        AssetTab::Versions { versions, next, newest } => {
            view! { <Versions asset versions next newest may/> }.into_any()
        }
        AssetTab::Uses { uses, next, systems } => view! { <Uses asset uses next systems may/> }.into_any(),
        AssetTab::Reviews { proposals, next, open } => view! { <Reviews asset proposals next open/> }.into_any(),
        AssetTab::Manage { workspaces } => view! { <Manage asset workspaces may/> }.into_any(),
    };
    view! {
        <Page title crumbs lead actions>
            {deprecated}
            {done()}
            <Tabs label="Asset" tabs/>
            {content}
        </Page>
    }
    .into_any()
}

fn done() -> Option<impl IntoView> {
    let title = match use_query_map().read_untracked().get("done")?.as_str() {
        "changed" => "The asset is described anew.",
        "used" => "The system has this version now.",
        "approved" => "The proposal is approved and became a version.",
        "rejected" => "The proposal is rejected.",
        "withdrawn" => "The proposal is taken back.",
        _ => return None,
    };
    Some(view! { <Notice meaning=Meaning::Pass title live=true/> })
}

#[component]
fn Facts(asset: Asset, workspace: String, origin_seen: bool) -> impl IntoView {
    let origin = asset.forked_from.map(|origin| {
        let words = format!("{}, version {}", origin.name, origin.version);
        let origin = if origin_seen {
            view! { <a href=urls::asset_version(origin.asset_id, origin.version)>{words}</a> }.into_any()
        } else {
            words.into_any()
        };
        view! { <KeyValue name="Forked from">{origin}</KeyValue> }
    });
    let tags = (!asset.tags.is_empty()).then(|| view! { <KeyValue name="Tags"><Tags tags=asset.tags/></KeyValue> });
    let metadata = super::form::metadata_text(&asset.metadata);
    let metadata = (!metadata.is_empty()).then(|| view! { <CodeBlock code=metadata caption="Metadata"/> });
    view! {
        <KeyValues wide=true>
            <KeyValue name="Workspace"><a href=urls::workspace(asset.workspace_id)>{workspace}</a></KeyValue>
            <KeyValue name="Shared by">{asset.created_by}</KeyValue>
            <KeyValue name="Taken into use or forked">{asset.use_count.to_string()}</KeyValue>
            {origin}
            {tags}
        </KeyValues>
        {metadata}
    }
    .into_any()
}

#[component]
fn Content(
    asset: Asset,
    version: Option<Box<AssetVersion>>,
    made: Option<Moment>,
    changes: Vec<DiffLine>,
) -> impl IntoView {
    let Some(version) = version else {
        return view! {
            <Notice meaning=Meaning::Info title="The first version waits for a review.">
                <p><a href=urls::asset_tab(asset.id, "reviews")>"Look at what is proposed"</a></p>
            </Notice>
        }
        .into_any();
    };
    let AssetVersion { head, content } = *version;
    let older = (head.number < asset.latest_version).then(|| {
        view! {
            <Notice meaning=Meaning::Info title=format!("This is version {}; the newest is {}.", head.number, asset.latest_version)>
                <p><a href=urls::asset(asset.id)>"Look at the newest"</a></p>
            </Notice>
        }
    });
    let approved = head.approved_by.map(|by| view! { <KeyValue name="Approved by">{by}</KeyValue> });
    let note = (!head.note.is_empty()).then(|| view! { <KeyValue name="Note">{head.note}</KeyValue> });
    let body = match (content, head.uri) {
        (Some(content), _) => view! { <CodeBlock code=content/> }.into_any(),
        (None, Some(uri)) => {
            let href = uri.clone();
            view! { <p class="breakable"><a href=href rel="external noopener noreferrer">{uri}</a></p> }.into_any()
        }
        (None, None) => ().into_any(),
    };
    let changed = (!changes.is_empty()).then(|| {
        let title = format!("Since version {}", head.number - 1);
        view! { <Section title><Changes lines=changes label="What changed"/></Section> }
    });
    view! {
        {older}
        <Section title=format!("Version {}", head.number)>
            {body}
            <KeyValues wide=true>
                <KeyValue name="Author">{head.author}</KeyValue>
                {approved}
                <KeyValue name="Made">{made.map(|moment| view! { <When moment/> })}</KeyValue>
                <KeyValue name="Size">{bytes(head.size.into())}</KeyValue>
                <KeyValue name="SHA-256"><code class="breakable">{head.sha256}</code></KeyValue>
                {note}
            </KeyValues>
        </Section>
        {changed}
    }
    .into_any()
}
