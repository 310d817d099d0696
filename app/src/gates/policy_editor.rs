//! The editor of a policy: rows and text side by side on the same thing.

use super::{
    anew::Anew,
    budget::{BudgetImport, FilledNotice},
    calls::{EditPolicy, EditPolicyText, policy_page},
    policy_form::{PolicyForm, RuleForm},
    policy_rows::PolicyFields,
    policy_summary::DryRuns,
    policy_text::policy_text,
    view::{PolicyAnswer, PolicyDraft, PolicyHead, PolicyView},
};
use crate::{
    moment::When,
    reading::Trouble,
    ui::{
        Button, ButtonKind, CodeField, Crumb, FormErrors, LinkButton, Meaning, Notice, Page, Problem, Section,
        Skeleton, Symbol,
    },
    urls,
};
use hub::{
    gates::{line_of, read_policy},
    ids::SystemId,
};
use leptos::{form::FromFormData as _, html, prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::{use_params_map, use_query_map};

/// The policy of a system.
#[component]
pub fn PolicyPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let address =
        Memo::new(move |_| (params.read().get("system").unwrap_or_default(), query.read().get("kept").is_some()));
    let policy = Resource::new(move || address.get(), |(system, kept)| policy_page(system, kept));
    let waiting = || view! { <Page title="Policy"><Skeleton rows=8 label="Loading the policy"/></Page> };
    view! {
        <Transition fallback=waiting>
            {move || Suspend::new(async move {
                match policy.await {
                    Ok(view) => view! { <Editor view/> }.into_any(),
                    Err(error) => {
                        let retry = format!("{}/{}/policy", urls::GATES, address.get_untracked().0);
                        view! { <Trouble title="Policy" error retry/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

/// What both halves of the editor work on.
#[derive(Clone, Copy)]
struct Desk {
    system: SystemId,
    /// What the fields were last filled with, and how often they were.
    shown: RwSignal<(u32, PolicyForm)>,
    text: RwSignal<String>,
    /// Why the text can't be read.
    fault: RwSignal<Option<String>>,
    /// Why the text does not follow the rows.
    behind: RwSignal<bool>,
    rows: NodeRef<html::Form>,
}

impl Desk {
    /// What stands in the rows now.
    fn typed(self) -> PolicyForm {
        let data = self.rows.get_untracked().and_then(|form| web_sys::FormData::new_with_form(&form).ok());
        let read = data.and_then(|data| EditPolicy::from_form_data(&data).ok());
        let mut form = read.map_or_else(|| self.shown.get_untracked().1, |read| read.form);
        // The spare row is there for browsers without WASM.
        if form.rules.last().is_some_and(|rule| rule.subject.is_empty()) {
            form.rules.pop();
        }
        form
    }

    fn fill(self, form: PolicyForm) {
        self.shown.update(|shown| *shown = (shown.0 + 1, form));
    }

    /// Writes the text anew from the rows, unless they can't be read.
    fn rows_changed(self, form: &PolicyForm) {
        let document = form.document();
        self.behind.set(document.is_err());
        if let Ok(document) = document {
            self.text.set(policy_text(&document));
            self.fault.set(None);
        }
    }

    /// Fills the rows anew from the text, unless it can't be read.
    fn text_changed(self) {
        match self.text.with_untracked(|text| read_policy(text)) {
            Ok(document) => {
                self.fill(PolicyForm::from(&document));
                self.fault.set(None);
                self.behind.set(false);
            }
            Err(message) => self.fault.set(Some(message)),
        }
    }

    fn add(self) {
        let mut form = self.typed();
        form.rules.push(RuleForm::fresh());
        self.fill(form);
    }

    fn remove(self, at: usize) {
        let mut form = self.typed();
        if at < form.rules.len() {
            form.rules.remove(at);
        }
        self.rows_changed(&form);
        self.fill(form);
    }
}

#[component]
fn Editor(view: PolicyView) -> impl IntoView {
    let PolicyView { system, policy, draft, answer, may_write } = view;
    let id = system.id;
    let crumbs = vec![
        Crumb::link("Gates", urls::GATES),
        Crumb::link(system.name.clone(), urls::gates_tab(id, "policy")),
        Crumb::here("Policy"),
    ];
    let (said, problem) = match answer {
        Some(Ok(answer)) => (Some(answer), None),
        Some(Err(error)) => (None, Some(error.problem())),
        None => (None, None),
    };
    let (saved, rows, filled) = match said {
        Some(PolicyAnswer::Saved(revision)) => (Some(revision), None, None),
        Some(PolicyAnswer::Said(rows)) => (None, Some(rows), None),
        Some(PolicyAnswer::Filled(filled)) => (None, None, Some(filled)),
        None => (None, None, None),
    };
    let budget = draft.budget.clone();
    let (of_budget, problem) = if budget.is_some() { (problem, None) } else { (None, problem) };
    let next = policy.as_ref().map_or(1, |policy| policy.revision + 1);
    view! {
        <Page title=format!("Policy of {}", system.name) crumbs lead="What a version must meet. Rows and text are the same policy; write in either.">
            <Standing policy saved/>
            {filled.map(|filled| view! { <FilledNotice filled/> })}
            {may_write.then(|| view! { <BudgetImport system=id form=budget.unwrap_or_default() problem=of_budget/> })}
            <PolicyDesk system=id draft problem may_write next/>
            {rows.map(|rows| view! { <Said system=id rows/> })}
        </Page>
    }
    .into_any()
}

/// Both halves of the editor: what is written in one shows in the other.
#[island]
fn PolicyDesk(
    system: SystemId,
    draft: PolicyDraft,
    problem: Option<Problem>,
    may_write: bool,
    next: u32,
) -> impl IntoView {
    let desk = Desk {
        system,
        shown: RwSignal::new((0, draft.form)),
        text: RwSignal::new(draft.text),
        fault: RwSignal::new(None),
        behind: RwSignal::new(false),
        rows: NodeRef::new(),
    };
    let (of_rows, of_text) = if draft.from_text { (None, problem) } else { (problem, None) };
    view! {
        <div class="policy-editor">
            <Rows desk problem=of_rows may_write next/>
            <Text desk problem=of_text may_write/>
        </div>
    }
    .into_any()
}

#[component]
fn Said(system: SystemId, rows: Vec<super::view::DryRunRow>) -> impl IntoView {
    view! {
        <Section title="What it would have said" hint="Of the last five scorecards; nothing was kept">
            <DryRuns system rows/>
        </Section>
    }
    .into_any()
}

/// Which revision is in force, and whether one was just saved.
#[component]
fn Standing(policy: Option<PolicyHead>, saved: Option<u32>) -> impl IntoView {
    let saved = saved.map(|revision| {
        let title = format!("Saved as revision {revision}. It judges from the next validation on.");
        view! { <Notice meaning=Meaning::Pass title live=true/> }
    });
    let words = match policy {
        Some(policy) => view! {
            <p class="section-hint">"In force: revision "{policy.revision}", "<When moment=policy.at/>" by "{policy.by}". Saving makes the next revision."</p>
        }
        .into_any(),
        None => view! {
            <Notice meaning=Meaning::Warn title="No policy is in force, so nothing can be allowed.">
                <p>"Below is a place to start. Change the limits to what your users need, see what it would have said, and save it."</p>
            </Notice>
        }
        .into_any(),
    };
    view! { {saved}{words} }.into_any()
}

#[component]
fn Rows(desk: Desk, problem: Option<Problem>, may_write: bool, next: u32) -> impl IntoView {
    let remove = Callback::new(move |at| desk.remove(at));
    let save = may_write.then(|| {
        view! { <Button kind=ButtonKind::Primary name="intent" value="save">{format!("Save as revision {next}")}</Button> }
    });
    view! {
        <section class="policy-half" aria-label="As rows" on:input=move |_| desk.rows_changed(&desk.typed())>
            <form method="post" action=EditPolicy::url() node_ref=desk.rows class="form form-wide">
                <FormErrors problem argument="form" id="rows">
                    <input type="hidden" name="system" value=desk.system.to_string()/>
                    {move || {
                        let (times, form) = desk.shown.get();
                        view! { <Anew key=times.to_string()><PolicyFields form=form.clone() remove/></Anew> }
                    }}
                    <span class="needs-wasm">
                        <Button kind_of="button" icon=Symbol::Plus on:click=move |_| desk.add()>"Add a rule"</Button>
                    </span>
                    <div class="actions">
                        {save}
                        <Button name="intent" value="dry_run">"What it would have said"</Button>
                        <LinkButton href=urls::gates_tab(desk.system, "policy") kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                    </div>
                </FormErrors>
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn Text(desk: Desk, problem: Option<Problem>, may_write: bool) -> impl IntoView {
    let marked = Signal::derive(move || desk.fault.get().as_deref().and_then(line_of));
    let save = may_write.then(|| view! { <Button name="intent" value="save">"Save the text"</Button> });
    let behind =
        move || desk.behind.get().then_some("The text waits: a number in the rows can't be read yet, or is missing.");
    view! {
        <section class="policy-half" aria-label="As text" on:input=move |_| desk.text_changed()>
            <form method="post" action=EditPolicyText::url() class="form form-wide">
                <FormErrors problem id="text">
                    <input type="hidden" name="system" value=desk.system.to_string()/>
                    <CodeField label="JSON" name="text" text=desk.text marked error=Signal::derive(move || desk.fault.get()) required=true rows=24
                        hint="The same document as in the API and in sbh gates"/>
                    <p class="section-hint" role="status">{behind}</p>
                    <div class="actions">
                        {save}
                        <Button name="intent" value="dry_run">"Dry run of the text"</Button>
                    </div>
                </FormErrors>
            </form>
        </section>
    }
    .into_any()
}
