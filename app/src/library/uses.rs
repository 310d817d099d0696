//! Which systems use an asset, and taking it into use.

use super::{calls::UseAsset, view::AssetRights};
use crate::{
    moment::{Moment, When},
    reading::refusal,
    ui::{
        Badge, Button, ButtonKind, Cell, Choice, Column, Field, FieldKind, FormErrors, HeadCell, Meaning, Pager, Row,
        Section, Select, Table, format::counted,
    },
    urls,
};
use hub::library::{Asset, AssetKind, AssetUse, UseKind};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// The tab of the uses.
#[component]
pub(super) fn Uses(
    asset: Asset,
    uses: Vec<(AssetUse, Moment)>,
    next: Option<String>,
    systems: Vec<(String, String)>,
    may: AssetRights,
) -> impl IntoView {
    let place = urls::asset_tab(asset.id, "uses");
    let first = use_query_map().read_untracked().get("cursor").map(|_| place.clone());
    let next = next.map(|cursor| format!("{place}&cursor={cursor}"));
    let shown = counted(uses.len() as u64, "use");
    let columns = vec![
        Column::text("System"),
        Column::text("As"),
        Column::number("Version", ""),
        Column::text("State"),
        Column::text("Taken"),
    ];
    let line = |(using, at): (AssetUse, Moment)| {
        let kind = match using.kind {
            UseKind::GoldenPath => "golden path",
            UseKind::GatePolicy => "gate policy",
        };
        let state = if using.current {
            view! { <Badge meaning=Meaning::Pass word="In use"/> }.into_any()
        } else {
            view! { <Badge meaning=Meaning::Unknown word="Changed since"/> }.into_any()
        };
        let by = format!(" by {}", using.used_by);
        view! {
            <Row>
                <HeadCell href=urls::gates(using.system_id)>{using.system}</HeadCell>
                <Cell label="As">{format!("{kind} “{}”", using.target)}</Cell>
                <Cell label="Version" number=true>{using.version}</Cell>
                <Cell label="State">{state}</Cell>
                <Cell label="Taken" quiet=true><span><When moment=at/>{by}</span></Cell>
            </Row>
        }
    };
    let table = if uses.is_empty() {
        let words = if asset.kind.is_usable() {
            "No system uses it yet."
        } else {
            "Golden paths and policies are what systems use."
        };
        view! { <p class="section-hint">{words}</p> }.into_any()
    } else {
        let lines = uses.into_iter().map(line).collect_view();
        view! { <Table caption="Uses" caption_hidden=true columns cards=true>{lines}</Table><Pager shown next first/> }
            .into_any()
    };
    let form = (may.put_to_use && !systems.is_empty()).then(|| view! { <UseForm asset systems/> });
    view! { {table}{form} }.into_any()
}

#[component]
fn UseForm(asset: Asset, systems: Vec<(String, String)>) -> impl IntoView {
    let systems: Vec<_> = systems.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let is_path = asset.kind == AssetKind::GoldenPath;
    let hint = if is_path {
        "A golden path of that name becomes this version and keeps its variables"
    } else {
        "It becomes the system's policy from now on"
    };
    let name = is_path.then(|| {
        view! { <Field label="Name of the golden path" name="name" value=asset.name.clone() hint="As the asset when left out" max_length=100/> }
    });
    let newest = asset.latest_version.to_string();
    view! {
        <Section title="Use it for a system" hint>
            <form method="post" action=UseAsset::url() class="form">
                <FormErrors problem={refusal::<UseAsset>()} id="use">
                    <input type="hidden" name="id" value=asset.id.to_string()/>
                    <Select label="System" name="system_id" choices=systems/>
                    <Field label="Version" name="version" kind=FieldKind::Number value=newest.clone() min="1" max=newest required=true/>
                    {name}
                    <div class="actions"><Button kind=ButtonKind::Primary>"Use it"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}
