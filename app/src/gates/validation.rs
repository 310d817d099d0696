//! A validation: the answer, the checks, and what it rests on.

use super::{
    calls::{ValidateVersion, how_validation_stands, validation_page},
    checks::Checks,
    judged_from::{JudgedFrom, PathResults},
    policy_summary::shown,
    view::ValidationView,
};
use crate::{
    evidence::MakeEvidence,
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Answer, Button, CodeBlock, Crumb, EnvironmentChip, FormErrors, LinkButton, Meaning, Notice, Page, Section,
        Skeleton, SkeletonShape,
    },
    urls,
};
use hub::{
    gates::{Validation, ValidationState},
    ids::ValidationId,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::{use_params_map, use_query_map};
use std::time::Duration;

/// How often a page looks whether its validation is over.
const LOOK: Duration = Duration::from_secs(1);

/// One validation.
#[component]
pub fn ValidationPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let key = Memo::new(move |_| (params.read().get("id").unwrap_or_default(), query.read().get("again").is_some()));
    let validation = Resource::new(move || key.get(), |(id, again)| validation_page(id, again));
    let waiting = || view! { <Page title="Validation"><Skeleton shape=SkeletonShape::Table label="Loading the validation"/></Page> };
    view! {
        <Transition fallback=waiting>
            {move || Suspend::new(async move {
                match validation.await {
                    Ok(view) => view! { <Content view/> }.into_any(),
                    Err(error) => {
                        let retry = format!("{}/validations/{}", urls::GATES, key.get_untracked().0);
                        view! { <Trouble title="Validation" error retry/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Content(view: ValidationView) -> impl IntoView {
    let id = view.system_id();
    let crumbs = vec![
        Crumb::link("Gates", urls::GATES),
        Crumb::link(view.system.name.clone(), urls::gates_tab(id, "validations")),
        Crumb::here(view.validation.version.clone()),
    ];
    let title = format!("{} {}", view.system.name, view.validation.version);
    let (environment, validation) = (view.environment.clone(), view.validation.clone());
    let again = (view.may_validate && validation.state.is_final()).then(|| validation.clone());
    let actions = move || {
        let again = again.clone().map(|validation| view! { <ValidateAgain validation/> });
        view! { <EnvironmentChip name=environment.clone()/>{again} }
    };
    let body = match validation.state {
        ValidationState::Finished => view! { <Judged view/> }.into_any(),
        ValidationState::Failed => view! { <NotCarriedOut view/> }.into_any(),
        state => view! {
            <Underway id=validation.id state/>
            <p class="section-hint">"Asked "<When moment=view.asked/>" by "{view.validation.created_by}". Leaving the page loses nothing."</p>
        }
        .into_any(),
    };
    view! { <Page title crumbs actions>{body}</Page> }.into_any()
}

#[component]
fn ValidateAgain(validation: Validation) -> impl IntoView {
    view! {
        <form method="post" action=ValidateVersion::url() class="inline-form">
            <FormErrors problem={refusal::<ValidateVersion>()} argument="request" id="again">
                <input type="hidden" name="request[system_id]" value=validation.system_id.to_string()/>
                <input type="hidden" name="request[environment_id]" value=validation.environment_id.to_string()/>
                <input type="hidden" name="request[version]" value=validation.version.clone()/>
                <Button>"Validate again"</Button>
            </FormErrors>
        </form>
    }
    .into_any()
}

#[component]
fn Judged(view: ValidationView) -> impl IntoView {
    let Some(report) = view.validation.report.clone() else {
        return view! { <Answer meaning=Meaning::Unknown words="The validation has no report."/> }.into_any();
    };
    let paths = view.validation.inputs.as_ref().map(|inputs| inputs.golden_paths.clone()).unwrap_or_default();
    let dry_run = (!report.enforced).then(|| {
        view! { <Notice meaning=Meaning::Info title="A dry run: the verdict is shown and enforces nothing."/> }
    });
    let paths = (!paths.is_empty()).then(|| view! { <PathResults paths/> });
    let (validation, markdown) = (view.validation.clone(), view.markdown.clone());
    let evidence = view.may_pack.then(|| view! { <MakeEvidence validation=view.validation.id/> });
    view! {
        <Answer meaning=shown(report.verdict).meaning() words=report.summary/>
        {dry_run}
        <Section title="Checks" hint="Failed ones first"><Checks validation/></Section>
        {paths}
        <JudgedFrom view/>
        {evidence}
        <details class="disclosure screen-only">
            <summary>"Copy as Markdown"</summary>
            <CodeBlock code=markdown caption="For a pull request or release notes"/>
        </details>
    }
    .into_any()
}

#[component]
fn NotCarriedOut(view: ValidationView) -> impl IntoView {
    let reason = view.validation.reason.clone().unwrap_or_else(|| "The hub gave no reason.".to_owned());
    view! {
        <Answer meaning=Meaning::Fail words="Not carried out, so nothing is allowed by it"/>
        <p>{reason}</p>
        <p class="section-hint">"Asked "<When moment=view.asked/>" by "{view.validation.created_by}"."</p>
    }
    .into_any()
}

/// It waits or runs: the island looks every second, and the page is loaded again when it is over, or by hand.
#[island]
fn Underway(id: ValidationId, state: ValidationState) -> impl IntoView {
    let state = RwSignal::new(state);
    let look = Action::new(move |(): &()| how_validation_stands(id));
    Effect::new(move |_| {
        let ask = move || {
            if !look.pending().get_untracked() {
                look.dispatch(());
            }
        };
        set_interval(ask, LOOK);
    });
    Effect::new(move |_| match look.value().get() {
        // The page is there already; loading it once more cannot be refused.
        Some(Ok(now)) if now.is_final() => drop(window().location().reload()),
        Some(Ok(now)) => state.set(now),
        _ => {}
    });
    let words = move || match state.get() {
        ValidationState::Queued => "Queued: a worker will take it",
        _ => "Running: golden paths run, then the checks are made",
    };
    view! {
        <div class="answer is-running" aria-busy="true">
            <crate::ui::StatusIcon meaning=Meaning::Running silent=true/>
            <p class="answer-words" role="status">{words}</p>
            <div class="actions"><LinkButton href=urls::validation(id)>"Look again"</LinkButton></div>
        </div>
    }
    .into_any()
}
