//! Server functions of gates.

use super::{
    budget::BudgetForm,
    path_form::PathForm,
    policy_form::PolicyForm,
    view::{GatesView, PathView, PolicyView, SystemGatesView, ValidationView},
};
use crate::error::WireError;
use hub::{
    gates::{ValidationRequest, ValidationState},
    ids::{GoldenPathId, SystemId, ValidationId},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::{edit, gather},
    crate::{request::signed_in, urls},
    leptos_axum::redirect,
};

/// Systems with their gates, and validations; a part of each.
#[server(prefix = "/fn")]
pub async fn list_gates(systems: Option<String>, cursor: Option<String>) -> Result<GatesView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::gates(&hub, &actor, systems, cursor).await?)
}

/// The gates of a system, by the id in the address.
#[server(prefix = "/fn")]
pub async fn system_gates(id: String, cursor: Option<String>) -> Result<SystemGatesView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::system(&hub, &actor, SystemId::parse(&id)?, cursor).await?)
}

/// Asks for a verdict; its page then shows how it goes.
#[server(prefix = "/fn")]
pub async fn validate_version(request: ValidationRequest) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::validation(hub.gates().validate(&actor, request).await?.id));
    Ok(())
}

/// The editor of a golden path, by the ids in the address; `new` for one that is not there yet.
#[server(prefix = "/fn")]
pub async fn path_page(system: String, path: String, kept: bool) -> Result<PathView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(edit::path_view(&hub, &actor, (system, path), kept).await?)
}

/// Saves a golden path, or runs it once without keeping it.
#[server(prefix = "/fn")]
pub async fn edit_path(
    system: SystemId,
    #[server(default)] path: Option<GoldenPathId>,
    #[server(default)] form: PathForm,
    #[server(default)] intent: String,
) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    edit::path(&hub, &actor, (system, path), (form, intent)).await
}

/// Removes a golden path.
#[server(prefix = "/fn")]
pub async fn remove_path(system: SystemId, path: GoldenPathId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.gates().remove_path(&actor, path).await?;
    redirect(&urls::gates(system));
    Ok(())
}

/// The editor of a policy, by the system's id in the address.
#[server(prefix = "/fn")]
pub async fn policy_page(system: String, kept: bool) -> Result<PolicyView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(edit::policy_view(&hub, &actor, SystemId::parse(&system)?, kept).await?)
}

/// Saves a policy that was written as rows, or says what it would have said.
#[server(prefix = "/fn")]
pub async fn edit_policy(
    system: SystemId,
    #[server(default)] form: PolicyForm,
    #[server(default)] intent: String,
) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    edit::policy_rows(&hub, &actor, system, (form, intent)).await
}

/// Saves a policy that was written as text, or says what it would have said.
#[server(prefix = "/fn")]
pub async fn edit_policy_text(
    system: SystemId,
    #[server(default)] text: String,
    #[server(default)] intent: String,
) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    edit::policy_of_text(&hub, &actor, system, (text, intent)).await
}

/// Fills the editor of a policy from a performance budget; nothing is saved.
#[server(prefix = "/fn")]
pub async fn import_budget(system: SystemId, #[server(default)] budget: BudgetForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    edit::policy_of_budget(&hub, &actor, system, budget).await
}

/// A validation, by the id in the address; with `again`, its stored inputs are judged once more.
#[server(prefix = "/fn")]
pub async fn validation_page(id: String, again: bool) -> Result<ValidationView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::validation(&hub, &actor, ValidationId::parse(&id)?, again).await?)
}

/// Where a validation stands.
#[server(prefix = "/fn")]
pub async fn how_validation_stands(id: ValidationId) -> Result<ValidationState, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(hub.gates().validation(&actor, id).await?.state)
}
