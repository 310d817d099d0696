//! Describing, forking, deprecating and removing an asset.

use super::{
    calls::{ChangeAsset, DeprecateAsset, ForkAsset, RemoveAsset, RestoreAsset},
    form::metadata_text,
    view::AssetRights,
};
use crate::{
    reading::refusal,
    ui::{Button, ButtonKind, Choice, Dialog, Field, FieldKind, FormErrors, Section, Select, TextArea},
};
use hub::{ids::WorkspaceId, library::Asset};
use leptos::{prelude::*, server_fn::ServerFn as _};

/// The tab of what changes an asset.
#[component]
pub(super) fn Manage(asset: Asset, workspaces: Vec<(WorkspaceId, String)>, may: AssetRights) -> impl IntoView {
    let describe = may.write.then(|| view! { <Describe asset=asset.clone()/> });
    let fork = may.fork.then(|| view! { <Fork asset=asset.clone() workspaces/> });
    let id = asset.id.to_string();
    let curate = may.curate.then(|| {
        let deprecation = if asset.deprecation.is_some() {
            view! { <Restore id=id.clone()/> }.into_any()
        } else {
            view! { <Deprecate id=id.clone()/> }.into_any()
        };
        view! { {deprecation}<Remove id name=asset.name.clone()/> }
    });
    let nothing = (!may.write && !may.fork && !may.curate)
        .then(|| view! { <p class="section-hint">"Editors and maintainers of its workspace change it."</p> });
    view! { {nothing}{describe}{fork}{curate} }.into_any()
}

#[component]
fn Describe(asset: Asset) -> impl IntoView {
    view! {
        <Section title="Describe" hint="Its content changes by versions">
            <form method="post" action=ChangeAsset::url() class="form">
                <FormErrors problem={refusal::<ChangeAsset>()} argument="request" id="describe">
                    <input type="hidden" name="id" value=asset.id.to_string()/>
                    <Field label="Name" name="request[name]" value=asset.name hint="1 to 100 characters" required=true max_length=100/>
                    <TextArea label="Description" name="request[description]" value=asset.description hint="Up to 2,000 characters" rows=3/>
                    <Field label="Tags" name="request[tags]" value=asset.tags.join(", ") hint="Up to 20 words, with commas or spaces between"/>
                    <TextArea label="Metadata" name="request[metadata]" value=metadata_text(&asset.metadata) hint="A JSON object, up to 8 KiB" rows=3 code=true/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Save"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn Fork(asset: Asset, workspaces: Vec<(WorkspaceId, String)>) -> impl IntoView {
    let spaces: Vec<_> = workspaces.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    let newest = asset.latest_version.to_string();
    view! {
        <Section title="Fork" hint="A copy that says where it comes from, and goes its own way">
            <form method="post" action=ForkAsset::url() class="form">
                <FormErrors problem={refusal::<ForkAsset>()} id="fork">
                    <input type="hidden" name="id" value=asset.id.to_string()/>
                    <Select label="Into the workspace" name="workspace_id" choices=spaces/>
                    <Field label="Version" name="version" kind=FieldKind::Number value=newest.clone() min="1" max=newest required=true/>
                    <Field label="Name of the copy" name="name" hint="The same when left out" max_length=100/>
                    <div class="actions"><Button>"Fork"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn Deprecate(id: String) -> impl IntoView {
    view! {
        <Section title="Deprecate" hint="What uses it goes on; no system takes it anew, and lists leave it out">
            <form method="post" action=DeprecateAsset::url() class="form">
                <FormErrors problem={refusal::<DeprecateAsset>()} id="deprecate">
                    <input type="hidden" name="id" value=id/>
                    <Field label="Reason" name="reason" hint="1 to 500 characters" required=true max_length=500/>
                    <Field label="Use instead" name="replacement_id" hint="The address or the id of another asset"/>
                    <div class="actions"><Button>"Deprecate"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn Restore(id: String) -> impl IntoView {
    view! {
        <Section title="Take the deprecation back" hint="Systems can use it again">
            <form method="post" action=RestoreAsset::url()>
                <FormErrors problem={refusal::<RestoreAsset>()} id="restore">
                    <input type="hidden" name="id" value=id/>
                    <Button>"Take it back"</Button>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn Remove(id: String, name: String) -> impl IntoView {
    let title = format!("Remove {name}?");
    view! {
        <Section title="Remove" hint="What systems use can't be removed">
            <FormErrors problem={refusal::<RemoveAsset>()} id="remove">
                <Dialog id="remove-asset" title open="Remove the asset" kind=ButtonKind::Danger>
                    <form method="post" action=RemoveAsset::url() class="stack">
                        <input type="hidden" name="id" value=id/>
                        <p>"Its versions and proposals are lost. Forks of it stay."</p>
                        <div class="actions"><Button kind=ButtonKind::Danger>"Remove it"</Button></div>
                    </form>
                </Dialog>
            </FormErrors>
        </Section>
    }
    .into_any()
}
