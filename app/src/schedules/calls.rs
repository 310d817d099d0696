//! Server functions of schedules.

use super::{
    form::ScheduleForm,
    view::{DraftView, ScheduleView, SchedulesView},
};
use crate::error::WireError;
use hub::ids::ScheduleId;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{request::signed_in, urls},
    leptos_axum::redirect,
};

/// A part of the list of schedules.
#[server(prefix = "/fn")]
pub async fn list_schedules(cursor: Option<String>) -> Result<SchedulesView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::list(&hub, &actor, cursor).await?)
}

/// A schedule with a part of its history, by the id in the address.
#[server(prefix = "/fn")]
pub async fn schedule_page(id: String, cursor: Option<String>) -> Result<ScheduleView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::one(&hub, &actor, ScheduleId::parse(&id)?, cursor).await?)
}

/// What the form of a schedule offers and what stands in it: of a new one of `kind`, or of the one with this id. `typed`
/// is what the address brings along, whose due times are shown.
#[server(prefix = "/fn")]
pub async fn schedule_draft(
    id: Option<String>,
    kind: Option<String>,
    typed: Vec<(String, String)>,
) -> Result<DraftView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::draft(&hub, &actor, (id, kind), typed).await?)
}

/// Keeps a schedule: a new one, or another definition of the one with this id.
#[server(prefix = "/fn")]
pub async fn save_schedule(#[server(default)] id: Option<ScheduleId>, request: ScheduleForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::schedule(gather::save(&hub, &actor, id, request).await?));
    Ok(())
}

/// Runs a schedule now; the run's page follows it.
#[server(prefix = "/fn")]
pub async fn run_schedule(id: ScheduleId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let run = hub.schedules().run_now(&actor, id).await?;
    redirect(&gather::href(&run).unwrap_or_else(|| urls::schedule(id)));
    Ok(())
}

/// Lets a schedule start nothing until it is resumed.
#[server(prefix = "/fn")]
pub async fn pause_schedule(id: ScheduleId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::schedule(hub.schedules().pause(&actor, id).await?.id));
    Ok(())
}

/// Lets a schedule run again.
#[server(prefix = "/fn")]
pub async fn resume_schedule(id: ScheduleId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::schedule(hub.schedules().resume(&actor, id).await?.id));
    Ok(())
}

/// Removes a schedule with its history.
#[server(prefix = "/fn")]
pub async fn remove_schedule(id: ScheduleId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.schedules().remove(&actor, id).await?;
    redirect(urls::SCHEDULES);
    Ok(())
}
