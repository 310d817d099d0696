//! The editor of a golden path.

use super::{
    calls::{EditPath, RemovePath, path_page},
    journey::Tried,
    path_form::{EXAMPLE, line_in},
    view::{PathAnswer, PathRow, PathView},
};
use crate::{
    error::WireError,
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Choice, CodeBlock, CodeEditor, Crumb, Dialog, Field, FieldKind, FormErrors, LinkButton,
        Meaning, Notice, Page, Problem, Section, Select, Skeleton, SkeletonShape, Symbol, TextArea,
    },
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::{use_params_map, use_query_map};

/// What the last attempt gave, once there was one.
type Outcome = Option<Result<PathAnswer, WireError>>;

/// A golden path, or a new one.
#[component]
pub fn PathPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.read().get(name).unwrap_or_default();
    let address = Memo::new(move |_| (param("system"), param("path"), query.read().get("kept").is_some()));
    let path = Resource::new(move || address.get(), |(system, path, kept)| path_page(system, path, kept));
    let waiting = || view! { <Page title="Golden path"><Skeleton shape=SkeletonShape::Lines rows=8 label="Loading the golden path"/></Page> };
    view! {
        <Transition fallback=waiting>
            {move || Suspend::new(async move {
                match path.await {
                    Ok(view) => view! { <Editor view/> }.into_any(),
                    Err(error) => {
                        let (system, path, _) = address.get_untracked();
                        let retry = format!("{}/{system}/paths/{path}", urls::GATES);
                        view! { <Trouble title="Golden path" error retry/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Editor(view: PathView) -> impl IntoView {
    let id = view.system.id;
    let title = view.kept.as_ref().map_or_else(|| "New golden path".to_owned(), |row| row.path.name.clone());
    let crumbs = vec![
        Crumb::link("Gates", urls::GATES),
        Crumb::link(view.system.name.clone(), urls::gates(id)),
        Crumb::here(title.clone()),
    ];
    let outcome: Outcome = view.answer.clone();
    let remove = view.kept.clone().filter(|_| view.may_write);
    let actions = move || remove.clone().map(|row| view! { <Remove row/> });
    let state = view.kept.clone().map(|row| view! { <Revision row/> });
    view! {
        <Page title crumbs lead="A Hurl file: requests, and what must be true of the answers." actions>
            {state}
            {saved_notice(outcome.as_ref())}
            <Form view problem=outcome.clone().and_then(Result::err).map(WireError::problem)/>
            {outcome.and_then(tried).map(|run| view! { <Section title="Test run"><Tried run/></Section> })}
            <Grammar/>
        </Page>
    }
    .into_any()
}

#[component]
fn Revision(row: PathRow) -> impl IntoView {
    view! {
        <p class="section-hint">"Revision "{row.path.revision}", changed "<When moment=row.changed/>" by "{row.path.updated_by}"."</p>
    }
    .into_any()
}

fn saved_notice(outcome: Option<&Result<PathAnswer, WireError>>) -> Option<impl IntoView + use<>> {
    let Some(Ok(PathAnswer::Saved(revision))) = outcome else { return None };
    let title = format!("Saved as revision {revision}. The next validation runs it.");
    Some(view! { <Notice meaning=Meaning::Pass title live=true/> })
}

fn tried(outcome: Result<PathAnswer, WireError>) -> Option<hub::gates::JourneyRun> {
    match outcome {
        Ok(PathAnswer::Tried(run)) => Some(run),
        _ => None,
    }
}

#[component]
fn Form(view: PathView, problem: Option<Problem>) -> impl IntoView {
    let form = view.form;
    let fault = problem.as_ref().and_then(|problem| problem.fields.iter().find(|field| field.pointer == "/source"));
    let error = fault.map(|fault| fault.message.clone());
    let marked = error.as_deref().and_then(line_in);
    let known = view.kept.is_some();
    let hint = if known {
        "It names the golden path; write a new one under another name"
    } else {
        "What the user does: Sign in, Buy a book"
    };
    let path = view.kept.map(|row| view! { <input type="hidden" name="path" value=row.path.id.to_string()/> });
    let environments: Vec<_> = view.environments.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let runnable = view.may_try && !environments.is_empty();
    let save = view.may_write.then(|| {
        view! { <Button kind=ButtonKind::Primary name="intent" value="save">"Save"</Button> }
    });
    let test = runnable.then(|| {
        view! { <Button name="intent" value="try" icon=Symbol::Play>"Test run"</Button> }
    });
    let chosen = runnable.then(|| {
        view! {
            <Select label="Environment of the test run" name="form[environment_id]" choices=environments value=form.environment_id
                hint="At most 20 s; nothing is kept but a line in the audit log"/>
        }
    });
    let writable = view.may_write || view.may_try;
    view! {
        <form method="post" action=EditPath::url() class="form form-wide">
            <FormErrors problem argument="form">
                <input type="hidden" name="system" value=view.system.id.to_string()/>
                {path}
                <div class="path-fields">
                    <div class="stack">
                        <Field label="Name" name="form[name]" value=form.name hint required=true readonly=known max_length=100 autocomplete="off"/>
                        <CodeEditor label="Hurl file".to_owned() name="form[source]".to_owned() text=form.source error marked rows=16/>
                    </div>
                    <div class="stack">
                        <Field label="Time limit" name="form[timeout_s]" kind=FieldKind::Number value=form.timeout_s unit="s" min="1" max="600" quiet=true hint="1 s to 600 s, for the whole path"/>
                        <TextArea label="Variables" name="form[variables]" value=form.variables rows=5 code=true
                            hint="One name=value in each line; {{base_url}} is the environment's"/>
                        {chosen}
                        {writable.then(|| view! { <div class="actions">{save}{test}<LinkButton href=urls::gates(view.system.id) kind=ButtonKind::Quiet>"Cancel"</LinkButton></div> })}
                    </div>
                </div>
            </FormErrors>
        </form>
    }
    .into_any()
}

#[component]
fn Remove(row: PathRow) -> impl IntoView {
    let (system, path) = (row.path.system_id.to_string(), row.path.id.to_string());
    let title = format!("Delete {}?", row.path.name);
    view! {
        <Dialog id="remove-path" title open="Delete">
            <form method="post" action=RemovePath::url() class="stack">
                <FormErrors problem={refusal::<RemovePath>()} id="remove">
                    <p>"No later validation runs it. Validations that did keep what it did; the source stays in the audit log."</p>
                    <input type="hidden" name="system" value=system.clone()/>
                    <input type="hidden" name="path" value=path.clone()/>
                    <div class="actions"><Button kind=ButtonKind::Danger>"Delete the golden path"</Button></div>
                </FormErrors>
            </form>
        </Dialog>
    }
    .into_any()
}

/// The grammar on half a page.
#[component]
fn Grammar() -> impl IntoView {
    view! {
        <details class="disclosure">
            <summary>"How a golden path is written"</summary>
            <div class="columns">
                <CodeBlock code=EXAMPLE caption="A first golden path"/>
                <dl class="grammar">
                    <dt>"Request"</dt>
                    <dd>"A method and an address: "<code>"GET {{base_url}}/cart"</code>". Header fields follow, one in each line."</dd>
                    <dt>"Sections of a request"</dt>
                    <dd><code>"[Query]"</code>", "<code>"[Form]"</code>", "<code>"[Cookies]"</code>", "<code>"[Options]"</code>"; then the body: JSON, or text between "<code>"```"</code>"."</dd>
                    <dt>"Response"</dt>
                    <dd><code>"HTTP 200"</code>", or "<code>"HTTP *"</code>" for any status."</dd>
                    <dt>"Captures"</dt>
                    <dd><code>"token: jsonpath \"$.token\""</code>" keeps a value for the requests below as "<code>"{{token}}"</code>"."</dd>
                    <dt>"Asserts"</dt>
                    <dd><code>"jsonpath \"$.items\" count == 3"</code>", "<code>"header \"ETag\" exists"</code>", "<code>"xpath \"string(//h1)\" contains \"Cart\""</code>", "<code>"duration < 500"</code>"."</dd>
                    <dt>"Waiting"</dt>
                    <dd><code>"[Options]"</code>" with "<code>"retry: 5"</code>" and "<code>"retry-interval: 500ms"</code>" tries a request again until its asserts hold."</dd>
                    <dt>"Not allowed"</dt>
                    <dd>"Files outside the path's own folder, proxies, and what would leave the hub's guard."</dd>
                </dl>
            </div>
        </details>
    }
    .into_any()
}
