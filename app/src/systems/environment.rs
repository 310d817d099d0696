//! One environment.

use super::{calls::environment_page, ownership::Ways, page::word, prices::Prices, view::EnvironmentView};
use crate::{
    moment::{Moment, When},
    reading::Trouble,
    ui::{
        Answer, ButtonKind, Crumb, EnvironmentChip, KeyValue, KeyValues, LinkButton, Meaning, Page, Section, Skeleton,
        Symbol,
    },
    urls,
};
use hub::systems::OwnershipMethod;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// What an ownership that nobody showed means.
const UNVERIFIED: &str =
    "Not verified: the hub only looks (passive checks, at most 1 request a second). No load, no golden paths.";

/// One environment with the proof of whose it is.
#[component]
pub fn EnvironmentPage() -> impl IntoView {
    let params = use_params_map();
    let param = move |name: &str| params.read().get(name).unwrap_or_default();
    let ids = Memo::new(move |_| (param("system"), param("environment")));
    let environment = Resource::new(move || ids.get(), |(system, id)| environment_page(system, id));
    let waiting = || view! { <Page title="Environment"><Skeleton label="Loading the environment" rows=5/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match environment.await {
                    Ok(view) => view! { <EnvironmentContent view/> }.into_any(),
                    Err(error) => {
                        let (system, id) = ids.get_untracked();
                        let retry = format!("{}/{system}/environments/{id}", urls::SYSTEMS);
                        view! { <Trouble title="Environment" error retry/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn EnvironmentContent(view: EnvironmentView) -> impl IntoView {
    let (system, environment) = (view.system.clone(), view.environment.clone());
    let crumbs = vec![
        Crumb::link("Systems", urls::SYSTEMS),
        Crumb::link(system.name.clone(), urls::system(system.id)),
        Crumb::here(environment.name.clone()).with_menu(view.beside.clone()),
    ];
    let kind = environment.kind.as_str();
    let chip = environment.name != kind;
    let (verified, registered) = (view.verified.clone(), view.registered.clone());
    let allowed = view.allowed.clone();
    let shown = verified.clone().map(|(method, at)| view! { <Shown method at allowed/> });
    let run = (view.may_run && verified.is_some()).then(|| urls::new_run(system.id));
    let actions = move || {
        let run = run.clone().map(|href| {
            view! { <LinkButton href kind=ButtonKind::Primary icon=Symbol::Play>"Run a benchmark"</LinkButton> }
        });
        view! { {chip.then(|| view! { <EnvironmentChip name=kind/> })}{run} }
    };
    view! {
        <Page title=environment.name.clone() lead=environment.base_url.to_string() crumbs actions>
            {answer(verified.is_some())}
            <KeyValues>
                <KeyValue name="Stage">{word(environment.kind)}</KeyValue>
                <KeyValue name="Registered"><When moment=registered/></KeyValue>
                {shown}
            </KeyValues>
            <ProofSection view=view.clone()/>
            <Prices view/>
        </Page>
    }
    .into_any()
}

fn answer(verified: bool) -> impl IntoView {
    if verified {
        view! { <Answer meaning=Meaning::Pass words="Verified: benchmarks and golden paths may run here."/> }.into_any()
    } else {
        view! { <Answer meaning=Meaning::Warn words=UNVERIFIED/> }.into_any()
    }
}

/// How and when the ownership was shown, and who allowed the private address.
#[component]
fn Shown(method: OwnershipMethod, at: Moment, allowed: Option<(String, String, Moment)>) -> impl IntoView {
    let how = match method {
        OwnershipMethod::WellKnown => "Shown by the file, ",
        OwnershipMethod::DnsTxt => "Shown by the DNS record, ",
        OwnershipMethod::AdminAllow => "Vouched for by an admin, ",
    };
    let allowed = allowed.map(|(by, reason, at)| {
        view! { <KeyValue name="Private address">{format!("Allowed by {by}, ")}<When moment=at/>": "{reason}</KeyValue> }
    });
    view! { <KeyValue name="Ownership">{how}<When moment=at/></KeyValue>{allowed} }.into_any()
}

#[component]
fn ProofSection(view: EnvironmentView) -> impl IntoView {
    if view.verified.is_some() {
        return view! {
            <details class="disclosure">
                <summary>"Show the ownership in another way, or again"</summary>
                <Ways view/>
            </details>
        }
        .into_any();
    }
    view! {
        <Section title="Show that it is yours" hint="One of these ways is enough."><Ways view/></Section>
    }
    .into_any()
}
