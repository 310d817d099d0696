//! Sharing an asset.

use super::{
    calls::{ShareAsset, share_choices},
    parts::words_of,
    view::ShareView,
};
use crate::{
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Choice, Crumb, Denied, EmptyState, Field, FieldKind, FormErrors, LinkButton, Page, Select,
        Skeleton, Symbol, TextArea,
    },
    urls,
    workspaces::{switched_off, view::WritingStanding},
};
use hub::{ids::WorkspaceId, library::AssetKind};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// The form of a new asset.
#[component]
pub fn ShareAssetPage() -> impl IntoView {
    let choices = Resource::new(|| (), |()| share_choices());
    let waiting = || view! { <Page title="Share an asset"><Skeleton label="Loading the form"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match choices.await {
                    Ok(view) => view! { <Share view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Share an asset" error retry=urls::SHARE_ASSET/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Share(view: ShareView) -> impl IntoView {
    let crumbs = vec![Crumb::link("Library", urls::LIBRARY), Crumb::here("Share")];
    let content = match view.standing {
        WritingStanding::SwitchedOff => switched_off(view.standing).into_any(),
        WritingStanding::MayNot => {
            view! { <Denied what="Your role shares no assets" who="An owner or an admin of the organisation can change your role."/> }.into_any()
        }
        WritingStanding::May if view.workspaces.is_empty() => view! {
            <EmptyState title="You share in no workspace yet" symbol=Symbol::Library
                purpose="Editors of a workspace share assets. Make a workspace, or ask a maintainer of one for that role.">
                <LinkButton href=urls::WORKSPACES>"Go to the workspaces"</LinkButton>
            </EmptyState>
        }
        .into_any(),
        WritingStanding::May => view! { <ShareForm workspaces=view.workspaces/> }.into_any(),
    };
    view! { <Page title="Share an asset" lead="Its first version; more can follow." crumbs narrow=true>{content}</Page> }
        .into_any()
}

#[component]
fn ShareForm(workspaces: Vec<(WorkspaceId, String, bool)>) -> impl IntoView {
    let asked = use_query_map().read_untracked();
    let chosen = asked.get("workspace").unwrap_or_default();
    let chosen_kind = asked.get("kind").unwrap_or_else(|| AssetKind::GoldenPath.as_str().to_owned());
    drop(asked);
    let spaces = workspaces.into_iter().map(|(id, name, reviews)| {
        let words = if reviews { format!("{name} (needs a review)") } else { name };
        Choice::new(id.to_string(), words)
    });
    let spaces: Vec<_> = spaces.collect();
    let kind = |kind: AssetKind| Choice::new(kind.as_str(), format!("{}: {}", kind.name(), words_of(kind)));
    let kinds: Vec<_> = AssetKind::ALL.into_iter().map(kind).collect();
    view! {
        <form method="post" action=ShareAsset::url() class="form">
            <FormErrors problem={refusal::<ShareAsset>()} argument="request">
                <Select label="Workspace" name="request[workspace_id]" choices=spaces value=chosen/>
                <Select label="Kind" name="request[kind]" choices=kinds value=chosen_kind/>
                <Field label="Name" name="request[name]" hint="1 to 100 characters" required=true max_length=100/>
                <TextArea label="Description" name="request[description]" hint="What it is for; up to 2,000 characters" rows=2/>
                <Field label="Tags" name="request[tags]" hint="Up to 20 words, with commas or spaces between"/>
                <TextArea label="Content" name="request[content]" hint="Up to 200,000 characters; or give the address below" rows=10 code=true/>
                <Field label="Address" name="request[uri]" kind=FieldKind::Url hint="An https address in place of content; the hub does not open it" placeholder="https://"/>
                <TextArea label="Metadata" name="request[metadata]" hint="A JSON object, up to 8 KiB" rows=2 code=true/>
                <Field label="Note" name="request[note]" hint="About this version; up to 500 characters" max_length=500/>
                <div class="actions">
                    <Button kind=ButtonKind::Primary>"Share"</Button>
                    <LinkButton href=urls::LIBRARY kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                </div>
            </FormErrors>
        </form>
    }
    .into_any()
}
