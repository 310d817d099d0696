//! What the editors do with what was typed, and how it stays until the page is shown again.

use super::{
    budget::BudgetForm,
    gather,
    path_form::PathForm,
    policy_form::PolicyForm,
    policy_text::policy_text,
    view::{Filled, PathAnswer, PathView, PolicyAnswer, PolicyDraft, PolicyView},
};
use crate::{error::WireError, request::visit, urls};
use hub::{
    Error, Hub, Result,
    access::Actor,
    error::FieldError,
    gates::{JourneyRequest, NewPolicy, read_policy},
    ids::{GoldenPathId, SystemId},
};
use leptos_axum::redirect;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What was typed on a page and what came of it, until the page is shown again.
#[derive(Serialize, Deserialize)]
struct Kept<T, A> {
    page: String,
    typed: T,
    answer: Result<A, WireError>,
}

/// The answer to a form: the browser is sent to the page, which then shows what was typed with what came of it.
async fn told<T: Serialize, A: Serialize>(page: &str, typed: T, answer: Result<A>) -> Result<(), WireError> {
    let kept = Kept { page: page.to_owned(), typed, answer: answer.map_err(WireError::from) };
    visit().session.flash(serde_json::to_string(&kept).map_err(Error::from)?).await?;
    redirect(&urls::kept(page));
    Ok(())
}

async fn take<T: DeserializeOwned, A: DeserializeOwned>(page: &str) -> Result<Option<(T, Result<A, WireError>)>> {
    let text = visit().session.take_flash().await?;
    let kept: Option<Kept<T, A>> = text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(kept.filter(|kept| kept.page == page).map(|kept| (kept.typed, kept.answer)))
}

/// The editor of a golden path with what was typed before, if it was kept.
pub async fn path_view(hub: &Hub, actor: &Actor, address: (String, String), kept: bool) -> Result<PathView> {
    let (system, path) = (SystemId::parse(&address.0)?, path_id(&address.1)?);
    let mut view = gather::path(hub, actor, system, path).await?;
    if kept && let Some((form, answer)) = take(&path_page(system, path)).await? {
        if !matches!(answer, Ok(PathAnswer::Saved(_))) {
            view.form = form;
        }
        view.answer = Some(answer);
    }
    Ok(view)
}

fn path_id(text: &str) -> Result<Option<GoldenPathId>> {
    if text == "new" { Ok(None) } else { GoldenPathId::parse(text).map(Some) }
}

fn path_page(system: SystemId, path: Option<GoldenPathId>) -> String {
    path.map_or_else(|| urls::new_golden_path(system), |path| urls::golden_path(system, path))
}

/// Saves a golden path or runs it once, as `intent` says.
pub async fn path(
    hub: &Hub,
    actor: &Actor,
    (system, path): (SystemId, Option<GoldenPathId>),
    (form, intent): (PathForm, String),
) -> Result<(), WireError> {
    let page = path_page(system, path);
    if intent != "save" {
        let answer = try_path(hub, actor, system, &form).await;
        return told(&page, form, answer).await;
    }
    match save_path(hub, actor, system, &form).await {
        Ok((id, answer)) => told(&urls::golden_path(system, id), form, Ok(answer)).await,
        Err(error) => told::<_, PathAnswer>(&page, form, Err(error)).await,
    }
}

async fn save_path(hub: &Hub, actor: &Actor, system: SystemId, form: &PathForm) -> Result<(GoldenPathId, PathAnswer)> {
    let new = form.golden_path(system).map_err(Error::invalid_fields)?;
    let path = hub.gates().register_path(actor, new).await?;
    Ok((path.id, PathAnswer::Saved(path.revision)))
}

async fn try_path(hub: &Hub, actor: &Actor, system: SystemId, form: &PathForm) -> Result<PathAnswer> {
    let environment = form.environment().map_err(Error::invalid_fields)?;
    let path = form.golden_path(system).map_err(Error::invalid_fields)?;
    let request = JourneyRequest { environment_id: Some(environment), source: path.source, variables: path.variables };
    Ok(PathAnswer::Tried(hub.gates().try_journey(actor, request).await?))
}

/// The editor of a policy with what was typed before, if it was kept.
pub async fn policy_view(hub: &Hub, actor: &Actor, system: SystemId, kept: bool) -> Result<PolicyView> {
    let mut view = gather::policy(hub, actor, system).await?;
    let kept: Option<(PolicyDraft, _)> = if kept { take(&urls::policy(system)).await? } else { None };
    let Some((typed, answer)) = kept else { return Ok(view) };
    if !matches!(answer, Ok(PolicyAnswer::Saved(_))) {
        show_again(&mut view.draft, typed);
    }
    view.answer = Some(answer);
    Ok(view)
}

/// A half that could not be read leaves the other as it was.
fn show_again(draft: &mut PolicyDraft, typed: PolicyDraft) {
    if !typed.text.is_empty() {
        draft.text = typed.text;
    }
    if !typed.form.rules.is_empty() || !typed.form.name.is_empty() {
        draft.form = typed.form;
    }
    draft.from_text = typed.from_text;
    draft.budget = typed.budget;
}

/// Saves the policy of the rows, or says what it would have said.
pub async fn policy_rows(
    hub: &Hub,
    actor: &Actor,
    system: SystemId,
    (form, intent): (PolicyForm, String),
) -> Result<(), WireError> {
    let document = form.document().map_err(Error::invalid_fields);
    let text = document.as_ref().map(policy_text).unwrap_or_default();
    let answer = match document {
        Ok(document) => carry_out(hub, actor, NewPolicy { system_id: system, document }, &intent).await,
        Err(error) => Err(error),
    };
    let answer = answer.map_err(|error| moved(error, |pointer| form.pointer(pointer)));
    told(&urls::policy(system), PolicyDraft { form, text, ..PolicyDraft::default() }, answer).await
}

/// Saves the policy of the text, or says what it would have said.
pub async fn policy_of_text(
    hub: &Hub,
    actor: &Actor,
    system: SystemId,
    (text, intent): (String, String),
) -> Result<(), WireError> {
    let document = read_policy(&text).map_err(|message| Error::invalid("/text", message));
    let form = document.as_ref().map(PolicyForm::from).unwrap_or_default();
    let answer = match document {
        Ok(document) => carry_out(hub, actor, NewPolicy { system_id: system, document }, &intent).await,
        Err(error) => Err(error),
    };
    let draft = PolicyDraft { form, text, from_text: true, budget: None };
    told(&urls::policy(system), draft, answer.map_err(in_text)).await
}

/// Fills the rows and the text from a budget: its rules behind those of the policy in force. Nothing is saved.
pub async fn policy_of_budget(hub: &Hub, actor: &Actor, system: SystemId, budget: BudgetForm) -> Result<(), WireError> {
    let filled = fill(hub, actor, system, &budget).await;
    let (draft, answer) = match filled {
        Ok((form, text, filled)) => {
            (PolicyDraft { form, text, ..PolicyDraft::default() }, Ok(PolicyAnswer::Filled(filled)))
        }
        Err(error) => (PolicyDraft { budget: Some(budget.kept()), ..PolicyDraft::default() }, Err(error)),
    };
    told(&urls::policy(system), draft, answer).await
}

async fn fill(hub: &Hub, actor: &Actor, system: SystemId, budget: &BudgetForm) -> Result<(PolicyForm, String, Filled)> {
    let imported = hub.gates().import_budget(actor, &budget.budget()).await?;
    let rules = imported.document.rules.len() as u64;
    let document = match hub.gates().policy(actor, system).await? {
        Some(policy) => policy.document.with_rules(imported.document.rules),
        None => imported.document,
    };
    let filled = Filled { rules, not_carried: imported.not_carried, notes: imported.notes };
    Ok((PolicyForm::from(&document), policy_text(&document), filled))
}

async fn carry_out(hub: &Hub, actor: &Actor, new: NewPolicy, intent: &str) -> Result<PolicyAnswer> {
    if intent == "save" {
        return Ok(PolicyAnswer::Saved(hub.gates().set_policy(actor, new).await?.revision));
    }
    Ok(PolicyAnswer::Said(gather::dry_runs(hub, hub.gates().dry_run(actor, new).await?)))
}

/// The error with its fields at other places.
fn moved(error: Error, place: impl Fn(&str) -> String) -> Error {
    if error.fields().is_empty() {
        return error;
    }
    let field = |field: &FieldError| FieldError { pointer: place(&field.pointer), message: field.message.clone() };
    Error::invalid_fields(error.fields().iter().map(field).collect())
}

/// The error beside the text: each message says which member it is about.
fn in_text(error: Error) -> Error {
    let words = |field: &FieldError| match field.pointer.strip_prefix("/document/") {
        Some(member) => format!("{member}: {}", field.message),
        None => field.message.clone(),
    };
    match error.fields() {
        [] => error,
        fields => Error::invalid("/text", fields.iter().map(words).collect::<Vec<_>>().join(" ")),
    }
}
