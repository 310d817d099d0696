//! Keys that are rotated by themselves: how, and the secret that waits to be collected.

use super::calls::{CollectKey, RemoveKeyRotation, SetKeyRotation};
use crate::{
    moment::{Moment, When},
    ui::{Button, ButtonKind, Dialog},
};
use hub::identity::KeyRotation;
use leptos::{prelude::*, server_fn::ServerFn as _};

/// What is said of a key's rotation in its row.
pub(super) fn told(rotation: Option<KeyRotation>, turn: Option<Moment>, secret_waits: bool) -> Option<AnyView> {
    if secret_waits {
        return Some(view! { <span class="key-networks">"its secret waits to be collected"</span> }.into_any());
    }
    let days = rotation?.every_days;
    let every = if days == 1 { "every day".to_owned() } else { format!("every {days} days") };
    let next = turn.map(|moment| view! { ", next "<When moment/> });
    Some(view! { <span class="key-networks">{format!("rotates itself {every}")}{next}</span> }.into_any())
}

/// Collects the secret, once.
#[component]
pub(super) fn Collect(id: String, name: String) -> impl IntoView {
    view! {
        <Dialog id=format!("collect-{id}") title=format!("Collect the secret of {name}?") open="Collect" small=true>
            <form method="post" action=CollectKey::url() class="stack">
                <p>"It is shown once, on the next page. The programs that have the old key need it before that one ends."</p>
                <input type="hidden" name="id" value=id.clone()/>
                <div class="actions"><Button kind=ButtonKind::Primary>"Collect the secret"</Button></div>
            </form>
        </Dialog>
    }
    .into_any()
}

/// Says whether and how often a key is rotated by itself.
#[component]
pub(super) fn Schedule(id: String, name: String, rotation: Option<KeyRotation>) -> impl IntoView {
    let (days, hours) = rotation.map_or((90, 72), |rotation| (rotation.every_days, rotation.overlap_hours));
    let (days_field, hours_field) = (format!("every-{id}"), format!("beside-{id}"));
    let stop = rotation.is_some().then(|| {
        let id = id.clone();
        view! {
            <form method="post" action=RemoveKeyRotation::url() class="stack">
                <input type="hidden" name="id" value=id/>
                <div class="actions"><Button>"Rotate it no more"</Button></div>
            </form>
        }
    });
    view! {
        <Dialog id=format!("schedule-{id}") title=format!("Rotate {name} by itself?") open="Schedule" small=true>
            <form method="post" action=SetKeyRotation::url() class="stack">
                <p>"The hub makes a successor on its day, and keeps its secret until you or the old key itself collects it. Both work for a while; then the old one ends."</p>
                <input type="hidden" name="id" value=id.clone()/>
                <div class="field">
                    <label for=days_field.clone()>"Every how many days"</label>
                    <input class="control" type="number" min="1" max="365" required=true id=days_field.clone() name="every_days" value=days.to_string()/>
                </div>
                <div class="field">
                    <label for=hours_field.clone()>"Hours for which both work"</label>
                    <input class="control" type="number" min="1" max="720" required=true id=hours_field.clone() name="overlap_hours" value=hours.to_string()/>
                </div>
                <div class="actions"><Button kind=ButtonKind::Primary>"Rotate it by itself"</Button></div>
            </form>
            {stop}
        </Dialog>
    }
    .into_any()
}
