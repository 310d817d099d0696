//! Starting a benchmark.

use super::{
    calls::{StartRun, run_choices},
    form::RunForm,
    view::{EnvironmentChoice, StartView},
};
use crate::{
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Checkbox, Choice, Crumb, Denied, EmptyState, Field, FieldKind, FormErrors, LinkButton,
        Meaning, Notice, Page, Select, Skeleton, Symbol, TextArea, format,
    },
    urls,
};
use hub::lab::{BurstRequest, StepsRequest};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;
use sbh_stats::compare::{ADVISED_REPETITIONS, FEWEST_FOR_LOAD};

/// How a line of the mix is written.
pub(crate) const MIX_HINT: &str = "One request on a line: name weight METHOD /path, such as cart 2 GET /cart. GET / of the base URL when empty; at most 50.";

/// How a line of the interactions is written.
const INTERACTIONS_HINT: &str = "One on a line: click and a CSS selector, or type, a selector, => and a text, such as type #q => oak. How soon the page shows that it took notice (Interaction to Next Paint); not measured when empty.";

/// The form of a new benchmark. The address may name the system, the environment and the version, or a benchmark that is
/// to be run again.
#[component]
pub fn NewRunPage() -> impl IntoView {
    let query = use_query_map();
    let named = move |name: &str| query.read().get(name).filter(|text| !text.is_empty());
    let wanted = Memo::new(move |_| (named("system"), named("like")));
    let choices = Resource::new(move || wanted.get(), |(system, like)| run_choices(system, like));
    let waiting = || view! { <Page title="Run a benchmark"><Skeleton label="Loading environments" rows=6/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                let (environment, version) = untrack(|| (named("environment"), named("version")));
                match choices.await {
                    Ok(mut choices) => {
                        choices.form.environment = environment.unwrap_or(choices.form.environment);
                        choices.form.version = version.unwrap_or(choices.form.version);
                        view! { <Choices choices/> }.into_any()
                    }
                    Err(error) => view! { <Trouble title="Run a benchmark" error retry=urls::NEW_RUN/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Choices(choices: StartView) -> impl IntoView {
    let mut crumbs = vec![Crumb::link("Lab", urls::LAB)];
    if let Some((id, name)) = &choices.system {
        crumbs.push(Crumb::link(name.clone(), urls::system(*id)));
    }
    crumbs.push(Crumb::here("New benchmark"));
    let content = if !choices.may_run {
        view! { <Denied what="Your role can't start benchmarks." who="Members, admins and owners can. An owner or an admin of this organisation can change your role."/> }.into_any()
    } else if !choices.open {
        view! { <Notice meaning=Meaning::Warn title="The benchmark lab is switched off"><p>"Whoever runs this hub can switch it on with FEATURE_BENCHMARK_LAB=true. What was measured stays readable."</p></Notice> }.into_any()
    } else if choices.environments.is_empty() {
        view! { <NoEnvironments system=choices.system.clone().map(|(id, _)| urls::system(id))/> }.into_any()
    } else {
        view! { <StartForm choices/> }.into_any()
    };
    view! {
        <Page title="Run a benchmark" lead="Passive security probes first, then load, then a scorecard." crumbs narrow=true>
            {content}
        </Page>
    }
    .into_any()
}

#[component]
fn NoEnvironments(system: Option<String>) -> impl IntoView {
    let href = system.unwrap_or_else(|| urls::SYSTEMS.to_owned());
    let purpose = "A benchmark measures an environment: an address where a version answers. Add one first.";
    view! {
        <EmptyState title="No environment to measure" purpose symbol=Symbol::Systems>
            <LinkButton href kind=ButtonKind::Primary>"Add an environment"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

/// The environment that is chosen at first: the one that was asked for, or else the first that may be loaded.
pub(crate) fn chosen(environments: &[EnvironmentChoice], asked: &str) -> String {
    let of_address = environments.iter().find(|it| it.id.to_string() == asked);
    let loadable = environments.iter().find(|it| it.verified);
    of_address.or(loadable).or(environments.first()).map(|it| it.id.to_string()).unwrap_or_default()
}

#[component]
fn StartForm(choices: StartView) -> impl IntoView {
    let (form, limits) = (choices.form, (choices.max_vus, choices.max_duration_s));
    let value = chosen(&choices.environments, &form.environment);
    let unverified = choices.environments.iter().any(|environment| !environment.verified).then(passive_notice);
    let other = choices.system.is_some().then(|| view! { <a href=urls::NEW_RUN>"Another system"</a> });
    let lost = choices.loses.then(lost_notice);
    let environments = choices.environments.iter();
    let environments: Vec<_> = environments.map(|it| Choice::new(it.id.to_string(), it.label.clone())).collect();
    // A message about the mix must not hide in a closed disclosure, nor a mix that was taken over.
    let problem = refusal::<StartRun>();
    let told = problem.is_some() || !form.mix.is_empty() || form.http != "auto";
    let (mix, http, version, devices) =
        (form.mix.clone(), form.http.clone(), form.version.clone(), form.devices.clone());
    let form_interactions = form.interactions.clone();
    view! {
        <form method="post" action=StartRun::url() class="form lab-form">
            <FormErrors problem argument="request">
                {lost}
                <Select label="Environment" name="request[environment]" choices=environments value/>
                {other}
                {unverified}
                <Field label="Version" name="request[version]" value=version required=true max_length=100 autocomplete="off"
                    hint="What is deployed there now, such as 1.4.0 or a commit"/>
                <Load form=form.clone() max_vus=limits.0/>
                <Times form=form.clone() max_duration_s=limits.1/>
                <Turns environments=choices.environments form=form.clone()/>
                <Beyond form max_vus=limits.0/>
                <Devices devices=choices.devices value=devices interactions=form_interactions/>
                <details class="disclosure" open=told>
                    <summary>"Requests and protocol"</summary>
                    <div class="stack">
                        <TextArea label="Request mix" name="request[mix]" value=mix hint=MIX_HINT rows=5 code=true/>
                        <Select label="Protocol" name="request[http]" choices=http_versions() value=http/>
                    </div>
                </details>
                <div class="actions">
                    <Button kind=ButtonKind::Primary icon=Symbol::Play>"Start"</Button>
                    <LinkButton href=urls::LAB kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                </div>
            </FormErrors>
        </form>
    }
    .into_any()
}

/// What the load is repeated in turns with. Only what may be loaded can be; there have to be two.
#[component]
fn Turns(environments: Vec<EnvironmentChoice>, form: RunForm) -> impl IntoView {
    let loadable = environments.into_iter().filter(|environment| environment.verified);
    let mut choices: Vec<_> = loadable.map(|it| Choice::new(it.id.to_string(), it.label)).collect();
    if choices.len() < 2 && form.baseline.is_empty() {
        return ().into_any();
    }
    choices.insert(0, Choice::new("", "Nothing: this version alone"));
    let hint = format!(
        "Another environment: its load and this one's take turns, so that a drift of the machine falls on both. Both get a scorecard. From {FEWEST_FOR_LOAD} repetitions on they can be compared."
    );
    view! {
        <div class="field-row">
            <Select label="Measure in turns with" name="request[baseline]" choices value=form.baseline hint/>
            <Field label="Version there" name="request[baseline_version]" value=form.baseline_version max_length=100 autocomplete="off"
                hint="What is deployed in that environment now"/>
        </div>
    }
    .into_any()
}

/// Which devices the page is opened on after the load.
#[component]
pub(crate) fn Devices(devices: Vec<String>, value: String, interactions: String) -> impl IntoView {
    if devices.is_empty() {
        return ().into_any();
    }
    let none = Choice::new("", "No: over HTTP alone");
    let each = devices.iter().map(|device| Choice::new(device.clone(), format!("On a {device}")));
    let all = (devices.len() > 1).then(|| Choice::new(devices.join(","), format!("On each: {}", devices.join(", "))));
    let mut choices: Vec<_> = std::iter::once(none).chain(each).chain(all).collect();
    if !choices.iter().any(|choice| choice.value == value) {
        choices.push(Choice::new(value.clone(), format!("On each: {}", value.replace(',', ", "))));
    }
    view! {
        <Select label="Open the page in a browser" name="request[devices]" choices value
            hint="Three loads on each device, about a minute: user experience, accessibility and privacy. The score is that of a phone."/>
        <TextArea label="Then a visitor does" name="request[interactions]" value=interactions rows=2 code=true
            hint=INTERACTIONS_HINT/>
    }
    .into_any()
}

pub(crate) fn passive_notice() -> impl IntoView {
    view! {
        <Notice meaning=Meaning::Info title="Environments that are not verified get passive checks only">
            <p>"No load is sent there, at most 1 request a second, so speed and reliability stay unmeasured. Verify the ownership on the environment's page to measure them."</p>
        </Notice>
    }
}

fn lost_notice() -> impl IntoView {
    view! {
        <Notice meaning=Meaning::Warn title="Header fields and bodies are not taken over">
            <p>"The benchmark before sent requests with header fields, bodies or longer names, which this form can't hold. Run it again over the API to send the same."</p>
        </Notice>
    }
}

pub(crate) fn http_versions() -> Vec<Choice> {
    let versions = [("auto", "As the server negotiates"), ("http1", "HTTP/1.1"), ("http2", "HTTP/2")];
    versions.map(|(value, label)| Choice::new(value, label)).to_vec()
}

/// The load model. The stylesheet hides the fields of the other one; nothing of them is read.
#[component]
pub(crate) fn Load(form: RunForm, max_vus: u32) -> impl IntoView {
    let models = vec![
        Choice::new("open", "Open: requests arrive at a rate, whatever the server does"),
        Choice::new("closed", "Closed: virtual users, each waits for its answer"),
    ];
    let vus_hint = format!("1 to {}", format::count(max_vus.into()));
    view! {
        <Select label="Load model" name="request[model]" choices=models value=form.model
            hint="Visitors of the public web are an open model; a pool of workers is a closed one. An open run counts as invalid when the hub itself sends late, so on a busy machine take a closed one, or a longer one."/>
        <div class="field-row lab-open">
            <Field label="Rate" name="request[rate]" kind=FieldKind::Number value=form.rate step="any" unit="requests/s" quiet=true
                hint="0.1 to 50,000"/>
            <Field label="Rate at the end" name="request[ramp_to]" kind=FieldKind::Number value=form.ramp_to step="any" unit="requests/s"
                hint="For a ramp; constant when empty"/>
        </div>
        <div class="field-row lab-closed">
            <Field label="Virtual users" name="request[vus]" kind=FieldKind::Number value=form.vus step="any" quiet=true hint=vus_hint/>
            <Field label="Think time" name="request[think_time_s]" kind=FieldKind::Number value=form.think_time_s step="any" unit="s" quiet=true
                hint="0 s to 60 s between an answer and the next request"/>
        </div>
    }
    .into_any()
}

#[component]
pub(crate) fn Times(form: RunForm, max_duration_s: f64) -> impl IntoView {
    let duration_hint = format!("1 s to {} s; longer runs know the tail better", format::significant(max_duration_s));
    let again = format!(
        "How often the load runs; together at most {} s. A comparison with another version needs {FEWEST_FOR_LOAD} on each side, and {ADVISED_REPETITIONS} see a change of 10 %.",
        format::significant(max_duration_s),
    );
    view! {
        <div class="field-row">
            <Field label="Duration" name="request[duration_s]" kind=FieldKind::Number value=form.duration_s step="any" unit="s" quiet=true
                hint=duration_hint/>
            <Field label="Warm-up" name="request[warm_up_s]" kind=FieldKind::Number step="any" unit="s" quiet=true
                value=form.warm_up_s hint="0 s to 60 s of load that does not count"/>
        </div>
        <Field label="Repetitions" name="request[repetitions]" kind=FieldKind::Number value=form.repetitions step="1" quiet=true hint=again/>
    }
    .into_any()
}

/// What goes beyond the usual load: steps, a burst, rude clients.
#[component]
pub(crate) fn Beyond(form: RunForm, max_vus: u32) -> impl IntoView {
    let steps = format!(
        "Then 1, 2, 4 and so on users without a pause, {} s each: how the version scales. {} to {}; not measured when empty.",
        StepsRequest::DEFAULT_STEP_S,
        StepsRequest::FEWEST_USERS,
        format::count(max_vus.into()),
    );
    let (least, most) = (BurstRequest::LEAST_MULTIPLE, BurstRequest::MOST_MULTIPLE);
    let burst = format!(
        "Then a burst of {} s at this many times the rate of an open load, and how long the version takes to recover. {least} to {most}; not measured when empty.",
        BurstRequest::DEFAULT_BURST_S,
    );
    view! {
        <div class="field-row">
            <Field label="Load in steps up to" name="request[steps]" kind=FieldKind::Number value=form.steps step="1" unit="users" hint=steps/>
            <Field label="Burst" name="request[burst]" kind=FieldKind::Number value=form.burst step="any" unit="times" hint=burst/>
        </div>
        <Checkbox label="Visit as rude clients do" name="request[rude]" checked={form.rude == "true"}
            hint="A few clients that leave before the answer, send slowly or read slowly, for half a minute: whether others are still served."/>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub::ids::{EnvironmentId, SystemId};

    fn environment(id: &str, verified: bool) -> EnvironmentChoice {
        let id: EnvironmentId = format!("0198c0de-0000-7000-8000-00000000000{id}").parse().unwrap();
        EnvironmentChoice {
            id,
            system: SystemId::from(id.uuid()),
            label: String::new(),
            place: String::new(),
            verified,
        }
    }

    #[test]
    fn what_was_asked_for_is_chosen_and_else_what_may_be_loaded() {
        let all = [environment("1", false), environment("2", true), environment("3", true)];
        assert_eq!(chosen(&all, ""), all[1].id.to_string());
        assert_eq!(chosen(&all, &all[0].id.to_string()), all[0].id.to_string());
        assert_eq!(chosen(&all, "nonsense"), all[1].id.to_string());
        assert_eq!(chosen(&all[..1], ""), all[0].id.to_string());
    }
}
