//! The list of API keys.

use super::{
    calls::{CollectKey, RemoveKeyRotation, RevokeKey, RotateKey, SetKeyRotation, list_keys},
    page::SettingsFrame,
    renewal::{Collect, Schedule, told},
    view::KeyView,
};
use crate::{
    moment::{Moment, When},
    reading::{Trouble, refusal},
    ui::{
        Badge, Button, ButtonKind, Cell, Column, Dialog, EmptyState, FormErrors, HeadCell, LinkButton, Meaning, Row,
        Skeleton, SkeletonShape, Symbol, Table,
    },
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

/// The API keys.
#[component]
pub fn KeysPage() -> impl IntoView {
    let keys = Resource::new(|| (), |()| list_keys());
    let waiting = || view! { <SettingsFrame tab=urls::KEYS><Skeleton shape=SkeletonShape::Table label="Loading keys"/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match keys.await {
                    Ok(keys) => view! { <Keys keys/> }.into_any(),
                    Err(error) => view! { <Trouble title="API keys" error retry=urls::KEYS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn create() -> impl IntoView {
    view! { <LinkButton href=urls::NEW_KEY kind=ButtonKind::Primary icon=Symbol::Plus>"New key"</LinkButton> }
}

#[component]
fn Keys(keys: Vec<KeyView>) -> impl IntoView {
    if keys.is_empty() {
        return view! {
            <SettingsFrame tab=urls::KEYS>
                <EmptyState title="No API keys yet" purpose="A key lets a program use the hub in your name: the command line, a pipeline, a script." symbol=Symbol::Lock>
                    {create()}
                </EmptyState>
            </SettingsFrame>
        }
        .into_any();
    }
    let problem = refusal::<RevokeKey>()
        .or_else(refusal::<RotateKey>)
        .or_else(refusal::<SetKeyRotation>)
        .or_else(refusal::<RemoveKeyRotation>)
        .or_else(refusal::<CollectKey>);
    let columns = vec![
        Column::text("Key"),
        Column::text("Scopes"),
        Column::text("Made"),
        Column::text("Last used"),
        Column::text("Ends"),
        Column::hidden("Actions"),
    ];
    view! {
        <SettingsFrame tab=urls::KEYS actions=create>
            <FormErrors problem id="revoke">
                <Table caption="API keys" caption_hidden=true columns cards=true>
                    {keys.into_iter().map(|key| view! { <KeyLine key_view=key/> }).collect_view()}
                </Table>
            </FormErrors>
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn KeyLine(key_view: KeyView) -> impl IntoView {
    let live = key_view.is_live();
    let KeyView { key, created, expires, last_used, revoked, expired, turn, is_readers } = key_view;
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let (id, name, hint, by) = (key.id.to_string(), key.name, key.hint, key.created_by);
    let renewal = if live { told(key.rotation, turn, key.secret_waits) } else { None };
    let collect =
        (live && key.secret_waits && is_readers).then(|| view! { <Collect id=id.clone() name=name.clone()/> });
    let schedule = (live && key.replaced_by.is_none() && !key.secret_waits).then(|| {
        view! { <Schedule id=id.clone() name=name.clone() rotation=key.rotation/> }
    });
    let rotate = (live && key.replaced_by.is_none()).then(|| view! { <Rotate id=id.clone() name=name.clone()/> });
    let close = live.then(|| view! { <Revoke id name=name.clone()/> });
    let networks = (!key.networks.is_empty())
        .then(|| view! { <span class="key-networks">{format!("from {}", key.networks.join(", "))}</span> });
    view! {
        <Row>
            <HeadCell><span class="key-name">{name}</span><code class="key-hint">{format!("{hint}…")}</code></HeadCell>
            <Cell label="Scopes"><div><span class="key-scopes">{scopes.join(", ")}</span>{networks}</div></Cell>
            <Cell label="Made" quiet=true><span><When moment=created/><span class="key-by">{format!(" by {by}")}</span></span></Cell>
            <Cell label="Last used" quiet=true>{when_or(last_used, "Never")}</Cell>
            <Cell label="Ends"><div>{end(expires, revoked, expired)}{renewal}</div></Cell>
            <Cell><span class="cluster">{collect}{schedule}{rotate}{close}</span></Cell>
        </Row>
    }
    .into_any()
}

fn when_or(moment: Option<Moment>, word: &'static str) -> impl IntoView {
    match moment {
        Some(moment) => view! { <When moment/> }.into_any(),
        None => word.into_any(),
    }
}

fn end(expires: Option<Moment>, revoked: Option<Moment>, expired: bool) -> impl IntoView {
    match (revoked, expires) {
        (Some(at), _) => {
            view! { <span class="cluster"><Badge meaning=Meaning::Unknown word="Revoked"/><When moment=at/></span> }
                .into_any()
        }
        (None, Some(at)) if expired => {
            view! { <span class="cluster"><Badge meaning=Meaning::Unknown word="Ended"/><When moment=at/></span> }
                .into_any()
        }
        (None, at) => when_or(at, "Never").into_any(),
    }
}

#[component]
fn Rotate(id: String, name: String) -> impl IntoView {
    let field = format!("overlap-{id}");
    let overlaps = [("1", "One hour"), ("24", "A day"), ("168", "A week"), ("0", "Not at all: the old one ends now")];
    let option = |(hours, words): (&'static str, &'static str)| {
        view! { <option value=hours selected={hours == "24"}>{words}</option> }
    };
    view! {
        <Dialog id=format!("rotate-{id}") title=format!("Rotate the key {name}?") open="Rotate" small=true>
            <form method="post" action=RotateKey::url() class="stack">
                <p>"A new key takes its place, with the same scopes and networks. Both work until you have changed the programs."</p>
                <input type="hidden" name="id" value=id.clone()/>
                <div class="field">
                    <label for=field.clone()>"Both work for"</label>
                    <select class="control" id=field.clone() name="overlap_hours">{overlaps.map(option).collect_view()}</select>
                </div>
                <div class="actions"><Button kind=ButtonKind::Primary>"Rotate the key"</Button></div>
            </form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Revoke(id: String, name: String) -> impl IntoView {
    view! {
        <Dialog id=format!("revoke-{id}") title=format!("Revoke the key {name}?") open="Revoke" small=true>
            <form method="post" action=RevokeKey::url() class="stack">
                <p>"Programs that use it are refused from now on. This can't be undone; make a new key instead."</p>
                <input type="hidden" name="id" value=id.clone()/>
                <div class="actions"><Button kind=ButtonKind::Danger>"Revoke the key"</Button></div>
            </form>
        </Dialog>
    }
    .into_any()
}
