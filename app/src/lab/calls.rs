//! Server functions of benchmarks.

use super::{
    form::RunForm,
    view::{RunView, RunsView, StartView},
};
use crate::error::WireError;
use hub::ids::BenchmarkId;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{request::signed_in, urls},
    leptos_axum::redirect,
};

/// A part of the list of benchmarks, of one system or of all.
#[server(prefix = "/fn")]
pub async fn list_runs(system: Option<String>, cursor: Option<String>) -> Result<RunsView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::runs(&hub, &actor, system, cursor).await?)
}

/// What a new benchmark can be of, its limits, and the plan of the benchmark that is to be run again.
#[server(prefix = "/fn")]
pub async fn run_choices(system: Option<String>, like: Option<String>) -> Result<StartView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::choices(&hub, &actor, system, like).await?)
}

/// Starts a benchmark; its page follows it.
#[server(prefix = "/fn")]
pub async fn start_run(request: RunForm) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::run(gather::start(&hub, &actor, request).await?));
    Ok(())
}

/// One benchmark, by the id in the address.
#[server(prefix = "/fn")]
pub async fn run_page(id: String, device: Option<String>) -> Result<RunView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::run(&hub, &actor, BenchmarkId::parse(&id)?, device).await?)
}

/// Asks for a benchmark's end.
#[server(prefix = "/fn")]
pub async fn cancel_run(id: BenchmarkId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::run(hub.lab().cancel(&actor, id).await?.id));
    Ok(())
}
