//! Importing results of other tools, and how they are told from what the hub measured.

use super::{calls::run_choices, view::StartView};
use crate::{
    reading::{Trouble, refused},
    ui::{
        Badge, Button, ButtonKind, Cell, Choice, Column, Crumb, Denied, EmptyState, Field, FileField, FormErrors,
        HeadCell, LinkButton, Meaning, Notice, Page, Row, Section, Select, Skeleton, Symbol, Table, format,
    },
    urls,
};
use hub::lab::Import;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The formats by their keys; the first one leaves it to the hub.
const FORMATS: [(&str, &str); 7] = [
    ("", "As the hub recognises it"),
    ("lighthouse", "Lighthouse: JSON"),
    ("k6_summary", "k6: summary as JSON"),
    ("k6_stream", "k6: samples as JSON lines"),
    ("oha", "oha: JSON"),
    ("jtl_csv", "JMeter: JTL with a header line"),
    ("jtl_xml", "JMeter: XML"),
];

/// The form of an import. The address may name the system, the environment and the version.
#[component]
pub fn ImportPage() -> impl IntoView {
    let query = use_query_map();
    let named = move |name: &str| query.read().get(name).filter(|text| !text.is_empty());
    let system = Memo::new(move |_| named("system"));
    let choices = Resource::new(move || system.get(), |system| run_choices(system, None));
    let waiting = || view! { <Page title="Import results"><Skeleton label="Loading environments" rows=5/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                let asked = untrack(|| (named("environment").unwrap_or_default(), named("version").unwrap_or_default()));
                match choices.await {
                    Ok(choices) => view! { <Choices choices asked/> }.into_any(),
                    Err(error) => view! { <Trouble title="Import results" error retry=urls::IMPORT/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Choices(choices: StartView, asked: (String, String)) -> impl IntoView {
    let mut crumbs = vec![Crumb::link("Lab", urls::LAB)];
    if let Some((id, name)) = &choices.system {
        crumbs.push(Crumb::link(name.clone(), urls::system(*id)));
    }
    crumbs.push(Crumb::here("Import"));
    let content = if !choices.may_run {
        view! { <Denied what="Your role can't import results." who="Members, admins and owners can. An owner or an admin of this organisation can change your role."/> }.into_any()
    } else if !choices.open {
        view! { <Notice meaning=Meaning::Warn title="The benchmark lab is switched off"><p>"Whoever runs this hub can switch it on with FEATURE_BENCHMARK_LAB=true. What was measured stays readable."</p></Notice> }.into_any()
    } else if choices.environments.is_empty() {
        let href = choices.system.clone().map_or_else(|| urls::SYSTEMS.to_owned(), |(id, _)| urls::system(id));
        view! {
            <EmptyState title="No environment that was measured" purpose="Imported results belong to a version in an environment. Add the environment first." symbol=Symbol::Systems>
                <LinkButton href kind=ButtonKind::Primary>"Add an environment"</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <ImportForm choices asked/> }.into_any()
    };
    view! {
        <Page title="Import results" lead="What Lighthouse, k6, oha or JMeter measured, as a scorecard of its own." crumbs narrow=true>
            {content}
        </Page>
    }
    .into_any()
}

#[component]
fn ImportForm(choices: StartView, asked: (String, String)) -> impl IntoView {
    let environments: Vec<_> =
        choices.environments.iter().map(|it| Choice::new(it.id.to_string(), it.place.clone())).collect();
    let formats = FORMATS.map(|(key, words)| Choice::new(key, words)).to_vec();
    view! {
        <form method="post" action=urls::IMPORT enctype="multipart/form-data" class="form">
            <FormErrors problem=refused(urls::IMPORT)>
                <Select label="Environment" name="environment" choices=environments value=asked.0 hint="Where the tools measured"/>
                <Field label="Version" name="version" value=asked.1 required=true max_length=100 autocomplete="off"
                    hint="What was deployed there then, such as 1.4.0 or a commit"/>
                <FileField label="Files" name="files" multiple=true required=true accept=".json,.jsonl,.ndjson,.jtl,.csv,.xml"
                    hint="Up to 10, 8 MiB together: for example one of k6 and one of Lighthouse. No two may hold the same metric."/>
                <Select label="Format" name="format" choices=formats value=""/>
                <Notice meaning=Meaning::Info title="Imported results stay marked as imported">
                    <p>"What the files don't hold is not measured, and nothing is filled in. Gates count imported results only where the policy accepts them. The files are kept with the benchmark."</p>
                </Notice>
                <div class="actions">
                    <Button kind=ButtonKind::Primary icon=Symbol::Plus>"Import"</Button>
                    <LinkButton href=urls::LAB kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                </div>
            </FormErrors>
        </form>
    }
    .into_any()
}

/// The mark of figures that the hub did not measure.
#[component]
pub(crate) fn ImportedBadge(
    /// The tools that did.
    #[prop(into)]
    tools: String,
) -> impl IntoView {
    view! { <Badge meaning=Meaning::Info word=format!("Imported from {tools}")/> }.into_any()
}

/// Says above figures that the hub did not measure them.
#[component]
pub(super) fn ImportedNotice(import: Import) -> impl IntoView {
    let title = format!("Imported from {}", import.tools());
    let words = format!(
        "The hub did not measure this: {} imported it. Gates count it only where the policy accepts imported results.",
        import.by
    );
    view! { <Notice meaning=Meaning::Info title><p>{words}</p></Notice> }.into_any()
}

/// Where imported figures come from: the files, what has to be known of them, and what could not be taken.
#[component]
pub(super) fn ImportedFrom(import: Import) -> impl IntoView {
    let columns = vec![
        Column::text("File"),
        Column::text("Tool"),
        Column::text("Measured"),
        Column::text("Address"),
        Column::text("Size"),
        Column::text("SHA-256"),
    ];
    let rows: Vec<_> = import
        .files
        .iter()
        .cloned()
        .map(|file| {
            let tool = format!("{} {}", file.tool, file.tool_version.unwrap_or_default());
            let at = file.measured_at.map(|at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string());
            let unsaid = || "not in the file".to_owned();
            view! {
                <Row>
                    <HeadCell>{file.name}</HeadCell>
                    <Cell label="Tool">{tool.trim().to_owned()}</Cell>
                    <Cell label="Measured">{at.unwrap_or_else(unsaid)}</Cell>
                    <Cell label="Address"><span class="breakable">{file.target_url.unwrap_or_else(unsaid)}</span></Cell>
                    <Cell label="Size">{format::bytes(file.size)}</Cell>
                    <Cell label="SHA-256" quiet=true><code class="breakable">{file.sha256}</code></Cell>
                </Row>
            }
            .into_any()
        })
        .collect();
    let notes = import.files.iter().flat_map(|file| file.notes.iter().map(|note| format!("{}: {note}", file.name)));
    let notes: Vec<_> = notes.map(|note| view! { <li>{note}</li> }.into_any()).collect();
    let notes = (!notes.is_empty()).then(|| view! { <ul class="plain-list">{notes}</ul> });
    let gaps: Vec<_> = import
        .not_taken
        .iter()
        .map(|gap| view! { <li>{format!("{}: {}", gap.what, gap.why)}</li> }.into_any())
        .collect();
    let gaps = (!gaps.is_empty()).then(|| {
        let title = format!("{} not in the files", format::counted(gaps.len() as u64, "figure"));
        view! { <details class="disclosure"><summary>{title}</summary><ul class="plain-list">{gaps}</ul></details> }
    });
    view! {
        <Section title="Imported from" hint="The files as they were sent">
            <div class="stack">
                <Table caption="Imported files" caption_hidden=true columns cards=true>{rows}</Table>
                {notes}
                {gaps}
            </div>
        </Section>
    }
    .into_any()
}
