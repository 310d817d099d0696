//! Writing a schedule.

use super::{
    calls::{SaveSchedule, schedule_draft},
    form::ScheduleForm,
    parts::Times,
    view::DraftView,
};
use crate::{
    lab::{
        new::{Beyond, Devices, Load, MIX_HINT, Times as RunTimes, chosen, http_versions, passive_notice},
        view::StartView,
    },
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Checkbox, Choice, Crumb, Denied, EmptyState, Field, FormErrors, LinkButton, Page, Select,
        Skeleton, Symbol, Tab, Tabs, TextArea, Typed,
    },
    urls,
};
use hub::schedules::ScheduleKind;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::{use_params_map, use_query_map};

/// Zones that the browser offers; every other one can be typed.
const ZONES: [&str; 12] = [
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Kyiv",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
];

/// The form of a new schedule. The address may bring values along, whose next times are shown.
#[component]
pub fn NewSchedulePage() -> impl IntoView {
    view! { <Draft changes=false/> }.into_any()
}

/// The form of a schedule that is changed.
#[component]
pub fn EditSchedulePage() -> impl IntoView {
    view! { <Draft changes=true/> }.into_any()
}

#[component]
fn Draft(changes: bool) -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let wanted = Memo::new(move |_| {
        let query = query.get();
        let beginning = format!("{}[", ScheduleForm::ARGUMENT);
        let typed = query.clone().into_iter().filter(|(name, _)| name.starts_with(&beginning));
        let typed: Vec<_> = typed.map(|(name, value)| (name.into_owned(), value)).collect();
        let of_form = format!("{}[kind]", ScheduleForm::ARGUMENT);
        let kind = query.get("kind").or_else(|| query.get(&of_form));
        (params.read().get("id").filter(|_| changes), kind, typed)
    });
    let draft = Resource::new(move || wanted.get(), |(id, kind, typed)| schedule_draft(id, kind, typed));
    let waiting = || view! { <Page title="Schedule"><Skeleton label="Loading the form" rows=8/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match draft.await {
                    Ok(view) => view! { <Content view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Schedule" error retry=urls::SCHEDULES/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Content(view: DraftView) -> impl IntoView {
    let mut crumbs = vec![Crumb::link("Lab", urls::LAB), Crumb::link("Schedules", urls::SCHEDULES)];
    let title = match &view.changed {
        Some((id, name)) => {
            crumbs.push(Crumb::link(name.clone(), urls::schedule(*id)));
            crumbs.push(Crumb::here("Edit"));
            format!("Edit {name}")
        }
        None => {
            crumbs.push(Crumb::here("New"));
            "New schedule".to_owned()
        }
    };
    let content = if !view.may_write {
        view! { <Denied what="Your role can't write schedules." who="Members, admins and owners can. An owner or an admin of this organisation can change your role."/> }.into_any()
    } else if view.start.environments.is_empty() {
        view! {
            <EmptyState title="No environment to schedule for" symbol=Symbol::Systems
                purpose="A schedule measures or judges an environment: an address where a version answers. Add one first.">
                <LinkButton href=urls::SYSTEMS kind=ButtonKind::Primary>"Add an environment"</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <Fields view/> }.into_any()
    };
    view! {
        <Page title crumbs narrow=true lead="When, and what is started then. It acts as you, with the rights that you have at that time.">
            {content}
        </Page>
    }
    .into_any()
}

/// What is scheduled; a schedule keeps its kind.
fn kinds(kind: ScheduleKind) -> impl IntoView {
    let tab = |label: &str, href: &str, of| Tab::new(label, href, of == kind);
    let tabs = vec![
        tab("Benchmark", urls::NEW_SCHEDULE, ScheduleKind::Benchmark),
        tab("Validation", urls::NEW_SCHEDULED_VALIDATION, ScheduleKind::Validation),
    ];
    view! { <Tabs label="What is started" tabs/> }
}

#[component]
fn Fields(view: DraftView) -> impl IntoView {
    let DraftView { changed, kind, start, filled, times, .. } = view;
    let problem = refusal::<SaveSchedule>();
    let wrong = problem.is_some();
    let here = changed.as_ref().map_or(urls::NEW_SCHEDULE.to_owned(), |(id, _)| urls::edit_schedule(*id));
    let back = changed.as_ref().map_or(urls::SCHEDULES.to_owned(), |(id, _)| urls::schedule(*id));
    let id = changed.as_ref().map(|(id, _)| view! { <input type="hidden" name="id" value=id.to_string()/> });
    let save = if changed.is_some() { "Save" } else { "Create the schedule" };
    let environments = start.environments.iter().map(|it| Choice::new(it.id.to_string(), it.label.clone())).collect();
    let unverified = start.environments.iter().any(|environment| !environment.verified);
    let value = chosen(&start.environments, "");
    let devices = filled.iter().find(|(name, _)| name == "request[devices]");
    let devices = devices.map(|(_, value)| value.clone()).unwrap_or_default();
    let filled = (!filled.is_empty()).then_some(Typed(filled));
    // It is made inside of the form's fields, which hold what was typed.
    let plan = move || (kind == ScheduleKind::Benchmark).then(|| view! { <Plan start devices unverified wrong/> });
    view! {
        {changed.is_none().then(|| kinds(kind))}
        <form method="post" action=SaveSchedule::url() class="form lab-form">
            {id}
            <input type="hidden" name="request[kind]" value=kind.as_str()/>
            <FormErrors problem argument=ScheduleForm::ARGUMENT filled>
                <Field label="Name" name="request[name]" required=true max_length=100 autocomplete="off" hint="Such as Nightly of staging"/>
                <div class="field-row">
                    <Field label="Times" name="request[cron]" required=true max_length=100 autocomplete="off" value="0 2 * * *"
                        hint="Minute, hour, day of the month, month, day of the week: 0 2 * * 1-5 is 02:00 from Monday to Friday. At least 5 minutes apart."/>
                    <Field label="Time zone" name="request[time_zone]" required=true max_length=64 autocomplete="off" value="UTC"
                        suggestions=ZONES.map(str::to_owned).to_vec() hint="A name of the IANA database, such as Europe/Berlin"/>
                </div>
                <Preview times here/>
                <Select label="Environment" name="request[environment]" choices=environments value/>
                <Field label="Version" name="request[version]" required=true max_length=100 autocomplete="off" value=first_version(kind)
                    hint="The hub does not know what is deployed. A fixed label, one with {date} and {time} of the due time, or {latest} for the version that was measured last in this environment."/>
                {plan()}
                <Checkbox label="On" name="request[enabled]" value="true" checked=true hint="A schedule that is off starts nothing until it is resumed."/>
                <div class="actions">
                    <Button kind=ButtonKind::Primary>{save}</Button>
                    <LinkButton href=back kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                </div>
            </FormErrors>
        </form>
    }
    .into_any()
}

/// What a scheduled benchmark does.
#[component]
fn Plan(start: StartView, devices: String, unverified: bool, wrong: bool) -> impl IntoView {
    let (form, max_vus) = (start.form, start.max_vus);
    let interactions = form.interactions.clone();
    view! {
        {unverified.then(passive_notice)}
        <Load form=form.clone() max_vus/>
        <RunTimes form=form.clone() max_duration_s=start.max_duration_s/>
        <Beyond form max_vus/>
        <Devices devices=start.devices value=devices interactions/>
        <details class="disclosure" open=wrong>
            <summary>"Requests and protocol"</summary>
            <div class="stack">
                <TextArea label="Request mix" name="request[mix]" hint=MIX_HINT rows=5 code=true/>
                <Select label="Protocol" name="request[http]" choices=http_versions() value="auto"/>
            </div>
        </details>
    }
    .into_any()
}

/// What a schedule mostly does: a benchmark makes a version by its day, a validation judges what was measured.
fn first_version(kind: ScheduleKind) -> &'static str {
    match kind {
        ScheduleKind::Benchmark => "nightly-{date}",
        ScheduleKind::Validation => "{latest}",
    }
}

/// The next times, and the button that shows those of what was typed: it leads to the same form by GET.
#[component]
fn Preview(times: Vec<String>, here: String) -> impl IntoView {
    let shown = (!times.is_empty()).then(|| view! { <p class="field-label">"Next five times"</p><Times times/> });
    view! {
        <div class="stack schedule-preview">
            {shown}
            <div><button class="button button-small" type="submit" formmethod="get" formaction=here formnovalidate=true>"Show the next times"</button></div>
        </div>
    }
    .into_any()
}
