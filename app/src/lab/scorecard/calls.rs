//! Server functions of scorecards.

use super::view::ScorecardView;
use crate::error::WireError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {super::gather, crate::request::signed_in, hub::ids::SystemId};

/// A system's newest scorecard, or that of a version in an environment; beside it what other curves would say.
#[server(prefix = "/fn")]
pub async fn scorecard_page(
    system: String,
    version: Option<String>,
    environment: Option<String>,
    curves: Option<String>,
) -> Result<ScorecardView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::scorecard(&hub, &actor, SystemId::parse(&system)?, version, environment, curves).await?)
}
