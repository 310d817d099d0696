//! One system.

use super::{
    calls::{AddEnvironment, system_page},
    list::SampleNotice,
    parts::{Chip, JudgedBadge, LastRun, OwnershipBadge, RunBadge, Score},
    view::{CardRow, EnvironmentRow, RunRow, SystemView},
};
use crate::{
    lab::ImportedBadge,
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Cell, Choice, Column, Crumb, EmptyState, EnvironmentChip, Field, FieldKind, FormErrors,
        HeadCell, KeyValue, KeyValues, LinkButton, Page, Panel, Row, Section, Select, Skeleton, SkeletonShape, Symbol,
        Table,
    },
    urls,
};
use hub::{ids::SystemId, systems::EnvironmentKind};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_params_map;

/// One system with its environments, versions and runs.
#[component]
pub fn SystemPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("system").unwrap_or_default());
    let system = Resource::new(move || id.get(), system_page);
    let waiting =
        || view! { <Page title="System"><Skeleton shape=SkeletonShape::Table label="Loading the system"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match system.await {
                    Ok(view) => view! { <SystemContent view/> }.into_any(),
                    Err(error) => {
                        let retry = format!("{}/{}", urls::SYSTEMS, id.get_untracked());
                        view! { <Trouble title="System" error retry/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn SystemContent(view: SystemView) -> impl IntoView {
    let SystemView { system, environments, cards, runs, may_write, may_run } = view;
    let id = system.id;
    let crumbs = vec![Crumb::link("Systems", urls::SYSTEMS), Crumb::here(system.name.clone())];
    let may_run = may_run && !environments.is_empty();
    let first = environments.is_empty();
    view! {
        <Page title=system.name lead=system.description crumbs actions=move || actions(id, may_run, first)>
            <Section title="Environments" hint="Where its versions run">
                {first.then(|| view! { <NoEnvironments may_write/> })}
                <div class="environment-cards">
                    {environments.into_iter().map(|row| view! { <EnvironmentCard row/> }).collect_view()}
                </div>
                {may_write.then(|| view! { <AddEnvironmentForm system=id first/> })}
            </Section>
            {(!first).then(|| view! {
                <Section title="Versions" hint="The newest scorecard of each version"><Cards system=id cards may_run/></Section>
                <Section title="Runs"><Runs runs/></Section>
            })}
        </Page>
    }
    .into_any()
}

fn actions(id: SystemId, may_run: bool, first: bool) -> impl IntoView {
    // Imported results belong to an environment.
    let import = (may_run && !first).then(|| view! { <LinkButton href=urls::import(id)>"Import results"</LinkButton> });
    let run = may_run.then(|| {
        view! { <LinkButton href=urls::new_run(id) kind=ButtonKind::Primary icon=Symbol::Play>"Run a benchmark"</LinkButton> }
    });
    view! { <LinkButton href=urls::gates(id) icon=Symbol::Gates>"Gates"</LinkButton>{import}{run} }
}

#[component]
fn NoEnvironments(may_write: bool) -> impl IntoView {
    let purpose = if may_write {
        "An environment is an address where a version answers. Add the first one below; its page then asks for a proof that it is yours."
    } else {
        "An environment is an address where a version answers. A member, an admin or an owner can add one."
    };
    view! { <EmptyState title="No environments yet" purpose symbol=Symbol::Systems/> }.into_any()
}

#[component]
fn EnvironmentCard(row: EnvironmentRow) -> impl IntoView {
    let environment = row.environment.clone();
    let kind = environment.kind.as_str();
    let stage = (environment.name != kind).then(|| view! { <EnvironmentChip name=kind/> });
    let name = if stage.is_some() {
        environment.name.clone().into_any()
    } else {
        view! { <EnvironmentChip name=kind/> }.into_any()
    };
    view! {
        <article class="panel environment-card">
            <header class="cluster">
                <div class="cluster"><h3><a href=urls::environment(environment.system_id, environment.id)>{name}</a></h3>{stage}</div>
                <OwnershipBadge row=row.clone()/>
            </header>
            <p class="environment-address">{environment.base_url.to_string()}</p>
            <KeyValues>
                <KeyValue name="Version">{row.version.clone().unwrap_or_else(|| "None yet".to_owned())}</KeyValue>
                <KeyValue name="Verdict"><JudgedBadge judged=row.judged/></KeyValue>
                <KeyValue name="Score"><Score score=row.score/></KeyValue>
                <KeyValue name="Last run"><LastRun run=row.last_run/></KeyValue>
            </KeyValues>
        </article>
    }
    .into_any()
}

#[component]
fn AddEnvironmentForm(system: SystemId, first: bool) -> impl IntoView {
    let kind = if first { ButtonKind::Primary } else { ButtonKind::Secondary };
    let kinds = EnvironmentKind::ALL.map(|kind| Choice::new(kind.as_str(), word(kind))).to_vec();
    let form = view! {
        <form method="post" action=AddEnvironment::url() class="form">
            <FormErrors problem={refusal::<AddEnvironment>()} argument="request">
                <input type="hidden" name="system" value=system.to_string()/>
                <div class="field-row">
                    <Select label="Stage" name="request[kind]" choices=kinds value="staging"/>
                    <Field label="Name" name="request[name]" hint="The stage when left out" max_length=60/>
                </div>
                <Field label="Base URL" name="request[base_url]" kind=FieldKind::Url required=true
                    hint="Where a version answers, such as https://staging.example.com" autocomplete="off"/>
                <div class="actions"><Button kind icon=Symbol::Plus>"Add environment"</Button></div>
            </FormErrors>
        </form>
    };
    if first {
        return view! { <Panel title="The first environment">{form}</Panel><SampleNotice/> }.into_any();
    }
    let open = refusal::<AddEnvironment>().is_some();
    view! {
        <details class="disclosure" open=open><summary>"Add an environment"</summary>{form}</details>
    }
    .into_any()
}

/// A stage in words.
pub(super) fn word(kind: EnvironmentKind) -> &'static str {
    match kind {
        EnvironmentKind::Preview => "Preview",
        EnvironmentKind::Staging => "Staging",
        EnvironmentKind::Production => "Production",
    }
}

#[component]
fn Cards(system: SystemId, cards: Vec<CardRow>, may_run: bool) -> impl IntoView {
    if cards.is_empty() {
        let run = may_run.then(|| view! { <LinkButton href=urls::new_run(system)>"Run a benchmark"</LinkButton> });
        let purpose = "A benchmark measures a version and makes its scorecard.";
        return view! { <EmptyState title="Nothing was measured yet" purpose symbol=Symbol::Lab>{run}</EmptyState> }
            .into_any();
    }
    let columns = vec![
        Column::text("Version"),
        Column::text("Environment"),
        Column::text("Verdict"),
        Column::text("Score"),
        Column::text("Grade"),
        Column::text("Measured"),
    ];
    view! {
        <Table caption="Versions" caption_hidden=true columns cards=true>
            {cards.into_iter().map(|card| view! { <CardLine system card/> }).collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn CardLine(system: SystemId, card: CardRow) -> impl IntoView {
    let imported = card.imported.map(|tools| view! { <ImportedBadge tools/> });
    view! {
        <Row>
            <HeadCell href=urls::scorecard_of(system, &card.version)>{card.version}</HeadCell>
            <Cell label="Environment"><Chip environment=card.environment/></Cell>
            <Cell label="Verdict"><JudgedBadge judged=card.judged/></Cell>
            <Cell label="Score"><Score score=card.score/></Cell>
            <Cell label="Grade">{card.grade.unwrap_or_else(|| "—".to_owned())}</Cell>
            <Cell label="Measured" quiet=true><span class="cluster"><a href=urls::run(card.run)><When moment=card.measured/></a>{imported}</span></Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Runs(runs: Vec<RunRow>) -> impl IntoView {
    if runs.is_empty() {
        return view! { <p class="section-hint">"None yet."</p> }.into_any();
    }
    let columns =
        vec![Column::text("Version"), Column::text("Environment"), Column::text("State"), Column::text("When")];
    let line = |run: RunRow| {
        view! {
            <Row>
                <HeadCell href=urls::run(run.id)>{run.version}</HeadCell>
                <Cell label="Environment"><Chip environment=run.environment/></Cell>
                <Cell label="State">
                    <RunBadge state=run.state/>{run.reason.map(|reason| view! { <p class="cell-note">{reason}</p> })}
                </Cell>
                <Cell label="When" quiet=true><When moment=run.at/></Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Runs" caption_hidden=true columns cards=true>{runs.into_iter().map(line).collect_view()}</Table>
    }
    .into_any()
}
